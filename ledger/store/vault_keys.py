"""The keys of the vault: random data keys, wrapped under a key that follows from a key file.

A data key is 32 random bytes; AES-256-GCM wraps it under the key-encryption key, bound to all
else its row says. Rotating the key-encryption key wraps the data keys anew and touches no
opening (docs/decisions/0026-keeping-and-forgetting.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg import sql
from psycopg.rows import DictRow

from ledger.errors import Unreadable
from ledger.proof.encoding import canonical
from ledger.store.database import Database
from ledger.store.vault_tables import KEYS

FIRST_FILE = "vault"
"""The name of the first key file; those that take its place are vault-2, vault-3 and so on."""

BOXES, FINDING = "boxes", "finding"
"""What a key is for: openings; or digests by which rows are found, which never changes."""

OLD_BOXES, FINDING_ID, FIRST_BOXES = 0, 1, 2
NONCE_BYTES = 12
MARK = b"DLB1"
"""Opens a box that names its key; one made before has none, and begins with its nonce."""

KEY_BYTES = 32


class DataKeyUnusable(Unreadable):
    """A key of the vault can't be unwrapped: its row was altered, or the key file is another."""

    def __init__(self, number: int, file: str) -> None:
        super().__init__(
            f"the vault's key {number} can't be opened with the key file {file}: that file is "
            "another ledger's, or the table vault_keys was altered; put both back from one backup"
        )


class DataKeyUnknown(Unreadable):
    """The vault has no key of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"the vault has no key {number}: a row of the table vault_keys is gone; put it back "
            "from your backup"
        )


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A row of the table: which key, what for, under which key file, since when, until when."""

    id: int
    purpose: str
    kek: str
    made_at: datetime
    retired_at: datetime | None
    wrapped: bytes


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive a key of 32 bytes for one purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


