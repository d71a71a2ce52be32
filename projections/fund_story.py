"""A fund as its own page begins: what it is, who holds it, how it may be used, its moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projections.directory import (
    DIRECTORY,
    ENTRY,
    FUNDS,
    HELD,
    USES,
    FundEntry,
    Use,
    entry_of,
    use_of,
)
from projections.runner import Position, Runner, end_of


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to a fund (`kind`): its entry, when it was recorded, and `what`."""

    leaf: int
    kind: str
    time: datetime
    what: str | None


@dataclass(frozen=True, slots=True)
class FundStory:
    """A fund with the name of who holds it, its other uses, and its moments in log order."""

    entry: FundEntry
    holder: str
    uses: tuple[Use, ...]
    moments: tuple[Moment, ...]


def story(runner: Runner, fund: str, at: Position | None = None) -> FundStory | None:
    """Return a fund with its holder, its uses and its moments; None when there is no such fund."""
    query = (
        f"SELECT {ENTRY}, {HELD}, funds.leaf, time, bound_leaf, bound_time, closed_leaf,"  # noqa: S608 our columns
        f" closed_time, EXISTS (SELECT FROM uses WHERE uses.fund = funds.fund) AS used_otherwise"
        f" FROM {FUNDS} WHERE fund = %(fund)s AND funds.leaf < %(end)s"
    )
    given = {"fund": fund, "end": end_of(at)}
    with runner.reading(DIRECTORY, at) as (connection, _):
        row = connection.execute(query, given).fetchone()
        if row is None:
            return None
        used = connection.execute(USES, given).fetchall() if row["used_otherwise"] else []
    return FundStory(
        entry_of(row), row["holder"], tuple(map(use_of, used)), _moments(row, used, at)
    )


def _moments(
    row: dict[str, Any], used: Sequence[dict[str, Any]], at: Position | None
) -> tuple[Moment, ...]:
    """Return when a fund was opened, bound, given other uses, and closed."""
    told = [Moment(row["leaf"], "opened", row["time"], None)]
    for kind, what in (("bound", row["plan"]), ("closed", None)):
        leaf = row[f"{kind}_leaf"]
        if leaf is not None and leaf < end_of(at):
            told.append(Moment(leaf, kind, row[f"{kind}_time"], what))
    told += [
        Moment(one["leaf"], "use-change", one["time"], one["purpose"] or one["place"])
        for one in used
    ]
    return tuple(sorted(told, key=lambda one: one.leaf))
