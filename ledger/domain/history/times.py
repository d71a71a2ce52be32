"""When entries say they were recorded, held against the order in which the log took them in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ledger.domain.events import Event

LATE_MAX = timedelta(days=8)
"""How far an entry's time may lie behind one that the log took in before it.

A request that its organisation signs elsewhere bears the time it was prepared at, and waits for a
week; a day more is for clocks that disagree.
"""


class TimeHistory:
    """The newest time that any entry has borne so far."""

    def __init__(self) -> None:
        self._newest: tuple[datetime, int] | None = None

    def see(self, leaf: int, event: Event, find: Callable[[str], None]) -> None:
        """Take in the event at a leaf; find one that was dated back."""
        if self._newest is None or event.timestamp > self._newest[0]:
            self._newest = (event.timestamp, leaf)
        elif self._newest[0] - event.timestamp > LATE_MAX:
            newest, before = self._newest
            find(
                f"it is dated back: it says {event.timestamp:%Y-%m-%d %H:%M} UTC, and entry "
                f"{before}, which was there before it, {newest:%Y-%m-%d %H:%M} UTC"
            )
