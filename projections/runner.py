"""Follows the log in leaf order and keeps read models up to it, in batches, one commit each.

A view's tables lie in a schema of their own, and bear names that no other view's have: whoever
reads several views in one go enters all of them at once. A rebuild fills a schema beside the live
one and swaps the two in one transaction. A view that fails stops and says so; it never skips an
event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Protocol

import psycopg
from eventsourcing.persistence import DataError, IntegrityError
from psycopg import sql
from psycopg.rows import DictRow

from ledger import codec
from ledger.domain.events import Event
from ledger.errors import Refused, Unreadable, Untrusted
from ledger.store.database import Database, first_line
from ledger.store.recorder import LedgerRecorder, LogRow

BATCH = 5000
POSITION = (
    "CREATE TABLE position (size bigint NOT NULL, time timestamptz)",
    "INSERT INTO position VALUES (0, NULL)",
)
"""What every view keeps beside its own tables: how far it has followed the log."""

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


class ViewBehind(Unreadable):
    """A view was asked for an entry that it has not taken in yet."""

    def __init__(self, view: str, asked: int, size: int) -> None:
        super().__init__(f"not ready: view {view} has followed {size} entries, not {asked} yet")


class BeyondTheLog(Refused):
    """An answer was asked for at a size that the log has not reached, or below zero."""

    def __init__(self, asked: int, size: int) -> None:
        super().__init__(f"size {asked} is not between 0 and {size}, the entries of the log")


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


LAST = 2**63 - 1
"""No leaf comes after it."""


def end_of(at: Position | None) -> int:
    """Return the leaf before which an answer ends: that of `at`, or none when it is the newest."""
    return LAST if at is None else at.size


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: events folded, seconds taken, digests of both, whether equal."""

    view: str
    events: int
    seconds: float
    digest: str
    equal: bool


