"""The checkpoints that this ledger signed: one for each size, kept for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from psycopg import sql
from psycopg.rows import DictRow

from ledger.errors import LedgerError, Unknown, Untrusted
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.cosignatures import CosignerKey, NotCosigned, cosigned_at
from ledger.proof.notes import VerifierKey
from ledger.store.database import Database

TABLE = "checkpoints"


class CheckpointUnknown(Unknown):
    """No checkpoint of that size was published."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"no checkpoint of {size} entries was published; /log/checkpoints lists those that were"
        )


class CheckpointTaken(Untrusted):
    """Another checkpoint of that size is kept already."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"a checkpoint of {size} entries was signed meanwhile, by another integrator: run one"
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed checkpoint as it is kept; times are UTC, to the second it was signed at.

    `published_at` is None as long as too few witnesses have cosigned it.
    """

    size: int
    note: str
    signed_at: datetime
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A published checkpoint without its note, which is longer than all that is said of it."""

    size: int
    signed_at: datetime
    published_at: datetime


class Checkpoints:
    """The table of the signed checkpoints; what was published is never taken out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prepare(self) -> None:
        """Create the table unless it is there."""
        self._database.ensure(TABLE, _CREATE)

    def at(self, size: int) -> str:
        """Return the published checkpoint of that size; raise CheckpointUnknown."""
        found = self._kept(f"{_SELECT} WHERE size = %s AND published_at IS NOT NULL", size)
        if not found:
            raise CheckpointUnknown(size)
        return found[0].note

    def newest(self) -> Kept | None:
        """Return the largest checkpoint that was published."""
        return next(iter(self.published(None, 1)), None)

    def published(self, before: int | None, limit: int) -> list[Kept]:
        """Return published checkpoints, the largest first: those below the size `before`."""
        text = (
            f"{_SELECT} WHERE published_at IS NOT NULL AND (size < %s OR %s::bigint IS NULL)"
            " ORDER BY size DESC LIMIT %s"
        )
        return self._kept(text, before, before, limit)

    def listed(self, before: int | None, limit: int) -> list[Listed]:
        """Return the same without their notes."""
        given = {"before": before, "limit": limit}
        with self._database.get_connection() as connection:
            found = connection.execute(self._statement(_LIST), given).fetchall()
        return [Listed(**row) for row in found]

    def above(self, size: int) -> Kept | None:
        """Return the smallest published checkpoint that is larger than `size`."""
        where = "WHERE size > %s AND published_at IS NOT NULL ORDER BY size LIMIT 1"
        return next(iter(self._kept(f"{_SELECT} {where}", size)), None)

    def signed(self, size: int | None = None) -> Kept | None:
        """Return the checkpoint of that size, published or not; the largest without a size."""
        where = "WHERE size = %s OR %s::bigint IS NULL ORDER BY size DESC LIMIT 1"
        return next(iter(self._kept(f"{_SELECT} {where}", size, size)), None)

    def all(self) -> list[Kept]:
        """Return every checkpoint that was signed, the smallest first."""
        return self._kept(f"{_SELECT} ORDER BY size")

    def keep(
        self, size: int, note: str, at: datetime, published_at: datetime | None = None
    ) -> Kept:
        """Keep a checkpoint before anybody sees it; raise CheckpointTaken if there is one."""
        with self._database.writing() as connection:
            row = connection.execute(self._statement(_INSERT), [size, note, at, published_at])
            if row.rowcount == 0:
                raise CheckpointTaken(size)
        return Kept(size, note, at, published_at)

    def cosigned(self, size: int, note: str) -> None:
        """Keep the cosignatures that were got for a checkpoint."""
        text = "UPDATE {table} SET note = %s WHERE size = %s"
        with self._database.writing() as connection:
            connection.execute(self._statement(text), [note, size])

    def shown(self, size: int, at: datetime) -> None:
        """Note when a checkpoint was published."""
        text = "UPDATE {table} SET published_at = %s WHERE size = %s AND published_at IS NULL"
        with self._database.writing() as connection:
            connection.execute(self._statement(text), [at, size])

    def _kept(self, text: str, *given: object) -> list[Kept]:
        with self._database.get_connection() as connection:
            return [_row(row) for row in connection.execute(self._statement(text), given)]

    def _statement(self, text: str) -> bytes:
        return _composed(self._database.schema, text)


@lru_cache
def _composed(schema: str, text: str) -> bytes:
    table = sql.Identifier(schema, TABLE)
    return sql.SQL(cast("Any", text)).format(table=table).as_bytes()


def check_checkpoints(
    kept: Iterable[Kept],
    key: VerifierKey,
    cosigner: CosignerKey | None,
    roots: Mapping[int, bytes],
) -> Iterator[str]:
    """Yield what is wrong with the kept checkpoints, smallest first; `roots` are the tree's.

    1. The log's key signed each, and it speaks of the size it is kept under.
    2. Its root is that of the tree at that size.
    3. Where the log signed with ML-DSA-44 too, that holds, and was done when the row says.
    4. Each but the last was published before the next was signed; none before it was signed.
    """
    before: Kept | None = None
    for one in kept:
        try:
            seen = open_signed(one.note, key)  # 1
            signed_at = lattice_signed_at(one.note, cosigner)
        except LedgerError as error:
            yield f"checkpoints: {one.size}: {error}"
        else:
            yield from _faults(one, seen, signed_at, roots)
        if before and (before.published_at is None or before.published_at > one.signed_at):  # 4
            yield f"checkpoints: {before.size} was not published before {one.size} was signed"
        before = one


def _faults(
    one: Kept, seen: Checkpoint, signed_at: int | None, roots: Mapping[int, bytes]
) -> Iterator[str]:
    if seen.size != one.size:  # 1
        yield f"checkpoints: the row of {one.size} holds the checkpoint of {seen.size}"
    elif roots.get(seen.size) != seen.root:  # 2
        yield f"checkpoints: {one.size}: its root is not that of the entries"
    if signed_at is not None and signed_at != one.signed_at.timestamp():  # 3
        yield f"checkpoints: {one.size} was not signed at {one.signed_at}"
    if one.published_at and one.published_at < one.signed_at:  # 4
        yield f"checkpoints: {one.size} was published before it was signed"


def lattice_signed_at(note: str, cosigner: CosignerKey | None) -> int | None:
    """Return when the log's own ML-DSA-44 key signed; None where it did not, as in older logs."""
    if cosigner is None:
        return None
    try:
        return cosigned_at(note, cosigner)
    except NotCosigned:
        return None


def _row(row: DictRow) -> Kept:
    return Kept(row["size"], row["note"], row["signed_at"], row["published_at"])


_CREATE = (
    "CREATE TABLE {table} (size bigint PRIMARY KEY, note text NOT NULL,"
    " signed_at timestamptz NOT NULL, published_at timestamptz)"
)
_SELECT = "SELECT size, note, signed_at, published_at FROM {table}"
_LIST = (
    "SELECT size, signed_at, published_at FROM {table} WHERE published_at IS NOT NULL"
    " AND (size < %(before)s OR %(before)s::bigint IS NULL) ORDER BY size DESC LIMIT %(limit)s"
)
_INSERT = "INSERT INTO {table} VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
