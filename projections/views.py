"""What a read model is, and how its tables lie in the database: a schema each, and a position."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Protocol, cast

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ledger.domain.events import Event
from ledger.errors import Untrusted

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
        self.leaf = leaf
        super().__init__(f"the row of entry {leaf} is missing or was altered; run an audit")


class ViewStuck(Untrusted):
    """A view's rows do not bear the next events: somebody changed them."""

    def __init__(self, view: str, why: str) -> None:
        self.view, self.why = view, why
        super().__init__(f"view {view} can't go on ({why}); run: donation-ledger rebuild")


class View(Protocol):
    """A read model: its name, its tables, and how a batch of events changes them."""

    @property
    def name(self) -> str:
        """The view's name, which is also its schema's."""

    @property
    def tables(self) -> Sequence[str]:
        """Statements that create the tables; the first word after CREATE TABLE is the table."""

    @property
    def facts(self) -> Collection[type[Event]]:
        """The classes of events that change its rows; a rebuild gives it no others."""

    @property
    def sought(self) -> Collection[str]:
        """The indexes by which a fold finds rows; a rebuild makes all others when rows are in."""

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in events, in order, writing through `connection` in its transaction."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a view has followed the log, and when its last event was recorded."""

    size: int
    time: datetime | None


def facts_of(owner: type, method: str) -> frozenset[type[Event]]:
    """Return the classes that a method is registered for (`singledispatchmethod`)."""
    return frozenset(vars(owner)[method].dispatcher.registry) - {object}


def handlers(owner: type, method: str) -> Callable[[type[Event]], Callable[..., None]]:
    """Return what finds the function that such a method has for a class.

    To call the method itself makes a function for every event, which costs more than most folds.
    """
    return cast(
        "Callable[[type[Event]], Callable[..., None]]",
        cache(vars(owner)[method].dispatcher.dispatch),
    )


def table_names(view: View) -> list[str]:
    """Return the tables of a view, in the order of creation."""
    created = [s.split() for s in ("CREATE TABLE position (", *view.tables)]
    return [words[2] for words in created if words[1] == "TABLE"]


def definition(view: View) -> str:
    """Digest the statements that a view's tables are created from."""
    return sha256("\n".join(view.tables).encode()).hexdigest()


def definitions(connection: Connection, schemas: Sequence[str]) -> dict[str, str | None]:
    """Return what the schemas that exist note of the statements they were created from."""
    query = (
        "SELECT nspname, obj_description(oid, 'pg_namespace') AS definition FROM pg_namespace"
        " WHERE nspname = ANY(%s)"
    )
    found = connection.execute(query, [list(schemas)]).fetchall()
    return {row["nspname"]: row["definition"] for row in found}


def make(connection: Connection, schema: str, statements: Sequence[str], note: str) -> None:
    """Make a schema with these tables and a note on what they are; one that is there goes."""
    name = sql.Identifier(schema)
    drop(connection, schema)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    enter(connection, schema)
    connection.execute(sql.SQL("; ").join(map(sql.SQL, (*POSITION, *statements))))
    annotate(connection, schema, note)


def annotate(connection: Connection, schema: str, note: str) -> None:
    """Note on a schema what its tables are made from."""
    comment = sql.SQL("COMMENT ON SCHEMA {} IS {}")
    connection.execute(comment.format(sql.Identifier(schema), sql.Literal(note)))


def drop(connection: Connection, schema: str) -> None:
    """Drop a schema with all that is in it, if it is there."""
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def enter(connection: Connection, schema: str) -> None:
    """Read and write the tables of a schema until the transaction ends."""
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))


def position_in(connection: Connection, schema: str) -> Position:
    """Return how far the tables of a schema are."""
    query = sql.SQL("SELECT size, time FROM {}.position").format(sql.Identifier(schema))
    row = connection.execute(query).fetchall()[0]
    return Position(row["size"], row["time"])
