"""Rows of a large table, a few thousand at a time, as one snapshot has them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from psycopg import sql
from psycopg.rows import DictRow

from ledger.store.database import Database

TOGETHER = 2000
"""Rows that are in memory at once."""

_numbers = itertools.count(1)


def streamed(
    database: Database, query: sql.Composed, given: Mapping[str, object] | None = None
) -> Iterator[DictRow]:
    """Yield the rows of a query through a cursor of the server (PostgreSQL's DECLARE).

    A connection is kept until the last row is taken, or the iterator is closed.
    """
    name = f"rows_{next(_numbers)}"
    with database.reading() as connection, connection.cursor(name=name) as cursor:
        cursor.execute(query, given, binary=True)
        while rows := cursor.fetchmany(TOGETHER):
            yield from rows
