"""The trust file: the public keys that an officer pins once (docs/formats/trust.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger.errors import Unreadable, Untrusted
from ledger.proof.notes import VerifierKey

FORMAT = "donation-ledger-trust.v1"


class TrustUnreadable(Unreadable):
    """The bytes are no trust file."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no trust file ({why}); export one with: trust export FILE")


@dataclass(frozen=True, slots=True)
class Trust:
    """The log's key, and the kid of the key that its authority was founded with."""

    log: VerifierKey
    authority: str

    def encode(self) -> bytes:
        """Return the file's content."""
        members = {"authority": self.authority, "format": FORMAT, "log": self.log.line}
        return json.dumps(members, indent=2, sort_keys=True).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Trust:
        """Read a trust file."""
        try:
            members = json.loads(data)
        except (ValueError, RecursionError):
            raise TrustUnreadable("it is not JSON") from None
        if not isinstance(members, dict) or members.get("format") != FORMAT:
            raise TrustUnreadable(f"its format is not {FORMAT}")
        log, authority = members.get("log"), members.get("authority")
        if not isinstance(log, str) or not isinstance(authority, str):
            raise TrustUnreadable("the keys are missing")
        try:
            return cls(VerifierKey.parse(log), authority)
        except Untrusted as error:
            raise TrustUnreadable(str(error)) from None
