"""ML-DSA-44 keys and signatures (FIPS 204): what a quantum computer is not known to forge."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ledger.errors import Untrusted
from ledger.proof.ed25519 import SignatureFails

SEED_BYTES = 32
KEY_BYTES = 1312
SIGNATURE_BYTES = 2420
"""FIPS 204 table 2."""


class LatticeKeyUnusable(Untrusted):
    """Bytes are no ML-DSA-44 public key."""

    def __init__(self, length: int) -> None:
        super().__init__(f"this is no ML-DSA-44 public key: it has {length} bytes, not {KEY_BYTES}")


def private_key(seed: bytes) -> MLDSA44PrivateKey:
    """Make the private key of a secret of 32 bytes (FIPS 204 algorithm 6)."""
    return MLDSA44PrivateKey.from_seed_bytes(seed)


def public_key(raw: bytes) -> MLDSA44PublicKey:
    """Read a public key of 1,312 bytes (FIPS 204 algorithm 23: each string is one key)."""
    if len(raw) != KEY_BYTES:
        raise LatticeKeyUnusable(len(raw))
    return MLDSA44PublicKey.from_public_bytes(raw)


def check_signature(public: MLDSA44PublicKey, signature: bytes, message: bytes, what: str) -> None:
    """Return quietly if `signature` is the key's over `message`; `what` names it in the refusal."""
    try:
        public.verify(signature, message)
    except InvalidSignature as reason:
        raise SignatureFails(what) from reason
