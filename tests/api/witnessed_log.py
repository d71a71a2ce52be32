"""Witnesses that really listen on this machine, for tests of the whole way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.witness_server import WitnessServer
from ledger.proof.notes import VerifierKey
from ledger.store.witness import Witness, WitnessKeys
from tests.ledger.proof.witnessed import AT


def keys(name: str) -> WitnessKeys:
    """The keys of a witness of this name."""
    seed = name.encode().ljust(32, b".")
    return WitnessKeys.of(f"{name}.example/witness", seed, seed[::-1])


@contextmanager
def listening(witness: Witness) -> Iterator[str]:
    """Serve a witness on a free port of this machine; yield its address."""
    server = WitnessServer(("127.0.0.1", 0), witness)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def witness_of(folder: Path, name: str, log: VerifierKey, at: float = AT) -> Witness:
    """A witness in a folder that watches one log, at a second that stands still."""
    witness = Witness(folder, keys(name), lambda: at)
    witness.watch(log)
    return witness
