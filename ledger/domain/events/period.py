"""Facts about accounting periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodClosed(Event):
    """结账: the books up to and with `last_day` take no more rows; what is late is booked later.

    `size` is how many entries of the log the closer had seen.
    """

    TOPIC: ClassVar[str] = "period-closed.v1"

    organisation: str
    last_day: date
    closed_by: str
    size: int
