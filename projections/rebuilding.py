"""All views anew from the log, by one process or several, beside the live ones; then one swap.

1. Each process makes shadows of its share of the views, as far as the live ones have come.
2. There, and nowhere else, it compares both, each in one snapshot.
3. Those to be kept are followed to the end of the log, and get their other indexes.
4. All are brought to one entry while nobody can write the live ones, and take their places in one
   transaction. Who reads the live ones goes on doing so until then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from eventsourcing.persistence import OperationalError
from psycopg import errors, sql

from ledger.errors import Refused
from ledger.store.database import ALONE_UNTIL_COMMIT, Database
from ledger.store.recorder import LedgerRecorder
from projections.comparing import Rebuilt, compare
from projections.shadows import Place, Shadow, discard, finish, follow, open_shadow
from projections.views import (
    Connection,
    View,
    annotate,
    definition,
    position_in,
)

FEW = 20_000
"""A log of fewer entries is not worth a second process, which takes seconds to start."""

TRIES, SHORTLY, PAUSE_S = 200, "SET LOCAL lock_timeout TO '300ms'", 0.1
"""How often a swap tries, how long it waits for one lock, and how long it lets others pass then.

Others wait behind it meanwhile, at the worst once for each view.
"""


class ViewsInUse(Refused):
    """Somebody read the live views all the time, so that they could not be swapped."""

    def __init__(self) -> None:
        super().__init__(
            "the new views are ready but somebody reads the old ones without a pause (perhaps a "
            "long download); run rebuild again, it goes on from here"
        )


@dataclass(frozen=True, slots=True)
class Task:
    """A share of the views, and all that a process of its own needs to make them anew."""

    conninfo: str
    schema: str
    views: tuple[View, ...]
    keep: bool
    fresh: bool
    timer: Callable[[], float]


Done = list[Rebuilt]
Work = Callable[[Task], Done]


@dataclass(frozen=True, slots=True)
class Crew:
    """How many processes may share the work, and what spreads tasks over them."""

    jobs: int
    spread: Callable[[Work, Sequence[Task]], Iterable[tuple[Task, Done]]]


def _here(work: Work, tasks: Sequence[Task]) -> Iterable[tuple[Task, Done]]:
    return ((task, work(task)) for task in tasks)


ALONE = Crew(1, _here)
"""This process does everything."""


def rebuild(
    place: Place, views: Sequence[View], crew: Crew, *, keep: bool, fresh: bool
) -> list[Rebuilt]:
    """Make views anew and compare them with the live ones; with `keep`, put them in their place.

    A comparison trusts nothing that lay there before, so it always begins anew.
    """
    for view in views:
        discard(place, f"{place.live(view)}_old")
    jobs = crew.jobs if place.recorder.size() >= FEW else 1
    fresh = fresh or not keep
    if jobs == 1:
        found = build(place, views, keep=keep, fresh=fresh)
    else:
        database = place.database
        tasks = [
            Task(database.conninfo, database.schema, share, keep, fresh, place.timer)
            for share in shares(place, views, jobs)
        ]
        found = []
        for _, done in crew.spread(_build_apart, tasks):
            found += done
    if keep:
        _swap(place, views)
    order = {view.name: number for number, view in enumerate(views)}
    return sorted(found, key=lambda one: order[one.view])


def shares(place: Place, views: Sequence[View], jobs: int) -> list[tuple[View, ...]]:
    """Part views into as many shares, alike by what their live tables take on the disk."""
    query = (
        "SELECT nspname, sum(pg_total_relation_size(c.oid))::bigint AS bytes FROM pg_class AS c"
        " JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind = 'r'"
        " AND nspname = ANY(%s) GROUP BY nspname"
    )
    with place.database.reading() as connection:
        rows = connection.execute(query, [[place.live(view) for view in views]]).fetchall()
    weights = {row["nspname"]: int(row["bytes"]) for row in rows}
    parts: list[list[View]] = [[] for _ in range(min(jobs, len(views)))]
    loads = [0] * len(parts)
    for view in sorted(views, key=lambda one: -weights.get(place.live(one), 0)):
        least = loads.index(min(loads))
        parts[least].append(view)
        loads[least] += weights.get(place.live(view), 0)
    return [tuple(part) for part in parts if part]


def _build_apart(task: Task) -> Done:
    """Do a share of the work in a process of its own."""
    database = Database(task.conninfo, task.schema, pool_size=3)
    try:
        recorder = LedgerRecorder(database)
        place = Place(database, recorder, recorder.origin(), task.timer)
        return build(place, task.views, keep=task.keep, fresh=task.fresh)
    finally:
        database.close()


def build(place: Place, views: Sequence[View], *, keep: bool, fresh: bool) -> list[Rebuilt]:
    """Make shadows of views and compare them with the live ones; keep or drop them."""
    size = place.recorder.size()
    ends = [min(end, size) for end in _live_sizes(place, views)]
    shadows = [
        open_shadow(place, view, end, fresh=fresh) for view, end in zip(views, ends, strict=True)
    ]
    follow(place, shadows, ends)
    compared = _compared(place, shadows)
    if keep:
        follow(place, shadows, [place.recorder.size()] * len(shadows))
        for one in shadows:
            finish(place, one)
    else:
        for one in shadows:
            discard(place, one.schema)
    return compared


def _live_sizes(place: Place, views: Sequence[View]) -> list[int]:
    with place.database.reading() as connection:
        return [position_in(connection, place.live(view)).size for view in views]


def _compared(place: Place, shadows: Sequence[Shadow]) -> list[Rebuilt]:
    """Compare live views in one snapshot with their shadows, which are brought to where they are.

    One that says that it is further than the log is compared at the log's end: it differs.
    """
    found = []
    with place.database.reading() as live:
        said = [position_in(live, place.live(one.view)).size for one in shadows]
        size = place.recorder.size()
        follow(place, shadows, [min(end, size) for end in said])
        with place.database.reading() as fresh:
            for one in shadows:
                started = place.timer()
                schemas = place.live(one.view), one.schema
                digest, differs = compare(live, fresh, one.view, schemas)
                one.seconds += place.timer() - started
                found.append(
                    Rebuilt(one.view.name, one.at, one.seconds, digest, one.begun, differs)
                )
    return found


def _swap(place: Place, views: Sequence[View]) -> None:
    """Put all shadows in the place of the live views, at one entry; ViewsInUse if nobody lets us.

    1. What came meanwhile is taken in, while live views may be written still.
    2. Then they may not, and the rest is taken in.
    3. Whoever has entered a live view is waited for, a moment; who comes waits behind us.
    4. The schemas change their names.
    """
    shadows = [
        Shadow(view, f"{place.live(view)}_new", 0, size)
        for view, size in zip(views, _shadow_sizes(place, views), strict=True)
    ]
    for _ in range(TRIES):
        follow(place, shadows, [place.recorder.size()] * len(shadows))  # 1
        try:
            with ExitStack() as stack:
                connection = stack.enter_context(place.database.writing())
                connection.execute(SHORTLY)
                for view in views:  # 2
                    connection.execute(ALONE_UNTIL_COMMIT, [place.live(view)])
                follow(place, shadows, [place.recorder.size()] * len(shadows))
                for view in views:  # 3
                    table = sql.Identifier(place.live(view), "position")
                    connection.execute(sql.SQL("LOCK TABLE {}").format(table))
                for view in views:  # 4
                    _rename(connection, place.live(view), view)
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            time.sleep(PAUSE_S)
        else:
            for view in views:
                discard(place, f"{place.live(view)}_old")
            return
    raise ViewsInUse


def _shadow_sizes(place: Place, views: Sequence[View]) -> list[int]:
    with place.database.reading() as connection:
        return [position_in(connection, f"{place.live(view)}_new").size for view in views]


def _rename(connection: Connection, live: str, view: View) -> None:
    rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    for old, new in ((live, f"{live}_old"), (f"{live}_new", live)):
        connection.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
    annotate(connection, live, definition(view))
