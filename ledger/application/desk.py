"""What every command works with: what to decide from, a clock, random ids, a way to record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from datetime import datetime
from functools import wraps
from threading import RLock
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from ledger.application.asked import Asked
from ledger.application.batch import Batch, OpeningKeeper, Sealer
from ledger.application.streams import Streams
from ledger.application.working_keys import WorkingKeys
from ledger.domain import permissions
from ledger.domain.funds import Inflows
from ledger.domain.written_numbers import WrittenNumbers
from ledger.engine import Conflict, Engine

ATTEMPTS = 8
"""How often a command is decided anew when somebody else was faster."""

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """Everything that is handed in to the commands, once.

    `clock` tells the time in UTC, `ids` makes random ids, `random(n)` returns n random bytes. A
    dry run decides and refuses as always, and records nothing.
    """

    def __init__(
        self,
        engine: Engine,
        vault: OpeningKeeper,
        inflows: Inflows,
        written: WrittenNumbers,
        clock: Callable[[], datetime],
        ids: Callable[[], str],
        random: Callable[[int], bytes],
        *,
        dry_run: bool,
    ) -> None:
        self._engine = engine
        self.vault = vault
        self.inflows = inflows
        self.written = written
        self.now = clock
        self.random_id = ids
        self._random = random
        self.dry_run = dry_run
        self.sealer = Sealer(vault, random)
        self.streams = Streams(engine)
        self._working = WorkingKeys(self.streams, engine.kid_of, engine.forget_signers)
        self._asked: Asked | None = None
        self.line = RLock()

    def asked(self, asked: Asked, vault: OpeningKeeper, *, dry_run: bool) -> Desk:
        """Return this desk for one request of an account, which records only what it may."""
        desk = copy(self)
        desk.vault, desk.sealer = vault, Sealer(vault, self._random)
        desk._asked, desk.dry_run = asked, dry_run or self.dry_run  # noqa: SLF001 our own kind
        return desk

    def record(self, batch: Batch) -> None:
        """Record a batch in one commit, if all its keys still work; a dry run records nothing.

        For a request, refuses what its account may not record (`permissions`).
        """
        if not batch.events:
            return
        if self._asked is None:
            self._record(batch)
            return
        self._asked.admit(batch)
        batch.asked = self._asked.row(batch, self.vault.token)
        self._record(batch)
        self._asked.recorded += batch.events

    def _record(self, batch: Batch) -> None:
        basis = list(batch.unless)
        batch.unless = basis + self._working.unless_revoked(batch.events)
        if self.dry_run:
            return
        try:
            self._engine.record(batch.events, batch.beside)
        except Conflict:
            self._working.forget()
            again = basis + self._working.unless_revoked(batch.events)  # or a key was revoked
            if again == batch.unless:
                raise
            batch.unless = again  # another key signs now, and the decision stands
            self._engine.record(batch.events, batch.beside)

    def check_donor(self, gift: str) -> None:
        """Refuse a request on a gift that is not bound to its account."""
        if self._asked is not None:
            permissions.check_donor(self._asked.acting, gift, self._asked.own)

    @property
    def origin(self) -> str:
        """The log that all this is recorded in."""
        return self._engine.origin

    def forget_keys(self) -> None:
        """Look again which keys sign: one was changed here just now."""
        self._working.forget()

    def below(self, limit: int) -> int:
        """Return a random number under `limit`."""
        return int.from_bytes(self._random(8), "big") % limit


class AtDesk(Protocol):
    """A group of commands that works at a desk."""

    _desk: Desk


A = TypeVar("A", bound=AtDesk)


def retried(command: Callable[Concatenate[A, P], T]) -> Callable[Concatenate[A, P], T]:
    """Decide anew when somebody else recorded in the same stream first.

    Who was overtaken tries again in line: in a crowd most attempts would fail otherwise.
    """

    @wraps(command)
    def attempt(self: A, *args: P.args, **kwargs: P.kwargs) -> T:
        with suppress(Conflict):
            return command(self, *args, **kwargs)
        with self._desk.line:
            for _ in range(ATTEMPTS - 2):
                with suppress(Conflict):
                    return command(self, *args, **kwargs)
            return command(self, *args, **kwargs)

    return attempt  # type: ignore[return-value] # wraps() forgets that self comes by position
