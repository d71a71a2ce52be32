"""The axis of a fund: every fen has a number, outflows take from the front, returns leave holes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

RULE = "先进先出：先用指定资金，同一资金内按入账先后使用 (earmarked first, then first in first out)"
"""The stated attribution rule, shown wherever a trace is shown (design section 6)."""


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range [start, end) of smallest units on an axis."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many units lie in the span."""
        return self.end - self.start

    def meet(self, other: Span) -> Span | None:
        """Return what both spans cover, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Axis:
    """Which units of one (fund, unit) are gone, and which come next.

    All before `next` was taken, but for the `free` spans, which came back and keep their numbers:
    they are taken again before anything else. Holes lie beyond `next`. Both are in order.
    `taken` counts units that outflows hold, `returned` those that left by holes.
    """

    next: int = 0
    holes: tuple[Span, ...] = ()
    free: tuple[Span, ...] = ()
    taken: int = 0
    returned: int = 0

    @property
    def used(self) -> int:
        """Units that are gone, by outflow or by return."""
        return self.taken + self.returned

    def take(self, length: int) -> tuple[tuple[Span, ...], Axis]:
        """Take `length` units from the front, stepping over holes; return the spans, in order."""
        spans, free = _front(self.free, length)
        left = length - sum(span.length for span in spans)
        position, holes = self.next, list(self.holes)
        while left:
            if holes and holes[0].start == position:
                position = holes.pop(0).end
                continue
            wall = holes[0].start if holes else position + left
            span = Span(position, min(position + left, wall))
            spans.append(span)
            position, left = span.end, left - span.length
        taken = replace(
            self, next=position, holes=tuple(holes), free=free, taken=self.taken + length
        )
        return tuple(spans), taken

    def unspent(self, gift: Span) -> tuple[Span, ...]:
        """Return the parts of a gift's span that no outflow holds and no return took, in order."""
        back = [met for span in self.free if (met := span.meet(gift))]
        ahead = gift.meet(Span(self.next, max(self.next, gift.end)))
        return (*back, *(without(ahead, self.holes) if ahead else ()))

    def punch(self, hole: Span) -> Axis:
        """Take `hole`, which is unspent, out of the axis for good."""
        returned = self.returned + hole.length
        if hole.start < self.next:
            free = tuple(part for span in self.free for part in without(span, (hole,)))
            return replace(self, free=free, returned=returned)
        holes = sorted((*self.holes, hole), key=lambda span: span.start)
        return replace(self, holes=tuple(holes), returned=returned)

    def give_back(self, spans: Iterable[Span]) -> Axis:
        """Free spans that an outflow held: what came back is the same fen, in the same place."""
        given = tuple(spans)
        free = sorted((*self.free, *given), key=lambda span: span.start)
        taken = self.taken - sum(span.length for span in given)
        return replace(self, free=_joined(free), taken=taken)


def without(span: Span, holes: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is left of a span beside holes, which are in order."""
    left: list[Span] = []
    start = span.start
    for hole in holes:
        if (met := hole.meet(Span(start, span.end))) is None:
            continue
        if start < met.start:
            left.append(Span(start, met.start))
        start = met.end
    if start < span.end:
        left.append(Span(start, span.end))
    return tuple(left)


def cut_tail(spans: Iterable[Span], length: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Cut the last `length` units off spans that are in order; return what stays, and the cut."""
    stays, cut = list(spans), list[Span]()
    while stays and length:
        last = stays.pop()
        part = Span(max(last.start, last.end - length), last.end)
        cut.insert(0, part)
        length -= part.length
        if last.start < part.start:
            stays.append(Span(last.start, part.start))
    return tuple(stays), tuple(cut)


def _front(spans: tuple[Span, ...], length: int) -> tuple[list[Span], tuple[Span, ...]]:
    """Cut the first `length` units off spans, as far as they go; return them and the rest."""
    cut: list[Span] = []
    rest = list(spans)
    while rest and length:
        first = rest.pop(0)
        part = Span(first.start, min(first.end, first.start + length))
        cut.append(part)
        length -= part.length
        if part.end < first.end:
            rest.insert(0, Span(part.end, first.end))
    return cut, tuple(rest)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return tuple(joined)
