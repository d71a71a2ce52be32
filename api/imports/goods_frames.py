"""What reading the rows of one list of goods needs to know, and the cells it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from api.imports.amounts import Unit
from api.imports.cells import Cell, is_placeholder
from api.imports.dates import Period
from api.imports.goods_headers import GoodsLayout, cell_text
from api.imports.goods_rows import RECEIVED
from api.imports.sheets import Sheet, anchors, banners


@dataclass(frozen=True)
class GoodsFrame:
    """What reading the rows of one list needs to know: sheet, columns, kind, unit of values."""

    sheet: Sheet
    layout: GoodsLayout
    kind: str
    worth_in: Unit
    period: Period
    """The year (and month) the lines above the table tell."""
    party_above: str | None = None
    """The one donor or recipient a line above the table names, if no column does."""

    @cached_property
    def parties(self) -> tuple[int, ...]:
        """The columns that may name the donor (or recipient), the likeliest first."""
        roles = ("donor", "party") if self.kind == RECEIVED else ("payee", "party")
        return tuple(c for role in roles for c in self.layout.parties.get(role, ()))

    @property
    def columns(self) -> dict[str, int]:
        """The column (from 1) of each role; the donor's or recipient's is `party`."""
        chosen = {"party": self.parties[0] + 1} if self.parties else {}
        payees = self.layout.parties.get("payee", ()) if self.kind == RECEIVED else ()
        if payees:
            chosen["recipient"] = payees[0] + 1
        return chosen | {role: column + 1 for role, column in self.layout.columns.items()}

    @cached_property
    def mapped(self) -> tuple[int, ...]:
        """All columns with a known meaning, left to right."""
        return self.layout.mapped

    @cached_property
    def merged_down(self) -> dict[int, dict[int, int]]:
        """For each mapped column, the row where a cell merged over several rows starts."""
        height = len(self.sheet.rows)
        return {c: anchors(self.sheet.merged, c, height) for c in self.mapped}

    @cached_property
    def shared_values(self) -> set[int]:
        """The rows whose value is merged with others: it is the value of none of them alone."""
        column = self.layout.columns.get("value")
        spread = {} if column is None else self.merged_down[column]
        return {*spread, *spread.values()}

    @cached_property
    def banners(self) -> set[int]:
        """The rows that are one wide cell across the table."""
        return banners(self.sheet.merged, self.layout.item, self.mapped)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell, or the one merged over it from above."""
        own = self.sheet.cell(row, column)
        top = self.merged_down[column].get(row) if cell_text(own) == "" else None
        return own if top is None else self.sheet.cell(top, column)

    def role(self, row: int, role: str) -> Cell:
        """Return the row's cell in the column of a role; "" if there is no such column."""
        column = self.layout.columns.get(role)
        return "" if column is None else self.cell(row, column)

    def named(self, row: int, columns: Sequence[int]) -> str | None:
        """Return the first name in the columns, by the row itself or a merged cell."""
        names = (cell_text(self.cell(row, column)) for column in columns)
        return next((name for name in names if not is_placeholder(name)), None)
