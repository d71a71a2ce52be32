"""Answers from the journal: rows of a period, what changed since, corrections, sums by account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ledger.errors import Refused
from projections.journal import JOURNAL
from projections.postings import INCOME, RESTRICTED_INCOME
from projections.questions import Question, ask
from projections.runner import Position, Runner, end_of

AT_ONCE = 2000
"""Rows fetched at a time."""


class BeyondTheLog(Refused):
    """Rows were asked for up to an entry that the log does not hold."""

    def __init__(self, asked: int, size: int) -> None:
        super().__init__(f"entry {asked} is not in the log, which holds {size} entries so far")


@dataclass(frozen=True, slots=True)
class Row:
    """One movement: whose, where, how much, which day, which accounts.

    `day` is the day it belongs to, `booked_on` the day it is booked on; `late` says that it came
    after the close. `corrects` is the leaf of the row that it corrects. `value`, in fen, is the
    proved value of goods.
    """

    leaf: int
    line: int
    organisation: str
    fund: str
    fund_name: str
    fund_kind: str
    kind: str
    id: str
    unit: str
    amount: int
    day: date
    booked_on: date
    late: bool
    cost_class: str | None
    counterpart: str | None
    corrects: int | None
    debit: str
    credit: str
    value: int | None
    value_debit: str | None
    value_credit: str | None


@dataclass(frozen=True, slots=True)
class Close:
    """A close: its entry, the last day it closed, who closed, how much of the log they had seen."""

    leaf: int
    last_day: date
    closed_by: str
    size: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a statement, and the close that makes it final; None: they are still open."""

    first: date | None
    last: date
    close: Close | None


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction as the public is told of it; `was` and `became` say what stands instead."""

    leaf: int
    organisation: str
    fund: str | None
    kind: str
    id: str
    unit: str | None
    amount: int | None
    day: date
    booked_on: date
    late: bool
    corrects: int | None
    reason: str | None
    note: str | None
    was: str | None
    became: str | None
    counterpart: str | None = None


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What one account was debited and credited with, in one unit."""

    account: str
    unit: str
    debit: int
    credit: int


COLUMNS = ", ".join(
    f"books.{name.removeprefix('fund_')} AS {name}" if name.startswith("fund_") else f"row.{name}"
    for name in Row.__slots__
)
ROWS = f"SELECT {COLUMNS} FROM journal AS row JOIN books ON books.fund = row.fund"  # noqa: S608 fixed words


def closes(runner: Runner, organisation: str) -> list[Close]:
    """Return the closes of an organisation, the first one first."""
    query = (
        "SELECT leaf, last_day, closed_by, size, time FROM closes"
        " WHERE organisation = %s ORDER BY leaf"
    )
    with runner.reading(JOURNAL) as (connection, _):
        found = connection.execute(query, [organisation]).fetchall()
    return [Close(**row) for row in found]


def span(runner: Runner, organisation: str, last: date, first: date | None = None) -> Span:
    """Return the days of a statement up to `last`, from `first` or from where its period begins.

    The close that covers `last` is the first one that did: a later one changes no statement.
    """
    known = closes(runner, organisation)
    covering = next((close for close in known if close.last_day >= last), None)
    before = [close.last_day for close in known if close.last_day < last]
    if first is None and before:
        first = max(before) + timedelta(days=1)
    return Span(first, last, covering)


@contextmanager
def reading_rows(
    runner: Runner, organisation: str, first: date | None, last: date
) -> Iterator[tuple[Iterator[Row], Position]]:
    """Lend the rows booked on these days, in canonical order: day booked, then log order.

    They are read as they are asked for: a year of gifts need not lie in memory.
    """
    query = (
        f"{ROWS} WHERE row.organisation = %(organisation)s AND booked_on <= %(last)s"
        " AND (booked_on >= %(first)s OR %(first)s::date IS NULL)"
        " ORDER BY booked_on, leaf, line"
    )
    given = {"organisation": organisation, "first": first, "last": last}
    with runner.reading(JOURNAL) as (connection, position), connection.cursor("rows") as cursor:
        cursor.itersize = AT_ONCE
        yield (Row(**row) for row in cursor.execute(query, given)), position


