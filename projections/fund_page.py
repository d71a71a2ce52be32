"""What the page of a fund shows beside its sums: whom and where it reached, its steps, its proofs.

Every answer is as of now or of any earlier size of the log. As of now it costs the same however
many gifts and payments there are (projections/fund_totals.py); in the past what was paid until then
is added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ledger.domain.small_cells import COUNTY_DIGITS
from projections import accounts, fund_story, fund_tallies, journal_queries, namings, statements
from projections.directory import DIRECTORY
from projections.fund_story import FundStory
from projections.fund_tallies import FUND_TALLIES, Tally
from projections.fund_totals import VILLAGE_DIGITS
from projections.journal import JOURNAL
from projections.journal_queries import Correction
from projections.namings import NAMINGS, NameEntry
from projections.outflows import disbursements, was_paid
from projections.questions import Question, Row, ask_together
from projections.runner import Position, Runner, end_of
from projections.statements import Payment, Sums
from projections.trace_queries import shown_place
from projections.traces import TRACES

MOVED = ("allocation-out", "allocation-in", "take-back", "given-back")
"""Kinds of the journal's rows that are steps of a fund, beside payments."""

VIEWS = (TRACES, JOURNAL, FUND_TALLIES)
"""What the page is read from, beside the directory and, as of now, the names."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How many villages and counties payments went to, and how many payments tell no place.

    A payment to a person tells its county alone.
    """

    villages: int
    counties: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What one payee was paid and kept, in smallest units; a payee of None is all persons.

    `accepted` of it was for what has been found there.
    """

    payee: str | None
    unit: str
    payments: int
    amount: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a fund: `kind`, when it was recorded, and the day it was of.

    `what` is a payee, the name of another fund, an added use or a number; `id` that of the payment,
    if it is one.
    """

    leaf: int
    kind: str
    day: date | None
    time: datetime | None = None
    amount: int | None = None
    unit: str | None = None
    what: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a payment ended: when and where it was paid, and what proves that it was accepted.

    `evidence` holds digests (SHA-256, hex).
    """

    disbursement: str
    payee: str | None
    place: str | None
    paid_on: date | None
    accepted_on: date | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How many payees, payments, moves, closes and corrections a page has room for.

    `payments` are those of its table, `largest` those among the fund's steps.
    """

    payees: int
    payments: int
    largest: int
    moves: int
    closes: int
    corrections: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the page tells beside the fund's story and sums; `steps` in no order.

    `older` is the leaf to go on before with payments. `names` are as they stand today, and none
    in the past.
    """

    payments: Sequence[Payment]
    older: int | None
    reached: Reached
    paid: Sequence[Paid]
    steps: Sequence[Step]
    tallies: Sequence[Tally]
    corrections: Sequence[Correction]
    names: Sequence[NameEntry]


def opening(runner: Runner, fund: str, at: Position | None = None) -> tuple[FundStory | None, Sums]:
    """Return a fund's story, None when there is no such fund, and its sums; now in one question."""
    if at is not None:
        return fund_story.story(runner, fund, at), statements.sums(runner, fund, at)
    with runner.reading_several([TRACES, DIRECTORY]) as (connection, position):
        row, uses, standing = ask_together(
            connection, *fund_story.questions(fund, at), accounts.still(fund, at)
        )
    return fund_story.story_of(row, uses, at), statements.sums_of(standing, position)


def told(
    runner: Runner,
    story: FundStory,
    unit: str | None,
    room: Room,
    before: int | None = None,
    at: Position | None = None,
) -> Told:
    """Return what the page tells: payees of a unit, if it has one; payments before a leaf.

    Nearly all of it is asked in one question.
    """
    fund = story.entry.fund
    asked: list[Question[Any]] = [
        statements.payments_before(fund, room.payments, before, at),
        _reached(fund, at),
        _paid(fund, unit or "", room.payees, at),
        _all_paid(fund, unit or "", at),
        _largest(fund, room.largest, at),
        _turns(story, room.moves, room.closes, at),
        journal_queries.corrected(fund, None, at, room.corrections),
    ]
    if at is None:
        asked += [fund_tallies.of_now(fund), namings.named(fund)]
    with runner.reading_several(VIEWS if at else (*VIEWS, NAMINGS), at) as (connection, _):
        (payments, older), places, most, whole, largest, turned, corrections, *now = ask_together(
            connection, *asked
        )
    tallies, names = now or (fund_tallies.of(runner, fund, at), ())
    return Told(
        payments, older, places, _shortened(most, whole, room.payees),
        [*_milestones(story), *largest, *turned], tallies, corrections, names,
    )  # fmt: skip


def _reached(fund: str, at: Position | None) -> Question[Reached]:
    text = _REACHED_NOW if at is None else _REACHED_THEN
    return Question(text, {"fund": fund, "size": end_of(at)}, _read_reached)


def _read_reached(rows: Sequence[Row]) -> Reached:
    return Reached(**rows[0]) if rows else Reached(0, 0, 0)


def _paid(fund: str, unit: str, limit: int, at: Position | None) -> Question[list[Paid]]:
    """Ask for one payee more than there is room for: whoever is beyond it, there are others."""
    text = _PAID_NOW if at is None else _PAID_THEN
    given = {"fund": fund, "unit": unit, "limit": limit + 1, "size": end_of(at)}
    return Question(text, given, _most_first)


def _all_paid(fund: str, unit: str, at: Position | None) -> Question[list[Paid]]:
    text = _ALL_NOW if at is None else _ALL_THEN
    return Question(text, {"fund": fund, "unit": unit, "size": end_of(at)}, _most_first)


