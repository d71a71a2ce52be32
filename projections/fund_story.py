"""A fund as its own page begins: what it is, who holds it, how it may be used, its moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
from projections.questions import Question, Row, ask_together
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
    with runner.reading(DIRECTORY, at) as (connection, _):
        found, used = ask_together(connection, *questions(fund, at))
    return story_of(found, used, at)


def questions(
    fund: str, at: Position | None
) -> tuple[Question[Sequence[Row]], Question[Sequence[Row]]]:
    """Return what asks for the row of a fund, and for those of its uses."""
    given = {"fund": fund, "end": end_of(at)}
    return Question(_FUND, given, list, _FUND_WRITTEN), Question(
        USES, given, _in_log_order, _USE_WRITTEN
    )


def _in_log_order(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["leaf"])


def story_of(found: Sequence[Row], used: Sequence[Row], at: Position | None) -> FundStory | None:
    """Return the story that these rows tell; None when they tell of no fund."""
    if not found:
        return None
    (row,) = found
    moments = _moments(row, used, at)
    return FundStory(entry_of(row), row["holder"], tuple(map(use_of, used)), moments)


def _moments(row: Row, used: Sequence[Row], at: Position | None) -> tuple[Moment, ...]:
    """Return when a fund was opened, bound, given other uses, and closed."""
    moments = [Moment(row["leaf"], "opened", row["time"], None)]
    for kind, what in (("bound", row["plan"]), ("closed", None)):
        leaf = row[f"{kind}_leaf"]
        if leaf is not None and leaf < end_of(at):
            moments.append(Moment(leaf, kind, row[f"{kind}_time"], what))
    moments += [
        Moment(one["leaf"], "use-change", one["time"], one["purpose"] or one["place"])
        for one in used
    ]
    return tuple(sorted(moments, key=lambda one: one.leaf))


_FUND = (
    f"SELECT {ENTRY}, {HELD}, funds.leaf, time, bound_leaf, bound_time, closed_leaf, closed_time"  # noqa: S608 our columns
    f" FROM {FUNDS} WHERE fund = %(fund)s AND funds.leaf < %(end)s"
)
_FUND_WRITTEN = {
    **dict.fromkeys(("first_day", "last_day"), date.fromisoformat),
    **dict.fromkeys(("time", "bound_time", "closed_time"), datetime.fromisoformat),
}
_USE_WRITTEN = {"time": datetime.fromisoformat}
