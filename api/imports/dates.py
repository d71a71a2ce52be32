"""Dates as people write them into cells and into the prose around a table."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from api.imports.cells import Cell, CellUnreadable, bare, half_width, is_placeholder, shown

FIRST, LAST = date(1949, 1, 1), date(2100, 12, 31)
EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of a workbook's serial dates from March 1900 on (ECMA-376-1 18.17.4.1)."""
SERIALS = range((FIRST - EXCEL_EPOCH).days, (LAST - EXCEL_EPOCH).days + 1)
SERIALS_OF_OUR_DAYS = range(
    (date(2000, 1, 1) - EXCEL_EPOCH).days, (date(2050, 1, 1) - EXCEL_EPOCH).days
)

TIME = (
    r"(?:[ T日]*\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{1,2}秒?)?分?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
DAY = r"(\d{4})\s?(?:([-./])\s?(\d{1,2})\s?\2\s?(\d{1,2})|年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日?)"
WRITTEN = re.compile(f"{DAY}{TIME}", re.ASCII)
COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})" + r"(?: ?\d{6}|" + TIME + ")", re.ASCII)
WITHIN = re.compile(rf"(?<!\d){DAY}(?!\d)", re.ASCII)
COMPACT_WITHIN = re.compile(
    r"(?<![\d.])((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d.])", re.ASCII
)
YEAR = re.compile(
    r"(?<![\d.])((?:19|20)\d{2})(?:\s?[年./-]\s?(?:(1[0-2]|0?[1-9])(?:(?!\d)|(?=[-.]\d)))?|$)"
    r"|(?<![\d.])((?:19|20)\d{2})(1[0-2]|0[1-9])(?:[0-3]\d)?(?!\d)",
    re.ASCII,
)
MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s?月", re.ASCII)
WITHOUT_YEAR = re.compile(
    r"(?:(1[0-2]|0?[1-9])\s?[月./-]\s?)?(3[01]|[12]\d|0?[1-9])\s?([日号]?)" + TIME, re.ASCII
)
CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?(?!\d)", re.ASCII)
CLOCK_SIGN = re.compile("[:：时]")
"""What every time of day has somewhere; a quick look before the full reading."""
SERIAL_TEXT = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
DATE_ALONE = re.compile(
    r"[(（\[]?(?:\d{4}\s?[年./-])?\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?[日号]?"
    r"(?:[-—–~至到 ]+(?:\d{4}\s?[年./-])?\s?(?:\d{1,2}\s?[月./-])?\s?\d{1,2}\s?[日号]?)?[)）\]]?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """The year, and the month, that the lines above a table name; None where none or several."""

    year: int | None = None
    month: int | None = None


def find_period(lines: Iterable[str]) -> Period:
    """Find the one year, and its one month, named in a title, preamble or sheet's name."""
    years: set[int] = set()
    months: set[int] = set()
    for line in map(half_width, lines):
        named = [found.groups() for found in YEAR.finditer(line.strip())]
        years |= {int(year or compact) for year, _, compact, _ in named}
        months |= {int(month or tail) for _, month, _, tail in named if month or tail}
        months |= {int(month) for month in MONTH.findall(line)}
    year = years.pop() if len(years) == 1 else None
    return Period(year, months.pop() if year and len(months) == 1 else None)


def read_date(cell: Cell, period: Period | None = None) -> date | None:
    """Read a day: a date cell, an Excel serial, or text with year, month and day; None if empty.

    A time of day is left off; a year (and month) left out is taken from `period`. Raises
    `CellUnreadable` for anything else, and for a day before 1949 or after 2100.
    """
    if isinstance(cell, date):
        return _sane(cell.date() if isinstance(cell, datetime) else cell, cell)
    if isinstance(cell, int | float):
        return _read_number(cell)
    text = half_width(bare(cell))
    written = WRITTEN.fullmatch(text)
    return _sane(_day(written), cell) if written else _read_short(text, period, cell)


def _read_short(text: str, period: Period | None, cell: Cell) -> date | None:
    """Read a day written without signs between, or without its year; None if there is none."""
    if not text or is_placeholder(text):
        return None
    if SERIAL_TEXT.fullmatch(text) and int(float(text)) in SERIALS:
        return _read_number(float(text))
    compact = COMPACT.fullmatch(text)
    if compact is None:
        return _sane(_day_within(text, period or Period()), cell)
    return _sane(_day(compact), cell)


def read_clock(cell: Cell) -> time | None:
    """Read the time of day that a cell states, with its day or alone; None if it states none."""
    if isinstance(cell, datetime):
        return cell.time() if cell.time() != time.min else None
    if not isinstance(cell, str) or not CLOCK_SIGN.search(cell):
        return None
    found = CLOCK.search(half_width(bare(cell)))
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return None


def find_dates(text: str) -> tuple[date, ...]:
    """Find every full date, with its year, in a line of prose."""
    written = half_width(text)
    found = (_day(m) for rule in (WITHIN, COMPACT_WITHIN) for m in rule.finditer(written))
    return tuple(day for day in found if day is not None and FIRST <= day <= LAST)


def is_date_alone(text: str) -> bool:
    """Tell whether a cell holds a day or a span of days and nothing else, with year or without."""
    return DATE_ALONE.fullmatch(text) is not None


def serial_date(cell: Cell) -> date | None:
    """Read a number below a table as a day of 2000 to 2049 that lost its format; None if none."""
    is_day = (
        isinstance(cell, int | float) and not isinstance(cell, bool) and cell in SERIALS_OF_OUR_DAYS
    )
    return EXCEL_EPOCH + timedelta(days=int(cell)) if is_day else None  # type: ignore[arg-type]


def _read_number(cell: float) -> date:
    if isinstance(cell, bool) or not math.isfinite(cell):
        raise _unread(cell)
    whole = int(cell)
    if whole in SERIALS:
        return EXCEL_EPOCH + timedelta(days=whole)
    compact = COMPACT.fullmatch(str(whole)) if whole == cell else None
    return _sane(_day(compact) if compact else None, cell)


def _day(written: re.Match[str]) -> date | None:
    digits = [group for group in written.groups() if group and group.isdigit()]
    year, month, day = map(int, digits)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_within(text: str, period: Period) -> date | None:
    """Read `1月22日`, `01-22` or `22日` in a period; None where it leaves year or month open."""
    written = WITHOUT_YEAR.fullmatch(text)
    if written is None or not (written[1] or written[3]):
        return None
    month = int(written[1]) if written[1] else period.month
    if period.year is None or month is None:
        return None
    try:
        return date(period.year, month, int(written[2]))
    except ValueError:
        return None


def _sane(day: date | None, cell: Cell) -> date:
    if day is None:
        raise _unread(cell)
    if not FIRST <= day <= LAST:
        raise CellUnreadable(f"日期不在1949年至2100年之间：{shown(cell)} (date out of range)")
    return day


def _unread(cell: Cell) -> CellUnreadable:
    return CellUnreadable(f"日期读不懂：{shown(cell)} (unreadable date)")
