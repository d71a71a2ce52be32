"""What a sheet of goods comes down to: lines of goods and tables of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.imports.quantities import Counted
from api.imports.rows import RejectedRow
from ledger.money import Money

RECEIVED, ISSUED = "goods-received", "goods-issued"


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One line of a list of goods, as its sheet states it; `row` counts from 1.

    `party` is the donor (received) or recipient (issued); `recipient` is where received goods
    went, if the list says so too. `value` is what the list states for the whole line, never a
    product of ours. `date_basis` is "row", "sheet" or "none". `serial` is a number no other line
    of the table has. `content` holds the cleaned cells of all mapped columns in column order,
    what was counted as `"198 箱"`: equal for the same line in another file or format. `joined` is
    how many rows below belong to it: their quantity is merged with this one, their words are in
    `note`.
    """

    sheet: str
    row: int
    item: str
    specification: str | None
    counted: Counted
    value: Money | None
    party: str | None
    recipient: str | None
    date: date | None
    date_basis: str
    serial: str | None
    purpose: str | None
    note: str | None
    place: str | None
    content: tuple[str, ...]
    joined: int = 0


@dataclass(frozen=True, slots=True)
class GoodsTable:
    """One table of goods received or issued.

    `columns` gives the column of each role, and `header_row` the header's row, both from 1.
    """

    sheet: str
    kind: str
    header_row: int
    columns: Mapping[str, int]
    rows: tuple[GoodsRow, ...]
    rejected: tuple[RejectedRow, ...]
