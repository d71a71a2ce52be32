"""The event store: events, their places in the log, and what belongs beside them, in one commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from eventsourcing.persistence import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.utils import retry
from psycopg import Cursor, sql
from psycopg.rows import DictRow

from ledger.domain.events import (
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    KeyWithdrawn,
    LedgerFounded,
    OrganisationRegistered,
)
from ledger.errors import Unreadable
from ledger.proof.disclosure import Opening
from ledger.store import shown_names, vault_tables
from ledger.store.database import Database
from ledger.store.forgetting import drop_requests
from ledger.store.log_reading import LogReading
from ledger.store.recording import Beside, Recording, takes_away
from ledger.store.shared_commits import SharedCommits

EVENTS = "ledger_events"
REGISTRY_TOPICS = (
    LedgerFounded.TOPIC,
    OrganisationRegistered.TOPIC,
    KeyRegistered.TOPIC,
    KeyRevoked.TOPIC,
    KeyRotated.TOPIC,
    KeyWithdrawn.TOPIC,
)


class OtherLedger(Unreadable):
    """The schema holds a ledger of another origin."""

    def __init__(self, found: str, asked: str) -> None:
        super().__init__(
            f"this database holds the ledger {found!r}, not {asked!r}; set LEDGER_ORIGIN "
            "or LEDGER_SCHEMA to match"
        )


@dataclass(frozen=True, slots=True)
class LogRow:
    """A leaf of the log with the row it stands for; fields are None where that row is gone."""

    leaf: int
    hash: bytes
    stream: str | None
    version: int | None
    topic: str | None
    entry: bytes | None


class LedgerRecorder(PostgresApplicationRecorder):
    """The engine's recorder, with the head's row lock, leaves, vault and sources."""

    datastore: Database

    def __init__(self, database: Database) -> None:
        super().__init__(database, events_table_name=EVENTS)
        del self.sql_create_statements[self.create_insert_function_statement_index]
        self._commits = SharedCommits(self._insert)
        self._recording = Recording(database, EVENTS, self.channel_name)
        self._erase_statement = _statement(database, _DELETE_VAULT)
        self._free_statement = _statement(database, _DELETE_RESTRICTED)
        self._spend_statement = _statement(database, _DELETE_REQUEST)
        self._head_statement = _statement(database, "SELECT origin, size FROM {head}")
        self._reading = LogReading(database, EVENTS)
        self._log_of_statement = _statement(database, _SELECT_LOG_OF)

    def prepare(self, origin: str | None) -> bool:
        """Create the tables for `origin` if they are not there; tell whether there are any now.

        With None nothing is created. A ledger of another origin is refused.
        """
        found = self._exists()
        if not found and origin is not None:
            self._create(origin)
        if found and origin not in (None, self.origin()):
            raise OtherLedger(self.origin(), str(origin))
        if found or origin is not None:
            vault_tables.ensure(self.datastore)
            shown_names.ensure(self.datastore)
            index = _statement(self.datastore, _REGISTRY_INDEX).decode()
            self.datastore.ensure("registry_entries", index)
            self._recording.ensure()
        return found or origin is not None

    def _exists(self) -> bool:
        name = f"{self.datastore.schema}.head"
        with self.datastore.get_connection() as connection:
            row = connection.execute("SELECT to_regclass(%s) AS found", [name]).fetchall()[0]
        return row["found"] is not None

    def _create(self, origin: str) -> None:
        with self.datastore.writing_alone(self.datastore.schema) as connection:
            if self._exists():  # somebody else was faster
                return
            self.create_table()
            for ddl in _TABLES:
                connection.execute(_statement(self.datastore, ddl))
            connection.execute(_statement(self.datastore, _INSERT_HEAD), {"origin": origin})

    def origin(self) -> str:
        """Return the origin of the log that the tables hold."""
        return str(self._head()["origin"])

    def counts(self) -> tuple[int, int, int]:
        """Return the head's size, the number of leaves, and the number of stored events."""
        query = _statement(self.datastore, _SELECT_COUNTS)
        with self.datastore.get_connection() as connection:
            row = connection.execute(query).fetchall()[0]
        return row["size"], row["leaves"], row["events"]

    def size(self) -> int:
        """Return how many entries are sequenced."""
        return int(self._head()["size"])

    def _head(self) -> DictRow:
        noted = self.datastore.noted
        if noted is None or "head" not in noted:
            with self.datastore.get_connection() as connection:
                row = connection.execute(self._head_statement).fetchone()
            assert row is not None, "the head's row is written with the tables"
            if noted is None:
                return row
            noted["head"] = row
        found: DictRow = noted["head"]
        return found

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **beside: Any
    ) -> Sequence[int] | None:
        """Store events and what belongs beside them, in one commit, in the order of the log.

        Threads that ask for it at the same time share a commit. What is refused because of what
        was stored before is told once that is there for good.
        """
        return self._commits.commit(stored_events, beside) if stored_events else None

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def _insert(self, stored_events: Sequence[StoredEvent], beside: Beside) -> Sequence[int]:
        """Store them in a transaction of their own: one call, unless rows are to be taken away."""
        more = takes_away(beside)
        with self.datastore.writing(at_once=not more) as connection, connection.cursor() as curs:
            ids = self._recording.record(curs, stored_events, beside)
            if more:
                self._take_away(curs, beside)
        return ids

    def _take_away(self, curs: Cursor[DictRow], beside: Beside) -> None:
        """Delete a request that is spent, and what stands open or was kept of erased names."""
        self._spend_request(curs, beside.get("request"))
        hidden, shown, erased = (beside.get(name, ()) for name in ("hidden", "shown", "erased"))
        shown_names.change(curs, self.datastore, hidden, shown, erased)
        if erased:
            drop_requests(curs, self.datastore, list(erased))
            curs.execute(self._erase_statement, {"digests": list(erased)})
            curs.execute(self._free_statement, {"digests": list(erased)})

    def _spend_request(self, curs: Cursor[DictRow], request: str | None) -> None:
        """Take a request that waited for its signatures off the table: it is stored once."""
        if request is not None:
            curs.execute(self._spend_statement, {"id": request})
            if curs.rowcount != 1:
                raise IntegrityError("the request was submitted first")

    def log(self, start: int, stop: int) -> list[LogRow]:
        """Return leaves `start` to `stop`, not included, with the rows they stand for."""
        return [
            LogRow(leaf, hashed, stream, version, topic, entry)
            for entry, leaf, hashed, stream, version, topic in self._reading.rows(start, stop)
        ]

    def entries(self, start: int, stop: int) -> list[tuple[int, bytes | None]]:
        """Return leaves `start` to `stop`, not included, with nothing but their entries."""
        return self._reading.entries(start, stop)

    def log_in_batches(self, start: int, stop: int, batch: int = 5000) -> Iterator[list[LogRow]]:
        """Yield leaves `start` to `stop`, not included, a batch at a time."""
        for first in range(start, stop, batch):
            yield self.log(first, min(first + batch, stop))

    def registry_entries(self, before: int | None = None) -> list[bytes]:
        """Return the entries that say who may sign, in log order, those below leaf `before`."""
        query = _statement(self.datastore, _SELECT_REGISTRY)
        with self.datastore.get_connection() as connection:
            found = connection.execute(
                query, {"topics": list(REGISTRY_TOPICS), "before": before}
            ).fetchall()
        return [bytes(row["state"]) for row in found]

    def streams_with(self, topic: str) -> list[str]:
        """Return the streams in which a fact of that topic stands."""
        query = _statement(self.datastore, _SELECT_STREAMS)
        with self.datastore.get_connection() as connection:
            found = connection.execute(query, {"topic": topic}).fetchall()
        return [row["originator_id"] for row in found]

    def shown_name(self, gift: str, digests: Sequence[str]) -> Opening | None:
        """Return what stands open of a gift's donor, if it is the opening of one of these."""
        return shown_names.opened(self.datastore, gift, digests)

    def log_of(self, streams: Sequence[str]) -> list[LogRow]:
        """Return the leaves of the events of these streams, in log order."""
        with self.datastore.get_connection() as connection:
            given = {"streams": list(streams)}
            found = connection.execute(self._log_of_statement, given).fetchall()
        return [_log_row(row) for row in found]


