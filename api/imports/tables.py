"""Read the tables of money on one sheet: which rows are entries, totals, notes or mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from api.imports.amounts import looks_numeric, read_amount
from api.imports.cells import Cell, CellUnreadable, bare, is_placeholder, text_of
from api.imports.dates import find_dates, is_date_alone, serial_date
from api.imports.entries import (
    Entry,
    content_of,
    named_party,
    own_cells,
    party_of,
    read_entry,
)
from api.imports.frames import Frame
from api.imports.headers import Header, find_headers
from api.imports.prose import is_part_total, line_of, names_total
from api.imports.roles import Mapping
from api.imports.rows import MoneyRow, MoneyTable, RejectedRow
from api.imports.sections import Section, find_sections
from api.imports.sheets import Sheet
from api.imports.statements import read_statement
from ledger.errors import Unreadable
from ledger.money import MINOR_MAX, Money

FEWEST_FOR_A_TOTAL = 2
FEWEST_FOR_AN_ENTRY = 2
LINES_WITHOUT_TABLE = 20

Line = tuple[str, int, str]


class SumTooLarge(Unreadable):
    """The amounts of a table add up to more than money can be."""

    def __init__(self, sheet: str) -> None:
        super().__init__(f"sheet {sheet[:40]!r} adds up to more than can be; look at its unit")


@dataclass(frozen=True, slots=True)
class SheetReading:
    """The tables of a sheet, the lines passed over, and the headers found, of goods too."""

    tables: tuple[MoneyTable, ...]
    ignored: tuple[Line, ...]
    headers: tuple[Header, ...]

    @property
    def goods(self) -> bool:
        """Whether the sheet lists goods."""
        return any(not header.layouts for header in self.headers)


def read_sheet(
    sheet: Sheet, kind: str, date_given: date | None, mapping: Mapping | None = None
) -> SheetReading:
    """Read a sheet's tables of `kind` ("gifts", "payments", or "auto" to tell by the columns).

    A row without a date of its own gets `date_given`, else the latest full date in the lines
    around the tables. What `mapping` says of a header goes before what its words say.
    """
    headers = find_headers(sheet.rows, "out" if kind == "payments" else "in", mapping)
    tables: list[MoneyTable] = []
    lines = set(_lines_outside(sheet, headers))
    for section in find_sections(sheet, headers, kind):
        found: list[MoneyTable] = []
        for frame in section.frames:
            read, passed_over = _read_table(section, frame)
            found += read
            lines |= set(passed_over)
        tables += _with_common_total(found)
    ignored = tuple(sorted(line for line in lines if line[2]))
    day = date_given or max((d for line in ignored for d in find_dates(line[2])), default=None)
    return SheetReading(tuple(_dated(table, day) for table in tables), ignored, tuple(headers))


def _with_common_total(tables: Sequence[MoneyTable]) -> list[MoneyTable]:
    """Take away a total that is right for tables side by side together, and so for none alone."""
    sums: Counter[str] = Counter()
    for table in tables:
        sums[table.currency] += _sum_of(table).minor
    return [
        replace(table, stated_total=None)
        if table.stated_total is not None
        and table.stated_total.minor == sums[table.currency] != _sum_of(table).minor
        else table
        for table in tables
    ]


def _sum_of(table: MoneyTable) -> Money:
    return Money(sum(row.amount.minor for row in table.rows), table.currency)


def _lines_outside(sheet: Sheet, headers: Sequence[Header]) -> list[Line]:
    above = range(headers[0].row if headers else min(len(sheet.rows), LINES_WITHOUT_TABLE))
    goods = [header.row for header in headers if not header.layouts]
    return [(sheet.name, row + 1, line_of(sheet.rows[row])) for row in (*above, *goods)]


def _dated(table: MoneyTable, day: date | None) -> MoneyTable:
    if day is None:
        return table
    rows = (r if r.date else replace(r, date=day, date_basis="sheet") for r in table.rows)
    return replace(table, rows=tuple(rows))


def _read_table(section: Section, frame: Frame) -> tuple[list[MoneyTable], list[Line]]:
    """Read one table, split by currency; also return the lines passed over."""
    read = [entry for row in section.rows if (entry := read_entry(frame, row)) is not None]
    _check_sum(frame.sheet.name, read)
    entries = _settle_end(frame, [*read])
    entries = _settle_named_totals(frame, entries)
    last = max((e.row for e in entries if _is_good(e)), default=-1)
    rows = [_money_row(frame, entry) for entry in entries if _is_good(entry)]
    rejected, passed_over = [], []
    for entry in entries:
        if entry.kind == "part":
            line = f"{line_of(own_cells(frame, entry.row))} — {entry.reason}"
            passed_over.append((frame.sheet.name, entry.row + 1, line))
            continue
        reason = _why_rejected(frame, entry, entry.row < last, section.titles)
        if reason and (entry.kind == "money" or frame.layout.primary):
            rejected.append(_rejected(frame, entry.row, reason))
        elif not _is_good(entry) and frame.layout.primary:
            line = line_of(own_cells(frame, entry.row))
            passed_over.append((frame.sheet.name, entry.row + 1, line))
    stated = _stated_total(frame, entries, section.rows)
    tables = _tables(section.header, frame, rows, rejected, stated)
    statement = read_statement(frame, section.header, read)
    return [replace(tables[0], statement=statement), *tables[1:]], passed_over


def _check_sum(name: str, entries: Sequence[Entry]) -> None:
    """Refuse a table whose amounts together are more than any ledger can hold."""
    if sum(entry.amount.minor for entry in entries if entry.amount) > MINOR_MAX:
        raise SumTooLarge(name)


def _is_good(entry: Entry) -> bool:
    return entry.kind == "money" and not entry.reason


def _settle_end(frame: Frame, entries: list[Entry]) -> list[Entry]:
    """Take amounts without any label at the end for what they are: a lone day, or a total."""
    money = [at for at, entry in enumerate(entries) if entry.kind == "money"]
    if money and _is_lone_day(frame, entries, money[-1]):
        at = money.pop()
        entries[at] = replace(entries[at], kind="prose", reason="")
    if len(money) <= FEWEST_FOR_A_TOTAL or not _is_unlabelled(frame, entries[money[-1]]):
        return entries
    at, before = money[-1], [entries[number] for number in money[:-1]]
    sums = {_sum(before, frame.unit.currency), _sum(filter(_is_good, before), frame.unit.currency)}
    if entries[at].amount in sums:
        entries[at] = replace(entries[at], kind="total", reason="")
    return entries


def _settle_named_totals(frame: Frame, entries: Sequence[Entry]) -> list[Entry]:
    """Take 财务部小计 or 城关镇合计 for a total if it adds up the lines above, else hand it back.

    A numbered line is an entry: lists of towns name each with its total.
    """
    settled: list[Entry] = []
    part, whole, currency = 0, 0, frame.unit.currency
    for entry in entries:
        if entry.kind == "money" and _is_named_total(frame, entry):
            settled.append(_named_total(entry, Money(part, currency), Money(whole, currency)))
            part = 0
            continue
        settled.append(entry)
        if entry.kind == "total":
            part = 0
        elif entry.kind == "money" and entry.amount and entry.amount.currency == currency:
            part, whole = part + entry.amount.minor, whole + entry.amount.minor
    return settled


def _is_named_total(frame: Frame, entry: Entry) -> bool:
    """Tell by the name, or for want of one by words before it or in columns without a meaning."""
    row, party = entry.row, entry.party
    if party is not None:
        return names_total(party) and not text_of(frame.role(row, "sequence"))
    known = {*frame.mapped} - {frame.layout.simple.get("sequence")}
    cells = enumerate(own_cells(frame, row), frame.layout.span.start)
    return any(names_total(text_of(cell)) for column, cell in cells if column not in known)


def _named_total(entry: Entry, part: Money, whole: Money) -> Entry:
    if entry.amount in (part, whole):
        return replace(entry, kind="total", reason="")
    reason = f"名称像合计，金额却不是上面各行之和 {part} (named a total, but no sum)"
    return replace(entry, reason=reason)


def _is_unlabelled(frame: Frame, entry: Entry) -> bool:
    cells = own_cells(frame, entry.row)
    return len([cell for cell in cells if text_of(cell)]) == 1 and not party_of(frame, entry.row)


def _is_lone_day(frame: Frame, entries: Sequence[Entry], at: int) -> bool:
    """Tell whether a number below a note or signature is a day whose format was lost."""
    signed = at > 0 and entries[at - 1].kind in ("prose", "bare")
    cell = frame.sheet.cell(entries[at].row, frame.layout.amount)
    return signed and _is_unlabelled(frame, entries[at]) and serial_date(cell) is not None


def _sum(entries: Iterable[Entry], currency: str) -> Money:
    amounts = (e.amount for e in entries if e.amount and e.amount.currency == currency)
    return Money(sum(amount.minor for amount in amounts), currency)


def _why_rejected(frame: Frame, entry: Entry, inside: bool, titles: Container[int]) -> str:  # noqa: FBT001 where it stands
    """Return the reason to hand a row back; "" for a good row and for a line passed over."""
    if entry.kind != "bare":
        return entry.reason
    filled = [c for c in frame.mapped if text_of(frame.sheet.cell(entry.row, c))]
    own = frame.sheet.cell(entry.row, frame.layout.amount)
    if entry.row in titles or (not inside and _is_day(own) and len(filled) <= FEWEST_FOR_AN_ENTRY):
        return ""
    if len(filled) >= FEWEST_FOR_AN_ENTRY:
        return entry.reason
    named = (inside or _has_number_beside(frame, entry.row)) and party_of(frame, entry.row)
    speaks = _is_numeric(own) if text_of(own) else named
    return entry.reason if filled and speaks else ""


def _has_number_beside(frame: Frame, row: int) -> bool:
    """Tell whether a column without a known meaning holds a number that is no day."""
    others = (
        cell
        for column, cell in enumerate(own_cells(frame, row), frame.layout.span.start)
        if column not in frame.mapped and isinstance(cell, int | float)
    )
    return any(serial_date(cell) is None for cell in others)


def _is_day(cell: Cell) -> bool:
    return isinstance(cell, date) or (isinstance(cell, str) and is_date_alone(text_of(cell)))


def _is_numeric(cell: Cell) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and looks_numeric(cell))


def _rejected(frame: Frame, row: int, reason: str) -> RejectedRow:
    texts = tuple(text_of(cell) for cell in own_cells(frame, row))
    kept = max((number for number, text in enumerate(texts, 1) if text), default=0)
    return RejectedRow(frame.sheet.name, row + 1, reason, texts[:kept])


def _money_row(frame: Frame, entry: Entry) -> MoneyRow:
    assert entry.amount is not None, "only entries of money become rows of money"
    purpose, note, place, sequence = (
        _first_text(frame, entry.row, role) for role in ("purpose", "note", "place", "sequence")
    )
    return MoneyRow(
        frame.sheet.name, entry.row + 1, entry.amount, named_party(frame, entry),
        entry.date, "row" if entry.date else "none", entry.serial,
        purpose, note, place, sequence, content_of(frame, entry), entry.moment,
    )  # fmt: skip


def _first_text(frame: Frame, row: int, role: str) -> str | None:
    """Return what the row says in the columns of a role, by the first that says anything."""
    if role not in frame.layout.simple:
        return None
    texts = map(bare, (frame.role(row, role), *frame.aside(row, role)))
    return next((text for text in texts if not is_placeholder(text)), None)


def _stated_total(frame: Frame, entries: Sequence[Entry], body: Sequence[int]) -> Money | None:
    """Return the total stated for the whole table, right or wrong; None if there is none."""
    good = [entry for entry in entries if _is_good(entry)]
    found = _sum(good, frame.unit.currency)
    totals = [entry for entry in entries if entry.kind == "total" and entry.amount is not None]
    if found in [entry.amount for entry in totals] or (
        len(good) >= FEWEST_FOR_A_TOTAL and _stands_beside(frame, good[-1].row, body, found)
    ):
        return found
    edges = (good[0].row, good[-1].row) if good else (0, 0)
    whole = [e.amount for e in totals if not edges[0] < e.row < edges[1] and not _is_part(frame, e)]
    return next((a for a in reversed(whole) if a and a.currency == frame.unit.currency), None)


def _is_part(frame: Frame, entry: Entry) -> bool:
    return is_part_total(own_cells(frame, entry.row))


def _stands_beside(frame: Frame, last: int, body: Sequence[int], found: Money) -> bool:
    """Tell whether a column without a header holds the sum in the last entry's row or below."""
    cells = (
        cell
        for row in body
        if row >= last
        for column, cell in enumerate(own_cells(frame, row), frame.layout.span.start)
        if column not in frame.mapped and isinstance(cell, int | float)
    )
    return any(_amounts_to(cell, frame, found) for cell in cells)


def _amounts_to(cell: Cell, frame: Frame, found: Money) -> bool:
    try:
        return read_amount(cell, frame.unit) == found
    except CellUnreadable:
        return False


def _tables(
    header: Header, frame: Frame, rows: Sequence[MoneyRow],
    rejected: Sequence[RejectedRow], stated: Money | None,
) -> list[MoneyTable]:  # fmt: skip
    """Make one table for each currency met; the first carries the rejected rows and the total."""
    met = dict.fromkeys(row.amount.currency for row in rows)
    own = frame.unit.currency
    currencies = sorted(met or [own], key=lambda currency: currency != own)
    if len(currencies) > 1 and frame.layout.simple.get("currency") is not None:
        stated = None  # it adds up several currencies, or what they were converted to
    return [
        MoneyTable(
            frame.sheet.name, frame.kind, currency, header.row + 1, frame.columns,
            tuple(row for row in rows if row.amount.currency == currency),
            () if number else tuple(rejected),
            stated if stated and stated.currency == currency else None,
        )
        for number, currency in enumerate(currencies)
    ]  # fmt: skip
