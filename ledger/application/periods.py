"""Commands on accounting periods."""

from __future__ import annotations

from datetime import date

from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.domain import periods


class PeriodCommands:
    """Which books are closed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def close(self, organisation: str, last_day: date, size: int, closed_by: str) -> bool:
        """Close an organisation's books up to a day; tell whether that was new.

        `size` is how many entries of the log the closer had seen.
        """
        self._desk.streams.charity(organisation)
        known = self._desk.streams.periods(organisation)
        closed = periods.close(known, last_day, size, closed_by, self._desk.now())
        self._desk.record(Batch([closed] if closed else []))
        return closed is not None
