"""The program of the process that signs: keys and messages come through a pipe, signatures go back.

It is run as a file, by `signing_process`, and imports nothing of the ledger.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import lru_cache
from multiprocessing.connection import Connection

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def work(pipe: Connection) -> None:
    """Sign what comes through a pipe until it closes; say first that it can come.

    A seed (RFC 8032 5.1.5) and messages come, and a signature for each message goes back.
    """
    with suppress(EOFError, OSError):
        pipe.send([])
        while True:
            seed, messages = pipe.recv()
            pipe.send([_key(seed).sign(message) for message in messages])
    pipe.close()


@lru_cache(maxsize=64)
def _key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


if __name__ == "__main__":  # pragma: no cover (another process)
    work(Connection(int(sys.argv[1])))
