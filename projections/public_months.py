"""What an organisation took in and spent month by month, from its journal's daily sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from projections.journal import JOURNAL
from projections.runner import Runner


@dataclass(frozen=True, slots=True)
class Moved:
    """The sum of one kind of movement in a month (2026-11), in smallest units."""

    month: str
    kind: str
    amount: int


def moved(runner: Runner, organisation: str, unit: str, since: date) -> list[Moved]:
    """Return what was booked from a day on, months in order; held for others (agency) is apart."""
    given = {"organisation": organisation, "unit": unit, "since": since}
    with runner.reading(JOURNAL) as (connection, _):
        return [Moved(**row) for row in connection.execute(_MOVED, given).fetchall()]


_MOVED = (
    "SELECT to_char(booked_on, 'YYYY-MM') AS month, days.kind, sum(amount)::bigint AS amount"
    " FROM days JOIN books ON books.fund = days.fund"
    " WHERE days.organisation = %(organisation)s AND unit = %(unit)s"
    " AND booked_on >= %(since)s AND books.kind <> 'agency'"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)
