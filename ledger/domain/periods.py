"""Accounting periods: books closed up to a day stay as they are; what comes late is booked later.

Nothing is written on a fact: the day it is booked on follows from the order of the log alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ledger.domain.days import day_in_china
from ledger.domain.events import (
    DisbursementPaid,
    DisbursementRecovered,
    Event,
    GiftReceived,
    GoodsReceived,
    PeriodClosed,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.values import account
from ledger.errors import Refused


class DayNotOver(Refused):
    """A day that has not begun can't be closed."""

    def __init__(self, asked: date, today: date) -> None:
        super().__init__(f"{asked} is in the future (today is {today}); close a day that has come")


class ClosedBeyond(Refused):
    """The days up to which books are closed only grow."""

    def __init__(self, asked: date, closed: date) -> None:
        super().__init__(
            f"the books are closed up to {closed} already, beyond {asked}; a closed period is "
            "never opened again"
        )


@dataclass(frozen=True, slots=True)
class Periods:
    """How far an organisation has closed its books; None: nothing is closed yet."""

    organisation: str
    version: int = 0
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """The day a fact belongs to, the day it is booked on, and whether it came after the close."""

    day: date
    booked_on: date
    late: bool


def stream(organisation: str) -> str:
    """Return the stream of an organisation's periods."""
    return f"periods-{organisation}"


def close(
    known: Periods, last_day: date, size: int, closed_by: str, at: datetime
) -> PeriodClosed | None:
    """Decide that the books are closed up to a day; None when they are up to that very day."""
    if last_day > day_in_china(at):
        raise DayNotOver(last_day, day_in_china(at))
    if known.last_day is not None and last_day < known.last_day:
        raise ClosedBeyond(last_day, known.last_day)
    if last_day == known.last_day:
        return None
    return PeriodClosed(
        originator_id=stream(known.organisation),
        originator_version=known.version + 1,
        timestamp=at,
        actor=known.organisation,
        organisation=known.organisation,
        last_day=last_day,
        closed_by=account(closed_by),
        size=size,
    )


def evolve(known: Periods, event: PeriodClosed) -> Periods:
    """Apply one fact."""
    return replace(known, version=event.originator_version, last_day=event.last_day)


def day_of(event: Event) -> date:
    """Return the day a fact belongs to: its own, or the day it was recorded if it names none."""
    match event:
        case GiftReceived() | GoodsReceived():
            own = event.received_on
        case DisbursementPaid():
            own = event.paid_on
        case DisbursementRecovered():
            own = event.recovered_on
        case ReceiptReversed() | RedReceiptMadeOut():
            own = event.reversed_on
        case _:
            own = None
    return own or day_in_china(event.timestamp)


def book(day: date, closed: date | None) -> Booking:
    """Book a fact of `day` that comes when the books are closed up to `closed`."""
    if closed is None or day > closed:
        return Booking(day, day, late=False)
    return Booking(day, closed + timedelta(days=1), late=True)