def _log_row(row: DictRow) -> LogRow:
    return LogRow(
        leaf=row["leaf"],
        hash=bytes(row["hash"]),
        stream=row["originator_id"],
        version=row["originator_version"],
        topic=row["topic"],
        entry=None if row["state"] is None else bytes(row["state"]),
    )


def _statement(database: Database, text: str) -> bytes:
    names = ("head", "leaves", "vault", "sources", "requests", vault_tables.RESTRICTED)
    tables = {name: database.table(name) for name in names}
    statement = sql.SQL(cast("Any", text)).format(**tables, events=database.table(EVENTS))
    return statement.as_bytes()


_TABLES = (
    "CREATE TABLE {head} (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
    " origin text NOT NULL, size bigint NOT NULL)",
    "CREATE TABLE {leaves} (leaf bigint PRIMARY KEY, stream text NOT NULL,"
    " version bigint NOT NULL, hash bytea NOT NULL, UNIQUE (stream, version))",
    "CREATE TABLE {vault} (digest text PRIMARY KEY, stream text NOT NULL,"
    " version bigint NOT NULL, organisation text NOT NULL, tag bytea NOT NULL, box bytea NOT NULL)",
    "CREATE INDEX vault_tag ON {vault} (tag)",
    "CREATE INDEX vault_stream ON {vault} (stream)",
    "CREATE TABLE {sources} (identity text PRIMARY KEY, organisation text NOT NULL,"
    " listing text NOT NULL, content text NOT NULL, stream text NOT NULL)",
    "CREATE INDEX sources_stream ON {sources} (stream)",
    "CREATE INDEX sources_content ON {sources} (organisation, content)",
)
_REGISTRY_INDEX = (
    "CREATE INDEX registry_entries ON {events} (notification_id) WHERE topic IN ("
    + ", ".join(f"'{topic}'" for topic in REGISTRY_TOPICS)
    + ")"
)
"""Ledgers made before keys were rotated have one of their own, without these topics."""

