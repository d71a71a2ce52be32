"""Bare Ed25519 checks by each of the two libraries, with keys and bytes at hand."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_sign_open

Check = tuple[Ed25519PublicKey, bytes, bytes]
"""A key, a signature, and what was signed."""


def openssl_s(checks: Sequence[Check]) -> float:
    """Check all with OpenSSL, whose word is the norm; return seconds of CPU time."""
    started = time.process_time()
    for public, signature, message in checks:
        public.verify(signature, message)
    return time.process_time() - started


def libsodium_s(checks: Sequence[Check]) -> float:
    """Check all with libsodium, which is asked first; return seconds of CPU time."""
    ready = [
        (signature + message, public.public_bytes_raw()) for public, signature, message in checks
    ]
    started = time.process_time()
    for signed, raw in ready:
        crypto_sign_open(signed, raw)
    return time.process_time() - started
