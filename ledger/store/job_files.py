"""What long jobs were handed and what came out of them: encrypted files in a private folder.

Each file is closed in chunks in the way of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): a
chunk's nonce says its place and whether it is the last, so that none can be moved or cut off.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import Unknown, Untrusted
from ledger.proof.encoding import canonical
from ledger.store.durable import sync_folder

CHUNK = 2**20
PREFIX_BYTES, COUNTER_BYTES, TAG_BYTES = 7, 4, 16
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")
INCOMING = "incoming-"


class FileGone(Unknown):
    """A job has no such file, or has it no longer."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no file {name} of this job, or no longer")


class FileAltered(Untrusted):
    """A file of a job is not what was put there."""

    def __init__(self, job: str, name: str) -> None:
        super().__init__(f"file {name} of job {job} is not what was put there")


class JobFiles:
    """The files of jobs under one folder. `key()` closes them, `random(n)` gives n random bytes."""

    def __init__(
        self, folder: Path, key: Callable[[], bytes], random: Callable[[int], bytes]
    ) -> None:
        self._folder = folder
        self._key = key
        self._random = random

    def put(self, job: str, name: str, source: BinaryIO) -> None:
        """Close what a source gives under a name; it is there whole or not at all."""
        place = self._place(job, name)
        self._private(place.parent)
        descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(self._closed(job, name, source))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(place)
        finally:
            Path(temporary).unlink(missing_ok=True)
        sync_folder(place.parent)

    def chunks(self, job: str, name: str) -> Iterator[bytes]:
        """Return what lies under a name, piece by piece; each is checked before it is given out."""
        place = self._place(job, name)
        if not place.is_file():
            raise FileGone(name)
        return self._opened(job, name, place)

    def read(self, job: str, name: str) -> bytes:
        """Return what lies under a name."""
        return b"".join(self.chunks(job, name))

    def names(self, job: str) -> list[str]:
        """Return the names of a job's files."""
        folder = self._folder / job
        return sorted(p.name for p in folder.iterdir() if NAME.fullmatch(p.name) and p.is_file()) \
            if folder.is_dir() else []  # fmt: skip

    def drop(self, job: str, beginning: str = "") -> None:
        """Remove the files of a job whose names begin so; with none, its whole folder."""
        if not beginning:
            shutil.rmtree(self._folder / job, ignore_errors=True)
        for name in self.names(job):
            if name.startswith(beginning):
                self._place(job, name).unlink(missing_ok=True)

    @contextmanager
    def workplace(self, job: str) -> Iterator[Path]:
        """Lend a private folder to work in, empty at first and gone at the end."""
        folder = self._folder / job / "work"
        shutil.rmtree(folder, ignore_errors=True)  # of a server that was killed
        self._private(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """Lend a private folder for what is being handed in, gone at the end."""
        self._private(self._folder)
        with tempfile.TemporaryDirectory(prefix=INCOMING, dir=self._folder) as folder:
            yield Path(folder)

    def sweep(self, before: float) -> None:
        """Remove what was being handed in when its server was killed (times as of `os.stat`)."""
        for folder in self._folder.glob(f"{INCOMING}*"):
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)

    def _private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)

    def _place(self, job: str, name: str) -> Path:
        if not (NAME.fullmatch(job) and NAME.fullmatch(name)):
            raise FileGone(name)
        return self._folder / job / name

    def _closed(self, job: str, name: str, source: BinaryIO) -> Iterator[bytes]:
        box, bound, prefix = AESGCM(self._key()), _bound(job, name), self._random(PREFIX_BYTES)
        yield prefix
        place, data = 0, source.read(CHUNK)
        while True:
            coming = source.read(CHUNK)
            yield box.encrypt(_nonce(prefix, place, last=not coming), data, bound)
            if not coming:
                return
            place, data = place + 1, coming

    def _opened(self, job: str, name: str, place: Path) -> Iterator[bytes]:
        box, bound = AESGCM(self._key()), _bound(job, name)
        with place.open("rb") as file:
            prefix = file.read(PREFIX_BYTES)
            number, data = 0, file.read(CHUNK + TAG_BYTES)
            while True:
                coming = file.read(CHUNK + TAG_BYTES)
                try:
                    yield box.decrypt(_nonce(prefix, number, last=not coming), data, bound)
                except (InvalidTag, ValueError):
                    raise FileAltered(job, name) from None
                if not coming:
                    return
                number, data = number + 1, coming


def _bound(job: str, name: str) -> bytes:
    return canonical([job, name])


def _nonce(prefix: bytes, place: int, *, last: bool) -> bytes:
    return prefix + place.to_bytes(COUNTER_BYTES, "big") + bytes([last])