def rows(
    runner: Runner, organisation: str, first: date | None, last: date
) -> tuple[list[Row], Position]:
    """Return the rows booked on these days, in canonical order."""
    with reading_rows(runner, organisation, first, last) as (found, position):
        return list(found), position


def changes(
    runner: Runner, organisation: str, since: int | None, until: int | None = None
) -> tuple[list[Row], int | None, Position]:
    """Return the rows recorded after leaf `since`, up to leaf `until`, in log order.

    With them comes the cursor to go on from: the last leaf that was looked at. The same two
    leaves give the same rows for ever.
    """
    query = (
        f"{ROWS} WHERE row.organisation = %(organisation)s AND leaf > %(since)s"
        " AND leaf <= %(until)s ORDER BY leaf, line"
    )
    after = -1 if since is None else since
    with runner.reading(JOURNAL) as (connection, position):
        for asked in (since, until):
            if asked is not None and asked >= position.size:
                raise BeyondTheLog(asked, position.size)
        end = position.size - 1 if until is None else until
        given = {"organisation": organisation, "since": after, "until": end}
        found = connection.execute(query, given).fetchall()
    cursor = max(after, end)
    return [Row(**row) for row in found], None if cursor < 0 else cursor, position


def corrections(
    runner: Runner,
    fund: str | None = None,
    organisation: str | None = None,
    at: Position | None = None,
    limit: int | None = None,
) -> tuple[list[Correction], Position]:
    """Return what was corrected, of one fund, one organisation or all, in log order.

    An allocation that is taken back is a correction of both funds. At most `limit` are returned.
    """
    with runner.reading(JOURNAL, at) as (connection, position):
        return ask(connection, corrected(fund, organisation, at, limit)), position


def corrected(
    fund: str | None, organisation: str | None, at: Position | None, limit: int | None
) -> Question[list[Correction]]:
    """Return what asks for these corrections."""
    conditions = ["leaf < %(end)s"]
    conditions += [_OF_FUND] if fund is not None else []
    conditions += [_OF_ORGANISATION] if organisation is not None else []
    query = (
        f"SELECT {', '.join(Correction.__slots__)} FROM corrections"  # noqa: S608 our columns
        f" WHERE {' AND '.join(conditions)} ORDER BY leaf LIMIT %(limit)s"
    )
    given = {"fund": fund, "organisation": organisation, "end": end_of(at), "limit": limit}
    written = {"day": date.fromisoformat, "booked_on": date.fromisoformat}
    return Question(query, given, _in_log_order, written)


def _in_log_order(rows: Sequence[dict[str, Any]]) -> list[Correction]:
    return sorted((Correction(**row) for row in rows), key=lambda one: one.leaf)


_OF_FUND = "(fund = %(fund)s OR counterpart = %(fund)s)"
_OF_ORGANISATION = (
    "(organisation = %(organisation)s OR counterpart IN"
    " (SELECT fund FROM books WHERE organisation = %(organisation)s))"
)


def trial_balance(found: Iterable[Row]) -> list[AccountSum]:
    """Return what these rows debit and credit each account with; units stay apart."""
    sums: dict[tuple[str, str], list[int]] = {}
    for row in found:
        booked = [(row.debit, 0, row.unit, row.amount), (row.credit, 1, row.unit, row.amount)]
        if row.value is not None:
            booked.append((str(row.value_debit), 0, "CNY", row.value))
            booked.append((str(row.value_credit), 1, "CNY", row.value))
        for account, side, unit, amount in booked:
            sums.setdefault((account, unit), [0, 0])[side] += amount
    return [AccountSum(*key, *sides) for key, sides in sorted(sums.items())]


def income(sums: Iterable[AccountSum]) -> dict[str, int]:
    """Return the income from gifts of money in these sums, by currency, less what was reversed."""
    found: dict[str, int] = {}
    for one in sums:
        if one.account in (INCOME, RESTRICTED_INCOME):
            found[one.unit] = found.get(one.unit, 0) + one.credit - one.debit
    return found
