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
from psycopg.rows import DictRow

from ledger.store.database import Database

FEW = 64
"""Leaves up to which looking up each event costs less than asking for ids first."""

_LOG: LiteralString = (
    "SELECT leaf, hash, originator_id, originator_version, topic, state FROM {leaves}"
    " LEFT JOIN {events} ON originator_id = stream AND originator_version = version{between}"
    " WHERE leaf >= %(start)s AND leaf < %(stop)s ORDER BY leaf"
)
_BETWEEN: LiteralString = " AND notification_id BETWEEN %(first)s AND %(last)s"
_IDS: LiteralString = (
    "SELECT min(notification_id) AS first, max(notification_id) AS last FROM {leaves}"
    " JOIN {events} ON originator_id = stream AND originator_version = version"
    " WHERE leaf IN (%(start)s, %(stop)s - 1)"
)


class LogReading:
    """The statements that read leaves of one ledger with their events."""

    def __init__(self, database: Database, events: str) -> None:
        self._database = database
        tables = {"leaves": database.table("leaves"), "events": database.table(events)}
        self._by_stream = sql.SQL(_LOG).format(**tables, between=sql.SQL("")).as_bytes()
        self._by_id = sql.SQL(_LOG).format(**tables, between=sql.SQL(_BETWEEN)).as_bytes()
        self._ids = sql.SQL(_IDS).format(**tables).as_bytes()

    def rows(self, start: int, stop: int) -> list[DictRow]:
        """Return leaves `start` to `stop`, not included; the event's columns are None if gone."""
        asked = {"start": start, "stop": stop}
        with self._database.get_connection() as connection:
            if stop - start > FEW:
                ids = _ask(connection, self._ids, asked)[0]
                found = _ask(connection, self._by_id, asked | ids)
                if all(row["state"] is not None for row in found):
                    return found
            return _ask(connection, self._by_stream, asked)


def _ask(connection: Connection[DictRow], statement: bytes, asked: dict[str, Any]) -> list[DictRow]:
    return connection.execute(statement, asked, binary=True, prepare=True).fetchall()
