"""What a sheet of money comes down to: rows of money, rows handed back, and tables of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.money import Money

if TYPE_CHECKING:
    from api.imports.goods_rows import GoodsTable


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One entry of a table, as its sheet states it; `row` counts from 1, as Excel shows it.

    `party` is the donor or payee, None if not given. `date_basis` says where the date comes
    from: "row", "sheet" or "none". `content` holds the cleaned cells of all mapped columns in
    column order, amounts as `"5.00 CNY"` and days as `"2020-01-22"`: equal for the same row in
    another file or format. `moment` is the day with its time, on the sheet's own clock, where the
    sheet states both.
    """

    sheet: str
    row: int
    amount: Money
    party: str | None
    date: date | None
    date_basis: str
    serial: str | None
    purpose: str | None
    note: str | None
    place: str | None
    sequence: str | None
    content: tuple[str, ...]
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row inside a table that can't be recorded, with the reason in words for people."""

    sheet: str
    row: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What an account's statement says of itself: opening + movements = closing, over all rows.

    A figure that is missing or masked is None, and what can't be checked is no break. `account`
    holds the last four digits. `breaks` are sentences for people: where it does not add up.
    """

    account: str | None
    first_day: date | None
    last_day: date | None
    opening: Money | None
    movements_in: Money | None
    movements_out: Money | None
    closing: Money | None
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyTable:
    """One table of one kind ("gifts" or "payments") in one currency.

    `columns` gives the column of each role, and `header_row` the header's row, both from 1.
    `stated_total` is the table's own total, if the sheet states one for the whole table.
    `statement` is there if the table is an account's statement, with money in and money out.
    """

    sheet: str
    kind: str
    currency: str
    header_row: int
    columns: Mapping[str, int]
    rows: tuple[MoneyRow, ...]
    rejected: tuple[RejectedRow, ...]
    stated_total: Money | None
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's tables, the digest of its bytes, and the lines (sheet, row, text) passed over."""

    path: Path
    sha256: str
    tables: tuple[MoneyTable | GoodsTable, ...]
    ignored: tuple[tuple[str, int, str], ...]

    @property
    def money(self) -> tuple[MoneyTable, ...]:
        """The tables of money among the tables."""
        return tuple(table for table in self.tables if isinstance(table, MoneyTable))