_INSERT_HEAD = "INSERT INTO {head} (origin, size) VALUES (%(origin)s, 0) ON CONFLICT DO NOTHING"
_DELETE_RESTRICTED = "DELETE FROM {vault_restricted} WHERE digest = ANY(%(digests)s)"
_DELETE_VAULT = "DELETE FROM {vault} WHERE digest = ANY(%(digests)s)"
_DELETE_REQUEST = "DELETE FROM {requests} WHERE id = %(id)s"
_SELECT_REGISTRY = (
    "SELECT state FROM {events} JOIN {leaves} ON stream = originator_id AND"
    " version = originator_version WHERE topic = ANY(%(topics)s)"
    " AND (leaf < %(before)s OR %(before)s::bigint IS NULL) ORDER BY leaf"
)
_SELECT_STREAMS = (
    "SELECT DISTINCT originator_id FROM {events} WHERE topic = %(topic)s ORDER BY originator_id"
)
_SELECT_COUNTS = (
    "SELECT size, (SELECT count(*) FROM {leaves}) AS leaves,"
    " (SELECT count(*) FROM {events}) AS events FROM {head}"
)
_SELECT_LOG_OF = (
    "SELECT leaf, hash, originator_id, originator_version, topic, state FROM {leaves}"
    " JOIN {events} ON originator_id = stream AND originator_version = version"
    " WHERE stream = ANY(%(streams)s) ORDER BY leaf"
)
