"""Keys that take the place of others: what their events say in tests, and keys that really sign."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.domain import events
from ledger.domain.events import Event
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer
from tests.ledger.domain.given import CHARITY, digest

CREDIT_CODE = "a unified social credit code, public by law, or the authority's fixed id"
KEY = "a public key or its thumbprint"
SIGNATURE = "a signature by a public key"
FIXED = "one of a few fixed words"
WORDED = "an official's own words on an act, typed for the public; the page says so"

KEY_FACTS: dict[type[Event], dict[str, Any]] = {
    events.KeyRotated: {
        "organisation": CHARITY,
        "kid": digest("kid after"),
        "public": digest("public after"),
        "replaces": digest("kid of charity"),
        "ground": "superseded",
        "note": None,
        "custody": "organisation",
        "possession": b64url(bytes(range(64))),
        "handover": b64url(bytes(range(64, 128))),
    },
    events.KeyWithdrawn: {
        "organisation": CHARITY,
        "kid": digest("kid of charity"),
        "ground": "compromised",
        "note": "办公室失窃",
    },
}
_TEXTS = {
    "KeyRotated": {
        "organisation": CREDIT_CODE,
        "kid": KEY,
        "public": KEY,
        "replaces": KEY,
        "ground": FIXED,
        "note": WORDED,
        "custody": FIXED,
        "possession": SIGNATURE,
        "handover": SIGNATURE,
    },
    "KeyWithdrawn": {"organisation": CREDIT_CODE, "kid": KEY, "ground": FIXED, "note": WORDED},
}
PUBLIC = {(owner, name): why for owner, said in _TEXTS.items() for name, why in said.items()}
"""Why the text in these fields is no person's."""


def key(number: int) -> Ed25519Signer:
    """Make one of the keys of these tests."""
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)))


def public(signer: Ed25519Signer) -> str:
    """Write a signer's public key as events hold it."""
    return b64url(signer.public.public_bytes_raw())
