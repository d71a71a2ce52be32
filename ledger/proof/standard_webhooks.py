"""Signatures of webhooks, so that a receiver knows who sent them (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

from ledger.proof.encoding import b64

MARK = "whsec_"
"""Opens every secret as people are shown it (Standard Webhooks, "Signature scheme")."""

SECRET_BYTES = 32
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def shown(secret: bytes) -> str:
    """Write a secret as its receiver is shown it."""
    return MARK + b64(secret)


def sign(secret: bytes, name: str, at: int, body: bytes) -> str:
    """Return the signature of a body that is sent under an id at a time (POSIX seconds).

    HMAC-SHA-256 over id, time and body, parted by full stops: an id holds none.
    """
    assert "." not in name, "an id with a full stop could be read in two ways"
    said = f"{name}.{at}.".encode("ascii") + body
    return f"v1,{b64(hmac.new(secret, said, sha256).digest())}"


def headers(secrets: Sequence[bytes], name: str, at: int, body: bytes) -> Mapping[str, str]:
    """Return the three headers; while a secret is being replaced, both sign."""
    signed = " ".join(sign(secret, name, at, body) for secret in secrets)
    return {ID: name, TIMESTAMP: str(at), SIGNATURE: signed}