class VaultKeys:
    """The keys in the table, unwrapped when they are first asked for.

    `secret_of(name)` reads a key file, `make(name)` makes one that stays if it is there,
    `random(n)` returns n random bytes.
    """

    def __init__(
        self,
        database: Database,
        secret_of: Callable[[str], bytes],
        make: Callable[[str], object],
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._secret_of = secret_of
        self._make = make
        self._now = clock
        self._random = random
        self._open: dict[int, bytes] = {}
        self._current: int | None = None

    def begin(self) -> None:
        """Make the first keys of a new ledger; those that are there stay."""
        with self._alone() as (connection, rows):
            if not rows:
                self._first(connection, None)

    def key(self, number: int) -> bytes:
        """Return a data key by its number."""
        if number not in self._open:
            self._load()
        if number not in self._open:
            raise DataKeyUnknown(number)
        return self._open[number]

    def current(self) -> tuple[int, bytes]:
        """Return the number of the key that new boxes are closed with, and the key."""
        if self._current is None:
            self._load()
        if self._current is None:
            raise DataKeyUnknown(FIRST_BOXES)
        return self._current, self._open[self._current]

    def finding(self) -> bytes:
        """Return the secret that the keys of digests follow from; it stays for ever."""
        return self.key(FINDING_ID)

    def rows(self) -> list[WrappedKey]:
        """Return what the table says, by number."""
        with self._database.get_connection() as connection:
            return self._rows(connection)

    def findings(self) -> list[str]:
        """Say what is wrong with the table: a row that was altered, or one that is missing."""
        rows = self.rows()
        numbers = [row.id for row in rows]
        wanted = range(min(FINDING_ID, *numbers, FIRST_BOXES), max(FIRST_BOXES, *numbers, 0) + 1)
        found = [f"vault_keys: key {n} is missing" for n in wanted if n not in numbers]
        for row in rows:
            try:
                self._unwrap(row)
            except Unreadable as error:
                found.append(f"vault_keys: {error}")
        return found

    def rotate(self) -> tuple[str, str]:
        """Wrap all keys under a new key file, in one commit; return the old and the new name.

        A run that ended before its commit is gone on with: the file it made is used.
        """
        self._load()
        with self._alone() as (connection, rows):
            old = rows[0].kek
            new = _after(old)
            self._make(new)
            for row in rows:
                self._put(connection, replace(row, kek=new), self._unwrap(row))
        return old, new

    def renew(self) -> int:
        """Retire the key of new boxes and make another; return its number."""
        self._load()
        with self._alone() as (connection, rows):
            for row in rows:
                if row.purpose == BOXES and row.retired_at is None:
                    self._put(connection, replace(row, retired_at=self._now()), self._unwrap(row))
            made = WrappedKey(rows[-1].id + 1, BOXES, rows[0].kek, self._now(), None, b"")
            self._put(connection, made, self._random(KEY_BYTES))
        self._load()
        return made.id

    def _load(self) -> None:
        rows = self.rows()
        if not rows:
            self._adopt()
            rows = self.rows()
        self._open = {row.id: self._unwrap(row) for row in rows}
        working = (r.id for r in rows if r.purpose == BOXES and r.retired_at is None)
        self._current = max(working, default=None)

    def _adopt(self) -> None:
        """Take over a ledger made before this table, in which all followed from one secret.

        Where a box names a key, the table was there and lost its rows: new ones would open nothing.
        """
        if self._named():
            raise DataKeyUnknown(FINDING_ID)
        secret = self._secret_of(FIRST_FILE)
        with self._alone() as (connection, rows):
            if not rows:
                self._first(connection, secret)

    def _named(self) -> bool:
        query = sql.SQL(
            "SELECT EXISTS (SELECT FROM {} WHERE substring(box FROM 1 FOR %s) = %s) AS found"
        ).format(self._database.table("vault"))
        with self._database.get_connection() as connection:
            found = connection.execute(query, [len(MARK), MARK]).fetchall()
        return bool(found[0]["found"])

    def _first(self, connection: psycopg.Connection[DictRow], before: bytes | None) -> None:
        at = self._now()
        if before is not None:
            old = WrappedKey(OLD_BOXES, BOXES, FIRST_FILE, at, at, b"")
            self._put(connection, old, derive(before, "vault box"))
        finding = WrappedKey(FINDING_ID, FINDING, FIRST_FILE, at, None, b"")
        self._put(connection, finding, before or self._random(KEY_BYTES))
        boxes = WrappedKey(FIRST_BOXES, BOXES, FIRST_FILE, at, None, b"")
        self._put(connection, boxes, self._random(KEY_BYTES))

    def _put(self, connection: psycopg.Connection[DictRow], row: WrappedKey, key: bytes) -> None:
        nonce = self._random(NONCE_BYTES)
        box = AESGCM(self._wrapping(row.kek)).encrypt(nonce, key, _bound(row))
        query = sql.SQL(
            "INSERT INTO {} VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET"
            " kek = EXCLUDED.kek, retired_at = EXCLUDED.retired_at, wrapped = EXCLUDED.wrapped"
        ).format(self._database.table(KEYS))
        given = [row.id, row.purpose, row.kek, row.made_at, row.retired_at, nonce + box]
        connection.execute(query, given)

    def _unwrap(self, row: WrappedKey) -> bytes:
        nonce, box = row.wrapped[:NONCE_BYTES], row.wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self._wrapping(row.kek)).decrypt(nonce, box, _bound(row))
        except (InvalidTag, ValueError):
            raise DataKeyUnusable(row.id, row.kek) from None

    def _wrapping(self, file: str) -> bytes:
        return derive(self._secret_of(file), "vault key-encryption")

    def _rows(self, connection: psycopg.Connection[DictRow]) -> list[WrappedKey]:
        query = sql.SQL("SELECT * FROM {} ORDER BY id").format(self._database.table(KEYS))
        return [_row(**row) for row in connection.execute(query).fetchall()]

    @contextmanager
    def _alone(self) -> Iterator[tuple[psycopg.Connection[DictRow], list[WrappedKey]]]:
        """Lend a connection that alone changes keys, and the rows as they are then."""
        with self._database.writing_alone(f"{self._database.schema}.{KEYS}") as connection:
            yield connection, self._rows(connection)


def _row(wrapped: bytes, **said: Any) -> WrappedKey:
    return WrappedKey(**said, wrapped=bytes(wrapped))


def _bound(row: WrappedKey) -> bytes:
    """Return what a wrapped key is bound to: all that its row says of it."""
    said = [row.id, row.purpose, row.kek, _written(row.made_at), _written(row.retired_at)]
    return canonical(said)


def _written(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _after(file: str) -> str:
    """Return the name of the key file that comes after: vault, vault-2, vault-3."""
    _, _, number = file.partition("-")
    return f"{FIRST_FILE}-{int(number or 1) + 1}"
