"""All gifts and all payments of a fund as of a size of the log, a few thousand at a time.

Each lot is one short read that goes on where the last one ended: a reader who is slow holds no
connection, and since an answer as of a size never changes, the lots fit together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql

from projections.gift_index import GIFT_INDEX
from projections.journal import JOURNAL
from projections.journal_queries import Correction
from projections.public_index import PUBLIC_INDEX
from projections.runner import Position, Runner, View
from projections.statements import Payment, payments
from projections.tallies import TALLIES
from projections.traces import TRACES

LOT = 2000
"""Rows read at a time."""


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift, or the part of it that is counted in one unit; smallest units.

    `returned` went back to the donor, `reversed` was a mistake; both are part of `amount`.
    """

    gift: str
    fund: str
    unit: str
    amount: int
    returned: int
    reversed: int
    day: date | None
    leaf: int
    start: int


def newest(runner: Runner, *views: View) -> Position:
    """Return the position up to which all these views can tell."""
    return min((runner.reached(view) for view in views), key=lambda found: found.size)


def told(runner: Runner) -> Position:
    """Return the position up to which all that is downloaded can be told."""
    return newest(runner, TRACES, GIFT_INDEX, JOURNAL, PUBLIC_INDEX, TALLIES)


def gifts(runner: Runner, fund: str, at: Position) -> Iterator[list[GiftRow]]:
    """Yield the gifts of a fund in lots, in the order of their units and of the log."""
    query = sql.SQL(_GIFTS).format(sql.Identifier(runner.schema(GIFT_INDEX)))
    given: dict[str, Any] = {"fund": fund, "size": at.size, "unit": "", "start": -1, "lot": LOT}
    while True:
        with runner.reading(TRACES, at) as (connection, _):
            rows = [GiftRow(**row) for row in connection.execute(query, given).fetchall()]
        if rows:
            yield rows
        if len(rows) < LOT:
            return
        given |= {"unit": rows[-1].unit, "start": rows[-1].start}


def paid(runner: Runner, fund: str, at: Position) -> Iterator[Sequence[Payment]]:
    """Yield the payments of a fund in lots, the newest first."""
    before: int | None = None
    while True:
        rows, before = payments(runner, fund, LOT, before, at)
        if rows:
            yield rows
        if before is None:
            return


def corrections(
    runner: Runner, fund: str, ids: Sequence[str], at: Position
) -> dict[str, list[Correction]]:
    """Return what was corrected of these gifts or payments of a fund, by id, in log order."""
    with runner.reading(JOURNAL, at) as (connection, _):
        rows = connection.execute(
            _CORRECTIONS, {"fund": fund, "ids": list(ids), "size": at.size}
        ).fetchall()
    found: dict[str, list[Correction]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(Correction(**row))
    return found


_GIFTS = (
    "SELECT flow.gift, flow.fund, flow.unit, flow.end_at - flow.start_at AS amount,"
    " known.received_on AS day, flow.leaf, flow.start_at AS start,"
    " coalesce(gone.returned, 0)::bigint AS returned,"
    " coalesce(gone.reversed, 0)::bigint AS reversed"
    " FROM (SELECT * FROM inflows WHERE fund = %(fund)s AND (unit, start_at) > (%(unit)s,"
    " %(start)s) AND gift IS NOT NULL AND leaf < %(size)s ORDER BY unit, start_at LIMIT %(lot)s)"
    " AS flow LEFT JOIN {}.gifts AS known ON known.gift = flow.gift"
    " LEFT JOIN LATERAL (SELECT sum(back.end_at - back.start_at) FILTER (WHERE kind = 'return')"
    " AS returned, sum(back.end_at - back.start_at) FILTER (WHERE kind = 'reversal') AS reversed"
    " FROM outflows AS back WHERE back.id = flow.gift AND back.fund = flow.fund"
    " AND back.unit = flow.unit AND back.leaf < %(size)s) AS gone ON true"
    " ORDER BY flow.unit, flow.start_at"
)
_CORRECTIONS = (
    f"SELECT {', '.join(Correction.__slots__)} FROM corrections WHERE leaf < %(size)s"  # noqa: S608 our columns
    " AND %(fund)s IN (fund, counterpart) AND id = ANY(%(ids)s) ORDER BY leaf"
)
