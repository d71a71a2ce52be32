"""Put the header of a list of goods and what stands around it together: kind, unit, party, days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from api.imports.amounts import Unit
from api.imports.cells import Cell, CellUnreadable, folded, is_placeholder
from api.imports.dates import find_period, read_date
from api.imports.goods_frames import GoodsFrame
from api.imports.goods_headers import GoodsHeader, GoodsLayout, cell_text
from api.imports.goods_rows import ISSUED, RECEIVED
from api.imports.headers import is_wordy
from api.imports.measures import MEASURES
from api.imports.prose import line_of, unit_line
from api.imports.sheets import Sheet

LINES_ABOVE = 12
TOLD_ISSUED = re.compile(
    "发放|拨付|分配|调拨|出库|领用|发往|使用情况|使用明细|支出|流向|去向|配送|下发|distribut|issued"
)
TOLD_RECEIVED = re.compile("接[收受]|捐|收到|入库|受赠|来源|received|donat", re.IGNORECASE)
PARTY_LINES = {
    ISSUED: re.compile(
        r"(?:接收|领用|领取|受赠|受捐|收货|使用)(?:单位|方|人)\s*[:：]\s*(\S.{0,80})"
    ),
    RECEIVED: re.compile(r"(?:捐赠|捐献|捐助)(?:单位|方|人|者|企业)\s*[:：]\s*(\S.{0,80})"),
}
UNIT_LINE = re.compile(rf"\(?(?:计量|数量)?单位:((?:[千万]|百万)?(?:{MEASURES}))\)?")


def frames_of(
    sheet: Sheet, header: GoodsHeader, body: range, kind: str, before: Sequence[GoodsFrame]
) -> tuple[GoodsFrame, ...]:
    """Return a frame for each list under a header; `before` are those of the header above."""
    above = _titles(sheet, header.row)
    lines = [*map(line_of, above), sheet.name]
    frames = []
    for layout in header.layouts:
        same = next((f for f in before if _is_same(f.layout, layout)), None)
        told = _kind(layout, lines, kind, same)
        worth = layout.worth_in or unit_line(lines[:-1]) or (same.worth_in if same else Unit())
        mapped = _with_unnamed(layout, sheet, header, body)
        if "unit" not in mapped.columns and not mapped.counted_in:
            mapped = replace(mapped, counted_in=_unit_above(lines[:-1]))
        frame = GoodsFrame(sheet, mapped, told, worth, find_period(lines))
        party = None if frame.parties else _party_above(above, told)
        carried = same.party_above if same and not frame.parties else None
        frames.append(replace(frame, party_above=party or carried))
    return tuple(frames)


def _is_same(one: GoodsLayout, other: GoodsLayout) -> bool:
    """Tell whether a header repeats another; columns without a header may have been added."""
    return one.parties == other.parties and other.columns.items() <= one.columns.items()


def _titles(sheet: Sheet, end: int) -> list[Sequence[Cell]]:
    """Return the lines of words right above a header, below any data, nearest first."""
    found: list[Sequence[Cell]] = []
    for row in reversed(range(max(0, end - LINES_ABOVE), end)):
        filled = [cell for cell in sheet.rows[row] if cell_text(cell)]
        if len(filled) > 1 and not is_wordy(filled):
            break
        found.append(filled)
    return found


def _kind(layout: GoodsLayout, lines: Sequence[str], kind: str, same: GoodsFrame | None) -> str:
    """Tell received from issued by the columns, as asked, then by the titles, nearest first."""
    donors, payees = "donor" in layout.parties, "payee" in layout.parties
    if donors != payees:
        return RECEIVED if donors else ISSUED
    if kind != "auto" or donors:
        return kind if kind != "auto" else RECEIVED
    for line in lines:
        if TOLD_ISSUED.search(line):
            return ISSUED
        if TOLD_RECEIVED.search(line):
            return RECEIVED
    return same.kind if same else RECEIVED


def _unit_above(lines: Iterable[str]) -> str:
    found = (UNIT_LINE.fullmatch(folded(line)) for line in lines)
    return next((match[1] for match in found if match), "")


def _party_above(above: Iterable[Sequence[Cell]], kind: str) -> str | None:
    found = (PARTY_LINES[kind].fullmatch(cell_text(cell)) for line in above for cell in line)
    return next((match[1] for match in found if match), None)


def _with_unnamed(
    layout: GoodsLayout, sheet: Sheet, header: GoodsHeader, body: Sequence[int]
) -> GoodsLayout:
    """Map the columns without a header that speak for themselves: days, and what is beside things.

    A column of nothing but days is the day; one of texts between thing and quantity says which
    kind of thing, unless another column does.
    """
    added: dict[str, int] = {}
    rows, heads = sheet.rows, range(header.row, header.row + header.depth)
    width = max((len(rows[row]) for row in body), default=0)
    free = [
        c for c in layout.span
        if c < width and c not in layout.mapped
        and not any(cell_text(sheet.cell(row, c)) for row in heads)
    ]  # fmt: skip
    filled = {
        c: [rows[r][c] for r in body if c < len(rows[r]) and cell_text(rows[r][c])] for c in free
    }
    if "date" not in layout.columns:
        days = [c for c in free if filled[c] and all(map(_is_day, filled[c]))]
        added |= {"date": days[0]} if len(days) == 1 else {}
    beside = layout.item + 1
    between = any(beside < layout.columns.get(role, 0) for role in ("quantity", "unit"))
    if "specification" not in layout.columns and between and filled.get(beside):
        added["specification"] = beside
    added = {role: c for role, c in added.items() if role == "date" or c != added.get("date")}
    return replace(layout, columns=layout.columns | added) if added else layout


def _is_day(cell: Cell) -> bool:
    if isinstance(cell, int | float) or is_placeholder(cell_text(cell)):
        return False
    try:
        return read_date(cell) is not None
    except CellUnreadable:
        return False
