"""Check an account's statement: opening + movements = closing, in whole minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.imports.amounts import Unit, find_unit, read_figure
from api.imports.balances import Movement, chain_breaks, in_order
from api.imports.cells import Cell, CellUnreadable, bare, is_placeholder, text_of
from api.imports.dates import read_date
from api.imports.entries import Entry
from api.imports.frames import Frame
from api.imports.headers import Header, texts_of
from api.imports.prose import is_part_total
from api.imports.rows import Statement
from api.imports.stated import find_account, find_stated, label_of
from api.imports.trades import INWARD, NEITHER_WAY, OUTWARD, flow_of, is_stopped
from ledger.errors import LedgerError
from ledger.money import Money

BREAKS_SHOWN = 20
STATED = {
    "opening": "期初余额",
    "closing": "期末余额",
    "income": "收入合计",
    "spending": "支出合计",
}
MOVING = ("money", "bare", "away")
Change = tuple[int | None, int | None]
"""How a row changed the balance, and the amount of one that was undone."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns (from 0) of money in, money out and balance, and what one in them is worth."""

    incoming: int | None
    outgoing: int | None
    balance: int | None
    balance_unit: Unit


@dataclass(frozen=True, slots=True)
class Figures:
    """Minor units of what a statement comes to; None where a figure is missing or masked."""

    opening: int | None
    income: int | None
    spending: int | None
    closing: int | None


def read_statement(frame: Frame, header: Header, entries: Sequence[Entry]) -> Statement | None:
    """Read what a table says of its account over all its rows; None for a plain list."""
    if not frame.is_statement or not frame.layout.primary:
        return None
    around = [*frame.sheet.rows[: header.row]]
    account = find_account(around)
    around += [frame.sheet.rows[entry.row] for entry in entries if entry.kind == "prose"]
    columns = _columns(frame, header)
    moves = _movements(frame, columns, entries) if _in_one_currency(frame, entries) else []
    stated = find_stated(around) | _stated_in_rows(frame, columns, entries, moves)
    days = [move.day for move in moves if move.day]
    first, last = min(days, default=None), max(days, default=None)
    currency = frame.unit.currency
    ordered = in_order(moves)
    figures = _figures(ordered, stated)
    try:
        opening, income, spending, closing = (
            None if each is None else Money(each, currency)
            for each in (figures.opening, figures.income, figures.spending, figures.closing)
        )
        breaks = _breaks(frame, ordered, figures, stated)
    except LedgerError:  # a sum beyond what money can be: nothing is said of it
        return Statement(account, first, last, None, None, None, None, ())
    return Statement(account, first, last, opening, income, spending, closing, breaks)


def _in_one_currency(frame: Frame, entries: Sequence[Entry]) -> bool:
    cells = {bare(frame.role(e.row, "currency")) for e in entries if e.kind in MOVING}
    amounts = {e.amount.currency for e in entries if e.amount and e.kind in MOVING}
    return len(cells - {""}) <= 1 and amounts <= {frame.unit.currency}


def _columns(frame: Frame, header: Header) -> Columns:
    layout, texts = frame.layout, texts_of(frame.sheet.rows, header)
    (other,) = layout.asides.get("other", (None,))
    pair = (layout.amount, other) if layout.heading.direction == "in" else (other, layout.amount)
    incoming, outgoing = pair if other is not None else (layout.amount, None)
    balance = next(iter(layout.asides.get("balance", ())), None)
    named = find_unit(texts[balance]) if balance is not None and balance < len(texts) else None
    return Columns(incoming, outgoing, balance, named or frame.unit)


