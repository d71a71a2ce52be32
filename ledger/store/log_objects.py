"""Where the files of a published log lie: a folder of this machine, or (`log_bucket`) a bucket."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ledger.errors import Unknown, Unreadable, Untrusted
from ledger.store.durable import write_atomically, write_once

FOR_EVER = "public, max-age=31536000, immutable"
"""How long a tile, a bundle or a checkpoint of a given size may be kept by caches (RFC 8246)."""

SHORT = "public, max-age=5"
"""How long what is replaced may be kept: the newest checkpoint, and the verifier key."""

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"


class FileMissing(Unknown):
    """A file that the checkpoint needs is not there."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is missing from the published log")


class OtherBytesThere(Untrusted):
    """A file of the log that never changes lies there already, with other bytes."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} lies in the published log with other bytes: the event store is not what it "
            "was written from; nothing is signed, restore the newest backup of the database"
        )


class LogUnreachable(Unreadable):
    """The place of the published log does not answer, or not as it should."""


class LogObjects(Protocol):
    """Named byte strings: tiles and bundles are put once, the checkpoint is replaced."""

    def read(self, path: str) -> bytes:
        """Return the bytes at `path`; raise FileMissing where there are none."""
        ...

    def exists(self, path: str) -> bool:
        """Tell whether there is anything at `path`."""
        ...

    def put_once(self, path: str, data: bytes) -> None:
        """Put bytes that never change; the same again is fine, others raise OtherBytesThere."""
        ...

    def replace(self, path: str, data: bytes) -> None:
        """Put bytes in place of those at `path`, whole or not at all."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Hold the place against another integrator, where the place itself can."""
        ...


class Directory:
    """A folder; each write is durable when it returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; raise FileMissing where there is none."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise FileMissing(path) from None

    def exists(self, path: str) -> bool:
        """Tell whether there is such a file."""
        return (self.folder / path).exists()

    def put_once(self, path: str, data: bytes) -> None:
        """Write a file that never changes; raise OtherBytesThere if another one is there."""
        write_once(self.folder / path, data)
        if self.read(path) != data:
            raise OtherBytesThere(path)

    def replace(self, path: str, data: bytes) -> None:
        """Write a file in place of the one that is there."""
        write_atomically(self.folder / path, data)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for, and hold, the lock file of the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """Which bucket, under which prefix, how to get there, and by which access key if by any."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
