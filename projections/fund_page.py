"""What the page of a fund shows beside its sums: whom and where it reached, its steps, its proofs.

Every answer is as of now or of any earlier size of the log, and grows with the fund's payments and
steps alone, never with its gifts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.domain.events import DisbursementAccepted
from ledger.domain.small_cells import COUNTY_DIGITS
from projections.directory import DIRECTORY
from projections.journal import JOURNAL
from projections.outflows import disbursements, was_paid
from projections.runner import Position, Runner, end_of
from projections.trace_queries import shown_place
from projections.traces import TRACES

VILLAGE_DIGITS = 12
"""A place code of so many digits names a village (the extension of GB/T 2260)."""
MOVED = ("allocation-out", "allocation-in", "take-back", "given-back")
"""Kinds of the journal's rows that are steps of a fund, beside payments."""


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

    `what` is a payee, another fund, an added use or a number; `id` that of the payment, if it is
    one.
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
    """How a payment ended: when and where it was paid, and what proves that it was accepted."""

    disbursement: str
    amount: int
    unit: str
    payee: str | None
    place: str | None
    paid_on: date | None
    accepted_on: date | None
    accepted_leaf: int | None


def reached(runner: Runner, fund: str, at: Position | None = None) -> Reached:
    """Count the villages and counties that payments of a fund went to."""
    query = (
        f"SELECT count(DISTINCT place) FILTER (WHERE payee IS NOT NULL"  # noqa: S608 our words
        f" AND length(place) = {VILLAGE_DIGITS}) AS villages,"
        f" count(DISTINCT left(place, {COUNTY_DIGITS})) AS counties,"
        " count(*) FILTER (WHERE place IS NULL) AS unplaced"
        f" FROM {disbursements(at)} WHERE fund = %(fund)s AND {was_paid(at)}"
        " AND recovered < amount"
    )
    with runner.reading(TRACES, at) as (connection, _):
        (row,) = connection.execute(query, {"fund": fund, "size": end_of(at)}).fetchall()
    return Reached(**row)


def paid(
    runner: Runner, fund: str, unit: str, limit: int, at: Position | None = None
) -> list[Paid]:
    """Return what payees were paid in a unit, the most first; after `limit` of them comes no more.

    Payments to people are one row, whoever they are.
    """
    query = (
        "SELECT payee, unit, count(*) AS payments, sum(amount - recovered)::bigint AS amount,"  # noqa: S608 our words
        " coalesce(sum(amount - recovered) FILTER (WHERE accepted_on IS NOT NULL), 0)::bigint"
        f" AS accepted FROM {disbursements(at)} WHERE fund = %(fund)s AND unit = %(unit)s"
        f" AND {was_paid(at)} GROUP BY payee, unit HAVING sum(amount - recovered) > 0"
        " ORDER BY amount DESC, payee LIMIT %(limit)s"
    )
    given = {"fund": fund, "unit": unit, "limit": limit, "size": end_of(at)}
    with runner.reading(TRACES, at) as (connection, _):
        return [Paid(**row) for row in connection.execute(query, given).fetchall()]


def largest(runner: Runner, fund: str, limit: int, at: Position | None = None) -> list[Step]:
    """Return the largest payments of money of a fund."""
    query = (
        "SELECT paid_leaf AS leaf, 'payment' AS kind, paid_on AS day, amount, unit, payee AS what,"  # noqa: S608 our words
        f" id FROM {disbursements(at)} WHERE fund = %(fund)s AND {was_paid(at)}"
        " AND unit NOT LIKE 'goods:%%' ORDER BY amount DESC, leaf LIMIT %(limit)s"
    )
    given = {"fund": fund, "limit": limit, "size": end_of(at)}
    with runner.reading(TRACES, at) as (connection, _):
        return [Step(**row) for row in connection.execute(query, given).fetchall()]


