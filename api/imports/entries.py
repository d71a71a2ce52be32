"""Read one row of a table of money: an entry, a total, a line of prose, or a reason why not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.imports.amounts import Unit, read_amount, read_currency
from api.imports.cells import (
    Cell,
    CellUnreadable,
    bare,
    is_placeholder,
    read_serial,
    shown,
    text_of,
)
from api.imports.dates import read_clock, read_date
from api.imports.donors import is_not_named
from api.imports.frames import Frame
from api.imports.prose import (
    is_comment,
    is_contact,
    is_note,
    is_of_which,
    is_summary,
    is_total,
)
from api.imports.trades import WRONG_WAY, flow_of, is_figure, why_no_trade
from ledger.money import Money

WORDS_FOR_NUMBER = re.compile("(?![一二三四五六七八九十百]+$)[一-鿿]{3,}[:：]?")
PART = "“其中”项的金额已包含在上面的行里 (part of a line above)"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as first read: `amount` if it has one that can be read, `reason` if it fails.

    `kind` is "money", "total", "prose", "bare" for a row without a readable amount, "joint" for
    one whose amount is merged with the amount above, "away" for one whose money went the other
    way, or "part" for one that breaks up the amount of the line above. An entry of money has the
    `party` that its row names.
    """

    row: int
    kind: str
    amount: Money | None = None
    reason: str = ""
    date: date | None = None
    serial: str | None = None
    moment: datetime | None = None
    party: str | None = None


def read_entry(frame: Frame, row: int) -> Entry | None:
    """Read a row on its own; None if it is blank, or its money stands in another column."""
    cells = own_cells(frame, row)
    filled = filter(text_of, cells)
    if next(filled, None) is None:
        return None
    lone = next(filled, None) is None
    if _is_of_program(frame, row, cells):
        return Entry(row, "prose")
    if _is_total_of(frame, row, cells) or (lone and _is_labelled_beside(frame, row)):
        return Entry(row, "total", _total_amount(frame, row, cells))
    if _in_sibling(frame, row):
        return None
    return _read_money(frame, row, cells)


def _is_of_program(frame: Frame, row: int, cells: Sequence[Cell]) -> bool:
    """Tell whether a program wrote the line around its table: a remark, or totals of its own."""
    above = frame.sheet.rows[row - 1] if row else ()
    return is_comment(cells) or is_summary(cells) or is_summary(above)


def _read_money(frame: Frame, row: int, cells: Sequence[Cell]) -> Entry:
    party = party_of(frame, row)
    if party is not None and is_contact(party):
        return Entry(row, "prose")
    try:
        amount = read_amount(frame.sheet.cell(row, frame.layout.amount), _unit(frame, row))
    except CellUnreadable as error:
        return _without_amount(frame, row, cells, str(error))
    return _with_amount(frame, row, amount, party)


def _unit(frame: Frame, row: int) -> Unit:
    if "currency" not in frame.layout.simple:
        return frame.unit
    return Unit(read_currency(frame.role(row, "currency"), frame.unit.currency), frame.unit.power)


def own_cells(frame: Frame, row: int) -> Sequence[Cell]:
    """Return the row's cells that belong to this table and not to one beside it."""
    return frame.sheet.rows[row][frame.layout.span.start : frame.layout.span.stop]


def party_of(frame: Frame, row: int) -> str | None:
    """Return the donor or payee the row names, by itself or by a merged cell; None if none."""
    names = (bare(frame.cell(row, column)) for column in frame.parties)
    return next((name for name in names if not is_placeholder(name)), None)


def named_party(frame: Frame, entry: Entry) -> str | None:
    """Return whom an entry of money names; None for 匿名 and the like, who name nobody."""
    party = entry.party
    return None if party and frame.kind == "gifts" and is_not_named(party) else party


def _is_total_of(frame: Frame, row: int, cells: Sequence[Cell]) -> bool:
    return is_total(cells) and is_total(_labels(frame, row, cells))


def _labels(frame: Frame, row: int, cells: Sequence[Cell]) -> Sequence[Cell]:
    """Leave the remarks of a named donor out: there 共计 sums up nothing of the table's."""
    named = [frame.sheet.cell(row, column) for column in frame.parties]
    if not any(map(text_of, named)):
        return cells
    start, remarks = frame.layout.span.start, frame.remarks
    return [cell for column, cell in enumerate(cells, start) if column not in remarks]


def _is_labelled_beside(frame: Frame, row: int) -> bool:
    """Tell whether a lone amount is summed up by the label in a table beside it on the sheet."""
    own = text_of(frame.sheet.cell(row, frame.layout.amount))
    return bool(own) and not party_of(frame, row) and is_total(frame.sheet.rows[row])


