"""What reached a place: payments in money and goods, by fund, as everybody may know of them.

Payments to private persons are found by their county and no finer place. Even there they are
counted only: how much went to how few is nobody's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.funds import place_prefix
from ledger.domain.small_cells import COUNTY_DIGITS
from projections.outflows import disbursements, was_paid
from projections.runner import LAST, Connection, Position, Runner, end_of
from projections.traces import TRACES


@dataclass(frozen=True, slots=True)
class Reached:
    """What payments of a fund to organisations brought to a place, in one unit; smallest units.

    `paid` is without what came back.
    """

    fund: str
    unit: str
    payments: int
    paid: int
    recovered: int
    accepted: int


@dataclass(frozen=True, slots=True)
class PlacePayment:
    """A payment to an organisation at a place; `leaf` orders payments."""

    disbursement: str
    fund: str
    payee: str
    amount: int
    unit: str
    purpose: str | None
    place: str
    day: date | None
    leaf: int
    recovered: int
    accepted_on: date | None


def reached(
    runner: Runner, place: str, at: Position | None = None
) -> tuple[list[Reached], dict[str, int], Position]:
    """Return what reached a place by fund, and how many payments to persons each fund made there.

    The second is told of counties alone: of a city, less what is told of its other counties, a
    small one could be worked out.
    """
    with runner.reading(TRACES, at) as (connection, position):
        sums = _asked(connection, _SUMS, place, at)
        people = _asked(connection, _PEOPLE, place, at) if _is_county(place) else []
    return [Reached(**row) for row in sums], {r["fund"]: r["n"] for r in people}, position


def _is_county(place: str) -> bool:
    return len(place) == COUNTY_DIGITS and not place.endswith("00")


def payments(
    runner: Runner,
    place: str,
    limit: int,
    before: int | None = None,
    at: Position | None = None,
) -> tuple[Sequence[PlacePayment], int | None]:
    """Return payments to organisations at a place, newest first, and where to go on, or None."""
    query = f"{_PAYMENTS} AND leaf < %(before)s ORDER BY leaf DESC LIMIT %(limit)s"
    given = {"before": LAST if before is None else before, "limit": limit + 1}
    with runner.reading(TRACES, at) as (connection, _):
        rows = _asked(connection, query, place, at, **given)
    found = [PlacePayment(**row) for row in rows]
    return found[:limit], found[limit - 1].leaf if len(found) > limit else None


def _asked(
    connection: Connection, query: str, place: str, at: Position | None, **given: object
) -> list[dict[str, Any]]:
    said = query.format(payments=disbursements(at), paid=was_paid(at))
    told = {"within": f"{place_prefix(place)}%", "size": end_of(at), **given}
    return connection.execute(said, told).fetchall()


_HERE = "FROM {payments} WHERE {paid} AND place LIKE %(within)s"
_SUMS = (
    "SELECT fund, unit, count(*) AS payments, sum(amount - recovered)::bigint AS paid,"
    " sum(recovered)::bigint AS recovered, count(accepted_on) AS accepted"
    f" {_HERE} AND payee IS NOT NULL GROUP BY fund, unit ORDER BY fund, unit"
)
_PEOPLE = f"SELECT fund, count(*) AS n {_HERE} AND payee IS NULL GROUP BY fund ORDER BY fund"
_PAYMENTS = (
    "SELECT id AS disbursement, fund, payee, amount, unit, purpose, place, paid_on AS day, leaf,"
    f" recovered, accepted_on {_HERE} AND payee IS NOT NULL"
)
