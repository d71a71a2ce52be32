"""Put headers and the rows under them together: a repeated header goes on with its table."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from api.imports.amounts import Unit, find_unit
from api.imports.cells import text_of
from api.imports.dates import find_period
from api.imports.frames import Frame
from api.imports.headers import Header, Layout, is_wordy
from api.imports.prose import is_part_total, is_total, line_of, unit_line
from api.imports.sheets import Sheet

PAYING = re.compile("支出|拨付|使用情况|使用明细|发放|资助|救助金|流向|划拨|拨款|payment|disburse")
GIVING = re.compile("接[收受]|收到|收入|捐[款赠](名单|明细|公示|收)|donation|gift")
LINES_ABOVE = 12


@dataclass(slots=True)
class Section:
    """A header, its tables, the rows (from 0) under it, and those of them that are titles.

    It grows page by page while its header repeats; `page` are the rows of the last page.
    """

    header: Header
    frames: tuple[Frame, ...]
    page: range
    rows: list[int]
    titles: set[int]


def find_sections(sheet: Sheet, headers: Sequence[Header], kind: str) -> list[Section]:
    """Return the sections of a sheet that hold money, top to bottom.

    A header that says the same as the one before goes on with that section, unless a total
    has closed it: pages repeat headers, and so do tables that follow each other.
    """
    sections: list[Section] = []
    known = {line_of(row) for row in sheet.rows[: headers[0].row]} if headers else set()
    ends = [*(header.row for header in headers[1:]), len(sheet.rows)]
    top = 0
    for header, end in zip(headers, ends, strict=False):
        before = sections[-1] if sections else None
        above = _lines_above(sheet, range(top, header.row))
        section = _section(sheet, header, end, list(above.values()), before, kind)
        top = header.row + header.depth
        if before is not None and _goes_on(sheet, before, section):
            before.page = section.page
            before.rows += section.page
            before.titles |= _titles(sheet, above, known)
        elif header.layouts:
            sections.append(section)
    return sections


def _section(
    sheet: Sheet, header: Header, end: int, above: list[str], before: Section | None, kind: str
) -> Section:
    lines = [sheet.name, *above]
    frames = tuple(
        Frame(
            sheet, layout, _unit(layout, lines, before), _kind(layout, lines, kind),
            find_period(lines),
        )
        for layout in header.layouts
    )  # fmt: skip
    page = range(header.row + header.depth, end)
    return Section(header, frames, page, [*page], set())


def _unit(layout: Layout, lines: Sequence[str], before: Section | None) -> Unit:
    """Take the unit from the header, else a line above, else the table above, else yuan."""
    stated = layout.unit or unit_line(lines[1:])
    if stated is not None:
        return stated
    same = [f.unit for f in before.frames if f.layout.columns == layout.columns] if before else []
    named = find_unit(lines[0])
    return same[0] if same else Unit(named.currency) if named else Unit()


def _kind(layout: Layout, lines: Sequence[str], kind: str) -> str:
    """Tell gifts from payments by the columns, then the amount's header, then the title."""
    if kind != "auto":
        return kind
    if "donor" in layout.parties:
        return "gifts"
    if "payee" in layout.parties or layout.heading.direction == "out":
        return "payments"
    told = " ".join(lines)
    paying = layout.heading.direction != "in" and PAYING.search(told) and not GIVING.search(told)
    return "payments" if paying else "gifts"


def _goes_on(sheet: Sheet, before: Section, section: Section) -> bool:
    shapes = [
        [(f.layout.columns, f.unit, f.kind) for f in each.frames] for each in (before, section)
    ]
    return shapes[0] == shapes[1] and not _is_closed(sheet, before)


def _is_closed(sheet: Sheet, section: Section) -> bool:
    """Tell whether a total of the whole, not of a page, comes after the last amount."""
    amount = section.frames[0].layout.amount
    for row in reversed(section.page):
        if is_total(sheet.rows[row]):
            return not is_part_total(sheet.rows[row])
        if text_of(sheet.cell(row, amount)):
            return False
    return False


def _lines_above(sheet: Sheet, rows: range) -> dict[int, str]:
    """Return the lines of words right above a header, below any data, nearest first."""
    found: dict[int, str] = {}
    for row in reversed(rows[-LINES_ABOVE:]):
        filled = [cell for cell in sheet.rows[row] if text_of(cell)]
        if len(filled) > 1 and not is_wordy(filled):
            break
        found[row] = line_of(filled)
    return found


def _titles(sheet: Sheet, above: dict[int, str], known: Container[str]) -> set[int]:
    """Return the rows that title a repeated header: lone lines after a gap, or seen before."""
    after_gap = bool(above) and not list(above.values())[-1]
    lone = (row for row in above if sum(bool(text_of(c)) for c in sheet.rows[row]) == 1)
    return {row for row in lone if after_gap or above[row] in known}
