"""A stranger who fetches every checkpoint that can be had, and proves that the log only grew."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event, Thread

from ledger.errors import LedgerError, Unknown
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.notes import VerifierKey

SILENCE_S = 10
PAUSE_S = 0.02


class Unanswered(Unknown):
    """The server gave no whole answer: it was killed, or is not up again."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url}: {why}")


@dataclass
class Follower:
    """Asks one server for checkpoints until it is told to stop; `wrong` is what can't be."""

    address: str
    key: VerifierKey
    seen: dict[int, Checkpoint] = field(default_factory=dict)
    proved: int = 0
    wrong: list[str] = field(default_factory=list)
    _last: Checkpoint | None = None
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        """Begin, beside whatever else is done."""
        self._thread = Thread(target=self._follow)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _follow(self) -> None:
        while not self._stop.wait(PAUSE_S):
            self._once()

    def _once(self) -> None:
        try:
            self._look()
        except Unanswered:
            pass  # what could not be proved is proved with the next one
        except LedgerError as error:
            self.wrong.append(str(error))

    def _look(self) -> None:
        """Take in the checkpoint of this moment.

        1. The log's key signed it, and no other root of that size was seen.
        2. It extends the one that was proved before it, by tiles from the same server.
        """
        shown = open_signed(self.read("checkpoint").decode(), self.key)
        if self.seen.setdefault(shown.size, shown).root != shown.root:  # 1
            self.wrong.append(f"two roots of size {shown.size}")
        if self._last is None or shown.size > self._last.size:  # 2
            self._prove(self._last or Checkpoint(shown.origin, 0, merkle.EMPTY_ROOT), shown)
            self._last, self.proved = shown, self.proved + 1
        elif shown.size < self._last.size:
            self.wrong.append(f"{shown.size} entries after {self._last.size}")

    def _prove(self, before: Checkpoint, shown: Checkpoint) -> None:
        hashes = tiles.TileHashes(self.read, shown.size)
        path = merkle.consistency(before.size, shown.size, hashes.subtree)
        merkle.check_consistency(before.size, before.root, shown.size, shown.root, path)

    def read(self, path: str) -> bytes:
        """Fetch a file of the log."""
        url = f"{self.address}/log/{path}"
        try:
            with urllib.request.urlopen(url, timeout=SILENCE_S) as answer:  # noqa: S310 it is ours
                return bytes(answer.read())
        except (OSError, HTTPException) as error:  # a status of failure is an OSError too
            raise Unanswered(url, str(error)) from None
