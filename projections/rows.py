"""Writing many rows of a view at once, and changing single ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from psycopg import sql

from projections.runner import Connection


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Append rows to a table of the view whose schema the connection is in; none cost nothing."""
    given = iter(rows)
    if (first := next(given, None)) is None:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for row in chain((first,), given):
            copy.write_row(row)


def update_rows(
    connection: Connection,
    table: str,
    key: str,
    changes: Iterable[tuple[str, Mapping[str, object]]],
) -> None:
    """Change columns of rows that are there already, each named by its key."""
    with connection.cursor() as cursor:
        for named, changed in changes:
            columns = sql.SQL(", ").join(
                sql.SQL("{} = %s").format(sql.Identifier(column)) for column in changed
            )
            query = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
                sql.Identifier(table), columns, sql.Identifier(key)
            )
            cursor.execute(query, [*changed.values(), named])
