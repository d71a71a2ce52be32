"""Rows that carry their own seal: which of a table no longer say what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psycopg import sql
from psycopg.rows import DictRow

from ledger.errors import Untrusted
from ledger.store.database import Database


def altered(database: Database, table: str, check: Callable[[DictRow], object]) -> Iterator[str]:
    """Say which rows of a table `check` refuses with `Untrusted`, by their first column."""
    query = sql.SQL("SELECT * FROM {} ORDER BY 1").format(database.table(table))
    with database.get_connection() as connection:
        found = connection.execute(query).fetchall()
    for row in found:
        try:
            check(row)
        except Untrusted as error:
            yield str(error)
