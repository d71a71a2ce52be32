"""Where in the log a story's entries lie, so that whoever knows an id can fetch and check them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from psycopg import sql

from ledger.store.database import Database
from ledger.store.recorder import EVENTS, REGISTRY_TOPICS


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's index in the log, from 0, the fact it states, and its number in its story."""

    index: int
    topic: str
    version: int


def places_of(database: Database, stream: str, first: int, limit: int) -> list[Place]:
    """Return at most `limit` entries of a story, in its order, from its entry `first` on."""
    given = {"stream": stream, "first": first, "limit": limit}
    return _places(database, _OF_STREAM, given)


def key_places_of(database: Database, stream: str, first: int, limit: int) -> list[Place]:
    """Return likewise, of an organisation, what says who it is and which keys it has."""
    given = {"stream": stream, "first": first, "limit": limit, "topics": list(REGISTRY_TOPICS)}
    return _places(database, _OF_KEYS, given)


def places_at(database: Database, indexes: Sequence[int]) -> list[Place]:
    """Return the entries at these indexes, those that there are, in the order of the log."""
    return _places(database, _AT, {"indexes": list(indexes)})


def _places(database: Database, text: str, given: dict[str, Any]) -> list[Place]:
    names = {"events": database.table(EVENTS), "leaves": database.table("leaves")}
    query = sql.SQL(cast("Any", text)).format(**names)
    with database.get_connection() as connection:
        found = connection.execute(query, given).fetchall()
    return [Place(row["leaf"], row["topic"], row["version"]) for row in found]


_SELECT = (
    "SELECT leaf, topic, version FROM {events} JOIN {leaves}"
    " ON stream = originator_id AND version = originator_version"
)
_ON = " WHERE originator_id = %(stream)s AND originator_version >= %(first)s"
_IN_ORDER = " ORDER BY originator_version LIMIT %(limit)s"
_OF_STREAM = f"{_SELECT}{_ON}{_IN_ORDER}"
_OF_KEYS = f"{_SELECT}{_ON} AND topic = ANY(%(topics)s){_IN_ORDER}"
_AT = f"{_SELECT} WHERE leaf = ANY(%(indexes)s) ORDER BY leaf"
