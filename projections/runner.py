"""Follows the log in leaf order and keeps read models up to it, in batches, one commit each.

A view's tables lie in a schema of their own, and bear names that no other view's have: whoever
reads several views in one go enters all of them at once. A view that fails stops and says so; it
never skips an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache

from eventsourcing.persistence import DataError, IntegrityError
from psycopg import sql

from ledger import codec
from ledger.errors import Refused, Unreadable
from ledger.store.database import Database, first_line
from ledger.store.recorder import LedgerRecorder, LogRow
from projections.comparing import Rebuilt
from projections.rebuilding import ALONE, Crew, rebuild
from projections.shadows import Place
from projections.views import (
    Connection,
    Position,
    Recorded,
    RowGone,
    View,
    ViewStuck,
    definition,
    definitions,
    enter,
    make,
    position_in,
    table_names,
)

__all__ = (
    "BATCH", "LAST", "BeyondTheLog", "Connection", "Position", "Rebuilt", "Recorded", "RowGone",
    "Runner", "View", "ViewBehind", "ViewStuck", "end_of", "table_names",
)  # fmt: skip

BATCH = 5000


class ViewBehind(Unreadable):
    """A view was asked for an entry that it has not taken in yet."""

    def __init__(self, view: str, asked: int, size: int) -> None:
        super().__init__(f"not ready: view {view} has followed {size} entries, not {asked} yet")


class BeyondTheLog(Refused):
    """An answer was asked for at a size that the log has not reached, or below zero."""

    def __init__(self, asked: int, size: int) -> None:
        super().__init__(f"size {asked} is not between 0 and {size}, the entries of the log")


LAST = 2**63 - 1
"""No leaf comes after it."""


def end_of(at: Position | None) -> int:
    """Return the leaf before which an answer ends: that of `at`, or none when it is the newest."""
    return LAST if at is None else at.size


@dataclass(slots=True)
class _Followed:
    """A view on its way: its schema, how far it shall go, how far it is."""

    view: View
    schema: str
    end: int
    at: int


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
            known = definitions(connection, list(schemas))
        for schema, view in schemas.items():
            if known.get(schema) != definition(view):
                self._create(view, schema)

    def schema(self, view: View) -> str:
        """Return the schema that a view's tables lie in."""
        return f"{self._database.schema}_{view.name}"

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

    def rebuild(self, *, keep: bool, fresh: bool = False, crew: Crew = ALONE) -> list[Rebuilt]:
        """Build every view anew from the log and compare; with `keep`, put the new ones in place.

        `crew` says how many processes share the work. What an earlier rebuild left half-built is
        gone on with, unless `fresh`; a comparison always begins anew.
        """
        place = Place(self._database, self._recorder, self._origin, self._timer)
        with self._database.alone(f"rebuild {self._database.schema}"):
            rebuilt = rebuild(place, self.views, crew, keep=keep, fresh=fresh)
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
            recorded = self._recorded(start, min(start + BATCH, *bounds))
            for one in here:
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
        stop = start + len(recorded)
        try:
            with self._database.writing_alone(one.schema) as connection:
                enter(connection, one.schema)
                one.at = position_in(connection, one.schema).size
                if one.at == start:
                    one.view.fold(recorded, connection)
                    time = recorded[-1][1].timestamp
                    connection.execute("UPDATE position SET size = %s, time = %s", [stop, time])
                    one.at = stop
        except (IntegrityError, DataError) as error:
            raise ViewStuck(one.view.name, first_line(error)) from None

    def _read(self, row: LogRow) -> Recorded:
        if row.entry is None:
            raise RowGone(row.leaf)
        return row.leaf, codec.read(row.entry, self._origin)[1]

    def _position(self, schema: str) -> Position:
        with self._database.reading() as connection:
            return position_in(connection, schema)

    def _create(self, view: View, schema: str) -> None:
        """Create a view's schema; one whose tables were defined otherwise is made anew."""
        with self._database.writing_alone(schema) as connection:
            if definitions(connection, [schema]).get(schema) != definition(view):
                make(connection, schema, view.tables, definition(view))  # nobody was faster


def _entered(connection: Connection, schemas: Sequence[str]) -> dict[str, Position]:
    """Enter schemas until the transaction ends and return their positions, in one question."""
    query, path = _entering(tuple(schemas))
    _, *found = connection.execute(query, [path]).fetchall()
    return {row["schema"]: Position(row["size"], row["time"]) for row in found}


@lru_cache(64)
def _entering(schemas: tuple[str, ...]) -> tuple[bytes, str]:
    """Return that question, and the schemas as a search path names them."""
    path = (
        "SELECT set_config('search_path', %s, true) AS schema,"
        " NULL::bigint AS size, NULL::timestamptz AS time"
    )
    each = sql.SQL("SELECT {}, size, time FROM {}.position")
    positions = [each.format(sql.Literal(one), sql.Identifier(one)) for one in schemas]
    query = sql.SQL(" UNION ALL ").join([sql.SQL(path), *positions])
    return query.as_bytes(), sql.SQL(", ").join(map(sql.Identifier, schemas)).as_string()
