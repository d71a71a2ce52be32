"""Sends to hooks as long as the portal runs, in threads of its own."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from api.hooks import asking
from api.hooks.delivering import Delivering, Terms
from api.jobs.worker import OUTAGE
from api.wiring import House
from ledger.errors import LedgerError
from ledger.store.database import first_line

SENDERS = 3
"""So many hooks are sent to at a time: one that answers slowly does not keep the others waiting."""

GRACE_S = 10
"""How long the server waits, when it stops, for requests that are under way."""

LOOK_EVERY_S = 5
"""How often it is looked for what was published, by this server or another."""

LOG = logging.getLogger("donation-ledger.hooks")


class Sender:
    """Sends to the hooks of one ledger, between entering and leaving it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._told = ""

    def __enter__(self) -> Self:
        """Begin to send."""
        self._threads = [
            threading.Thread(target=self._work, name=f"hooks-{number}", daemon=True)
            for number in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop; what was sent and not noted yet is sent again after the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(GRACE_S / SENDERS)

    def _work(self) -> None:
        """Go round the hooks, at once again while something is taken."""
        while not self._stopping.is_set():
            if not self._round():
                self._stopping.wait(LOOK_EVERY_S)

    def _round(self) -> bool:
        terms = Terms(asking.reach_of(self._house), stopping=self._stopping.is_set)
        try:
            return Delivering(self._house, terms).deliver_due().moved
        except (*OUTAGE, LedgerError, OSError) as error:
            self._tell(first_line(error))
        except Exception:  # the edge of the thread, as problems.py is of a request
            LOG.exception("hooks")
        return False

    def _tell(self, why: str) -> None:
        """Write down why nothing is sent, once and not every few seconds."""
        if why != self._told:
            LOG.warning("hooks wait: %s", why)
        self._told = why
