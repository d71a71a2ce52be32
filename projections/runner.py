"""Follows the log in leaf order and keeps read models up to it, in batches, one commit each.

A view's tables lie in a schema of their own. A rebuild fills a schema beside the live one and swaps
the two in one transaction. A view that fails stops and says so; it never skips an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

import psycopg
from eventsourcing.persistence import DataError, IntegrityError
from psycopg import sql
from psycopg.rows import DictRow

from ledger import codec
from ledger.domain.events import Event
from ledger.errors import Untrusted
from ledger.store.database import Database, first_line
from ledger.store.recorder import LedgerRecorder, LogRow

BATCH = 5000

Connection = psycopg.Connection[DictRow]
Recorded = tuple[int, Event]
"""An event with its leaf index."""


class RowGone(Untrusted):
    """A leaf of the log has lost its row."""

    def __init__(self, leaf: int) -> None:
        super().__init__(f"the row of entry {leaf} is missing or was altered; run an audit")


class ViewStuck(Untrusted):
    """A view's rows do not bear the next events: somebody changed them."""

    def __init__(self, view: str, why: str) -> None:
        super().__init__(f"view {view} can't go on ({why}); run: donation-ledger rebuild")


class View(Protocol):
    """A read model: its name, its tables, and how a batch of events changes them."""

    @property
    def name(self) -> str:
        """The view's name, which is also its schema's."""

    @property
    def tables(self) -> Sequence[str]:
        """Statements that create the tables; the first word after CREATE TABLE is the table."""

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in events, in order, writing through `connection` in its transaction."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a view has followed the log, and when its last event was recorded."""

    size: int
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: events folded, seconds taken, digests of both, whether equal."""

    view: str
    events: int
    seconds: float
    digest: str
    equal: bool


class Runner:
    """Keeps the given views; `timer` counts seconds for reports."""

    def __init__(
        self,
        database: Database,
        recorder: LedgerRecorder,
        views: Sequence[View],
        timer: Callable[[], float],
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._origin = recorder.origin()
        self.views = tuple(views)
        self._timer = timer

    def prepare(self) -> None:
        """Create the tables of views that have none yet."""
        for view in self.views:
            self._create(view, self.schema(view))

    def schema(self, view: View, suffix: str = "") -> str:
        """Return the schema that a view's tables lie in."""
        return f"{self._database.schema}_{view.name}{suffix}"

    def catch_up(self) -> None:
        """Bring every view up to the end of the log."""
        for view in self.views:
            self.follow(view)

    def follow(self, view: View) -> None:
        """Bring one view up to the end of the log; ViewStuck when its rows do not let it."""
        self._follow(view, self.schema(view))

    @contextmanager
    def reading(self, view: View) -> Iterator[tuple[Connection, Position]]:
        """Lend a connection to a view's tables, one snapshot, with its position."""
        with self._database.reading() as connection:
            _enter(connection, self.schema(view))
            yield connection, _position(connection)

    def rebuild(self, *, keep: bool) -> list[Rebuilt]:
        """Build every view anew from the log and compare; with `keep`, put the new one in place.

        A live view is compared as far as it says it has come: one that is broken can't go on.
        """
        with self._database.alone(f"rebuild {self._database.schema}"):
            return [self._rebuild(view, keep=keep) for view in self.views]

    def _rebuild(self, view: View, *, keep: bool) -> Rebuilt:
        fresh, live = self.schema(view, "_new"), self.schema(view)
        self._drop(fresh)
        expected, said = self._digest(view, live)
        started = self._timer()
        self._create(view, fresh)
        size = min(said, self._recorder.size())
        self._follow(view, fresh, size)
        seconds = self._timer() - started
        digest, _ = self._digest(view, fresh)
        if keep:
            self._swap(live, fresh)
            self._follow(view, live)
        self._drop(fresh)
        return Rebuilt(view.name, size, seconds, digest, digest == expected)

    def _follow(self, view: View, schema: str, stop: int | None = None) -> None:
        end = self._recorder.size() if stop is None else stop
        try:
            while self._step(view, schema, end):
                pass
        except (IntegrityError, DataError) as error:
            raise ViewStuck(view.name, first_line(error)) from None

    def _step(self, view: View, schema: str, end: int) -> bool:
        """Take in one batch; tell whether there may be more. One connection at a time is held."""
        start = self._position(schema).size
        if start >= end:
            return False
        stop = min(start + BATCH, end)
        recorded = [self._read(row) for row in self._recorder.log(start, stop)]
        if len(recorded) != stop - start:
            raise RowGone(start + len(recorded))
        with self._database.writing_alone(schema) as connection:
            _enter(connection, schema)
            if _position(connection).size == start:  # else somebody else took these in
                view.fold(recorded, connection)
                connection.execute(
                    "UPDATE position SET size = %s, time = %s", [stop, recorded[-1][1].timestamp]
                )
        return True

    def _read(self, row: LogRow) -> Recorded:
        if row.entry is None:
            raise RowGone(row.leaf)
        return row.leaf, codec.read(row.entry, self._origin)[1]

    def _position(self, schema: str) -> Position:
        with self._database.reading() as connection:
            _enter(connection, schema)
            return _position(connection)

    def _create(self, view: View, schema: str) -> None:
        with self._database.writing_alone(schema) as connection:
            if connection.execute("SELECT to_regnamespace(%s) AS s", [schema]).fetchall()[0]["s"]:
                return
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
            _enter(connection, schema)
            connection.execute("CREATE TABLE position (size bigint NOT NULL, time timestamptz)")
            connection.execute("INSERT INTO position VALUES (0, NULL)")
            for statement in view.tables:
                connection.execute(sql.SQL(statement))

    def _drop(self, schema: str) -> None:
        with self._database.writing() as connection:
            connection.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))
            )

    def _swap(self, live: str, fresh: str) -> None:
        rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
        aside = f"{live}_old"
        with self._database.writing_alone(live) as connection:
            for old, new in ((live, aside), (fresh, live), (aside, fresh)):
                connection.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))

    def _digest(self, view: View, schema: str) -> tuple[str, int]:
        """Digest every row of every table of a view, in order; return it with the view's size."""
        total = sha256()
        with self._database.reading() as connection:
            _enter(connection, schema)
            for table in table_names(view):
                query = sql.SQL("COPY (SELECT t::text FROM {} AS t ORDER BY 1) TO STDOUT")
                total.update(table.encode())
                with connection.cursor().copy(query.format(sql.Identifier(table))) as copy:
                    for block in copy:
                        total.update(block)
            return total.hexdigest(), _position(connection).size


def table_names(view: View) -> list[str]:
    """Return the tables of a view, in the order of creation."""
    created = [s.split() for s in ("CREATE TABLE position (", *view.tables)]
    return [words[2] for words in created if words[1] == "TABLE"]


def _enter(connection: Connection, schema: str) -> None:
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))


def _position(connection: Connection) -> Position:
    row = connection.execute("SELECT size, time FROM position").fetchall()[0]
    return Position(row["size"], row["time"])