def _movements(frame: Frame, columns: Columns, entries: Sequence[Entry]) -> list[Movement]:
    rows = [entry.row for entry in entries if entry.kind in MOVING]
    same = columns.balance_unit.currency == frame.unit.currency
    changes = _changes(frame, columns, rows)
    moves: list[Movement] = []
    for row, (change, apart) in zip(rows, changes, strict=True):
        cell = "" if columns.balance is None else frame.sheet.cell(row, columns.balance)
        balance = _figure(cell, columns.balance_unit) if same else None
        if change is None and balance is None and _is_no_movement(frame, columns, row):
            continue
        cells = (frame.role(row, "date"), *frame.aside(row, "date"))
        when = " ".join(map(bare, cells)).strip() or f"#{row}"
        moves.append(Movement(row, when, _day(frame, row), change, balance, apart))
    return moves


def _is_no_movement(frame: Frame, columns: Columns, row: int) -> bool:
    """Tell whether a row has no figure at all, or by its own words counts neither way."""
    if "flow" in frame.layout.simple and _is_neither_way(flow_of(frame, row)):
        return True
    used = (columns.incoming, columns.outgoing, columns.balance)
    return not any(text_of(frame.sheet.cell(row, c)) for c in used if c is not None)


def _day(frame: Frame, row: int) -> date | None:
    try:
        return read_date(frame.role(row, "date"), frame.period)
    except CellUnreadable:
        return None


def _figure(cell: Cell, unit: Unit) -> int | None:
    """Return a figure in minor units; None if it is blank, masked or in another currency."""
    try:
        found = read_figure(cell, unit)
    except CellUnreadable:
        return None
    return found.minor if found.currency == unit.currency else None


def _changes(frame: Frame, columns: Columns, rows: Sequence[int]) -> list[Change]:
    """Return how each row changed the balance; None where the row does not say so for sure."""
    if columns.outgoing is not None and columns.incoming is not None:
        found = _of_two_columns(frame, columns.incoming, columns.outgoing, rows)
    else:
        found = _of_one_column(frame, rows)
    told = zip(rows, found, strict=True)
    return [(None, change) if is_stopped(frame, row) else (change, None) for row, change in told]


def _of_one_column(frame: Frame, rows: Sequence[int]) -> list[int | None]:
    figures = [_figure(frame.sheet.cell(row, frame.layout.amount), frame.unit) for row in rows]
    if "flow" in frame.layout.simple:
        flows = (flow_of(frame, row) for row in rows)
        return [_by_flow(*each) for each in zip(flows, figures, strict=True)]
    signed = any(figure is not None and figure < 0 for figure in figures)
    return figures if signed else [None] * len(rows)


def _of_two_columns(
    frame: Frame, incoming: int, outgoing: int, rows: Sequence[int]
) -> list[int | None]:
    """Add what came in and take off what went out, also where that stands with a minus."""
    pairs = [[frame.sheet.cell(row, column) for column in (incoming, outgoing)] for row in rows]
    told = [[_or_zero(cell, frame.unit) for cell in pair] for pair in pairs]
    sign = 1 if all(out is None or out <= 0 for _, out in told) else -1
    return [
        None
        if came is None or went is None or all(is_placeholder(bare(cell)) for cell in pair)
        else came + sign * went
        for pair, (came, went) in zip(pairs, told, strict=True)
    ]


def _or_zero(cell: Cell, unit: Unit) -> int | None:
    return 0 if is_placeholder(bare(cell)) else _figure(cell, unit)


def _by_flow(flow: str, figure: int | None) -> int | None:
    if figure is None or _is_neither_way(flow):
        return None
    outward, inward = (any(w in flow for w in words) for words in (OUTWARD, INWARD))
    return None if outward == inward else -abs(figure) if outward else figure


def _is_neither_way(flow: str) -> bool:
    return flow == "/" or any(word in flow for word in NEITHER_WAY)


