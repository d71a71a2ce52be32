"""The accounts of all funds as they stand, or as they stood at any size of the log.

An account is kept as it stood at each milestone that it passed (projections/trace_accounts.py). How
it stood in between is that, and what the journal holds since: a thousand entries at most, for all
accounts together, whatever the number of gifts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ledger.domain.history.accounts import SUMS
from projections import trace_accounts
from projections.journal import JOURNAL
from projections.questions import Question, Row, ask
from projections.runner import Connection, Position, Runner, end_of
from projections.trace_accounts import AxisAccount, account_of, settled
from projections.traces import TRACES

Key = tuple[str, str]
"""Fund and unit."""
Standing = tuple[Key, AxisAccount]
Asked: TypeAlias = str | list[str] | None
"""One fund, some, or all."""

KEPT = (*SUMS, "counted")
MOVES = {
    "gift": ("received", "gifts"),
    "goods": ("received", "gifts"),
    "allocation-in": ("received", "allocated_in"),
    "allocation-out": ("allocated_out",),
    "disbursement": ("disbursed",),
    "recovery": ("recovered",),
    "return": ("returned",),
    "reversal": ("reversed",),
    "take-back": ("taken_back",),
    "given-back": ("given_back",),
}
"""Which sums each kind of the journal's rows adds to."""


def standing(
    runner: Runner, fund: Asked = None, at: Position | None = None
) -> tuple[list[Standing], Position]:
    """Return every account that anything moved, of one fund, some or all, by fund and unit."""
    since = moves(runner, fund, at)
    with runner.reading(TRACES, at) as (connection, position):
        return read(connection, fund, at, since), position


def moves(runner: Runner, fund: Asked, at: Position | None) -> list[Row]:
    """Return what moved between the last milestone before `at` and then; nothing as of now."""
    if at is None:
        return []
    since = at.size - at.size % trace_accounts.EVERY
    with runner.reading(JOURNAL, at) as (connection, _):
        query = f"{_MOVES} AND {_mine(fund)} GROUP BY fund, unit, kind"
        return connection.execute(query, _given(fund, at) | {"since": since}).fetchall()


def read(
    connection: Connection, fund: Asked, at: Position | None, since: Sequence[Row]
) -> list[Standing]:
    """Return the accounts, given what moved `since` the last milestone."""
    given, mine = _given(fund, at), _mine(fund)
    found = ask(connection, still(fund, at))
    if at is not None:
        moved_on = connection.execute(f"{_MOVED_ON} AND {mine}", given).fetchall()
        found += [(key, settled(sums)) for key, sums in _then(moved_on, since)]
        found.sort(key=_key)
    return found


def still(fund: Asked, at: Position | None) -> Question[list[Standing]]:
    """Return what asks for the accounts that have not moved since `at`, by fund and unit."""
    return Question(f"{_STILL} AND {_mine(fund)}", _given(fund, at), _accounts)


def _accounts(rows: Sequence[Row]) -> list[Standing]:
    found = [((row["fund"], row["unit"]), account_of(row)) for row in rows]
    return sorted(found, key=_key)


def _key(one: Standing) -> Key:
    return one[0]


def _mine(fund: Asked) -> str:
    if fund is None:
        return "true"
    return "fund = %(fund)s" if isinstance(fund, str) else "fund = ANY(%(fund)s)"


def _given(fund: Asked, at: Position | None) -> dict[str, object]:
    return {"fund": fund, "size": end_of(at), "kinds": list(MOVES)}


def _then(moved_on: Sequence[Row], since: Sequence[Row]) -> Iterator[tuple[Key, dict[str, int]]]:
    """Yield the sums of accounts that have moved on, those that nothing had moved left out."""
    moves: dict[Key, list[Row]] = defaultdict(list)
    for row in since:
        moves[row["fund"], row["unit"]].append(row)
    for row in moved_on:
        key = (row["fund"], row["unit"])
        sums = {name: row[name] or 0 for name in KEPT}
        for moved in moves[key]:
            _add(sums, moved)
        if sums["received"]:
            yield key, sums


def _add(sums: dict[str, int], row: Row) -> None:
    names = MOVES[row["kind"]]
    for name in names:
        sums[name] += row["units"]
    sums["counted"] += row["rows"] if "gifts" in names else 0


_STILL = "SELECT * FROM accounts WHERE leaf < %(size)s"
_MOVED_ON = (
    f"SELECT fund, unit, {', '.join(f'stood.{name}' for name in KEPT)} FROM accounts"  # noqa: S608 our words
    " LEFT JOIN LATERAL (SELECT * FROM milestones AS passed WHERE passed.fund = accounts.fund"
    " AND passed.unit = accounts.unit AND passed.size <= %(size)s ORDER BY passed.size DESC"
    " LIMIT 1) AS stood USING (fund, unit) WHERE leaf >= %(size)s"
)
_MOVES = (
    "SELECT fund, unit, kind, sum(amount)::bigint AS units, count(*) AS rows FROM journal"
    " WHERE leaf >= %(since)s AND leaf < %(size)s AND kind = ANY(%(kinds)s)"
)
