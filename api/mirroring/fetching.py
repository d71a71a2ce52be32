"""Files of a log from a server nobody trusts: bounded in size and time, tried again, never led on.

A redirection is refused: evidence against a log names the address that was asked.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from ledger.errors import Unknown, Unreadable
from ledger.proof import tiles
from ledger.proof.merkle import HASH_BYTES
from ledger.proof.notes import NOTE_MAX
from ledger.proof.signed_tiles import Read, or_cut
from ledger.store.log_folder import LogFolder

CHUNK = 2**16
NOT_THERE = (404, 410)
LED_ON = (301, 302, 303, 307, 308)
TRANSIENT = (408, 425, 429)
SERVER_FAULT = 500
BUNDLE_MAX = tiles.WIDTH * (tiles.LENGTH_BYTES + tiles.ENTRY_MAX)


class NotThere(Unknown):
    """A server has no such file."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} is not there")


class Unreachable(Unreadable):
    """A file can't be had from a server, or not in the form and time we wait for."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} can't be fetched ({why})")


class _Transient(Exception):
    """Worth another try."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for: a silence, a whole answer, tries and the pauses between."""

    silence_s: float = 15
    answer_s: float = 120
    tries: int = 3
    first_pause_s: float = 0.25
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body, and what the `Link` header beside it says (RFC 8288)."""

    body: bytes
    link: str


class Client:
    """Asks servers; used from several threads at once."""

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._opener = urllib.request.build_opener(_NoRedirection)

    def get(self, url: str, most: int) -> Fetched:
        """Return at most so many bytes; NotThere if there is nothing, else Unreachable."""
        pause = self._patience.first_pause_s
        for _ in range(1, self._patience.tries):
            try:
                return self._fetch(url, most)
            except _Transient:
                self._patience.pause(pause)
                pause *= 2
        try:
            return self._fetch(url, most)
        except _Transient as error:
            tries = self._patience.tries
            raise Unreachable(url, f"{error}; tried {tries} times") from None

    def _fetch(self, url: str, most: int) -> Fetched:
        try:
            with self._opener.open(url, timeout=self._patience.silence_s) as answer:
                return Fetched(self._body(answer, url, most), answer.headers.get("Link", ""))
        except urllib.error.HTTPError as error:
            with error:
                raise _judged(url, error) from None
        except (OSError, HTTPException) as error:
            raise _Transient(str(error) or type(error).__name__) from None
        except ValueError as error:
            raise Unreachable(url, str(error)) from None

    def _body(self, answer: HTTPResponse, url: str, most: int) -> bytes:
        """Read a body piece by piece, as it comes: what drips in may not hold us up for ever."""
        found, until = bytearray(), time.monotonic() + self._patience.answer_s
        while chunk := answer.read1(min(CHUNK, most + 1 - len(found))):
            found += chunk
            if len(found) > most:
                raise Unreachable(url, f"it is larger than the {most} bytes it may have")
            if time.monotonic() > until:
                raise Unreachable(url, f"it takes longer than {self._patience.answer_s:g} s")
        if answer.length:
            raise _Transient(f"it was cut short, {answer.length} bytes are missing")
        return bytes(found)


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Go nowhere else: the answer is an error like others."""


def _judged(url: str, error: urllib.error.HTTPError) -> Exception:
    if error.code in NOT_THERE:
        return NotThere(url)
    if error.code in LED_ON:
        onward = error.headers.get("Location")
        return Unreachable(url, f"it leads on to {onward}; name that address if you mean it")
    if error.code in TRANSIENT or error.code >= SERVER_FAULT:
        return _Transient(f"the server says {error.code}")
    return Unreachable(url, f"the server says {error.code}")


def longest(path: str) -> int:
    """Return how many bytes a file of a log may have, by what it is."""
    if path.startswith("tile/entries/"):
        return BUNDLE_MAX
    return tiles.WIDTH * HASH_BYTES if path.startswith("tile/") else NOTE_MAX


class NoSuchLog(Unreadable):
    """There is no folder to read a log from."""

    def __init__(self, where: str) -> None:
        super().__init__(f"{where}: no such folder; give a folder or an http(s) address of a log")


def source(where: str, patience: Patience | None = None) -> Read:
    """Return what reads the log at an address or in a folder."""
    if where.startswith(("http://", "https://")):
        client, address = Client(patience), where.rstrip("/")
        return or_cut(lambda path: client.get(f"{address}/{path}", longest(path)).body)
    if not Path(where).is_dir():
        raise NoSuchLog(where)
    return or_cut(LogFolder(Path(where)).read)
