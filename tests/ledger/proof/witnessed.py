"""What the tests of witnesses begin with: their keys, and checkpoints that they cosigned."""

from __future__ import annotations

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from ledger.proof import checkpoint, merkle, mldsa
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignatures import CosignerKey, cosign_ed25519, cosign_mldsa
from tests.ledger.proof.given import LOG, ORIGIN, leaves, private

AT = 1767225600
"""2026-01-01T00:00:00Z as a POSIX second."""

TREE = merkle.over(leaves(40))


def seen_at(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, merkle.root(size, TREE))


def note_of(size: int) -> str:
    return checkpoint.sign(seen_at(size), LOG)


def of_another_tree(size: int) -> str:
    """A checkpoint of this size, signed by the log, that no tree here has."""
    return checkpoint.sign(Checkpoint(ORIGIN, size, sha256(b"another tree").digest()), LOG)


def cosigner(name: str) -> CosignerKey:
    return CosignerKey.of_ed25519(name, private(f"{name} seed").public_key())


def lattice_cosigner(name: str) -> CosignerKey:
    return CosignerKey.of_mldsa(name, _lattice(name).public_key())


def cosigned_by(note: str, *names: str, at: int = AT) -> str:
    seen = _seen(note)
    return note + "".join(cosign_ed25519(seen, n, private(f"{n} seed"), at) for n in names)


def lattice_cosigned_by(note: str, *names: str, at: int = AT) -> str:
    seen = _seen(note)
    return note + "".join(cosign_mldsa(seen, name, _lattice(name), at) for name in names)


def _lattice(name: str) -> MLDSA44PrivateKey:
    return mldsa.private_key(sha256(f"{name} lattice seed".encode()).digest())


def _seen(note: str) -> Checkpoint:
    return Checkpoint.parse(note.partition("\n\n")[0] + "\n")
