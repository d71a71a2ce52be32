"""Read the lists of goods on one sheet: which rows are lines, totals, notes or mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from api.imports.cells import Cell, is_placeholder
from api.imports.dates import find_dates, is_date_alone, serial_date
from api.imports.donors import is_not_named
from api.imports.goods_entries import (
    GoodsEntry,
    goods_content,
    goods_party,
    own_goods_cells,
    read_goods_entry,
)
from api.imports.goods_frames import GoodsFrame
from api.imports.goods_headers import (
    GoodsHeader,
    cell_text,
    find_goods_headers,
)
from api.imports.goods_rows import RECEIVED, GoodsRow, GoodsTable
from api.imports.goods_sections import frames_of
from api.imports.headers import Header, find_headers
from api.imports.prose import line_of, names_total
from api.imports.roles import Mapping
from api.imports.rows import RejectedRow
from api.imports.sheets import Sheet

Line = tuple[str, int, str]

FEWEST_FOR_A_LINE = 2


@dataclass(frozen=True, slots=True)
class GoodsReading:
    """The lists of goods of a sheet, of the kind asked for, and the lines passed over.

    `kinds` are those it holds, and `rows` those (from 1) that belong to its lists.
    """

    tables: tuple[GoodsTable, ...]
    ignored: tuple[Line, ...]
    kinds: frozenset[str]
    rows: frozenset[int]


def read_goods(
    sheet: Sheet,
    kind: str,
    date_given: date | None,
    around: Iterable[Line] = (),
    mapping: Mapping | None = None,
    headers: Sequence[Header] | None = None,
) -> GoodsReading:
    """Read a sheet's lists of `kind` ("goods-received", "goods-issued", "auto" to tell).

    A line without a day of its own gets `date_given`, else the latest full date in the lines
    passed over here and in those `around`, which the reader of money found on the sheet, as
    it did the `headers`; without them they are looked for.
    """
    known = find_headers(sheet.rows, "in", mapping) if headers is None else headers
    money = [header for header in known if header.layouts]
    taken = {row for h in money for row in range(h.row, h.row + h.depth)}
    of_goods = find_goods_headers(sheet.rows, taken, mapping, alone=not money)
    ends = sorted([*(h.row for h in money), *(h.row for h in of_goods), len(sheet.rows)])
    tables: list[GoodsTable] = []
    lines = set(_lines_above(sheet, min(ends, default=0))) if of_goods else set()
    covered: set[int] = set()
    frames: tuple[GoodsFrame, ...] = ()
    for header in of_goods:
        body = range(header.row + header.depth, next(e for e in ends if e > header.row))
        frames = frames_of(sheet, header, body, kind, frames)
        covered |= set(range(header.row + 1, body.stop + 1))
        for frame in frames:
            table, passed_over = _read_table(frame, header, body)
            tables.append(table)
            lines |= set(passed_over)
    ignored = tuple(sorted(line for line in lines if line[2]))
    days = (day for line in (*ignored, *around) for day in find_dates(line[2]))
    day = date_given or max(days, default=None)
    asked = [_dated(t, day) for t in tables if kind in (t.kind, "auto")]
    kinds = frozenset(table.kind for table in tables)
    return GoodsReading(tuple(asked), ignored, kinds, frozenset(covered))


def _lines_above(sheet: Sheet, end: int) -> list[Line]:
    return [(sheet.name, row + 1, line_of(sheet.rows[row])) for row in range(end)]


def _dated(table: GoodsTable, day: date | None) -> GoodsTable:
    if day is None:
        return table
    rows = (r if r.date else replace(r, date=day, date_basis="sheet") for r in table.rows)
    return replace(table, rows=tuple(rows))


def _read_table(
    frame: GoodsFrame, header: GoodsHeader, body: range
) -> tuple[GoodsTable, list[Line]]:
    """Read one list; also return the lines passed over."""
    read = (read_goods_entry(frame, row) for row in body)
    entries = _settle_totals(frame, [entry for entry in read if entry is not None])
    last = max((e.row for e in entries if _is_good(e)), default=-1)
    repeated = _repeated_serials(entries)
    joined = _joined(entries)
    rows = [
        _with_joined(frame, _goods_row(frame, entry, repeated), joined.get(entry.row, []))
        for entry in entries
        if _is_good(entry)
    ]
    told = {entry.row for below in joined.values() for entry in below}
    rejected, passed_over = [], []
    for entry in entries:
        if _is_good(entry) or entry.row in told:
            continue
        reason = _why_rejected(frame, entry, inside=entry.row < last)
        if reason:
            rejected.append(_rejected(frame, entry.row, reason))
        else:
            line = line_of(own_goods_cells(frame, entry.row))
            passed_over.append((frame.sheet.name, entry.row + 1, line))
    table = GoodsTable(
        frame.sheet.name, frame.kind, header.row + 1, frame.columns, tuple(rows), tuple(rejected)
    )
    return table, passed_over


def _is_good(entry: GoodsEntry) -> bool:
    return entry.kind == "goods" and not entry.reason


def _settle_totals(frame: GoodsFrame, entries: Sequence[GoodsEntry]) -> list[GoodsEntry]:
    """Take 口罩小计 for a total if it adds up the lines above, else hand it back."""
    settled: list[GoodsEntry] = []
    part = whole = 0
    for entry in entries:
        count = entry.counted.count if entry.counted else 0
        if entry.kind == "goods" and _is_named_total(frame, entry):
            is_sum = count in (part, whole) and count > 0
            reason = (
                "" if is_sum else "名称像合计，数量却不是上面各行之和 (named a total, but no sum)"
            )
            settled.append(replace(entry, kind="total" if is_sum else "goods", reason=reason))
            part = 0
            continue
        settled.append(entry)
        part, whole = (0 if entry.kind == "total" else part + count), whole + count
    return settled


def _is_named_total(frame: GoodsFrame, entry: GoodsEntry) -> bool:
    numbered = cell_text(frame.role(entry.row, "sequence"))
    return "quantity" in frame.layout.columns and not numbered and names_total(entry.item)


def _repeated_serials(entries: Iterable[GoodsEntry]) -> bool:
    """Tell whether several lines share a number: then it is the number of a paper, not a line."""
    met = Counter(entry.serial for entry in entries if entry.serial)
    return any(times > 1 for times in met.values())


def _why_rejected(frame: GoodsFrame, entry: GoodsEntry, *, inside: bool) -> str:
    """Return the reason to hand a row back; "" for a line passed over."""
    if entry.kind != "bare":
        return entry.reason
    own = [frame.sheet.cell(entry.row, column) for column in frame.mapped]
    filled = [cell for cell in own if _says(cell)]
    if not inside and len(filled) <= FEWEST_FOR_A_LINE and any(map(_is_day, filled)):
        return ""
    if len(filled) >= FEWEST_FOR_A_LINE:
        return entry.reason
    quantity = frame.sheet.cell(entry.row, frame.layout.key)
    telling = {frame.layout.item, frame.layout.key, *frame.parties}
    speaks = any(_says(frame.sheet.cell(entry.row, column)) for column in telling)
    counts = "quantity" in frame.layout.columns and _says(quantity)
    return entry.reason if (inside and speaks) or counts else ""


def _says(cell: Cell) -> bool:
    return not is_placeholder(cell_text(cell))


def _is_day(cell: Cell) -> bool:
    written = isinstance(cell, str) and is_date_alone(cell_text(cell))
    return isinstance(cell, date) or written or serial_date(cell) is not None


def _rejected(frame: GoodsFrame, row: int, reason: str) -> RejectedRow:
    texts = tuple(cell_text(cell) for cell in own_goods_cells(frame, row))
    kept = max((number for number, text in enumerate(texts, 1) if text), default=0)
    return RejectedRow(frame.sheet.name, row + 1, reason, texts[:kept])


def _goods_row(frame: GoodsFrame, entry: GoodsEntry, repeated: bool) -> GoodsRow:  # noqa: FBT001 of the table
    assert entry.counted is not None, "only counted entries become lines of goods"
    row = entry.row
    specification, purpose, note, place = (
        _text_or_none(frame.role(row, role))
        for role in ("specification", "purpose", "note", "place")
    )
    payees = frame.layout.parties.get("payee", ()) if frame.kind == RECEIVED else ()
    return GoodsRow(
        frame.sheet.name, row + 1, entry.item, specification, entry.counted, entry.value,
        _donor_or_recipient(frame, row), frame.named(row, payees),
        entry.date, "row" if entry.date else "none", None if repeated else entry.serial,
        purpose, _with_shared_value(frame, row, note), place, goods_content(frame, entry),
    )  # fmt: skip


def _donor_or_recipient(frame: GoodsFrame, row: int) -> str | None:
    """Return whom the line names; 爱心人士 and the like name no donor."""
    party = goods_party(frame, row)
    return None if party and frame.kind == RECEIVED and is_not_named(party) else party


def _joined(entries: Sequence[GoodsEntry]) -> dict[int, list[GoodsEntry]]:
    """Return the rows whose quantity is merged with that of a good line above, by its row."""
    good = {entry.row for entry in entries if _is_good(entry)}
    found: dict[int, list[GoodsEntry]] = {}
    for entry in entries:
        if entry.kind == "joint" and entry.above in good:
            found.setdefault(entry.above or 0, []).append(entry)
    return found


def _with_joined(frame: GoodsFrame, row: GoodsRow, below: Sequence[GoodsEntry]) -> GoodsRow:
    """Take rows that share a line's merged quantity into it, with what they say in its note."""
    if not below:
        return row
    said = (line_of(own_goods_cells(frame, entry.row)) for entry in below)
    note = "; ".join(filter(None, (row.note, *said)))
    return replace(row, note=note or None, joined=len(below))


def _with_shared_value(frame: GoodsFrame, row: int, note: str | None) -> str | None:
    """Say in the note what several lines are worth together."""
    if row not in frame.shared_values:
        return note
    together = cell_text(frame.role(row, "value"))
    said = f"与相邻各行合计价值 {together} (value of several lines)" if together else ""
    return " ".join(filter(None, (note, said))) or None


def _text_or_none(cell: Cell) -> str | None:
    text = cell_text(cell)
    return None if is_placeholder(text) else text
