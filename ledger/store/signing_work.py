"""The program of the process that signs: keys and messages come through a pipe, signatures go back.

It is run as a file, by `signing_process`, and imports nothing of the ledger. libsodium makes the
same signatures as OpenSSL (RFC 8032 5.1.6 leaves no choice), in two thirds of the time.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import lru_cache
from multiprocessing.connection import Connection

from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair


def work(pipe: Connection) -> None:
    """Sign what comes through a pipe until it closes; say first that it can come.

    A seed (RFC 8032 5.1.5) and messages come, and a signature for each message goes back.
    """
    with suppress(EOFError, OSError):
        pipe.send([])
        while True:
            seed, messages = pipe.recv()
            key = _key(seed)
            pipe.send([crypto_sign(message, key)[:crypto_sign_BYTES] for message in messages])
    pipe.close()


@lru_cache(maxsize=64)
def _key(seed: bytes) -> bytes:
    return crypto_sign_seed_keypair(seed)[1]


if __name__ == "__main__":  # pragma: no cover (another process)
    work(Connection(int(sys.argv[1])))
