"""Reads the log in its order: leaves with the rows that they stand for, a range at a time.

Events are found by their streams, whose names are random: in a large ledger nearly each event of a
range would need a page of that index of its own. Their ids, though, were given in the order of the
leaves, so the events of a range lie side by side. Ids only make this fast and are not relied on:
where a row is not found between those of the first and the last, all are looked up by stream
(docs/decisions/0053-event-table.md).
"""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg import Connection, sql
from psycopg.rows import DictRow, tuple_row

from ledger.store.database import Database

FEW = 64
"""Leaves up to which looking up each event costs less than asking for ids first."""

_LOG: LiteralString = (
    "SELECT {columns} FROM {leaves}"
    " LEFT JOIN {events} ON originator_id = stream AND originator_version = version{between}"
    " WHERE leaf >= %(start)s AND leaf < %(stop)s ORDER BY leaf"
)
_BETWEEN: LiteralString = " AND notification_id BETWEEN %(first)s AND %(last)s"
_IDS: LiteralString = (
    "SELECT min(notification_id) AS first, max(notification_id) AS last FROM {leaves}"
    " JOIN {events} ON originator_id = stream AND originator_version = version"
    " WHERE leaf IN (%(start)s, %(stop)s - 1)"
)
_ROW: LiteralString = "state, leaf, hash, originator_id, originator_version, topic"
_ENTRY: LiteralString = "state, leaf"

Leaf = tuple[Any, ...]
"""The columns asked for of a leaf and its event; the first is the event's bytes, None if gone."""


class LogReading:
    """The statements that read leaves of one ledger with their events."""

    def __init__(self, database: Database, events: str) -> None:
        self._database = database
        self._events = events
        self._ids = self._statement(_IDS)
        self._rows = self._ways(_ROW)
        self._entries = self._ways(_ENTRY)

    def rows(self, start: int, stop: int) -> list[Leaf]:
        """Return leaves `start` to `stop`, not included, as (state, leaf, hash, stream, ...)."""
        return self._all(self._rows, start, stop)

    def entries(self, start: int, stop: int) -> list[tuple[int, bytes | None]]:
        """Return leaves `start` to `stop`, not included, with nothing but their entries."""
        return [(leaf, state) for state, leaf in self._all(self._entries, start, stop)]

    def _all(self, ways: tuple[bytes, bytes], start: int, stop: int) -> list[Leaf]:
        """Read, and read again where leaves are missing, from a server that can confirm that.

        One that led before another did has fewer of them than were counted elsewhere.
        """
        found = self._read(ways, start, stop)
        if len(found) < stop - start:
            with self._database.looking() as look:
                look.confirm()
                found = self._read(ways, start, stop)
        return found

    def _read(self, ways: tuple[bytes, bytes], start: int, stop: int) -> list[Leaf]:
        by_id, by_stream = ways
        asked = {"start": start, "stop": stop}
        with self._database.get_connection() as connection:
            if stop - start > FEW:
                first, last = _ask(connection, self._ids, asked)[0]
                found = _ask(connection, by_id, asked | {"first": first, "last": last})
                if all(row[0] is not None for row in found):
                    return found
            return _ask(connection, by_stream, asked)

    def _ways(self, columns: LiteralString) -> tuple[bytes, bytes]:
        """Return what reads these columns by ids, and by streams."""
        between = self._statement(_LOG, columns=columns, between=_BETWEEN)
        return between, self._statement(_LOG, columns=columns, between="")

    def _statement(self, text: LiteralString, **parts: LiteralString) -> bytes:
        tables = {
            "leaves": self._database.table("leaves"), "events": self._database.table(self._events)
        }  # fmt: skip
        told = {name: sql.SQL(part) for name, part in parts.items()}
        return sql.SQL(text).format(**tables, **told).as_bytes()


def _ask(connection: Connection[DictRow], statement: bytes, asked: dict[str, Any]) -> list[Leaf]:
    """Ask, and keep no plan: one made while the ledger was small would read all of it later."""
    cursor = connection.cursor(binary=True, row_factory=tuple_row)
    return cursor.execute(statement, asked, prepare=False).fetchall()
