"""What of an entry can be checked out of order, on any core: its form and its signature.

Which key may sign at which point of the log only the log's order tells; a signature, though, is by
one key for ever. So the keys that the log brings in are gathered ahead, the signatures are checked
under them wherever there is time, and the reader of the order asks of each entry only whether the
key that is proved is the one that signs here.

All entries of a bundle are read, then all of their signatures are checked: each of the two goes
faster when its code and tables stay at hand for the processor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger import codec
from ledger.domain.events import Event
from ledger.errors import Untrusted
from ledger.proof import jws
from ledger.proof.ed25519 import check_signature
from ledger.proof.encoding import b64url

KEYS_KEPT = 4096
NAMES_A_KEY = b'"public":"'
"""What the payload of an entry holds that brings in a key."""

Read: TypeAlias = tuple[jws.Jws, Event]
"""An entry taken apart, in our one form; nothing in it is proved."""


class Proof(NamedTuple):
    """Who signed an entry, and what it reads if that was kept.

    `by` is the public key (JWK `x`) that signed it beyond doubt; None: nothing is proved of it yet.
    """

    by: str | None = None
    read: Read | None = None


UNPROVED = Proof()

Keys: TypeAlias = Mapping[str, str]
"""kid -> public key (JWK `x`) of that thumbprint: candidates only, anybody may name a key."""


def spellings(text: bytes) -> tuple[bytes, ...]:
    """Return what base64url makes of a text wherever it begins in the three bytes of a group.

    A letter holds six bits. Those that hold bits of what stands before or after are left out, so
    that whatever is around the text, one of the three is in the whole.
    """
    written = (b64url(bytes(before) + text).encode("ascii") for before in range(3))
    return tuple(
        whole[-(-8 * before // 6) : 8 * (before + len(text)) // 6]
        for before, whole in enumerate(written)
    )


SPELLINGS = spellings(NAMES_A_KEY)


class KeyDirectory:
    """The keys that the entries read so far name, whoever signed them; it is no trust."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.keys: Keys = {}
        """Replaced, never changed: a task that was handed it may still be on its way."""

    def gather(self, entries: Iterable[bytes]) -> Keys:
        """Add the keys that these entries name; return all so far."""
        found = {}
        for entry in entries:
            if may_name_a_key(entry):
                found.update(self._named(entry))
        if found.keys() - self.keys.keys():
            self.keys = {**found, **self.keys}
        return self.keys

    def read_and_prove(self, entries: Sequence[bytes | None]) -> list[Proof]:
        """Check entries, and keep what is read for the reader of the order in this same process.

        To read an entry again takes less time than to hand what is read to another process.
        """
        found = [_read(entry, self._origin) for entry in entries]
        named = {kid: x for one in found if one for kid, x in _named(one[1]).items()}
        if named.keys() - self.keys.keys():
            self.keys = {**named, **self.keys}
        return [Proof(_signer(one[0], self.keys), one) if one else UNPROVED for one in found]

    def _named(self, entry: bytes) -> dict[str, str]:
        found = _read(entry, self._origin)
        return _named(found[1]) if found else {}


def may_name_a_key(entry: bytes) -> bool:
    """Tell whether an entry may bring in a key; of one that does not, seldom."""
    first, second, third = SPELLINGS
    return first in entry or second in entry or third in entry


def prove(entries: Sequence[bytes | None], keys: Keys | KeyDirectory) -> list[Proof]:
    """Check the signatures of entries under the keys they name.

    A directory takes in what keys they bring, and what is read of them is kept.
    """
    if isinstance(keys, KeyDirectory):
        return keys.read_and_prove(entries)
    signed = [_parsed(entry) for entry in entries]
    return [Proof(_signer(one, keys)) for one in signed]


def signed_by(entry: bytes, x: str) -> bool:
    """Tell whether a key, given as JWK `x`, signed an entry."""
    signed = _parsed(entry)
    return signed is not None and _signer(signed, {signed.kid: x}) == x


def _named(event: Event) -> dict[str, str]:
    public = getattr(event, "public", None)
    if public is None:
        return {}
    try:
        return {jws.thumbprint(_key(public)): public}
    except Untrusted:
        return {}


def _parsed(entry: bytes | None) -> jws.Jws | None:
    try:
        return jws.parse(entry) if entry else None
    except Untrusted:
        return None


def _read(entry: bytes | None, origin: str) -> Read | None:
    try:
        return codec.read(entry, origin) if entry else None
    except Untrusted:
        return None


def _signer(signed: jws.Jws | None, keys: Keys) -> str | None:
    public = keys.get(signed.kid) if signed and signed.typ == codec.TYP else None
    if signed is None or public is None:
        return None
    try:
        check_signature(_key(public), signed.signature, signed.signing_input, what=codec.TYP)
    except Untrusted:
        return None
    return public


@lru_cache(maxsize=KEYS_KEPT)
def _key(x: str) -> Ed25519PublicKey:
    return codec.public_key(x)
