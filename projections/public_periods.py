"""Closed periods as anyone may see them: what each fund held, took in and gave out.

A closed period takes no more rows, so its sums are the same at every later size of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from projections import journal_queries
from projections.journal import JOURNAL
from projections.journal_queries import Close, Correction
from projections.postings import INTO
from projections.runner import Position, Runner, end_of


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a closed period and its close; `first` None is from the beginning on."""

    first: date | None
    last: date
    close: Close


@dataclass(slots=True)
class FundSums:
    """One fund and unit over a period, in smallest units: `opening`, each movement, `closing`.

    `moved` and `counted` hold the sum and the number of each kind of the journal's movements.
    """

    fund: str
    name: str
    kind: str
    unit: str
    opening: int = 0
    moved: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    @property
    def closing(self) -> int:
        """What the fund held at the end of the last day."""
        return self.opening + sum(_signed(kind, amount) for kind, amount in self.moved.items())

    def sum_of(self, *kinds: str) -> int:
        """Return what was moved in these ways."""
        return sum(self.moved.get(kind, 0) for kind in kinds)


def _signed(kind: str, amount: int) -> int:
    return amount if kind in INTO else -amount


def periods(runner: Runner, organisation: str, at: Position | None = None) -> list[Period]:
    """Return the closed periods of an organisation, the first one first."""
    known = journal_queries.closes(runner, organisation)
    closes = [close for close in known if close.leaf < end_of(at)]
    before = [None, *(close.last_day + timedelta(days=1) for close in closes)]
    return [
        Period(first, close.last_day, close) for first, close in zip(before, closes, strict=False)
    ]


def sums(runner: Runner, organisation: str, period: Period) -> list[FundSums]:
    """Return what each fund of an organisation held and moved in a closed period, by unit."""
    given = {"organisation": organisation, "first": period.first, "last": period.last}
    with runner.reading(JOURNAL) as (connection, _):
        found = connection.execute(_SUMS, given).fetchall()
    return _folded(found)


def _folded(found: Iterable[Mapping[str, Any]]) -> list[FundSums]:
    by_fund: dict[tuple[str, str], FundSums] = {}
    for row in found:
        key = row["fund"], row["unit"]
        one = by_fund.setdefault(key, FundSums(row["fund"], row["name"], row["of"], row["unit"]))
        one.opening += _signed(row["kind"], row["before"])
        if row["rows"]:
            one.moved[row["kind"]], one.counted[row["kind"]] = row["within"], row["rows"]
    return list(by_fund.values())


def corrections(
    runner: Runner, organisation: str, period: Period, limit: int, after: int | None = None
) -> tuple[Sequence[Correction], int | None]:
    """Return corrections booked in a closed period, after an entry, and where to go on."""
    given = {
        "organisation": organisation, "first": period.first, "last": period.last,
        "after": -1 if after is None else after, "limit": limit + 1,
    }  # fmt: skip
    with runner.reading(JOURNAL) as (connection, _):
        found = [Correction(**row) for row in connection.execute(_CORRECTED, given).fetchall()]
    return found[:limit], found[limit - 1].leaf if len(found) > limit else None


def corrected_later(
    runner: Runner, organisation: str, period: Period, at: Position | None = None
) -> int:
    """Count the corrections of this period's days that came after its close, booked later."""
    given = {
        "organisation": organisation, "first": period.first, "last": period.last,
        "end": end_of(at),
    }  # fmt: skip
    with runner.reading(JOURNAL, at) as (connection, _):
        (row,) = connection.execute(_LATER, given).fetchall()
    return int(row["n"])


_WITHIN = "(booked_on >= %(first)s OR %(first)s::date IS NULL)"
_SUMS = (
    "SELECT days.fund, books.name, books.kind AS of, unit, days.kind,"  # noqa: S608 our words
    f" coalesce(sum(amount) FILTER (WHERE NOT {_WITHIN}), 0)::bigint AS before,"
    f" coalesce(sum(amount) FILTER (WHERE {_WITHIN}), 0)::bigint AS within,"
    f" coalesce(sum(rows) FILTER (WHERE {_WITHIN}), 0)::bigint AS rows"
    " FROM days JOIN books ON books.fund = days.fund"
    " WHERE days.organisation = %(organisation)s AND booked_on <= %(last)s"
    " GROUP BY days.fund, books.name, books.kind, unit, days.kind"
    " ORDER BY books.name, days.fund, unit, days.kind"
)
_CORRECTED = (
    f"SELECT {', '.join(Correction.__slots__)} FROM corrections"  # noqa: S608 our columns
    " WHERE organisation = %(organisation)s AND leaf > %(after)s"
    f" AND booked_on <= %(last)s AND {_WITHIN} ORDER BY leaf LIMIT %(limit)s"
)
_LATER = (
    "SELECT count(*) AS n FROM corrections WHERE organisation = %(organisation)s"
    " AND leaf < %(end)s AND booked_on > %(last)s AND day <= %(last)s"
    " AND (day >= %(first)s OR %(first)s::date IS NULL)"
)
