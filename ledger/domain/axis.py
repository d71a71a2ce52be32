"""The axis of a fund: every fen has a number, outflows take from the front, returns leave holes."""

from __future__ import annotations

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
    """How far outflows have taken from one (fund, unit), and the holes still ahead of that point.

    `taken` units left by outflows, `returned` units by holes; holes lie beyond `next`, in order.
    """

    next: int = 0
    holes: tuple[Span, ...] = ()
    taken: int = 0
    returned: int = 0

    @property
    def used(self) -> int:
        """Units that are gone, by outflow or by return."""
        return self.taken + self.returned

    def take(self, length: int) -> tuple[tuple[Span, ...], Axis]:
        """Take `length` units from the front, stepping over holes; return the spans taken."""
        position, left, holes = self.next, length, list(self.holes)
        spans: list[Span] = []
        while left:
            if holes and holes[0].start == position:
                position = holes.pop(0).end
                continue
            wall = holes[0].start if holes else position + left
            span = Span(position, min(position + left, wall))
            spans.append(span)
            position, left = span.end, left - span.length
        return tuple(spans), replace(
            self, next=position, holes=tuple(holes), taken=self.taken + length
        )

    def unspent(self, gift: Span) -> Span | None:
        """Return the part of a gift's span that nothing has taken yet: its end, before its hole."""
        end = next((h.start for h in self.holes if gift.start <= h.start < gift.end), gift.end)
        start = max(gift.start, self.next)
        return Span(start, end) if start < end else None

    def punch(self, hole: Span) -> Axis:
        """Make `hole` a part that later outflows step over."""
        holes = sorted((*self.holes, hole), key=lambda span: span.start)
        return replace(self, holes=tuple(holes), returned=self.returned + hole.length)
