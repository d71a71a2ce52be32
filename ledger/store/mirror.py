"""A folder that holds a copy of somebody's log, whole at every moment, and what it was shown.

`checkpoint`, `tile/` and `vkey` are the copy, as any reader of C2SP tlog-tiles knows it;
`checkpoints/SIZE` keeps every signed checkpoint that was seen, `evidence/` what contradicts them.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import Refused, Unknown, Unreadable, Untrusted
from ledger.proof import tiles
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.encoding import b64
from ledger.proof.notes import VerifierKey
from ledger.store.durable import write_atomically, write_once
from ledger.store.log_folder import LogFolder

CHECKPOINTS, EVIDENCE = "checkpoints", "evidence"


class MirrorBusy(Unreadable):
    """Another process is copying into the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: another mirror is at work there; let it end, or stop it")


class OtherLog(Refused):
    """A folder holds the copy of another log."""

    def __init__(self, folder: Path, kept: str, asked: str) -> None:
        super().__init__(
            f"{folder} holds the log of key {kept}, not that of {asked}; choose another folder"
        )


class KeptDamaged(Untrusted):
    """A checkpoint that was kept is no longer what its log signed."""

    def __init__(self, path: Path, why: Untrusted) -> None:
        super().__init__(f"{path} was altered since it was kept ({why}); copy into a new folder")


@dataclass(frozen=True, slots=True)
class Shown:
    """A note with the checkpoint that it signs."""

    note: str
    seen: Checkpoint


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two checkpoints with the signature of one log that can't both be true, or not in this order.

    `proof` leads from the smaller tree to the larger one (RFC 9162 2.1.4.1), as the larger tells
    it; it is empty where the notes are enough.
    """

    known: Shown
    shown: Shown
    says: str
    proof: Sequence[bytes] = ()


class MirrorFolder:
    """A copy of a log on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = LogFolder(folder)

    def read(self, path: str) -> bytes:
        """Return a file of the copy; Unknown when it is not there."""
        return self.log.read(path)

    def write(self, path: str, data: bytes) -> None:
        """Put a file of the copy in its place, whole or not at all."""
        write_atomically(self.folder / path, data)

    def put(self, path: str, data: bytes) -> bool:
        """Put a file in its place unless it is there, byte for byte; tell whether it was not."""
        with suppress(Unknown):
            if self.read(path) == data:
                return False
        self.write(path, data)
        return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against any other mirror."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MirrorBusy(self.folder) from None
            yield

    def key(self) -> VerifierKey | None:
        """Return the key that was pinned by the first run."""
        return self.log.vkey() if (self.folder / "vkey").exists() else None

    def pin(self, key: VerifierKey) -> None:
        """Keep the log's key; refuse another one than was kept before."""
        kept = self.key()
        if kept is not None and kept != key:
            raise OtherLog(self.folder, kept.line, key.line)
        write_once(self.folder / "vkey", f"{key.line}\n".encode())

    def copied(self, key: VerifierKey) -> Shown | None:
        """Return the checkpoint whose tree is here as a whole."""
        return self._kept("checkpoint", key)

    def newest(self, key: VerifierKey) -> Shown | None:
        """Return the largest checkpoint that was seen; its tree need not be here yet."""
        names = [path.name for path in (self.folder / CHECKPOINTS).glob("[0-9]*")]
        sizes = [int(name) for name in names if name.isdecimal()]
        kept = [self.at(max(sizes), key)] if sizes else []
        known = [shown for shown in (*kept, self.copied(key)) if shown]
        return max(known, key=lambda shown: shown.seen.size, default=None)

    def at(self, size: int, key: VerifierKey) -> Shown | None:
        """Return the checkpoint of that size that was seen."""
        return self._kept(f"{CHECKPOINTS}/{size}", key)

    def _kept(self, path: str, key: VerifierKey) -> Shown | None:
        file = self.folder / path
        if not file.exists():
            return None
        note = file.read_bytes().decode("utf-8", errors="replace")
        try:
            return Shown(note, open_signed(note, key))
        except Untrusted as error:
            raise KeptDamaged(file, error) from None

    def keep(self, shown: Shown) -> None:
        """Keep a checkpoint that is known to extend those kept before."""
        self.write(f"{CHECKPOINTS}/{shown.seen.size}", shown.note.encode())

    def finish(self, shown: Shown, before: int) -> None:
        """Make a checkpoint the copy's own: all that it needs is here; the last copy had `before`.

        Partial tiles go once the full ones are there (C2SP tlog-tiles allows it from then on).
        """
        self.write("checkpoint", shown.note.encode())
        for level, index, width in tiles.new_tiles(before, shown.seen.size):
            if width == tiles.WIDTH:
                self._drop(tiles.tile_path(level, index))
        for index, width in tiles.new_bundles(before, shown.seen.size):
            if width == tiles.WIDTH:
                self._drop(tiles.entries_path(index))

    def _drop(self, path: str) -> None:
        shutil.rmtree(self.folder / f"{path}.p", ignore_errors=True)

    def accuse(self, found: Contradiction) -> Path:
        """Keep what proves a contradiction for whoever wants to check it; return where it lies."""
        known, shown = found.known.seen, found.shown.seen
        name = f"{known.size}-{shown.size}-{shown.root.hex()[:16]}"
        path = f"{EVIDENCE}/{name}"
        self.write(f"{path}/known", found.known.note.encode())
        self.write(f"{path}/shown", found.shown.note.encode())
        if found.proof:
            lines = "".join(f"{b64(each)}\n" for each in found.proof)
            self.write(f"{path}/consistency", lines.encode())
        self.write(f"{path}/says", f"{found.says}\n".encode())
        return self.folder / path
