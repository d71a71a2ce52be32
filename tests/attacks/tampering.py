"""A ledger whose database and published files can be altered for a moment, and put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from api.audit import Audit, audit_database
from api.settings import Settings
from api.wiring import House

OTHER_VALUE = {
    "text": "coalesce({c} || 'x', 'x')",
    "bigint": "coalesce({c} + 1000, 1000)",
    "integer": "coalesce({c} + 1000, 1000)",
    "numeric": "coalesce({c} + 1000, 1000)",
    "boolean": "NOT coalesce({c}, true)",
    "bytea": "set_byte({c}, 0, get_byte({c}, 0) # 1)",
    "date": "coalesce({c} + 10000, '2026-01-01'::date)",
    "timestamp with time zone": "coalesce({c} + interval '1 second', now())",
    "jsonb": "'[[5, 6]]'::jsonb",
    "text[]": "array_append({c}, 'x')",
    "bigint[]": "array_append({c}, 1000)",
}
"""By type of column, an expression for a value that differs from the one there."""


NO_TRIGGERS = "SET LOCAL session_replication_role = replica"
"""Whoever owns the server is not held back by a trigger."""


@dataclass(frozen=True, slots=True)
class Place:
    """One ledger: its settings, a house that stays open, its tables by schema."""

    settings: Settings
    house: House
    tables: tuple[tuple[str, str], ...]

    @property
    def log(self) -> Path:
        """The folder of the published log."""
        return self.settings.data / "log"

    def audit(self) -> Audit:
        """Audit the ledger as a new process would."""
        house = House(self.settings)
        try:
            return audit_database(house)
        finally:
            house.close()

    def run(self, statement: str, **names: str) -> int:
        """Run one statement, with {schema} and the names filled in; return the rows it met."""
        text = statement.format(schema=self.settings.schema, **names)
        with self.house.database.writing() as connection:
            connection.execute(NO_TRIGGERS)
            return connection.execute(text.encode()).rowcount

    def rows(self, where: str) -> int:
        """Count the rows of a table."""
        with self.house.database.reading() as connection:
            query = f"SELECT count(*) AS rows FROM {where}"  # noqa: S608 a table's name
            return int(connection.execute(query.encode()).fetchall()[0]["rows"])

    def put_in(self, schema: str, table: str) -> None:
        """Put a made-up row into a table, with a value in every column."""
        columns = self.columns(schema, table)
        values = (OTHER_VALUE[kind].format(c=f"NULL::{kind}") for _, kind in columns)
        self.run(f"INSERT INTO {schema}.{table} SELECT {', '.join(values)}")

    def columns(self, schema: str, table: str) -> list[tuple[str, str]]:
        """Return the columns of a table with their types."""
        with self.house.database.reading() as connection:
            found = connection.execute(
                "SELECT column_name, CASE udt_name WHEN '_text' THEN 'text[]' WHEN '_int8'"
                " THEN 'bigint[]' ELSE data_type END"
                " AS data_type FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position",
                [schema, table],
            ).fetchall()
        return [(r["column_name"], r["data_type"]) for r in found]


def place_of(house: House) -> Place:
    """Find the tables of a ledger: its own, and those of its views."""
    schema = house.settings.schema
    with house.database.reading() as connection:
        found = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema = %s OR table_schema LIKE %s ORDER BY 1, 2",
            [schema, f"{schema}\\_%"],
        ).fetchall()
    tables = tuple((r["table_schema"], r["table_name"]) for r in found)
    return Place(house.settings, house, tables)


@dataclass(frozen=True, slots=True)
class Backup:
    """Every row of a ledger and every file of its published log, as of one moment."""

    rows: dict[tuple[str, str], bytes]
    files: dict[Path, bytes]


def backup(place: Place) -> Backup:
    """Take everything down."""
    files = {path: path.read_bytes() for path in place.log.rglob("*") if path.is_file()}
    return Backup(_rows(place), files)


def put_back(place: Place, taken: Backup) -> None:
    """Put every row and every published file back."""
    _put_back(place, taken.rows)
    for path in [p for p in place.log.rglob("*") if p.is_file() and p not in taken.files]:
        path.unlink()
    for path, data in taken.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@contextmanager
def kept(place: Place) -> Iterator[None]:
    """Put every row and every published file back at the end."""
    taken = backup(place)
    try:
        yield
    finally:
        put_back(place, taken)


def _rows(place: Place) -> dict[tuple[str, str], bytes]:
    found = {}
    with place.house.database.reading() as connection, connection.cursor() as cursor:
        for schema, table in place.tables:
            name = sql.Identifier(schema, table)
            with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(name)) as copy:
                found[schema, table] = b"".join(bytes(block) for block in copy)
    return found


def _put_back(place: Place, rows: dict[tuple[str, str], bytes]) -> None:
    with place.house.database.writing() as connection, connection.cursor() as cursor:
        cursor.execute(NO_TRIGGERS)
        for (schema, table), data in rows.items():
            name = sql.Identifier(schema, table)
            cursor.execute(sql.SQL("DELETE FROM {}").format(name))
            into = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(name)
            with cursor.copy(into) as copy:
                copy.write(data)
