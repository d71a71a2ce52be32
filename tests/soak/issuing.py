"""Many processes that issue receipts from one book, killed at any moment and started again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from random import Random
from signal import SIGKILL

from api.settings import Settings
from api.wiring import House
from ledger.domain.gifts import AlreadyReceipted
from ledger.engine import Conflict
from ledger.store.database import DatabaseUnreachable
from tests.conftest import USCC
from tests.houses import GIFT_DAY

LONGEST_S = 240.0
"""How long nothing may be heard from any process."""


@dataclass(slots=True)
class Crowd:
    """Processes at work, each with the gifts it issues receipts for; `killed` counts restarts."""

    settings: Settings
    code: str
    tasks: Sequence[Sequence[str]]
    kills: int
    killed: int = 0
    working: dict[Connection, tuple[int, BaseProcess]] = field(default_factory=dict)

    def run(self, chance: Random) -> None:
        """Let all finish; for every few receipts that are told of, kill one of those at work."""
        for task in range(len(self.tasks)):
            self._start(task)
        try:
            while self.working:
                self._hear(chance)
        finally:
            for _, process in self.working.values():
                process.kill()

    def _start(self, task: int) -> None:
        hears, tells = CONTEXT.Pipe(duplex=False)
        given = (self.settings, self.code, self.tasks[task], tells)
        process = CONTEXT.Process(target=_issue_all, args=given)
        process.start()
        tells.close()
        self.working[hears] = (task, process)

    def _hear(self, chance: Random) -> None:
        heard = wait(list(self.working), LONGEST_S)
        assert heard, f"nothing was heard for {LONGEST_S} s"
        for end in heard:
            assert isinstance(end, Connection)
            if end in self.working and not _tells(end):
                self._ended(end)
            elif self.killed < self.kills and self.working and chance.random() < KILLED:
                self.killed += 1
                chance.choice([process for _, process in self.working.values()]).kill()

    def _ended(self, end: Connection) -> None:
        """See a process off: who finished is done, who was killed is started again."""
        task, process = self.working.pop(end)
        process.join()
        end.close()
        if process.exitcode != 0:
            assert process.exitcode in (-SIGKILL, TRY_AGAIN), f"it ended with {process.exitcode}"
            self._start(task)


KILLED = 0.3
"""How likely a process is killed for each receipt that is told of."""

TRY_AGAIN = 2
CONTEXT = get_context("forkserver")


def _tells(end: Connection) -> bool:
    """Tell whether a process said that a receipt was made; False when it is no more."""
    try:
        end.recv()
    except (EOFError, OSError):
        return False
    return True


def _issue_all(settings: Settings, code: str, gifts: Sequence[str], told: Connection) -> None:
    try:
        house = House(settings)
    except DatabaseUnreachable:  # the server has its hands full, also with those just killed
        sys.exit(TRY_AGAIN)
    try:
        for gift in gifts:
            told.send(_issue(house, code, gift))
    finally:
        house.close()


def _issue(house: House, code: str, gift: str) -> tuple[str, str]:
    """Issue a receipt, however often others are faster; return its number, old or new."""
    while True:
        try:
            made = house.ledger.receipts.issue_receipts(USCC, [gift], [code], GIFT_DAY)[gift]
        except Conflict:
            continue
        if isinstance(made, AlreadyReceipted):
            return made.code, made.number
        assert isinstance(made, tuple), made
        return made
