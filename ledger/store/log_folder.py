"""The published log on disk: tiles, entry bundles and the signed checkpoint (C2SP tlog-tiles).

An integrator follows the event store in leaf order. It writes tiles before the checkpoint that
needs them, and never signs a tree that does not extend the last one it published.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import Unknown, Untrusted
from ledger.proof import checkpoint as checkpoints
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.notes import VerifierKey
from ledger.proof.tlog_proof import TlogProof
from ledger.store.durable import write_atomically
from ledger.store.recorder import LedgerRecorder, LogRow

STATUS_LIST = "status-list"
"""The newest list of what has become of every receipt, where it is published beside the log."""


class LogAhead(Untrusted):
    """The published log holds more than the event store, as after a restore from a backup."""

    def __init__(self, published: int, stored: int) -> None:
        super().__init__(
            f"the published log has {published} entries, the event store only {stored}: it was "
            "restored from an older backup; nothing is signed until the missing entries are back"
        )


class LogDiffers(Untrusted):
    """The event store no longer holds what was published."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} differs from what was published; nothing is signed")


class FileMissing(Unknown):
    """A file that the checkpoint needs is not there."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is missing from the published log")


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
    """A published log in a folder: `checkpoint`, `tile/...`, `vkey`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes:
        """Return a file of the log; refuse when it is not there."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise FileMissing(path) from None

    def note(self) -> str:
        """Return the signed checkpoint as it stands on disk."""
        try:
            return self.read("checkpoint").decode("utf-8")
        except UnicodeDecodeError:
            raise LogDiffers("checkpoint") from None

    def vkey(self) -> VerifierKey:
        """Return the key that the folder itself says its checkpoint is signed with."""
        line = self.read("vkey").decode("utf-8", errors="replace")
        if not line.endswith("\n"):
            raise LogDiffers("vkey")
        return VerifierKey.parse(line[:-1])

    def published(self, key: VerifierKey) -> Checkpoint | None:
        """Return the checkpoint that `key` signed last, or None when there is none yet."""
        if not (self.folder / "checkpoint").exists():
            return None
        return checkpoints.open_signed(self.note(), key)

    def prover(self, key: VerifierKey) -> Prover:
        """Return what proves leaves under the checkpoint as it stands now."""
        note = self.note()
        size = checkpoints.open_signed(note, key).size
        return Prover(note, size, tiles.TileHashes(self.read, size))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against any other integrator."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


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


class Integrator:
    """Brings the published log up to the event store.

    `checker(leaf)` gives what refuses a forged entry, from that leaf on, in order.
    """

    def __init__(
        self,
        recorder: LedgerRecorder,
        log: LogFolder,
        key: Ed25519PrivateKey,
        checker: Callable[[int], Callable[[LogRow], object]],
    ) -> None:
        self._recorder = recorder
        self._log = log
        self._key = key
        self._checker = checker
        self.vkey = VerifierKey.of(recorder.origin(), key.public_key())

    def integrate(self) -> Checkpoint:
        """Publish all sequenced entries; return the checkpoint that covers them."""
        with self._log.locked():
            size = self._recorder.size()
            last = self._log.published(self.vkey) or self._empty()
            if last.size > size:
                raise LogAhead(last.size, size)
            if last.size == size and size:
                return last
            return self._extend(last, size)

    def _empty(self) -> Checkpoint:
        return Checkpoint(self.vkey.name, 0, merkle.EMPTY_ROOT)

    def _extend(self, last: Checkpoint, size: int) -> Checkpoint:
        check = self._checker(last.size)
        for index, width in tiles.new_bundles(last.size, size):
            self._write_bundle(index, width, last.size, check)
        hashes = tiles.TileHashes(self._log.read, size)
        for level, index, width in tiles.new_tiles(last.size, size):
            if level:
                first = index * tiles.WIDTH
                nodes = [hashes.above(level, n) for n in range(first, first + width)]
                write_atomically(self._file(level, index, width), b"".join(nodes))
        grown = Checkpoint(last.origin, size, merkle.root(size, hashes.subtree))
        self._check_extends(last, grown, hashes)
        write_atomically(self._log.folder / "vkey", f"{self.vkey.line}\n".encode())
        note = checkpoints.sign(grown, self._key)
        write_atomically(self._log.folder / "checkpoint", note.encode())
        return grown

    def _file(self, level: int, index: int, width: int) -> Path:
        return self._log.folder / tiles.tile_path(level, index, width)

    def _write_bundle(
        self, index: int, width: int, known: int, check: Callable[[LogRow], object]
    ) -> None:
        """Write a bundle and its tile; entries from leaf `known` on are new, and checked."""
        rows = self._recorder.log(256 * index, 256 * index + width)
        entries = [row.entry for row in rows if row.entry is not None]
        hashes = [row.hash for row in rows]
        if len(rows) != width or [merkle.leaf_hash(e) for e in entries] != hashes:
            raise LogDiffers(
                f"the event store between leaves {256 * index} and {256 * index + width}"
            )
        for row in rows:
            if row.leaf >= known:
                check(row)
        path = self._log.folder / tiles.entries_path(index, width)
        write_atomically(path, tiles.pack_entries(entries))
        write_atomically(self._file(0, index, width), b"".join(hashes))

    def _check_extends(self, last: Checkpoint, grown: Checkpoint, hashes: tiles.TileHashes) -> None:
        if last.size:
            proof = merkle.consistency(last.size, grown.size, hashes.subtree)
            try:
                merkle.check_consistency(last.size, last.root, grown.size, grown.root, proof)
            except Untrusted:
                raise LogDiffers("the event store") from None
