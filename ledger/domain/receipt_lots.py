"""A lot of receipt numbers: which are drawn, which are lost, which can still be drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Lot:
    """Numbers first to last of an organisation; `next` is the next one to draw.

    `lost` are ranges, both ends included and in order, that will never be drawn.
    """

    organisation: str
    first: int
    last: int
    next: int
    lost: tuple[tuple[int, int], ...] = ()

    @property
    def left(self) -> int:
        """How many numbers can still be drawn."""
        return sum(last - first + 1 for first, last in self.blank())

    def blank(self) -> list[tuple[int, int]]:
        """Return the ranges that can still be drawn, in order."""
        found, start = [], self.next
        for first, last in self.lost:
            if start < first:
                found.append((start, first - 1))
            start = max(start, last + 1)
        return [*found, (start, self.last)] if start <= self.last else found

    def drawn(self, last: int) -> Lot:
        """Return the lot once numbers were drawn up to `last`; `next` stands on a blank one."""
        return _on_blank(replace(self, next=last + 1))

    def without(self, first: int, last: int) -> Lot:
        """Return the lot once a range is known to be lost."""
        return _on_blank(replace(self, lost=tuple(sorted((*self.lost, (first, last))))))


def _on_blank(lot: Lot) -> Lot:
    blank = lot.blank()
    return replace(lot, next=blank[0][0] if blank else lot.last + 1)
