"""What public answers rest on, and how it is known cheaply that none of it has moved."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from eventsourcing.persistence import PersistenceError
from fastapi.concurrency import run_in_threadpool

from api.public_house import PublicHouse
from ledger.domain.days import day_in_china
from ledger.errors import LedgerError
from ledger.store.checkpoints import Listed

CHECKED_S = 0.25
"""How long a standing holds unless this process writes: what another process recorded or published
is shown that much later at the most."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What public answers rest on: at the same standing they are the same, to the byte."""

    rows: tuple[tuple[int, int], ...]
    size: int
    checkpoint: bytes | None
    published: tuple[Listed, ...]
    day: date


class Standings:
    """Tells the standing of a house; asks the database only when it could have moved unseen.

    `timer` counts seconds, `today` gives the day in China.
    """

    def __init__(
        self,
        house: PublicHouse,
        timer: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = lambda: day_in_china(datetime.now(UTC)),
    ) -> None:
        self._house, self._timer, self._today = house, timer, today
        self._last: tuple[Standing, int, float] | None = None

    def known(self) -> Standing | None:
        """Return the last one, if this process has not written since and it is not too old."""
        if self._last is None:
            return None
        standing, writes, at = self._last
        if writes != self._house.runner.writes or self._timer() - at > CHECKED_S:
            return None
        return standing

    async def now(self) -> Standing | None:
        """Return the standing; None when it can't be told, for the answer will say why."""
        return self.known() or await run_in_threadpool(self._read)

    def _read(self) -> Standing | None:
        """Ask; writes and the time are noted first, so that nothing done meanwhile is missed."""
        try:
            writes, at = self._house.runner.writes, self._timer()
            standing = self._asked()
        except (LedgerError, PersistenceError, OSError):
            return None
        self._last = standing, writes, at
        return standing

    def _asked(self) -> Standing:
        house = self._house
        note = house.log.read("checkpoint") if house.log.objects.exists("checkpoint") else None
        with house.runner.sitting():
            return Standing(
                rows=house.runner.standing(),
                size=house.recorder.size(),
                checkpoint=sha256(note).digest() if note is not None else None,
                published=tuple(house.checkpoints.listed(None, 1)),
                day=self._today(),
            )