def moved(runner: Runner, fund: str, limit: int, at: Position | None = None) -> list[Step]:
    """Return the newest moves from and to other funds; `what` is the other fund's id."""
    query = (
        "SELECT leaf, kind, day, sum(amount)::bigint AS amount, unit, counterpart AS what"  # noqa: S608 our words
        f" FROM journal WHERE fund = %(fund)s AND kind IN {MOVED} AND leaf < %(size)s"
        " GROUP BY leaf, kind, day, unit, counterpart ORDER BY leaf DESC LIMIT %(limit)s"
    )
    given = {"fund": fund, "limit": limit, "size": end_of(at)}
    with runner.reading(JOURNAL, at) as (connection, _):
        return [Step(**row) for row in connection.execute(query, given).fetchall()]


def closes(
    runner: Runner, organisation: str, since: int, limit: int, at: Position | None = None
) -> list[Step]:
    """Return the newest closes of an organisation's books after entry `since`."""
    query = (
        "SELECT leaf, 'period-closed' AS kind, last_day AS day, time FROM closes"
        " WHERE organisation = %(organisation)s AND leaf > %(since)s AND leaf < %(size)s"
        " ORDER BY leaf DESC LIMIT %(limit)s"
    )
    given = {
        "organisation": organisation, "since": since, "limit": limit, "size": end_of(at),
    }  # fmt: skip
    with runner.reading(JOURNAL, at) as (connection, _):
        return [Step(**row) for row in connection.execute(query, given).fetchall()]


def milestones(runner: Runner, fund: str, at: Position | None = None) -> list[Step]:
    """Return when a fund was opened, bound, given other uses, and closed."""
    opened = (
        "SELECT 'opened' AS kind, leaf, NULL::text AS what FROM funds WHERE fund = %(fund)s"
        " UNION ALL SELECT 'bound', bound_leaf, plan FROM funds WHERE fund = %(fund)s"
        " UNION ALL SELECT 'closed', closed_leaf, NULL FROM funds WHERE fund = %(fund)s"
        " UNION ALL SELECT 'use-change', leaf, coalesce(purpose, place) FROM uses"
        " WHERE fund = %(fund)s"
    )
    query = f"SELECT * FROM ({opened}) AS each WHERE leaf < %(size)s ORDER BY leaf"  # noqa: S608 our words
    with runner.reading(DIRECTORY, at) as (connection, _):
        found = connection.execute(query, {"fund": fund, "size": end_of(at)}).fetchall()
    return [
        Step(row["leaf"], row["kind"], None, _time_of(runner, row["leaf"]), what=row["what"])
        for row in found
    ]


def outcomes(runner: Runner, ids: Sequence[str], at: Position | None = None) -> dict[str, Outcome]:
    """Return how payments ended, by id."""
    query = (
        "SELECT id AS disbursement, amount, unit, payee, place, paid_on, accepted_on,"  # noqa: S608 our words
        f" CASE WHEN accepted_on IS NOT NULL THEN accepted_leaf END AS accepted_leaf"
        f" FROM {disbursements(at)} WHERE id = ANY(%(ids)s)"
    )
    with runner.reading(TRACES, at) as (connection, _):
        found = connection.execute(query, {"ids": list(ids), "size": end_of(at)}).fetchall()
    return {
        row["disbursement"]: Outcome(**row | {"place": shown_place(row["place"], row["payee"])})
        for row in found
    }


def evidence(runner: Runner, found: Iterable[Outcome]) -> dict[str, tuple[str, ...]]:
    """Return the digests (SHA-256, hex) of what proves each accepted payment, by its id."""
    proved: dict[str, tuple[str, ...]] = {}
    for one in found:
        if one.accepted_leaf is None:
            continue
        ((_, event),) = runner.entries(one.accepted_leaf, one.accepted_leaf + 1)
        assert isinstance(event, DisbursementAccepted), "its leaf was noted with it"
        proved[one.disbursement] = event.evidence
    return proved


def _time_of(runner: Runner, leaf: int) -> datetime:
    ((_, event),) = runner.entries(leaf, leaf + 1)
    return event.timestamp
