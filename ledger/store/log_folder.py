"""The published log as it is read (C2SP tlog-tiles): tiles, entry bundles, signed checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ledger.errors import Refused, Untrusted
from ledger.proof import checkpoint as checkpoints
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.notes import VerifierKey
from ledger.proof.tlog_proof import TlogProof
from ledger.store.durable import write_atomically
from ledger.store.log_objects import Directory, FileMissing, LogObjects

STATUS_LIST = "status-list"
"""The newest list of what has become of every receipt, where it is published beside the log."""


class LogDiffers(Untrusted):
    """The event store no longer holds what was published."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} differs from what was published; nothing is signed")


class NotYetPublished(Refused):
    """What shall be proved lies under no published checkpoint yet."""

    def __init__(self, leaf: int, published: int) -> None:
        super().__init__(
            f"entry {leaf} is recorded, but the published checkpoint covers only the first "
            f"{published} entries: too few witnesses have cosigned a newer one; nothing is "
            "handed out, run the same command again once they have"
        )


@dataclass(frozen=True, slots=True)
class Prover:
    """A published tree: its signed checkpoint, its size, and its hashes."""

    note: str
    size: int
    hashes: tiles.TileHashes

    def prove(self, index: int) -> TlogProof:
        """Prove that the leaf is in the tree (C2SP tlog-proof)."""
        path = merkle.inclusion(index, self.size, self.hashes.subtree)
        return TlogProof(index, tuple(path), self.note)


class LogFolder:
    """A published log in a folder, or in another place for objects: `checkpoint`, `tile/...`."""

    def __init__(self, where: Path | LogObjects) -> None:
        self.objects = Directory(where) if isinstance(where, Path) else where

    @property
    def folder(self) -> Path:
        """The folder of a log that lies in one."""
        assert isinstance(self.objects, Directory), "only asked of a log in a folder"
        return self.objects.folder

    def read(self, path: str) -> bytes:
        """Return a file of the log; raise FileMissing when it is not there."""
        return self.objects.read(path)

    def replace(self, path: str, data: bytes) -> None:
        """Put a file that changes: the checkpoint, the key, the status list."""
        self.objects.replace(path, data)

    def note(self) -> str:
        """Return the signed checkpoint as it is published."""
        try:
            return self.read("checkpoint").decode("utf-8")
        except UnicodeDecodeError:
            raise LogDiffers("checkpoint") from None

    def vkey(self) -> VerifierKey:
        """Return the key that the folder itself says its checkpoint is signed with."""
        return _key(self.read("vkey").decode("utf-8", errors="replace"))

    def published(self, key: VerifierKey) -> Checkpoint | None:
        """Return the checkpoint that `key` signed last, or None when there is none yet."""
        try:
            note = self.note()
        except FileMissing:
            return None
        return checkpoints.open_signed(note, key)

    def shown(self) -> Checkpoint | None:
        """Return the newest checkpoint, checked against the log's own key line, or None."""
        if not self.objects.exists("checkpoint"):
            return None
        return _opened(self.note(), self.vkey())

    def prover(self, key: VerifierKey) -> Prover:
        """Return what proves leaves under the checkpoint as it stands now."""
        note = self.note()
        size = checkpoints.open_signed(note, key).size
        return Prover(note, size, tiles.TileHashes(self.read, size))

    def locked(self) -> AbstractContextManager[None]:
        """Hold the log against any other integrator, as far as its place can."""
        return self.objects.alone()


@lru_cache(maxsize=8)
def _key(line: str) -> VerifierKey:
    """Read a key line; the same line gives the same key."""
    if not line.endswith("\n"):
        raise LogDiffers("vkey")
    return VerifierKey.parse(line[:-1])


@lru_cache(maxsize=8)
def _opened(note: str, key: VerifierKey) -> Checkpoint:
    """Open a signed note; the same bytes need not be verified again."""
    return checkpoints.open_signed(note, key)


def paths(size: int) -> Iterator[str]:
    """Yield every file that a log of that size consists of, the checkpoint last."""
    yield "vkey"
    for index, width in tiles.entry_bundles(size):
        yield tiles.entries_path(index, width)
    for level, index, width in tiles.hash_tiles(size):
        yield tiles.tile_path(level, index, width)
    yield "checkpoint"


def export(log: LogFolder, key: VerifierKey, target: Path) -> Checkpoint:
    """Copy the log into `target`, as of one checkpoint that is copied last; return that.

    The log may grow meanwhile: what its later checkpoint needs is not in the copy.
    """
    note = log.note()
    seen = checkpoints.open_signed(note, key)
    for path in paths(seen.size):
        data = note.encode() if path == "checkpoint" else log.read(path)
        write_atomically(target / path, data)
    return seen