def _most_first(rows: Sequence[Row]) -> list[Paid]:
    return sorted((Paid(**row) for row in rows), key=lambda one: (-one.amount, one.payee or ""))


def _shortened(found: list[Paid], of_all: Sequence[Paid], limit: int) -> list[Paid]:
    if len(found) <= limit:
        return found
    return [*found[:limit], _others(of_all[0], found[:limit])]


def _others(of_all: Paid, shown: Sequence[Paid]) -> Paid:
    return Paid(
        "",
        of_all.unit,
        of_all.payments - sum(one.payments for one in shown),
        of_all.amount - sum(one.amount for one in shown),
        of_all.accepted - sum(one.accepted for one in shown),
    )


def _largest(fund: str, limit: int, at: Position | None) -> Question[list[Step]]:
    text = (
        "SELECT paid_leaf AS leaf, 'payment' AS kind, paid_on AS day, amount, unit, payee AS what,"  # noqa: S608 our words
        f" id FROM {disbursements(at)} WHERE fund = %(fund)s AND {was_paid(at)}"
        " AND unit NOT LIKE 'goods:%%' ORDER BY amount DESC, paid_leaf LIMIT %(limit)s"
    )
    given = {"fund": fund, "limit": limit, "size": end_of(at)}
    return Question(text, given, _steps, {"day": date.fromisoformat})


def _steps(rows: Sequence[Row]) -> list[Step]:
    return [Step(**row) for row in rows]


def _turns(story: FundStory, moves: int, closes: int, at: Position | None) -> Question[list[Step]]:
    given = {
        "fund": story.entry.fund, "organisation": story.entry.organisation, "moves": moves,
        "closes": closes, "since": story.moments[0].leaf, "size": end_of(at),
    }  # fmt: skip
    written = {"day": date.fromisoformat, "time": datetime.fromisoformat}
    return Question(_TURNS, given, _steps, written)


def _milestones(story: FundStory) -> list[Step]:
    """Return when a fund was opened, bound, given other uses, and closed."""
    return [Step(one.leaf, one.kind, None, one.time, what=one.what) for one in story.moments]


def outcomes(runner: Runner, ids: Sequence[str], at: Position | None = None) -> dict[str, Outcome]:
    """Return how payments ended, by id."""
    if not ids:
        return {}
    query = (
        "SELECT id AS disbursement, payee, place, paid_on, accepted_on, evidence"  # noqa: S608 our words
        f" FROM {disbursements(at)} WHERE id = ANY(%(ids)s)"
    )
    with runner.reading(TRACES, at) as (connection, _):
        found = connection.execute(query, {"ids": list(ids), "size": end_of(at)}).fetchall()
    return {row["disbursement"]: _outcome(row) for row in found}


def _outcome(row: dict[str, Any]) -> Outcome:
    place = shown_place(row["place"], row["payee"])
    return Outcome(**row | {"place": place, "evidence": tuple(row["evidence"] or ())})


_KEPT = (
    "count(*) AS payments, sum(amount - recovered)::bigint AS amount,"
    " coalesce(sum(amount - recovered) FILTER (WHERE accepted_on IS NOT NULL), 0)::bigint"
    " AS accepted"
)
_THEN = Position(0, None)
"""Whatever the position, the question is the same: its size is a parameter."""
_OF_FUND = f"FROM {disbursements(_THEN)} WHERE fund = %(fund)s AND {was_paid(_THEN)}"
_REACHED_NOW = "SELECT villages, counties, unplaced FROM reached WHERE fund = %(fund)s"
_REACHED_THEN = (
    "SELECT count(DISTINCT place) FILTER (WHERE payee IS NOT NULL"
    f" AND length(place) = {VILLAGE_DIGITS}) AS villages,"
    f" count(DISTINCT left(place, {COUNTY_DIGITS})) AS counties,"
    f" count(*) FILTER (WHERE place IS NULL) AS unplaced {_OF_FUND} AND recovered < amount"
)
_PAID_NOW = (
    "SELECT nullif(payee, '') AS payee, unit, payments, amount, accepted FROM payees"
    " WHERE fund = %(fund)s AND unit = %(unit)s AND amount > 0"
    " ORDER BY amount DESC, payee LIMIT %(limit)s"
)
_PAID_THEN = (
    f"SELECT payee, unit, {_KEPT} {_OF_FUND} AND unit = %(unit)s GROUP BY payee, unit"
    " HAVING sum(amount - recovered) > 0 ORDER BY amount DESC, payee LIMIT %(limit)s"
)
_ALL_NOW = (
    "SELECT '' AS payee, unit, payments, amount, accepted FROM paid_out"
    " WHERE fund = %(fund)s AND unit = %(unit)s"
)
_ALL_THEN = f"SELECT '' AS payee, unit, {_KEPT} {_OF_FUND} AND unit = %(unit)s GROUP BY unit"
_TURNS = (
    "(SELECT leaf, kind, day, NULL::timestamptz AS time, sum(amount)::bigint AS amount, unit,"  # noqa: S608 our words
    " coalesce((SELECT name FROM books WHERE books.fund = counterpart), counterpart) AS what"
    f" FROM journal WHERE fund = %(fund)s AND kind IN {MOVED} AND leaf < %(size)s"
    " GROUP BY leaf, kind, day, unit, counterpart ORDER BY leaf DESC LIMIT %(moves)s)"
    " UNION ALL (SELECT leaf, 'period-closed', last_day, time, NULL, NULL, NULL FROM closes"
    " WHERE organisation = %(organisation)s AND leaf > %(since)s AND leaf < %(size)s"
    " ORDER BY leaf DESC LIMIT %(closes)s)"
)