def _stated_in_rows(
    frame: Frame, columns: Columns, entries: Sequence[Entry], moves: Sequence[Movement]
) -> dict[str, int]:
    """Return the balances and totals that rows before the first or after the last entry state."""
    edges = range(moves[0].row, moves[-1].row) if moves else range(0)
    totals = [e.row for e in entries if e.kind == "total" and e.row not in edges]
    found: dict[str, int | None] = {}
    for row in totals:
        label = label_of(frame.sheet.rows[row])
        if label and columns.balance is not None:
            found[label] = _figure(frame.sheet.cell(row, columns.balance), columns.balance_unit)
    sums = [r for r in totals if not is_part_total(frame.sheet.rows[r])]
    if len(sums) == 1 and columns.outgoing is not None and columns.incoming is not None:
        names = {"income": columns.incoming, "spending": columns.outgoing}
        cells = {name: frame.sheet.cell(sums[0], column) for name, column in names.items()}
        found |= {name: _figure(cell, frame.unit) for name, cell in cells.items()}
    return {name: figure for name, figure in found.items() if figure is not None}


def _figures(ordered: Sequence[Movement], stated: dict[str, int]) -> Figures:
    """Return what the statement comes to: figures it states, else figures that follow."""
    known = [move.change for move in ordered if move.change is not None]
    whole = bool(ordered) and all(m.change is not None or m.apart is not None for m in ordered)
    income = sum(change for change in known if change > 0) if whole else None
    spending = -sum(change for change in known if change < 0) if whole else None
    opening, closing = stated.get("opening"), stated.get("closing")
    if ordered and opening is None:
        opening = ordered[0].before
    if ordered and closing is None:
        closing = ordered[-1].balance
    return Figures(opening, income, spending, closing)


def _breaks(
    frame: Frame, ordered: Sequence[Movement], figures: Figures, stated: dict[str, int]
) -> tuple[str, ...]:
    """Return the sentences that say where the statement does not add up."""
    name, currency = frame.sheet.name, frame.unit.currency

    def money(minor: int) -> str:
        return Money(minor, currency).decimal()

    found = [
        f"{name} 第{move.row + 1}行：余额按上一笔应为 {money(due)}，表上是 {money(balance)}"
        f" (row {move.row + 1}: the balance does not follow from the line before)"
        for move, due, balance in chain_breaks(ordered)
    ]
    found += [
        f"{name} 第{row + 1}行：{STATED[what]} {money(stated[what])}，按各行应为 {money(due)}"
        f" (row {row + 1}: the stated {what} does not add up)"
        for what, due, row in _edges(ordered, figures, stated)
    ]
    if len(found) > BREAKS_SHOWN:
        more = f"{name}：另有 {len(found) - BREAKS_SHOWN} 处对不上 (and more that do not add up)"
        found[BREAKS_SHOWN:] = [more]
    return tuple(found)


def _edges(
    ordered: Sequence[Movement], figures: Figures, stated: dict[str, int]
) -> list[tuple[str, int, int]]:
    """Return what is stated and does not follow from the rows: which, what follows, which row."""
    if not ordered:
        return []
    first, last = ordered[0], ordered[-1]
    apart = [move.apart for move in ordered if move.apart is not None]
    sums = {"income": figures.income, "spending": figures.spending}
    slack = {"income": sum(a for a in apart if a > 0), "spending": -sum(a for a in apart if a < 0)}
    due = [("opening", first.before, first.row), ("closing", _closing(ordered, figures), last.row)]
    found = [
        (what, follows, row)
        for what, follows, row in due
        if what in stated and follows is not None and stated[what] != follows
    ]
    return found + [
        (what, total, last.row)
        for what, total in sums.items()
        if what in stated
        and total is not None
        and not total <= abs(stated[what]) <= total + slack[what]
    ]


def _closing(ordered: Sequence[Movement], figures: Figures) -> int | None:
    """Return the closing balance that follows: the last row's, else opening plus movements."""
    last, moved = ordered[-1], (figures.opening, figures.income, figures.spending)
    if last.balance is not None or any(move.apart is not None for move in ordered):
        return last.balance
    opening, income, spending = moved
    if opening is None or income is None or spending is None:
        return None
    return opening + income - spending
