"""Who read personal data, and why: a log beside the vault that is only ever added to.

Each row is one use, bound to the row before it by a keyed digest (HMAC-SHA-256), so that an
altered, missing or made-up row is seen; a trigger refuses to change what is there.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from psycopg import sql

from ledger.proof.encoding import canonical
from ledger.store.database import Database
from ledger.store.streaming import streamed
from ledger.store.vault_tables import READS

FIRST = bytes(32)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who opens the vault, and why: an account, and the command with what a person said."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """One use: when, by whom, why, how many openings of which streams; of all, where none stand."""

    id: int
    at: datetime
    who: str
    why: str
    openings: int
    streams: tuple[str, ...]
    chain: bytes


class ReadLog:
    """The uses of the vault. `key()` gives the key that binds its rows."""

    def __init__(
        self, database: Database, key: Callable[[], bytes], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._key = key
        self._now = clock

    def note(self, reader: Reader, openings: int, streams: Sequence[str]) -> None:
        """Write a use down, before anything is opened."""
        table = self._database.table(READS)
        last = sql.SQL("SELECT * FROM {} ORDER BY id DESC LIMIT 1").format(table)
        put = sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s, %s, %s)").format(table)
        with self._database.writing_alone(f"{self._database.schema}.{READS}") as connection:
            found = connection.execute(last).fetchall()
            number, before = (found[0]["id"], bytes(found[0]["chain"])) if found else (0, FIRST)
            said = Read(
                number + 1, self._now(), reader.who, reader.why, openings, tuple(streams), b""
            )
            row = [said.id, said.at, said.who, said.why, openings, list(streams)]
            connection.execute(put, [*row, self._chain(before, said)])

    def rows(self, stream: str | None = None, since: datetime | None = None) -> list[Read]:
        """Return uses in order: those of a stream, or of the whole vault; those since a time."""
        return list(self.each(stream, since))

    def each(self, stream: str | None = None, since: datetime | None = None) -> Iterator[Read]:
        """Yield the same uses; few are in memory at once."""
        query = sql.SQL(
            "SELECT * FROM {} WHERE (%(stream)s::text IS NULL OR %(stream)s = ANY(streams)"
            " OR streams = '{{}}') AND (at >= %(since)s OR %(since)s::timestamptz IS NULL)"
            " ORDER BY id"
        ).format(self._database.table(READS))
        for r in streamed(self._database, query, {"stream": stream, "since": since}):
            yield Read(r["id"], r["at"], r["who"], r["why"], r["openings"], tuple(r["streams"]),
                       bytes(r["chain"]))  # fmt: skip

    def findings(self) -> list[str]:
        """Say where the log of reads has a hole or was altered."""
        found: list[str] = []
        before = FIRST
        for expected, row in enumerate(self.each(), 1):
            if row.id != expected:
                return [*found, f"vault_reads: read {expected} is missing"]
            if not hmac.compare_digest(row.chain, self._chain(before, row)):
                found.append(f"vault_reads: read {row.id} was altered")
            before = row.chain
        return found

    def _chain(self, before: bytes, row: Read) -> bytes:
        at = row.at.astimezone(UTC).isoformat()
        said = canonical([row.id, at, row.who, row.why, row.openings, list(row.streams)])
        return hmac.new(self._key(), before + said, sha256).digest()
