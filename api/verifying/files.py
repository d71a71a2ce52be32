"""Where what is checked comes from: files of bounded size, folders, an address on the web."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from ledger.errors import Unknown, Unreadable

RECEIPT_MAX = 2**24
FETCH_MAX, FETCH_SECONDS = 2**28, 120
CHUNK = 2**16
BUNDLE = "bundle.json"
ENDINGS = (".pdf", BUNDLE)
"""What is taken for a receipt in a folder."""


class NothingToVerify(Unreadable):
    """A path holds no receipt."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no receipt there; give a PDF, a bundle, or a folder of them")


class FileUnreadable(Unreadable):
    """A file can't be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: can't be read ({why})")


class Unfetched(Unknown):
    """A file could not be fetched from the web."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} can't be fetched ({why})")


def read_file(path: Path, most: int = RECEIPT_MAX) -> bytes:
    """Return a file's bytes; refuse one of more than `most`."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise FileUnreadable(path, error.strerror or str(error)) from None
    if len(data) > most:
        raise FileUnreadable(path, f"it is larger than {most // 2**20} MB")
    return data


def read_or_why(path: Path) -> bytes | FileUnreadable:
    """Return a file's bytes, or why they can't be had."""
    try:
        return read_file(path)
    except FileUnreadable as error:
        return error


def receipts_in(path: Path) -> Iterator[Path]:
    """Return the receipts of a folder, in order of their names; another path as it is."""
    if not path.is_dir():
        yield path
        return
    found = sorted(p for p in path.rglob("*") if p.name.lower().endswith(ENDINGS) and p.is_file())
    if not found:
        raise NothingToVerify(path)
    yield from found


def fetch(url: str, most: int = FETCH_MAX, seconds: float = FETCH_SECONDS) -> bytes:
    """Return what lies at an http(s) address, bounded in size and in time."""
    started, found = time.monotonic(), bytearray()
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 http and https only
            while chunk := answer.read(CHUNK):
                found += chunk
                if len(found) > most:
                    raise Unfetched(url, f"it is larger than {most // 2**20} MB")
                if time.monotonic() - started > seconds:
                    raise Unfetched(url, f"it takes longer than {seconds:.0f} seconds")
            if answer.length:  # what was promised and did not come
                raise Unfetched(url, f"it was cut short by {answer.length} bytes")
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise Unfetched(url, str(error)) from None
    return bytes(found)


def read_or_fetch(where: str, most: int = FETCH_MAX) -> bytes:
    """Return a file's bytes, or what lies at an http(s) address."""
    if where.startswith(("http://", "https://")):
        return fetch(where, most)
    return read_file(Path(where), most)
