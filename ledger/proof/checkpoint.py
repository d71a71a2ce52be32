"""Checkpoints (C2SP tlog-checkpoint): a log's name, size and root in a signed note."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import Untrusted
from ledger.proof import notes
from ledger.proof.encoding import b64, parse_count, unb64
from ledger.proof.merkle import HASH_BYTES


class CheckpointMalformed(Untrusted):
    """A text is no checkpoint of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a checkpoint: {why}")


class OriginDiffers(Untrusted):
    """A checkpoint speaks of another log than the key that signed it."""

    def __init__(self, origin: str, expected: str) -> None:
        super().__init__(f"a checkpoint of {origin!r}, expected one of {expected!r}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: so many leaves, this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Three lines, each ended by a line feed; we write no extension lines."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the three lines; refuse extension lines, which no monitor could audit."""
        match text.split("\n"):
            case [origin, size, root, ""] if notes.NAME.fullmatch(origin):
                seen = cls(origin, parse_count(size), unb64(root))
            case _:
                raise CheckpointMalformed("it needs three lines: origin, size and root")
        if len(seen.root) != HASH_BYTES:
            raise CheckpointMalformed(f"its root has {len(seen.root)} bytes, not {HASH_BYTES}")
        return seen


def sign(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> str:
    """Sign a checkpoint under its origin; return the whole note."""
    return notes.sign(checkpoint.text, checkpoint.origin, private)


def open_signed(note: str, key: notes.VerifierKey) -> Checkpoint:
    """Return the checkpoint in a note that the log's own key signed; else raise Untrusted."""
    seen = Checkpoint.parse(notes.open_note(note, key))
    if seen.origin != key.name:
        raise OriginDiffers(seen.origin, key.name)
    return seen
