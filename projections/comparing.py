"""Tells whether a view's live and new tables hold the same rows, and which row differs first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count

from psycopg import sql

from projections.views import Connection, View, table_names


@dataclass(frozen=True, slots=True)
class Difference:
    """A table whose rows differ, and the key of the first row that does, as the server writes it.

    The key is the primary key's columns; the whole row where a table has none.
    """

    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found of a view: entries it has followed, seconds taken, digest of its rows.

    `begun` is the entry from which on it was built: above 0 where an earlier rebuild was gone on
    with. `differs` names the tables in which the live view is not what the events give.
    """

    view: str
    events: int
    seconds: float
    digest: str
    begun: int
    differs: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Tell whether the live view held what the events give."""
        return not self.differs


def compare(
    live: Connection, fresh: Connection, view: View, schemas: tuple[str, str]
) -> tuple[str, tuple[Difference, ...]]:
    """Return the digest of a view's new rows, and how its live ones differ.

    `schemas` are those of the live and the new tables. Each connection keeps one snapshot.
    """
    total, differs = sha256(), []
    for table in table_names(view):
        found, expected = _digest(live, schemas[0], table), _digest(fresh, schemas[1], table)
        total.update(f"{table} {expected}\n".encode())
        if found != expected:
            rows = _rows(live, schemas[0], table), _rows(fresh, schemas[1], table)
            differs.append(Difference(table, _first_difference(*rows)))
    return total.hexdigest(), tuple(differs)


def _digest(connection: Connection, schema: str, table: str) -> str:
    """Digest every row of a table, in order."""
    total = sha256()
    query = sql.SQL('COPY (SELECT t::text COLLATE "C" FROM {} AS t ORDER BY 1) TO STDOUT')
    with connection.cursor().copy(query.format(sql.Identifier(schema, table))) as copy:
        for block in copy:
            total.update(block)
    return total.hexdigest()


def _rows(connection: Connection, schema: str, table: str) -> Iterator[tuple[str, str]]:
    """Yield key and text of every row, ordered by both."""
    columns = _key(connection, schema, table)
    parts = sql.SQL(", ").join(sql.Identifier("t", column) for column in columns)
    key = sql.SQL("t::text") if not columns else sql.SQL("ROW({})::text").format(parts)
    query = sql.SQL(
        'SELECT {} COLLATE "C" AS key, t::text COLLATE "C" AS row FROM {} AS t ORDER BY 1, 2'
    )
    with connection.cursor(f"rows of {table}") as cursor:
        for row in cursor.execute(query.format(key, sql.Identifier(schema, table))):
            yield row["key"], row["row"]


def _key(connection: Connection, schema: str, table: str) -> list[str]:
    query = (
        "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid"
        " AND attnum = ANY(indkey) JOIN pg_class ON pg_class.oid = indrelid"
        " JOIN pg_namespace AS n ON n.oid = relnamespace"
        " WHERE indisprimary AND nspname = %s AND relname = %s"
        " ORDER BY array_position(indkey, attnum)"
    )
    return [row["attname"] for row in connection.execute(query, [schema, table]).fetchall()]


def _first_difference(found: Iterator[tuple[str, str]], expected: Iterator[tuple[str, str]]) -> str:
    """Return the first key at which two tables differ; they do."""
    for _ in count():
        here, there = next(found, None), next(expected, None)
        if here != there:
            return min(row[0] for row in (here, there) if row is not None)
    raise AssertionError
