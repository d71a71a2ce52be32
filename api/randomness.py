"""Random bytes and ids of the kernel's generator, for salts, nonces, keys and names of streams."""

from __future__ import annotations

import os
import secrets
import uuid

WHOLE = 256
"""So many bytes at the most come whole in one call, whatever interrupts it (getrandom(2))."""


def random_bytes(count: int) -> bytes:
    """Return `count` random bytes, without letting other threads in where the system can do that.

    `secrets` gives the interpreter to another thread around each call. For the few bytes of a salt
    that costs sixteen threads that record more than the bytes do.
    """
    if count > WHOLE or not hasattr(os, "getrandom"):
        return secrets.token_bytes(count)
    return os.getrandom(count)


def random_id() -> str:
    """Return a random UUID (RFC 9562 5.4), as 32 hexadecimal digits."""
    return uuid.UUID(bytes=random_bytes(16), version=4).hex