def _total_amount(frame: Frame, row: int, cells: Sequence[Cell]) -> Money | None:
    """Read a total from its column, else from the label itself (合计：100元), else beside it."""
    own = frame.sheet.cell(row, frame.layout.amount)
    labels = [text_of(cell) for cell in cells if isinstance(cell, str) and "计" in cell]
    within = [label.rpartition("计")[2].strip(" :：") for label in labels]
    taken = set(frame.mapped) - set(frame.parties)
    beside = [
        cell
        for column, cell in enumerate(cells, frame.layout.span.start)
        if column not in taken and isinstance(cell, int | float)
    ]
    for cell in (own, *filter(None, within), *beside):
        try:
            return read_amount(cell, frame.unit)
        except CellUnreadable:
            continue
    return None


def _in_sibling(frame: Frame, row: int) -> bool:
    """Tell whether the row's money is in the column of another currency."""
    layout = frame.layout
    if not layout.siblings or text_of(frame.sheet.cell(row, layout.amount)):
        return False
    return not layout.primary or any(text_of(frame.sheet.cell(row, c)) for c in layout.siblings)


def _without_amount(frame: Frame, row: int, cells: Sequence[Cell], reason: str) -> Entry:
    if row in frame.banners or is_note(cells):
        return Entry(row, "prose")
    if is_of_which(next(text for text in map(text_of, cells) if text)):
        return Entry(row, "part", reason=PART)
    above = frame.merged_down[frame.layout.amount].get(row)
    if above is None and _went_other_way(frame, row):
        return Entry(row, "away", reason="钱在另一方向的栏里 (money went the other way)")
    if above is None:
        return Entry(row, "bare", reason=why_no_trade(frame, row) or reason)
    joint = f"金额与第{above + 1}行合并，已记在那一行 (amount merged with row {above + 1})"
    return Entry(row, "joint", reason=joint)


def _went_other_way(frame: Frame, row: int) -> bool:
    """Tell whether the row's figure is in the column of money that went the other way."""
    return any(is_figure(cell, frame.unit) for cell in frame.aside(row, "other"))


def _with_amount(frame: Frame, row: int, amount: Money, party: str | None) -> Entry:
    try:
        _check_counts(frame, row, party)
        _check_rivals(frame, row, amount)
        day = read_date(frame.role(row, "date"), frame.period)
        serial = read_serial(frame.role(row, "serial"))
    except CellUnreadable as error:
        return Entry(row, "money", amount, str(error), party=party)
    return Entry(row, "money", amount, "", day, serial, _moment(frame, row, day), party)


def _moment(frame: Frame, row: int, day: date | None) -> datetime | None:
    """Join the day with the time of day in its cell, or in a second column of times."""
    if day is None:
        return None
    clocks = map(read_clock, (frame.role(row, "date"), *frame.aside(row, "date")))
    clock = next((each for each in clocks if each is not None), None)
    return datetime.combine(day, clock) if clock else None


def _check_counts(frame: Frame, row: int, party: str | None) -> None:
    """Refuse a row whose own words say that its amount was not received, or not paid."""
    if "flow" in frame.layout.simple:
        _check_flow(frame, row)
    stopped = why_no_trade(frame, row)
    if stopped:
        raise CellUnreadable(stopped)
    number = text_of(frame.role(row, "sequence"))
    if is_of_which(party or number):
        raise CellUnreadable(PART)
    if party is None and WORDS_FOR_NUMBER.fullmatch(number):
        raise CellUnreadable(f"序号栏里是文字，又没有名称：{shown(number)} (words for a number)")


def _check_flow(frame: Frame, row: int) -> None:
    flow = flow_of(frame, row)
    if flow == "/" or any(word in flow for word in WRONG_WAY[frame.kind]):
        raise CellUnreadable(f"这一行的收支方向是“{flow}” (money went the other way)")
    if flow == "":
        raise CellUnreadable("没有写明是收入还是支出 (no direction given)")


def _check_rivals(frame: Frame, row: int, amount: Money) -> None:
    """Refuse a row with another amount under a header that speaks of amounts as surely."""
    for column in frame.layout.rivals:
        cell = frame.sheet.cell(row, column)
        try:
            other = read_amount(cell, frame.unit)
        except CellUnreadable:
            continue
        if other != amount:
            raise CellUnreadable(
                f"一行有两个金额，不知以哪个为准：{amount}、{other} (two amounts in one row)"
            )


def content_of(frame: Frame, entry: Entry) -> tuple[str, ...]:
    """Return the cleaned cells of all mapped columns, the same in every format of the file."""
    known = {frame.layout.amount: str(entry.amount)}
    for role, value in (("date", entry.date), ("serial", entry.serial)):
        if role in frame.layout.simple:
            known[frame.layout.simple[role]] = str(value or "")
    return tuple(known.get(c) or bare(frame.cell(entry.row, c)) for c in frame.mapped)
