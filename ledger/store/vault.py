"""The vault: openings of sealed fields, encrypted at rest, found by name, erased for good.

Each opening is an RFC 9901 disclosure under AES-256-GCM, bound to its digest, in a box that names
its data key (docs/formats/vault.md). A keyed digest of the value (HMAC-SHA-256) finds a name again
without storing it in the clear. Nothing is opened before the log of reads says who does it, and
why; what the law alone keeps is found by no ordinary search.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from threading import RLock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql
from psycopg.rows import DictRow

from ledger.domain.keeping import Restriction, VaultRow
from ledger.domain.values import Source
from ledger.errors import Unreadable, Untrusted
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url
from ledger.store import row_masks
from ledger.store.database import Database
from ledger.store.streaming import streamed
from ledger.store.vault_keys import (
    MARK,
    NONCE_BYTES,
    OLD_BOXES,
    DataKeyUnknown,
    VaultKeys,
    derive,
)
from ledger.store.vault_reads import Reader, ReadLog
from ledger.store.vault_restrictions import ORDINARY, Restrictions

PREFIX_BYTES = len(MARK) + 4


class OpeningAltered(Untrusted):
    """An opening in the vault does not decrypt, or does not belong to its digest."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"the opening of digest {digest} was altered, or its key is another")


class Vault:
    """Openings beside the events, opened for one `reader`. `random(n)` returns n random bytes."""

    def __init__(
        self,
        database: Database,
        keys: VaultKeys,
        reads: ReadLog,
        reader: Reader,
        random: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._keys = keys
        self._reads = reads
        self._reader = reader
        self._random = random
        self._noted: set[str] = set()
        self._everything: int | None = None
        self._noting = RLock()

    def row(self, opening: Opening, stream: str, version: int, organisation: str) -> VaultRow:
        """Encrypt an opening for storage in the transaction of its event."""
        box, tag = self._closed(opening), self._tag(_found_by(opening))
        return VaultRow(opening.digest, stream, version, organisation, tag, box)

    def open(self, kept: VaultRow) -> Opening:
        """Note the reading, decrypt an opening and check that it belongs to its digest."""
        self._note([kept])
        return self._opened(kept)

    def check(self, kept: VaultRow) -> None:
        """Refuse an opening that does not decrypt, or would not be found by its value."""
        try:
            tag = self._tag(_found_by(self.open(kept)))
        except Unreadable:
            raise OpeningAltered(kept.digest) from None
        if len(kept.tag) > ORDINARY:
            tag = self.restrictions.tag(tag)
        if not hmac.compare_digest(tag, kept.tag):
            raise OpeningAltered(kept.digest)

    def named(self, value: str) -> list[VaultRow]:
        """Return the openings whose value is exactly `value`."""
        return self._kept("tag = %(tag)s", tag=self._tag(value))

    def restricted_named(self, value: str) -> list[VaultRow]:
        """Return the openings of exactly `value` that only the law keeps."""
        return self._kept("tag = %(tag)s", tag=self.restrictions.tag(self._tag(value)))

    def streams_named(
        self, organisation: str, values: Collection[str]
    ) -> dict[str, tuple[str, ...]]:
        """Return, by value, the streams in which an organisation recorded just that value."""
        tags = {self._tag(value): value for value in values}
        query = sql.SQL(
            "SELECT tag, array_agg(DISTINCT stream ORDER BY stream) AS streams FROM {}"
            " WHERE tag = ANY(%(tags)s) AND organisation = %(organisation)s GROUP BY tag"
        ).format(self._database.table("vault"))
        given = {"tags": list(tags), "organisation": organisation}
        with self._database.get_connection() as connection:
            found = connection.execute(query, given).fetchall()
        return {tags[bytes(row["tag"])]: tuple(row["streams"]) for row in found}

    def of_streams(self, streams: Sequence[str]) -> list[VaultRow]:
        """Return the openings of the events in these streams, but for what only the law keeps."""
        ours = "stream = ANY(%(streams)s) AND length(tag) = %(ordinary)s"
        return self._kept(ours, streams=list(streams), ordinary=ORDINARY)

    def restricted_of_streams(self, streams: Sequence[str]) -> list[VaultRow]:
        """Return the openings of these streams that only the law keeps."""
        ours = "stream = ANY(%(streams)s) AND length(tag) > %(ordinary)s"
        return self._kept(ours, streams=list(streams), ordinary=ORDINARY)

    def rows_of_digests(self, digests: Iterable[str]) -> list[VaultRow]:
        """Return what is kept of these digests, closed, restricted or not."""
        return self._kept("digest = ANY(%(digests)s)", digests=list(digests))

    def of_digests(self, digests: Iterable[str]) -> dict[str, Opening]:
        """Return the openings of these digests, as far as they are there and not restricted."""
        ours = "digest = ANY(%(digests)s) AND length(tag) = %(ordinary)s"
        return self.open_all(self._kept(ours, digests=list(digests), ordinary=ORDINARY))

    def open_all(self, kept: Sequence[VaultRow]) -> dict[str, Opening]:
        """Note the reading, and return these openings by digest."""
        self._note(kept)
        return {one.digest: self._opened(one) for one in kept}

    def all(self) -> list[VaultRow]:
        """Return every opening, closed; who opens one after this is noted as opening them all."""
        return sorted(self.each(), key=lambda row: (row.stream, row.version, row.digest))

    def each(self) -> Iterator[VaultRow]:
        """Yield every opening, closed, in any order: few are in memory at once.

        Who opens one after this is noted as opening them all.
        """
        table = self._database.table("vault")
        counting = sql.SQL("SELECT count(*) AS found FROM {}").format(table)
        with self._database.get_connection() as connection:
            self._everything = connection.execute(counting).fetchall()[0]["found"]
        query = sql.SQL("SELECT * FROM {}").format(table)
        return map(_row, streamed(self._database, query))

    def announce(self, streams: Iterable[str]) -> None:
        """Note, as one use, that the openings of these streams are about to be read."""
        self._note(self.of_streams(list(streams)))

    @cached_property
    def restrictions(self) -> Restrictions:
        """What the law alone keeps."""
        return Restrictions(self._database, self._keys.finding)

    def restrict(self, rows: Sequence[Restriction]) -> None:
        """Keep openings for the law alone from now on: ordinary searches find them no more."""
        self.restrictions.restrict(rows)

    def token(self, *parts: str) -> str:
        """Return a keyed digest of parts (HMAC-SHA-256, base64url): the same parts, the same."""
        message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
        return b64url(hmac.new(self._token_key, message, sha256).digest())

    def masked(self, source: Source | None) -> Source | None:
        """Return where a row was read from as the public may know it (`row_masks`)."""
        return source and row_masks.masked(source, self._mask_key)

    def sweep(self) -> None:
        """Give the space of erased openings back, so that no page keeps their bytes."""
        with self._database.get_connection() as connection:
            for name in ("vault", "requests"):
                connection.execute(sql.SQL("VACUUM (FULL) {}").format(self._database.table(name)))

    def behind(self) -> int:
        """Count the openings whose box names another key than the one in use."""
        query = sql.SQL(
            "SELECT count(*) AS found FROM {} WHERE substring(box FROM 1 FOR %s) <> %s"
        ).format(self._database.table("vault"))
        with self._database.get_connection() as connection:
            found = connection.execute(query, [PREFIX_BYTES, self._prefix()]).fetchall()
        return int(found[0]["found"])

    def counted(self) -> dict[int, int]:
        """Return how many openings each data key closes."""
        query = sql.SQL(
            "SELECT substring(box FROM 1 FOR %s) AS head, count(*) AS found FROM {} GROUP BY 1"
        ).format(self._database.table("vault"))
        counts: Counter[int] = Counter()
        with self._database.get_connection() as connection:
            for row in connection.execute(query, [PREFIX_BYTES]).fetchall():
                counts[_parted(bytes(row["head"]))[0]] += row["found"]
        return dict(counts)

    def rewrap(self, after: str, at_most: int) -> tuple[int, str | None]:
        """Close a batch of openings again, with the key in use; say how many, and where to go on.

        Whoever erases one meanwhile wins. `after` is the last digest of the batch before.
        """
        kept = self._kept(
            "digest > %(after)s AND substring(box FROM 1 FOR %(width)s) <> %(prefix)s",
            at_most, after=after, width=PREFIX_BYTES, prefix=self._prefix(),
        )  # fmt: skip
        if not kept:
            return 0, None
        opened = self.open_all(kept)
        query = sql.SQL(
            "UPDATE {} AS v SET box = given.box FROM unnest(%(digests)s::text[],"
            " %(before)s::bytea[], %(boxes)s::bytea[]) AS given (digest, before, box)"
            " WHERE v.digest = given.digest AND v.box = given.before"
        ).format(self._database.table("vault"))
        given = {
            "digests": [row.digest for row in kept],
            "before": [row.box for row in kept],
            "boxes": [self._closed(opened[row.digest]) for row in kept],
        }
        with self._database.writing() as connection:
            done = connection.execute(query, given).rowcount
        return done, kept[-1].digest

    def _note(self, kept: Sequence[VaultRow]) -> None:
        """Write down what of these this use has not opened yet, by stream."""
        with self._noting:
            if "" in self._noted or not kept:
                return
            if self._everything is not None:
                self._reads.note(self._reader, self._everything, ())
                self._noted.add("")
                return
            fresh = [row.stream for row in kept if row.stream not in self._noted]
            if fresh:
                self._reads.note(self._reader, len(fresh), sorted(set(fresh)))
                self._noted.update(fresh)

    def _prefix(self) -> bytes:
        return MARK + self._keys.current()[0].to_bytes(4, "big")

    def _closed(self, opening: Opening) -> bytes:
        number, key = self._keys.current()
        nonce = self._random(NONCE_BYTES)
        box = AESGCM(key).encrypt(nonce, opening.encoded.encode(), opening.digest.encode())
        return MARK + number.to_bytes(4, "big") + nonce + box

    def _opened(self, kept: VaultRow) -> Opening:
        try:
            encoded = self._decrypted(kept).decode("ascii")
        except (InvalidTag, ValueError, DataKeyUnknown):
            raise OpeningAltered(kept.digest) from None
        opening = Opening.parse(encoded)
        if opening.digest != kept.digest:
            raise OpeningAltered(kept.digest)
        return opening

    def _decrypted(self, kept: VaultRow) -> bytes:
        number, box = _parted(kept.box)
        cipher = AESGCM(self._keys.key(number))
        return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], kept.digest.encode())

    @cached_property
    def _tag_key(self) -> bytes:
        return derive(self._keys.finding(), "vault tag")

    @cached_property
    def _token_key(self) -> bytes:
        return derive(self._keys.finding(), "claim token")

    @cached_property
    def _mask_key(self) -> bytes:
        return row_masks.mask_key(self._keys.finding())

    def _tag(self, value: str) -> bytes:
        return hmac.digest(self._tag_key, value.encode(), "sha256")

    def _kept(self, condition: str, at_most: int | None = None, **given: object) -> list[VaultRow]:
        order = "digest" if at_most else "stream, version, digest"
        query = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {} LIMIT {}").format(
            self._database.table("vault"), sql.SQL(condition), sql.SQL(order), at_most
        )
        with self._database.get_connection() as connection:
            return [_row(found) for found in connection.execute(query, given).fetchall()]


def _row(found: DictRow) -> VaultRow:
    return VaultRow(
        found["digest"],
        found["stream"],
        found["version"],
        found["organisation"],
        bytes(found["tag"]),
        bytes(found["box"]),
    )


def _parted(box: bytes) -> tuple[int, bytes]:
    """Return the number of the key that closes a box, and the box after its name."""
    if not box.startswith(MARK):
        return OLD_BOXES, box
    return int.from_bytes(box[len(MARK) : PREFIX_BYTES], "big"), box[PREFIX_BYTES:]


def _found_by(opening: Opening) -> str:
    """Return what finds an opening: its value, and of who shares in a joint receipt the name."""
    return opening.value.rpartition("\t")[0] if opening.name == "member" else opening.value
