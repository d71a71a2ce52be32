"""Read one row of a list of goods: a line of goods, a total, prose, or a reason why not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from api.imports.amounts import Unit, looks_numeric, read_amount, read_currency
from api.imports.cells import (
    Cell,
    CellUnreadable,
    bare,
    half_width,
    is_placeholder,
    read_serial,
    shown,
)
from api.imports.dates import COMPACT, WRITTEN, Period, read_date
from api.imports.goods_frames import GoodsFrame
from api.imports.goods_headers import cell_text
from api.imports.goods_rows import ISSUED
from api.imports.prose import is_contact, is_note, is_of_which, is_total
from api.imports.quantities import UNSTATED, Counted, counted_in, read_counted
from ledger.money import Money

NO_FULL_DAY = re.compile("[月日号旬]|^截[至止]")
LETTER = re.compile(r"[^\W\d_]")
VALUELESS = re.compile(r"[^\d元圆壹贰叁肆伍陆柒捌玖]*")
FEWEST_FOR_A_LINE = 2

_bare = lru_cache(maxsize=4096, typed=True)(bare)
_is_number = lru_cache(maxsize=4096)(looks_numeric)


@dataclass(frozen=True, slots=True)
class GoodsEntry:
    """A row as first read: what it counts, if that can be read; `reason` if it fails.

    `kind` is "goods", "total", "prose", "bare" for a row that counts nothing readable, or "joint"
    for one whose quantity is merged with the quantity in row `above`.
    """

    row: int
    kind: str
    item: str = ""
    counted: Counted | None = None
    reason: str = ""
    value: Money | None = None
    date: date | None = None
    serial: str | None = None
    above: int | None = None


def read_goods_entry(frame: GoodsFrame, row: int) -> GoodsEntry | None:
    """Read a row on its own; None if it is blank."""
    cells = own_goods_cells(frame, row)
    if not any(map(cell_text, cells)):
        return None
    if is_total(_labels(frame, row, cells)):
        return GoodsEntry(row, "total")
    if is_placeholder(cell_text(frame.sheet.cell(row, frame.layout.key))):
        return _without_quantity(frame, row, cells)
    if _is_prose(frame, row, cells):
        return GoodsEntry(row, "prose")
    try:
        item, counted = _counted(frame, row)
    except CellUnreadable as error:
        return GoodsEntry(row, "bare", reason=str(error))
    return _line(frame, row, item, counted)


def own_goods_cells(frame: GoodsFrame, row: int) -> Sequence[Cell]:
    """Return the row's cells that belong to this list and not to one beside it."""
    return frame.sheet.rows[row][frame.layout.span.start : frame.layout.span.stop]


def goods_party(frame: GoodsFrame, row: int) -> str | None:
    """Return the donor, or the recipient of goods issued, that row or title names."""
    return frame.named(row, frame.parties) or frame.party_above


def goods_content(frame: GoodsFrame, entry: GoodsEntry) -> tuple[str, ...]:
    """Return the cleaned cells of all mapped columns, the same in every format of the file."""
    assert entry.counted is not None, "only lines of goods have content"
    known = {frame.layout.columns.get("value"): str(entry.value or "")}
    if "quantity" in frame.layout.columns:
        known[frame.layout.key] = f"{entry.counted.count} {entry.counted.unit}"
    if entry.date is not None:
        known[frame.layout.columns["date"]] = entry.date.isoformat()
    return tuple(known.get(c) or _bare(frame.cell(entry.row, c)) for c in frame.mapped)


def _labels(frame: GoodsFrame, row: int, cells: Sequence[Cell]) -> Sequence[Cell]:
    """Leave the remarks of a named thing out: there 共计 sums up nothing of the table's."""
    if is_placeholder(cell_text(frame.sheet.cell(row, frame.layout.item))):
        return cells
    remarks = {frame.layout.columns.get(r) for r in ("note", "purpose", "specification", "unit")}
    start = frame.layout.span.start
    return [cell for column, cell in enumerate(cells, start) if column not in remarks]


def _without_quantity(frame: GoodsFrame, row: int, cells: Sequence[Cell]) -> GoodsEntry:
    above = frame.merged_down[frame.layout.key].get(row)
    if above is not None and not cell_text(frame.sheet.cell(row, frame.layout.key)):
        words = "数量" if "quantity" in frame.layout.columns else "品名"
        joint = f"{words}与第{above + 1}行合并，已记在那一行 (merged with row {above + 1})"
        return GoodsEntry(row, "joint", reason=joint, above=above)
    if row in frame.banners or is_note(cells):
        return GoodsEntry(row, "prose")
    if "quantity" not in frame.layout.columns:
        return GoodsEntry(row, "bare", reason="没有品名 (no item)")
    unit = frame.sheet.cell(row, frame.layout.columns.get("unit", frame.layout.key))
    if cell_text(unit) and _is_number(cell_text(unit)):
        shifted = f"没有数量；计量单位栏里是数字“{shown(unit)}”，疑似错列 (columns shifted?)"
        return GoodsEntry(row, "bare", reason=shifted)
    return GoodsEntry(row, "bare", reason="没有数量 (no quantity)")


