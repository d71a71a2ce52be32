"""What must be true of closed periods in a whole history, event by event; it trusts no decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ledger.domain.days import day_in_china
from ledger.domain.events import Event, PeriodClosed
from ledger.domain.periods import stream

Find = Callable[[str], None]


class PeriodHistory:
    """Closes, folded from events in log order; breaches go to `find`."""

    def __init__(self) -> None:
        self.closed: dict[str, date] = {}

    def see(self, leaf: int, event: Event, find: Find) -> None:
        """Take in the event at a leaf."""
        if not isinstance(event, PeriodClosed):
            return
        holder, before = event.organisation, self.closed.get(event.organisation)
        if (event.actor, event.originator_id) != (holder, stream(holder)):
            find(f"{event.actor} closed the books of {holder} in {event.originator_id}")
        if event.last_day > day_in_china(event.timestamp) or not 0 <= event.size <= leaf:
            find(f"{holder} closed {event.last_day} or {event.size} entries before they were there")
        if before is not None and event.last_day <= before:
            find(f"{holder} closed {event.last_day} after {before}")
        self.closed[holder] = max(event.last_day, before or event.last_day)
