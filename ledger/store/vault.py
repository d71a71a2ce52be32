"""The vault: openings of sealed fields, encrypted at rest, found by name, erased for good.

Each opening is an RFC 9901 disclosure under AES-256-GCM, bound to its digest. A keyed digest of
the value (HMAC-SHA-256) finds a name again without storing it in the clear.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg import sql

from ledger.domain.keeping import VaultRow
from ledger.errors import Untrusted
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url
from ledger.store.database import Database

NONCE_BYTES = 12


class OpeningAltered(Untrusted):
    """An opening in the vault does not decrypt, or does not belong to its digest."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"the opening of digest {digest} was altered, or its key is another")


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive a key of 32 bytes for one purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


class Vault:
    """Openings beside the events. `random(n)` returns n random bytes."""

    def __init__(self, database: Database, secret: bytes, random: Callable[[int], bytes]) -> None:
        self._database = database
        self._cipher = AESGCM(derive(secret, "vault box"))
        self._tag_key = derive(secret, "vault tag")
        self._token_key = derive(secret, "claim token")
        self._random = random

    def row(self, opening: Opening, stream: str, version: int, organisation: str) -> VaultRow:
        """Encrypt an opening for storage in the transaction of its event."""
        nonce = self._random(NONCE_BYTES)
        box = self._cipher.encrypt(nonce, opening.encoded.encode(), opening.digest.encode())
        tag = self._tag(_found_by(opening))
        return VaultRow(opening.digest, stream, version, organisation, tag, nonce + box)

    def open(self, kept: VaultRow) -> Opening:
        """Decrypt an opening and check that it belongs to its digest."""
        nonce, box = kept.box[:NONCE_BYTES], kept.box[NONCE_BYTES:]
        try:
            encoded = self._cipher.decrypt(nonce, box, kept.digest.encode()).decode("ascii")
        except (InvalidTag, ValueError):
            raise OpeningAltered(kept.digest) from None
        opening = Opening.parse(encoded)
        if opening.digest != kept.digest:
            raise OpeningAltered(kept.digest)
        return opening

    def check(self, kept: VaultRow) -> None:
        """Refuse an opening that does not decrypt, or would not be found by its value."""
        if not hmac.compare_digest(self._tag(_found_by(self.open(kept))), kept.tag):
            raise OpeningAltered(kept.digest)

    def named(self, value: str) -> list[VaultRow]:
        """Return the openings whose value is exactly `value`."""
        return self._kept("tag = %(tag)s", tag=self._tag(value))

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
        """Return the openings of the events in these streams."""
        return self._kept("stream = ANY(%(streams)s)", streams=list(streams))

    def of_digests(self, digests: Iterable[str]) -> dict[str, Opening]:
        """Return the openings of these digests, as far as they are still there."""
        kept = self._kept("digest = ANY(%(digests)s)", digests=list(digests))
        return {k.digest: self.open(k) for k in kept}

    def all(self) -> list[VaultRow]:
        """Return every opening."""
        return self._kept("true")

    def token(self, *parts: str) -> str:
        """Return a keyed digest of parts (HMAC-SHA-256, base64url): the same parts, the same."""
        message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
        return b64url(hmac.new(self._token_key, message, sha256).digest())

    def sweep(self) -> None:
        """Give the space of erased openings back, so that no page keeps their bytes."""
        with self._database.get_connection() as connection:
            connection.execute(sql.SQL("VACUUM (FULL) {}").format(self._database.table("vault")))

    def _tag(self, value: str) -> bytes:
        return hmac.new(self._tag_key, value.encode(), sha256).digest()

    def _kept(self, condition: str, **given: object) -> list[VaultRow]:
        query = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY stream, version, digest").format(
            self._database.table("vault"),
            sql.SQL(condition),
        )
        with self._database.get_connection() as connection:
            found = connection.execute(query, given).fetchall()
        return [
            VaultRow(
                row["digest"],
                row["stream"],
                row["version"],
                row["organisation"],
                bytes(row["tag"]),
                bytes(row["box"]),
            )
            for row in found
        ]


def _found_by(opening: Opening) -> str:
    """Return what finds an opening: its value, and of who shares in a joint receipt the name."""
    return opening.value.rpartition("\t")[0] if opening.name == "member" else opening.value
