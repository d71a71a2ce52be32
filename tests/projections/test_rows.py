"""Rows of a view: many are written at once, of none the server is not asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import sql

from api.wiring import House
from projections.rows import copy_rows


def test_no_rows_ask_nothing_of_the_server(house: House) -> None:
    with house.database.writing() as connection:
        copy_rows(connection, "no such table", ("n",), [])
        copy_rows(connection, "no such table", ("n",), iter(()))


@pytest.mark.parametrize("many", [1, 2, 5_000])
def test_every_row_is_written_once_whatever_gives_them(house: House, many: int) -> None:
    def given() -> Iterator[tuple[int, str | None]]:
        return ((n, None if n % 2 else f"捐\t赠\\{n}") for n in range(many))

    with house.database.writing() as connection:
        connection.execute("CREATE TEMPORARY TABLE given (n bigint, said text) ON COMMIT DROP")
        for rows in (given(), list(given())):
            copy_rows(connection, "given", ("n", "said"), rows)
            query = sql.SQL("SELECT n, said FROM given ORDER BY n")
            found = [(row["n"], row["said"]) for row in connection.execute(query).fetchall()]
            assert found == list(given())
            connection.execute("TRUNCATE given")
