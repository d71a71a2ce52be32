"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` at `path`, replacing what is there; on failure nothing changes."""
    with atomically(path, mode) as file:
        file.write(data)


@contextmanager
def atomically(path: Path, mode: int = 0o644) -> Iterator[BufferedRandom]:
    """Lend a file, to write and to read, that replaces `path` when the block ends well.

    It is for what is too long to be held in memory. When the block fails nothing changes.
    """
    with _new_file(path.parent) as (temporary, file):
        yield file
        _make_durable(file, mode)
        temporary.replace(path)
    sync_folder(path.parent)


def write_once(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` at `path` unless something is there; of two writers the first one wins."""
    with _new_file(path.parent) as (temporary, file):
        file.write(data)
        _make_durable(file, mode)
        with suppress(FileExistsError):
            path.hardlink_to(temporary)
    sync_folder(path.parent)


@contextmanager
def _new_file(folder: Path) -> Iterator[tuple[Path, BufferedRandom]]:
    """Lend a file in a folder; the name that it has meanwhile is gone at the end."""
    _make(folder)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield temporary, file
    finally:
        temporary.unlink(missing_ok=True)


def _make_durable(file: BinaryIO, mode: int) -> None:
    file.flush()
    os.fchmod(file.fileno(), mode)
    os.fsync(file.fileno())


def _make(folder: Path) -> None:
    """Make a folder and those above it, each one's name durable before it is used."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
