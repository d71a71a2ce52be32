"""The frame of one table: its sheet, columns, unit and kind, and the cells looked up by role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from api.imports.amounts import Unit
from api.imports.cells import Cell
from api.imports.dates import Period
from api.imports.headers import Layout
from api.imports.sheets import Sheet, anchors, banners

NO_PERIOD = Period()


@dataclass(frozen=True)
class Frame:
    """What reading the rows of one table needs to know: sheet, columns, unit, kind."""

    sheet: Sheet
    layout: Layout
    unit: Unit
    kind: str
    period: Period = NO_PERIOD

    @cached_property
    def is_statement(self) -> bool:
        """Tell whether the columns are an account's: a balance, or money both ways."""
        layout = self.layout
        return bool({"balance", "other"} & layout.asides.keys()) or "flow" in layout.simple

    @cached_property
    def parties(self) -> tuple[int, ...]:
        """The columns that may name the donor (or payee), the likeliest first."""
        roles = ("donor", "party") if self.kind == "gifts" else ("payee", "party")
        chosen = [column for role in roles for column in self.layout.parties.get(role, ())]
        everyone = [column for columns in self.layout.parties.values() for column in columns]
        return tuple(chosen or everyone)

    @property
    def columns(self) -> dict[str, int]:
        """The column (from 1) of each role; the donor's or payee's is `party`."""
        chosen = {"party": self.parties[0]} if self.parties else {}
        others = {r: c for r, c in self.layout.columns.items() if c not in self.parties}
        return {role: column + 1 for role, column in (chosen | others).items()}

    @cached_property
    def remarks(self) -> frozenset[int]:
        """The columns of what a donor or clerk remarks: notes and purposes."""
        simple = self.layout.simple
        return frozenset(simple[role] for role in ("note", "purpose") if role in simple)

    @cached_property
    def mapped(self) -> tuple[int, ...]:
        """All columns with a known meaning, left to right."""
        parties = (column for columns in self.layout.parties.values() for column in columns)
        return tuple(sorted({*parties, *self.layout.simple.values(), self.layout.amount}))

    @cached_property
    def merged_down(self) -> dict[int, dict[int, int]]:
        """For each mapped column, the row where a cell merged over several rows starts."""
        height = len(self.sheet.rows)
        return {c: anchors(self.sheet.merged, c, height) for c in self.mapped}

    @cached_property
    def banners(self) -> set[int]:
        """The rows that are one wide cell across the table."""
        return banners(self.sheet.merged, self.layout.amount, self.mapped)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell, or the one merged over it from above."""
        own = self.sheet.cell(row, column)
        top = self.merged_down[column].get(row) if own == "" else None
        return own if top is None else self.sheet.cell(top, column)

    def aside(self, row: int, role: str) -> list[Cell]:
        """Return the row's cells in the columns of a role that is not recorded."""
        return [self.sheet.cell(row, column) for column in self.layout.asides.get(role, ())]

    def role(self, row: int, role: str) -> Cell:
        """Return the row's cell in the column of a role; "" if there is no such column."""
        column = self.layout.simple.get(role)
        return "" if column is None else self.cell(row, column)