@dataclass(slots=True)
class _Followed:
    """A view on its way: its schema, how far it shall go, how far it is, seconds spent."""

    view: View
    schema: str
    end: int
    at: int
    seconds: float = 0.0


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
        """Create the tables of views that have none yet, or had others."""
        schemas = {self.schema(view): view for view in self.views}
        with self._database.reading() as connection:
            known = _definitions(connection, list(schemas))
        for schema, view in schemas.items():
            if known.get(schema) != _definition(view):
                self._create(view, schema)

    def schema(self, view: View, suffix: str = "") -> str:
        """Return the schema that a view's tables lie in."""
        return f"{self._database.schema}_{view.name}{suffix}"

    def catch_up(self) -> None:
        """Bring every view up to the end of the log; each entry is read once for all of them."""
        self._follow([self._followed(view, self.schema(view)) for view in self.views])

    def follow(self, view: View) -> None:
        """Bring one view up to the end of the log; ViewStuck when its rows do not let it."""
        self._follow([self._followed(view, self.schema(view))])

    @property
    def writes(self) -> int:
        """A number that changes with each write of this process."""
        return self._database.writes

    def standing(self) -> tuple[tuple[int, int], ...]:
        """Return how far each view has come, and in which table it says so: a rebuild swaps it."""
        each = sql.SQL("SELECT tableoid::bigint AS place, size FROM {}.position")
        query = sql.SQL(" UNION ALL ").join(
            each.format(sql.Identifier(self.schema(view))) for view in self.views
        )
        with self._database.get_connection() as connection:
            found = connection.execute(query).fetchall()
        return tuple((row["place"], row["size"]) for row in found)

    def sitting(self) -> AbstractContextManager[None]:
        """Let all that this thread reads in the block, of whichever view, see one snapshot."""
        return self._database.sitting()

    @contextmanager
    def reading(
        self, view: View, at: Position | None = None
    ) -> Iterator[tuple[Connection, Position]]:
        """Lend a connection to a view's tables, one snapshot, with its position.

        Whoever wants to know how things stood `at` an earlier position gets that one, and reads
        nothing from its size on; ViewBehind when the view has not come that far.
        """
        with self.reading_several([view], at) as lent:
            yield lent

    @contextmanager
    def reading_several(
        self, views: Sequence[View], at: Position | None = None
    ) -> Iterator[tuple[Connection, Position]]:
        """Lend a connection to several views' tables like `reading`, with the first one's position.

        ViewBehind when one of them has not come as far as `at`.
        """
        with self._database.reading() as connection:
            positions = self._entered(connection, views)
            for view, position in zip(views, positions, strict=True):
                if at is not None and at.size > position.size:
                    raise ViewBehind(view.name, at.size, position.size)
            yield connection, at or positions[0]

    def _entered(self, connection: Connection, views: Sequence[View]) -> list[Position]:
        """Enter views' tables and return their positions; a sitting enters all views, once."""
        noted = self._database.noted
        entered: dict[str, Position] | None = None if noted is None else noted.get("positions")
        if entered is None:
            every = views if noted is None else self.views
            entered = _entered(connection, [self.schema(view) for view in every])
            if noted is not None:
                noted["positions"] = entered
        return [entered[self.schema(view)] for view in views]

    def reached(self, view: View, at: Position | None = None) -> Position:
        """Return how far a view has come, or `at` if it has come that far; else ViewBehind."""
        with self.reading(view, at) as (_, position):
            return position

    def position(self, size: int) -> Position:
        """Return a size that the log has or had, with the time of its last entry."""
        if not 0 <= size <= self._recorder.size():
            raise BeyondTheLog(size, self._recorder.size())
        last = [self._read(row)[1].timestamp for row in self._recorder.log(max(size - 1, 0), size)]
        return Position(size, last[0] if last else None)

    def rebuild(self, *, keep: bool) -> list[Rebuilt]:
        """Build every view anew from the log and compare; with `keep`, put the new one in place.

        A live view is compared as far as it says it has come: one that is broken can't go on.
        """
        with self._database.alone(f"rebuild {self._database.schema}"):
            return self._rebuild(keep=keep)

    def _rebuild(self, *, keep: bool) -> list[Rebuilt]:
        fresh = {view.name: self.schema(view, "_new") for view in self.views}
        for schema in fresh.values():
            self._drop(schema)
        expected = [self._digest(view, self.schema(view)) for view in self.views]
        followed = []
        for view, (_, said) in zip(self.views, expected, strict=True):
            self._create(view, fresh[view.name])
            size = min(said, self._recorder.size())
            followed.append(self._followed(view, fresh[view.name], size))
        self._follow(followed)
        rebuilt = []
        for one, (digest, _) in zip(followed, expected, strict=True):
            found, _ = self._digest(one.view, one.schema)
            if keep:
                self._swap(self.schema(one.view), one.schema)
            self._drop(one.schema)
            rebuilt.append(Rebuilt(one.view.name, one.end, one.seconds, found, found == digest))
        if keep:
            self.catch_up()
        return rebuilt

    def _followed(self, view: View, schema: str, end: int | None = None) -> _Followed:
        end = self._recorder.size() if end is None else end
        return _Followed(view, schema, end, self._position(schema).size)

    def _follow(self, followed: Sequence[_Followed]) -> None:
        """Bring views forward together, those that are furthest behind first."""
        while behind := [one for one in followed if one.at < one.end]:
            start = min(one.at for one in behind)
            here = [one for one in behind if one.at == start]
            bounds = [one.at for one in followed if one.at > start] + [one.end for one in here]
            started = self._timer()
            recorded = self._recorded(start, min(start + BATCH, *bounds))
            reading = (self._timer() - started) / len(here)
            for one in here:
                one.seconds += reading
                self._take_in(one, start, recorded)

    def entries(self, start: int, stop: int) -> list[Recorded]:
        """Return the facts of these leaves, as views are given them."""
        return self._recorded(start, stop)

    def stream(self, stream: str) -> list[Recorded]:
        """Return the facts of one stream in log order, whatever views have taken in so far."""
        return [self._read(row) for row in self._recorder.log_of([stream])]

    def _recorded(self, start: int, stop: int) -> list[Recorded]:
        recorded = [self._read(row) for row in self._recorder.log(start, stop)]
        if len(recorded) != stop - start:
            raise RowGone(start + len(recorded))
        return recorded

    def _take_in(self, one: _Followed, start: int, recorded: Sequence[Recorded]) -> None:
        """Fold a batch into a view, unless somebody else has taken it in meanwhile."""
        started, stop = self._timer(), start + len(recorded)
        try:
            with self._database.writing_alone(one.schema) as connection:
                _enter(connection, one.schema)
                one.at = _position(connection, one.schema).size
                if one.at == start:
                    one.view.fold(recorded, connection)
                    time = recorded[-1][1].timestamp
                    connection.execute("UPDATE position SET size = %s, time = %s", [stop, time])
                    one.at = stop
        except (IntegrityError, DataError) as error:
            raise ViewStuck(one.view.name, first_line(error)) from None
        one.seconds += self._timer() - started

    def _read(self, row: LogRow) -> Recorded:
        if row.entry is None:
            raise RowGone(row.leaf)
        return row.leaf, codec.read(row.entry, self._origin)[1]

    def _position(self, schema: str) -> Position:
        with self._database.reading() as connection:
            return _position(connection, schema)

    def _create(self, view: View, schema: str) -> None:
        """Create a view's schema; one whose tables were defined otherwise is made anew."""
        definition, name = _definition(view), sql.Identifier(schema)
        with self._database.writing_alone(schema) as connection:
            if _definitions(connection, [schema]).get(schema) == definition:
                return  # somebody else was faster
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
            _enter(connection, schema)
            connection.execute(sql.SQL("; ").join(map(sql.SQL, (*POSITION, *view.tables))))
            note = sql.SQL("COMMENT ON SCHEMA {} IS {}")
            connection.execute(note.format(name, sql.Literal(definition)))

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
            return total.hexdigest(), _position(connection, schema).size