def _is_prose(frame: GoodsFrame, row: int, cells: Sequence[Cell]) -> bool:
    """Tell prose in the column that counts: a contact, or a lone text where no column counts."""
    if is_contact(frame.named(row, (*frame.parties, frame.layout.item)) or ""):
        return True
    if "quantity" in frame.layout.columns:
        return False
    lone = len([cell for cell in cells if cell_text(cell)]) < FEWEST_FOR_A_LINE
    return row in frame.banners or is_note(cells) or lone


def _counted(frame: GoodsFrame, row: int) -> tuple[str, Counted]:
    cell = frame.role(row, "item")
    item = cell_text(cell)
    if is_placeholder(item):
        raise CellUnreadable("没有品名 (no item)")
    if isinstance(cell, bool | date | int | float) or _is_number(item):
        raise CellUnreadable(f"品名栏里不是名称，疑似错列：{shown(cell)} (no name of a thing)")
    if "quantity" not in frame.layout.columns:
        return counted_in(item)
    quantity = frame.sheet.cell(row, frame.layout.key)
    specification = cell_text(frame.role(row, "specification"))
    headers, unit = frame.layout.counted_in, frame.role(row, "unit")
    if headers and is_placeholder(cell_text(unit)) and not LETTER.search(cell_text(quantity)):
        unit = headers
    counted = read_counted(quantity, unit, specification)
    if counted.unit == UNSTATED and headers:
        counted = read_counted(quantity, headers, specification)
    return item, counted


def _line(frame: GoodsFrame, row: int, item: str, counted: Counted) -> GoodsEntry:
    try:
        _check(frame, row, item, counted)
        value = _value(frame, row)
        day = _day(frame.role(row, "date"), frame.period)
        serial = read_serial(frame.role(row, "serial"))
    except CellUnreadable as error:
        return GoodsEntry(row, "goods", item, counted, str(error))
    return GoodsEntry(row, "goods", item, counted, "", value, day, serial)


def _check(frame: GoodsFrame, row: int, item: str, counted: Counted) -> None:
    """Refuse a line that is part of another, counts twice, or went to nobody."""
    own = [frame.sheet.cell(row, column) for column in (frame.layout.item, *frame.parties)]
    if any(is_of_which(cell_text(cell)) for cell in (item, *own)):
        raise CellUnreadable("“其中”项的数量已包含在上面的行里 (part of a line above)")
    for column in frame.layout.rivals:
        other = frame.sheet.cell(row, column)
        if not is_placeholder(cell_text(other)) and not _counts_as(frame, row, other, counted):
            raise CellUnreadable(
                f"一行有两个数量，不知以哪个为准：{counted.written}、{shown(other)} (two counts)"
            )
    if frame.kind == ISSUED and goods_party(frame, row) is None:
        raise CellUnreadable("没有接收单位 (no recipient)")


def _counts_as(frame: GoodsFrame, row: int, other: Cell, counted: Counted) -> bool:
    try:
        again = read_counted(
            other, frame.role(row, "unit"), cell_text(frame.role(row, "specification"))
        )
    except CellUnreadable:
        return False
    return (again.count, again.unit) == (counted.count, counted.unit)


def _value(frame: GoodsFrame, row: int) -> Money | None:
    """Read what the list says the whole line is worth; a value of several lines is none's."""
    column = frame.layout.columns.get("value")
    if column is None or row in frame.shared_values:
        return None
    cell = frame.sheet.cell(row, column)
    text = cell_text(cell)
    if is_placeholder(text) or (isinstance(cell, str) and VALUELESS.fullmatch(text)):
        return None
    unit = Unit(
        read_currency(frame.role(row, "currency"), frame.worth_in.currency), frame.worth_in.power
    )
    try:
        return read_amount(cell, unit)
    except CellUnreadable as error:
        raise CellUnreadable(f"价值读不懂：{error}") from error


def _day(cell: Cell, period: Period) -> date | None:
    """Read a day; None for one without its year or span of days, which leaves the sheet's."""
    try:
        return read_date(cell, period)
    except CellUnreadable:
        text = half_width(bare(cell))
        full = WRITTEN.fullmatch(text) or COMPACT.fullmatch(text)
        if isinstance(cell, str) and NO_FULL_DAY.search(text) and not full:
            return None
        raise
