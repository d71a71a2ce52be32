"""When promises fall due: days in China, and the same day of later months (rules 5.3)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.events.pledge import Instalment
from ledger.errors import Refused
from ledger.money import Money

MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}

EARLIEST, LATEST = date(1949, 10, 1), date(2199, 12, 31)

MOST_INSTALMENTS = 400
"""As many still fit into one entry of the log (65,535 bytes)."""


class RhythmUnknown(Refused):
    """Recurring gifts come every month, quarter or year."""

    def __init__(self, every: str) -> None:
        super().__init__(f"every {every!r} is none of {', '.join(MONTHS)}")


class TooManyInstalments(Refused):
    """A promise has at least one instalment, and no more than one entry of the log can hold."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} instalments can't be recorded; a promise has 1 to {MOST_INSTALMENTS}"
        )


class TotalTooSmall(Refused):
    """Every instalment must be worth at least one minor unit."""

    def __init__(self, total: Money, count: int) -> None:
        super().__init__(f"{total} can't be spread over {count} instalments")


class DayOutOfReach(Refused):
    """A promise falls due in our times; another year was surely misread."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} can't be right: days lie between {EARLIEST} and {LATEST}")


@dataclass(frozen=True, slots=True)
class Term:
    """What falls due from a first day on, until the next term begins."""

    first_day: date
    amount: Money
    every: str

    def days(self, until: date) -> Iterator[date]:
        """List the due days up to `until`, that day included."""
        span = (until.year - self.first_day.year) * 12 + until.month - self.first_day.month
        for months in range(0, span + 1, MONTHS[self.every]):
            if (day := months_later(self.first_day, months)) <= until:
                yield day


def rhythm(every: str) -> str:
    """Return the rhythm if it is one of those known."""
    if every not in MONTHS:
        raise RhythmUnknown(every)
    return every


def due_day(day: date) -> date:
    """Return the day if a promise can fall due on it."""
    if not EARLIEST <= day <= LATEST:
        raise DayOutOfReach(day)
    return day


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of that month (rules 5.3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def recurring(terms: Sequence[Term], last_day: date | None, until: date) -> tuple[Instalment, ...]:
    """Return what falls due up to `until`: each term until the next one begins."""
    end = min(until, last_day or until)
    found: list[Instalment] = []
    for term, following in zip(terms, [*terms[1:], None], strict=True):
        found += [
            Instalment(due_on=day, amount=term.amount)
            for day in term.days(end)
            if following is None or day < following.first_day
        ]
    return tuple(found)


def spread(total: Money, count: int, every: str, first_day: date) -> tuple[Instalment, ...]:
    """Spread a total over instalments that add up to it; the first ones bear what is left over."""
    if not 1 <= count <= MOST_INSTALMENTS:
        raise TooManyInstalments(count)
    if total.minor < count:
        raise TotalTooSmall(total, count)
    months = MONTHS[rhythm(every)]
    due_day(first_day)
    each, over = divmod(total.minor, count)
    return tuple(
        Instalment(
            due_on=due_day(months_later(first_day, number * months)),
            amount=Money(each + (number < over), total.currency),
        )
        for number in range(count)
    )