def _definition(view: View) -> str:
    """Digest the statements that a view's tables are created from."""
    return sha256("\n".join(view.tables).encode()).hexdigest()


def _definitions(connection: Connection, schemas: Sequence[str]) -> dict[str, str | None]:
    """Return what the schemas that exist note of the statements they were created from."""
    query = (
        "SELECT nspname, obj_description(oid, 'pg_namespace') AS definition FROM pg_namespace"
        " WHERE nspname = ANY(%s)"
    )
    found = connection.execute(query, [list(schemas)]).fetchall()
    return {row["nspname"]: row["definition"] for row in found}


def table_names(view: View) -> list[str]:
    """Return the tables of a view, in the order of creation."""
    created = [s.split() for s in ("CREATE TABLE position (", *view.tables)]
    return [words[2] for words in created if words[1] == "TABLE"]


def _enter(connection: Connection, schema: str) -> None:
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))


def _entered(connection: Connection, schemas: Sequence[str]) -> dict[str, Position]:
    """Enter schemas until the transaction ends and return their positions, in one question."""
    query, path = _entering(tuple(schemas))
    _, *found = connection.execute(query, [path]).fetchall()
    return {row["schema"]: Position(row["size"], row["time"]) for row in found}


@lru_cache(64)
def _entering(schemas: tuple[str, ...]) -> tuple[bytes, str]:
    """Return that question, and the schemas as a search path names them."""
    enter = (
        "SELECT set_config('search_path', %s, true) AS schema,"
        " NULL::bigint AS size, NULL::timestamptz AS time"
    )
    each = sql.SQL("SELECT {}, size, time FROM {}.position")
    positions = [each.format(sql.Literal(one), sql.Identifier(one)) for one in schemas]
    query = sql.SQL(" UNION ALL ").join([sql.SQL(enter), *positions])
    return query.as_bytes(), sql.SQL(", ").join(map(sql.Identifier, schemas)).as_string()


def _position(connection: Connection, schema: str) -> Position:
    query = sql.SQL("SELECT size, time FROM {}.position").format(sql.Identifier(schema))
    row = connection.execute(query).fetchall()[0]
    return Position(row["size"], row["time"])
