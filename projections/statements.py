"""What a fund shows of itself: how many gifts came in, and the payments made, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from projections.runner import Position, Runner
from projections.traces import TRACES

LAST = 2**63 - 1
"""No leaf comes after it."""


@dataclass(frozen=True, slots=True)
class GiftCount:
    """How many gifts of one unit a fund received, and their sum in smallest units."""

    unit: str
    gifts: int
    amount: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that was made; `leaf` orders payments.

    `recovered` of it came back. For a private person `payee` is None, and so is `purpose`, whose
    words could tell who it was.
    """

    disbursement: str
    payee: str | None
    amount: int
    unit: str
    purpose: str | None
    place: str | None
    day: date | None
    leaf: int
    recovered: int
    accepted_on: date | None
    cost_class: str | None


def gift_counts(runner: Runner, fund: str) -> tuple[list[GiftCount], Position]:
    """Count the gifts that came into a fund, a row a unit; transfers from funds are no gifts."""
    query = (
        "SELECT unit, gift_counts.gifts, accounts.gifts AS amount FROM gift_counts"
        " JOIN accounts USING (fund, unit) WHERE fund = %s ORDER BY unit"
    )
    with runner.reading(TRACES) as (connection, position):
        found = connection.execute(query, [fund]).fetchall()
    return [GiftCount(**row) for row in found], position


def payments(
    runner: Runner, fund: str, limit: int, before: int | None = None
) -> tuple[Sequence[Payment], int | None]:
    """Return at most `limit` payments of a fund, newest first, older than leaf `before`.

    With them comes the leaf to go on before, or None when these are the last.
    """
    query = (
        "SELECT id AS disbursement, payee, amount, unit, place, paid_on AS day, leaf, recovered,"
        " accepted_on, cost_class,"
        " CASE WHEN payee IS NOT NULL THEN purpose END AS purpose"
        " FROM disbursements WHERE fund = %(fund)s AND status = 'paid'"
        " AND leaf < %(before)s ORDER BY leaf DESC LIMIT %(limit)s"
    )
    given = {"fund": fund, "before": LAST if before is None else before, "limit": limit + 1}
    with runner.reading(TRACES) as (connection, _):
        found = [Payment(**row) for row in connection.execute(query, given).fetchall()]
    shown = found[:limit]
    return shown, shown[-1].leaf if len(found) > limit else None
