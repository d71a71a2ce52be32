"""What the payments of each fund add up to, kept while they are recorded: payees, places, sums.

The tables are part of the traces and tell how things stand now. A batch counts the payments that it
touches before and after, and adds the difference, so that it does not matter how events are cut
into batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeAlias

from ledger.domain.events import (
    DisbursementAccepted,
    DisbursementPaid,
    DisbursementRecovered,
    Event,
)
from ledger.domain.small_cells import COUNTY_DIGITS
from projections.runner import Connection

VILLAGE_DIGITS = 12
"""A place code of so many digits names a village (the extension of GB/T 2260)."""
PERSONS = ""
"""Stands for all persons among the payees of a fund."""
VILLAGE, COUNTY, UNPLACED = "villages", "counties", "unplaced"

TABLES = (
    "CREATE TABLE payees (fund text NOT NULL, unit text NOT NULL, payee text NOT NULL,"
    " payments bigint NOT NULL, amount bigint NOT NULL, accepted bigint NOT NULL,"
    " PRIMARY KEY (fund, unit, payee))",
    "CREATE INDEX payees_most ON payees (fund, unit, amount DESC)",
    "CREATE TABLE paid_out (fund text NOT NULL, unit text NOT NULL, payments bigint NOT NULL,"
    " amount bigint NOT NULL, accepted bigint NOT NULL, PRIMARY KEY (fund, unit))",
    "CREATE TABLE places (fund text NOT NULL, kind text NOT NULL, place text NOT NULL,"
    " payments bigint NOT NULL, PRIMARY KEY (fund, kind, place))",
    "CREATE TABLE reached (fund text PRIMARY KEY, villages bigint NOT NULL,"
    " counties bigint NOT NULL, unplaced bigint NOT NULL)",
)

Counted: TypeAlias = Counter[tuple[str, ...]]
"""Numbers by what they are of: a payment's fund, and unit and payee or kind of place and place."""


class FundTotals:
    """The payments that a batch touches, as they were counted before it."""

    def __init__(self, connection: Connection, events: Sequence[Event]) -> None:
        counted = (DisbursementPaid, DisbursementRecovered, DisbursementAccepted)
        self._connection = connection
        self._ids = sorted({one.disbursement for one in events if isinstance(one, counted)})
        self._before = self._paid()

    def write(self) -> None:
        """Add what the batch changed; all of its payments must be written by then."""
        before, after = self._before, self._paid()
        if not self._ids:
            return
        self._add_sums(_less(_sums(after), _sums(before)))
        self._add_places(_less(_places(after), _places(before)))

    def _paid(self) -> list[dict[str, Any]]:
        return self._connection.execute(_PAID, [self._ids]).fetchall() if self._ids else []

    def _add_sums(self, added: Counted) -> None:
        """Add payments, amounts and what of them was accepted, by payee and of all payees."""
        keys = sorted({key[:3] for key in added})
        columns = _columns(keys)
        numbers = [[added[*key, name] for key in keys] for name in SUMS]
        self._connection.execute(_ADD_PAYEES, [*columns, *numbers])
        self._connection.execute(_ADD_PAID_OUT, [*columns[:2], *numbers])

    def _add_places(self, added: Counted) -> None:
        """Add to the payments of each place, and to how many places a fund reached."""
        keys = sorted(added)
        given = [*_columns(keys), [added[key] for key in keys]]
        found = self._connection.execute(_ADD_PLACES, given).fetchall()
        reached: Counter[tuple[str, str]] = Counter()
        for row in found:
            more = added[row["fund"], row["kind"], row["place"]]
            reached[row["fund"], row["kind"]] += _more_places(row, more)
        funds = sorted({key[0] for key in keys})
        numbers = [[reached[fund, kind] for fund in funds] for kind in (VILLAGE, COUNTY, UNPLACED)]
        self._connection.execute(_ADD_REACHED, [funds, *numbers])
        if any(row["payments"] == 0 for row in found):
            self._connection.execute(_DROP_PLACES, _columns(keys))
            self._connection.execute(_DROP_REACHED, [funds])


