"""A sheet as handed on by the readers of files, and its merged cells, indexed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from api.imports.cells import Cell

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged range, from 0."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows from the first, each from the first column, cells without text as ""."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[Merged] = field(default=())

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell; "" beyond the row's end."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""


def anchors(merged: Iterable[Merged], column: int, height: int) -> dict[int, int]:
    """Return, for each row a merged cell of the column spreads down to, the row it starts in.

    Each row is visited once, however many ranges there are and however they overlap.
    """
    tall = sorted(m for m in merged if m[1] == column and m[2] > m[0])
    found: dict[int, int] = {}
    reached = 0
    for top, _, bottom, _ in tall:
        for row in range(max(top + 1, reached), min(bottom + 1, height)):
            found[row] = top
        reached = max(reached, min(bottom + 1, height))
    return found


def banners(merged: Iterable[Merged], column: int, others: Iterable[int]) -> set[int]:
    """Return the rows where a merged cell covers the column and one of the others: a title."""
    besides = set(others) - {column}
    return {
        top
        for top, left, _, right in merged
        if left <= column <= right and any(left <= other <= right for other in besides)
    }
