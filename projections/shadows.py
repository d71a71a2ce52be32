"""A view's tables made anew beside the live ones, a batch of the log at a time.

They have no index that folding does without, and no commit waits for the disk, until they are put
in place: what a crash takes of them is read from the log again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from eventsourcing.persistence import DataError, IntegrityError
from psycopg import sql

import ledger
import projections
from ledger import codec
from ledger.domain.events import Event
from ledger.store.database import ALONE_UNTIL_COMMIT, Database, first_line
from ledger.store.recorder import LedgerRecorder
from projections.garbage import uncollected
from projections.views import (
    Connection,
    Recorded,
    RowGone,
    View,
    ViewStuck,
    definition,
    definitions,
    drop,
    enter,
    make,
    position_in,
    table_names,
)

BATCH = 10_000
"""Entries that are read, folded and committed at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger lies; `timer` counts seconds for reports."""

    database: Database
    recorder: LedgerRecorder
    origin: str
    timer: Callable[[], float]

    def live(self, view: View) -> str:
        """Return the schema of a view's live tables."""
        return f"{self.database.schema}_{view.name}"


@dataclass(slots=True)
class Shadow:
    """A view being made anew: its schema, where it began, how far it is, seconds spent on it."""

    view: View
    schema: str
    begun: int
    at: int
    seconds: float = 0.0


def open_shadow(place: Place, view: View, size: int, *, fresh: bool) -> Shadow:
    """Return the shadow that was left half-built, if this very program made it; else a new one.

    One that is further than `size` entries can't be compared there, and is made anew too.
    """
    schema, note = f"{place.live(view)}_new", f"{definition(view)} {program()}"
    with place.database.writing_alone(schema) as connection:
        at = size + 1
        if not fresh and definitions(connection, [schema]).get(schema) == note:
            at = position_in(connection, schema).size
        if at > size:
            make(connection, schema, [one for one in view.tables if not _late(view, one)], note)
            at = 0
    return Shadow(view, schema, at, at)


@cache
def program() -> str:
    """Digest the program that folds: every module of what is known, and of the read models."""
    total = sha256()
    for package in (ledger, projections):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def follow(place: Place, shadows: Sequence[Shadow], ends: Sequence[int]) -> None:
    """Bring shadows to their ends, those that are furthest behind first.

    A batch is read once for all that are there; of it, only what one of them takes in is decoded.
    """
    with uncollected():
        _follow(place, shadows, ends)


def _follow(place: Place, shadows: Sequence[Shadow], ends: Sequence[int]) -> None:
    while behind := [one for one, end in zip(shadows, ends, strict=True) if one.at < end]:
        start = min(one.at for one in behind)
        here = [one for one in behind if one.at == start]
        stops = [end for one, end in zip(shadows, ends, strict=True) if one in here]
        bounds = [one.at for one in behind if one.at > start] + stops
        started = place.timer()
        recorded = _read(place, start, min(start + BATCH, *bounds), here)
        reading = (place.timer() - started) / len(here)
        for one in here:
            one.seconds += reading
        _take_in(place, here, start, recorded)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Entries up to `stop`: the events that somebody takes in, and the last one in any case."""

    stop: int
    events: list[Recorded]


def _read(place: Place, start: int, stop: int, shadows: Sequence[Shadow]) -> _Batch:
    topics = {fact.TOPIC for one in shadows for fact in one.view.facts}
    rows, events = place.recorder.entries(start, stop), []
    for expected, (leaf, entry) in enumerate(rows, start):
        if leaf != expected or entry is None:
            raise RowGone(expected)
        topic = codec.topic_of(entry)
        if topic is None or topic in topics or leaf == stop - 1:
            events.append((leaf, codec.read(entry, place.origin)[1]))
    if len(rows) != stop - start:
        raise RowGone(start + len(rows))
    return _Batch(stop, events)


def _take_in(place: Place, shadows: Sequence[Shadow], start: int, batch: _Batch) -> None:
    """Fold a batch into all shadows that are there, in one transaction."""
    stuck, reached = shadows[0], []
    try:
        with place.database.writing() as connection:
            connection.execute("SET LOCAL synchronous_commit TO off")
            for stuck in shadows:
                started = place.timer()
                reached.append(_fold(connection, stuck, start, batch))
                stuck.seconds += place.timer() - started
    except (IntegrityError, DataError) as error:
        raise ViewStuck(stuck.view.name, first_line(error)) from None
    for one, at in zip(shadows, reached, strict=True):
        one.at = at


def _fold(connection: Connection, one: Shadow, start: int, batch: _Batch) -> int:
    """Fold a batch into one shadow; return how far it is.

    A process whose parent was killed may have taken the batch in while it was ending.
    """
    connection.execute(ALONE_UNTIL_COMMIT, [one.schema])
    enter(connection, one.schema)
    found = position_in(connection, one.schema).size
    if found != start:
        return found
    facts: frozenset[type[Event]] = frozenset(one.view.facts)
    mine = [recorded for recorded in batch.events if type(recorded[1]) in facts]
    if mine:
        one.view.fold(mine, connection)
    time = batch.events[-1][1].timestamp
    connection.execute("UPDATE position SET size = %s, time = %s", [batch.stop, time])
    return batch.stop


def finish(place: Place, one: Shadow) -> None:
    """Make the indexes that were put off, unless they are there, and count what tables hold."""
    started = place.timer()
    with place.database.writing() as connection:
        connection.execute("SET LOCAL synchronous_commit TO off")
        connection.execute("SET LOCAL maintenance_work_mem TO '128MB'")
        enter(connection, one.schema)
        for statement in one.view.tables:
            if _late(one.view, statement):
                again = statement.replace("INDEX ", "INDEX IF NOT EXISTS ", 1)
                connection.execute(again.encode())
        for table in table_names(one.view):
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    one.seconds += place.timer() - started


def _late(view: View, statement: str) -> bool:
    """Tell whether a statement makes an index that no fold looks into."""
    words = statement.split()
    return words[1] == "INDEX" and words[2] not in view.sought


def discard(place: Place, schema: str) -> None:
    """Drop a schema that is not, or no longer, a live one."""
    with place.database.writing() as connection:
        drop(connection, schema)
