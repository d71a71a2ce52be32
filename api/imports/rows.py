"""What a sheet of money comes down to: rows of money, rows handed back, and tables of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.money import Money


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One entry of a table, as its sheet states it; `row` counts from 1, as Excel shows it.

    `party` is the donor or payee, None if not given. `date_basis` says where the date comes
    from: "row", "sheet" or "none". `content` holds the cleaned cells of all mapped columns in
    column order, amounts as `"5.00 CNY"` and days as `"2020-01-22"`: equal for the same row in
    another file or format.
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


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row inside a table that can't be recorded, with the reason in words for people."""

    sheet: str
    row: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyTable:
    """One table of one kind ("gifts" or "payments") in one currency.

    `columns` gives the column of each role, and `header_row` the header's row, both from 1.
    `stated_total` is the table's own total, if the sheet states one for the whole table.
    """

    sheet: str
    kind: str
    currency: str
    header_row: int
    columns: Mapping[str, int]
    rows: tuple[MoneyRow, ...]
    rejected: tuple[RejectedRow, ...]
    stated_total: Money | None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's tables, the digest of its bytes, and the lines (sheet, row, text) passed over."""

    path: Path
    sha256: str
    tables: tuple[MoneyTable, ...]
    ignored: tuple[tuple[str, int, str], ...]
