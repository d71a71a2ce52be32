"""Openings: what a salted digest in an event hides, shown only to those who may see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from ledger.errors import Untrusted
from ledger.proof.encoding import b64url, canonical, read_canonical, unb64url

SALT_BYTES, MEMBERS = 16, [str, str, str]
RESERVED = frozenset({"_sd", "..."})
"""Names that would be read as machinery, not as data (RFC 9901 4.2.1)."""


class OpeningMalformed(Untrusted):
    """A text is no opening of ours; the message never repeats it, for it may name a person."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not an opening (RFC 9901 4.2.1): {why}")


@dataclass(frozen=True, slots=True)
class Opening:
    """One field of a person: a salt (base64url of 16 random bytes), a name, a value.

    Neither salt nor value shows in `repr`, so that no log line or traceback prints a person. The
    disclosure and its digest are made with it, once: events, vault and checks ask for both.
    """

    salt: str = field(repr=False)
    name: str
    value: str = field(repr=False)
    encoded: str = field(init=False, repr=False, compare=False)
    """The disclosure: base64url of the canonical JSON list (RFC 9901 4.2.1)."""
    digest: str = field(init=False, repr=False, compare=False)
    """What stands in the event in its place."""

    def __post_init__(self) -> None:
        self._travels_as(b64url(canonical([self.salt, self.name, self.value])))

    def _travels_as(self, encoded: str) -> None:
        object.__setattr__(self, "encoded", encoded)
        object.__setattr__(self, "digest", digest(encoded))

    @classmethod
    def parse(cls, encoded: str) -> Opening:
        """Read a disclosure; refuse all but the one spelling `encoded` gives.

        What is read strictly is that spelling, and is not written again.
        """
        members = read_canonical(unb64url(encoded))
        if not isinstance(members, list) or [*map(type, members)] != MEMBERS:
            raise OpeningMalformed("it must be a list of salt, name and value, all of them texts")
        salt, name, value = members
        _check(salt, name)
        read = object.__new__(cls)
        object.__setattr__(read, "salt", salt)
        object.__setattr__(read, "name", name)
        object.__setattr__(read, "value", value)
        read._travels_as(encoded)
        return read


def digest(encoded: str) -> str:
    """Hash a disclosure as it travels: base64url of SHA-256 over its ASCII (RFC 9901 4.2.3)."""
    return b64url(sha256(encoded.encode("ascii")).digest())


def _check(salt: str, name: str) -> None:
    if len(unb64url(salt)) != SALT_BYTES:
        raise OpeningMalformed(f"its salt must be {SALT_BYTES} bytes")
    if not name or name in RESERVED:
        raise OpeningMalformed("its name is empty or reserved")