def _columns(keys: Sequence[tuple[str, ...]]) -> list[list[str]]:
    return [[key[place] for key in keys] for place in range(3)]


def _more_places(row: dict[str, Any], more: int) -> int:
    """Return how many places are new because a row counts so many payments `more`."""
    if row["kind"] == UNPLACED:
        return more
    return int(row["payments"] > 0) - int(row["payments"] - more > 0)


def _sums(paid: Sequence[dict[str, Any]]) -> Counted:
    found: Counted = Counter()
    for one in paid:
        key = (one["fund"], one["unit"], one["payee"] or PERSONS)
        found[*key, "payments"] += 1
        found[*key, "amount"] += one["kept"]
        found[*key, "accepted"] += one["kept"] if one["accepted"] else 0
    return found


def _places(paid: Sequence[dict[str, Any]]) -> Counted:
    """Count payments of which something was kept; those to persons by their counties alone."""
    return Counter((one["fund"], *place) for one in paid if one["kept"] for place in _reached(one))


def _reached(one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if one["place"] is None:
        yield UNPLACED, ""
        return
    yield COUNTY, one["place"][:COUNTY_DIGITS]
    if one["payee"] is not None and len(one["place"]) == VILLAGE_DIGITS:
        yield VILLAGE, one["place"]


def _less(after: Counted, before: Counted) -> Counted:
    """Return what changed; a difference can be below nothing."""
    changed = Counter(after)
    changed.subtract(before)
    return Counter({key: number for key, number in changed.items() if number})


def _unnested(texts: int, numbers: int) -> str:
    kinds = ", ".join(["%s::text[]"] * texts + ["%s::bigint[]"] * numbers)
    return f"unnest({kinds})"


def _added(table: str, names: Collection[str]) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)


SUMS = ("payments", "amount", "accepted")
_PAID = (
    "SELECT fund, unit, payee, place, amount - recovered AS kept, accepted_on IS NOT NULL"
    " AS accepted FROM disbursements WHERE id = ANY(%s) AND status = 'paid'"
)
_ADD_PAYEES = (
    f"INSERT INTO payees SELECT * FROM {_unnested(3, 3)} ON CONFLICT (fund, unit, payee)"  # noqa: S608 our words
    f" DO UPDATE SET {_added('payees', SUMS)}"
)
_ADD_PAID_OUT = (
    "INSERT INTO paid_out SELECT fund, unit, sum(payments), sum(amount), sum(accepted)"  # noqa: S608 our words
    f" FROM {_unnested(2, 3)} AS one (fund, unit, payments, amount, accepted) GROUP BY fund, unit"
    f" ON CONFLICT (fund, unit) DO UPDATE SET {_added('paid_out', SUMS)}"
)
_ADD_PLACES = (
    f"INSERT INTO places SELECT * FROM {_unnested(3, 1)} ON CONFLICT (fund, kind, place)"  # noqa: S608 our words
    f" DO UPDATE SET {_added('places', ['payments'])} RETURNING *"
)
_ADD_REACHED = (
    f"INSERT INTO reached SELECT * FROM {_unnested(1, 3)} ON CONFLICT (fund)"  # noqa: S608 our words
    f" DO UPDATE SET {_added('reached', [VILLAGE, COUNTY, UNPLACED])}"
)
_DROP_PLACES = (
    f"DELETE FROM places WHERE payments = 0 AND (fund, kind, place) IN"  # noqa: S608 our words
    f" (SELECT * FROM {_unnested(3, 0)})"
)
_DROP_REACHED = (
    "DELETE FROM reached WHERE fund = ANY(%s) AND villages = 0 AND counties = 0 AND unplaced = 0"
)
"""A place, or a fund, that nothing reaches any longer has no row, as before anything did."""
