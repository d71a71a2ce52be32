"""The accounts of the traces: one row a fund and unit, loaded for a batch and written after it.

A row grows with nothing but what came back and waits to be used again. The holes of an axis are
outflows like others; a batch reads those that it can meet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg.types.json import Jsonb

from ledger.domain.axis import Axis, Span
from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    DisbursementPaid,
    DisbursementRecovered,
    Event,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
)
from ledger.domain.history.accounts import SUMS, UnitAccount
from projections.runner import Connection

COLUMNS = ("fund", "unit", *SUMS, "counted", "leaf", "next", "free")
MILESTONE = ("fund", "unit", "size", *SUMS, "counted")
EVERY = 1024
"""An account that moved is kept as it stood at the next multiple of so many entries."""

MOVING = (
    DisbursementPaid
    | DisbursementRecovered
    | GiftReturned
    | GiftReversed
    | AllocationTakenBack
    | AllocationGivenBack
)


@dataclass(slots=True)
class AxisAccount(UnitAccount):
    """An account with the number of gifts it counted and the last entry that moved it."""

    counted: int = 0
    leaf: int = -1


def touched(events: Sequence[Event]) -> Counter[tuple[str, str]]:
    """Return the accounts that events touch, each with the most units that can leave it."""
    found: Counter[tuple[str, str]] = Counter()
    for event in events:
        if isinstance(event, GiftReceived):
            found[event.fund, event.booked.unit] += 0
        elif isinstance(event, GoodsReceived):
            found.update({(event.fund, line.quantity.unit): 0 for line in event.lines})
        elif isinstance(event, FundsAllocated | MOVING):
            found[event.originator_id, event.amount.unit] += event.amount.units
        if isinstance(event, FundsAllocated):
            found[event.to_fund, event.amount.unit] += 0
    return found


def load(
    connection: Connection, most: Counter[tuple[str, str]]
) -> dict[tuple[str, str], AxisAccount]:
    """Load accounts, each with the holes that what leaves it can meet, however many there are."""
    query = (
        "SELECT accounts.* FROM accounts JOIN unnest(%s::text[], %s::text[])"
        " AS touched (fund, unit) USING (fund, unit)"
    )
    given = [[fund for fund, _ in most], [unit for _, unit in most]]
    found = {}
    for row in connection.execute(query, given).fetchall():
        key, account = (row["fund"], row["unit"]), account_of(row)
        if units := most[key]:
            holes = _holes(connection, *key, account.axis.next, units)
            account.axis = replace(account.axis, holes=holes)
        found[key] = account
    return found


def _holes(
    connection: Connection, fund: str, unit: str, start: int, units: int
) -> tuple[Span, ...]:
    """Return the holes that are met when `units` are taken from `start` on.

    An outflow that lies beyond what was taken is a hole. Each one met moves the end further.
    """
    query = (
        "SELECT start_at, end_at FROM outflows WHERE fund = %s AND unit = %s"
        " AND start_at >= %s AND start_at < %s ORDER BY start_at"
    )
    holes: list[Span] = []
    end = start + units
    while rows := connection.execute(query, [fund, unit, start, end]).fetchall():
        met = [Span(row["start_at"], row["end_at"]) for row in rows]
        start, end = end, end + sum(hole.length for hole in met)
        holes += met
    return tuple(holes)


def account_of(row: dict[str, Any]) -> AxisAccount:
    """Return the account that a row of the table holds; its holes are not in the row."""
    account = settled({name: row[name] for name in (*SUMS, "counted", "leaf")})
    free = tuple(Span(*span) for span in row["free"])
    account.axis = replace(account.axis, next=row["next"], free=free)
    return account


def settled(sums: Mapping[str, int]) -> AxisAccount:
    """Return an account of these sums; where on its axis they lie is not known."""
    account = AxisAccount()
    for name, units in sums.items():
        setattr(account, name, units)
    account.axis = Axis(
        taken=account.disbursed - account.recovered + account.allocated_out - account.taken_back,
        returned=account.returned + account.reversed + account.given_back,
    )
    return account


def account_row(item: tuple[tuple[str, str], AxisAccount]) -> list[object]:
    """Return the row of an account, in the order of `COLUMNS`."""
    (fund, unit), account = item
    axis, sums = account.axis, [getattr(account, name) for name in SUMS]
    return [fund, unit, *sums, account.counted, account.leaf, axis.next, _spans_json(axis.free)]


def milestone(last: int, now: int) -> int | None:
    """Return the milestone that an account passes that moved at entry `last` and moves `now`.

    It is the first one after `last`: until `now` the account stood still.
    """
    passed = (last // EVERY + 1) * EVERY
    return passed if passed <= now else None


def milestone_row(key: tuple[str, str], size: int, account: AxisAccount) -> list[object]:
    """Return the row of an account as it stood at a size of the log, in order of `MILESTONE`."""
    return [*key, size, *(getattr(account, name) for name in SUMS), account.counted]


def _spans_json(spans: Sequence[Span]) -> Jsonb:
    return Jsonb([[span.start, span.end] for span in spans])
