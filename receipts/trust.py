"""The trust file: what an officer pins once (docs/formats/trust.md).

It names the log's key and the founder's, and, if the log has witnesses, whose cosignatures a
checkpoint must bear.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger.errors import Unreadable, Untrusted
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy

FORMAT = "donation-ledger-trust.v1"
WITNESSED = "donation-ledger-trust.v2"
"""The format of a file that holds a policy (C2SP tlog-policy); without one, it stays the first."""


class TrustUnreadable(Unreadable):
    """The bytes are no trust file."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no trust file ({why}); export one with: trust export FILE")


class PolicyOfAnotherLog(Unreadable):
    """A policy is of another log than the one it is to be used for."""

    def __init__(self, policy: VerifierKey, log: VerifierKey) -> None:
        super().__init__(f"the policy is of the log {policy.line}, not of {log.line}")


@dataclass(frozen=True, slots=True)
class Trust:
    """The log's key, the kid of the key that its authority was founded with, and a policy.

    The policy names this log alone (`of_log`).
    """

    log: VerifierKey
    authority: str
    policy: Policy | None = None

    def encode(self) -> bytes:
        """Return the file's content."""
        members = {"authority": self.authority, "format": FORMAT, "log": self.log.line}
        if self.policy is not None:
            members |= {"format": WITNESSED, "policy": self.policy.encode()}
        return json.dumps(members, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Trust:
        """Read a trust file, with a policy or without."""
        try:
            members = json.loads(data)
        except (ValueError, RecursionError):
            raise TrustUnreadable("it is not JSON") from None
        if not isinstance(members, dict) or members.get("format") not in (FORMAT, WITNESSED):
            raise TrustUnreadable(f"its format is not {FORMAT} or {WITNESSED}")
        log, authority = members.get("log"), members.get("authority")
        if not isinstance(log, str) or not isinstance(authority, str):
            raise TrustUnreadable("the keys are missing")
        try:
            key = VerifierKey.parse(log)
            if members["format"] == FORMAT:
                return cls(key, authority)
            return cls(key, authority, of_log(Policy.parse(str(members.get("policy"))), key))
        except (Untrusted, Unreadable) as error:
            raise TrustUnreadable(str(error)) from None

    def open(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note that the log signed, and as many witnesses as needed."""
        return self.policy.check(note) if self.policy else open_signed(note, self.log)


def of_log(policy: Policy, log: VerifierKey) -> Policy:
    """Return a policy of this log, and no other; refuse any other policy."""
    if policy.log != log:
        raise PolicyOfAnotherLog(policy.log, log)
    return policy
