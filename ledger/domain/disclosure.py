"""Which disclosures fall due when, by the law, from what the ledger knows; and what it has of them.

The ledger knows when books were closed, so that their figures can be read by everybody. It does not
know what was put on the state's charity platform: without a record here, one may be there.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

YEARLY, QUARTERLY, FINAL, LEFT_OVER, EVENT = "yearly", "quarterly", "final", "left-over", "event"
DUTIES = (YEARLY, QUARTERLY, FINAL, LEFT_OVER, EVENT)

CHARITY_LAW = date(2016, 9, 1)
MEASURE_OF_2026 = date(2026, 1, 1)
ANNUAL = (5, 31)
"""Month and day: the yearly report is public by then (民政部令第81号)."""
MONTHS = 3
LONG = 6
"""Months beyond which a raise or a project is told of while it runs."""
EVENT_DAYS = 30

MEASURE = "慈善组织信息公开办法（民政部令第81号）"
SOURCES: dict[str, tuple[tuple[date, str], ...]] = {
    YEARLY: (
        (CHARITY_LAW, "慈善法（2016）第七十二条"),
        (date(2024, 9, 5), "慈善法（2023）第七十八条"),
        (MEASURE_OF_2026, f"{MEASURE}；慈善法（2023）第七十八条"),
    ),
    QUARTERLY: (
        (CHARITY_LAW, "慈善法（2016）第七十三条"),
        (date(2024, 9, 5), "慈善法（2023）第七十九条"),
    ),
    FINAL: (
        (CHARITY_LAW, "慈善法（2016）第七十三条"),
        (date(2024, 9, 5), "慈善法（2023）第七十九条"),
    ),
    LEFT_OVER: ((MEASURE_OF_2026, f"{MEASURE}；慈善法（2023）第五十八条"),),
    EVENT: ((MEASURE_OF_2026, f"{MEASURE}第十三条、第十四条"),),
}
"""What rests on which text from which day on."""


@dataclass(frozen=True, slots=True)
class BooksClosed:
    """Books were closed up to `last_day`; it was recorded `on` that day."""

    last_day: date
    on: date


@dataclass(frozen=True, slots=True)
class Raise:
    """A fund as disclosure sees it: its term, and how it was wound up.

    A public raise owes an account at its end; a project only if it lasts more than six months.
    """

    fund: str
    public: bool
    first_day: date | None
    last_day: date | None
    closed_on: date | None = None
    left_over: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A disclosure that falls due: `about` a year or a fund; `recorded` when the ledger had it.

    `due` is None where the law in force then named no day.
    """

    duty: str
    about: str
    due: date | None
    source: str
    recorded: date | None

    def state(self, today: date) -> str:
        """Tell how it stands: "recorded", "late", "overdue", "ahead", or "no day"."""
        if self.due is None:
            return "no day"
        if self.recorded is not None:
            return "late" if self.recorded > self.due else "recorded"
        return "overdue" if self.due < today else "ahead"


def source_of(duty: str, day: date) -> str | None:
    """Return the text that a duty rests on, on a day; None before there was one."""
    return next((text for since, text in reversed(SOURCES[duty]) if since <= day), None)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day (rules 5.3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def calendar_of(
    registered: date, raises: Sequence[Raise], closes: Sequence[BooksClosed], today: date
) -> list[Due]:
    """Return what has fallen due, or does next, of an organisation's disclosures, by due day.

    `registered` is the first day that the ledger knows the organisation on: of earlier years it
    knows nothing, and says nothing.
    """
    found = [*_yearly(registered, closes, today)]
    for one in raises:
        found += [*_running(one, closes, today), *_ended(one, closes), *_left_over(one)]
    return sorted(found, key=lambda due: (due.due or date.min, due.duty, due.about))


def _yearly(registered: date, closes: Sequence[BooksClosed], today: date) -> Iterator[Due]:
    """Yield the reports on each year since the first one, the current one's last."""
    for year in range(registered.year, today.year + 1):
        day = date(year + 1, *ANNUAL)
        source = source_of(YEARLY, day)
        if source is not None:
            due = day if day >= MEASURE_OF_2026 else None
            yield Due(YEARLY, str(year), due, source, _closed(closes, date(year, 12, 31)))


def _running(one: Raise, closes: Sequence[BooksClosed], today: date) -> Iterator[Due]:
    """Yield the reports at least every three months on what runs for longer than six."""
    first = one.first_day
    if first is None or not _longer(first, _end(one) or today):
        return
    count, before = 1, first
    while (due := months_after(first, MONTHS * count)) <= (_end(one) or date.max):
        source = source_of(QUARTERLY, due)
        if source is not None:
            told = [close.on for close in closes if before < close.on <= due]
            yield Due(QUARTERLY, one.fund, due, source, min(told, default=None))
        if due > today:
            return
        count, before = count + 1, due


def _ended(one: Raise, closes: Sequence[BooksClosed]) -> Iterator[Due]:
    """Yield the full account within three months after the end of a raise or a long project."""
    end = _end(one)
    if end is None or one.first_day is None:
        return
    if not (one.public or _longer(one.first_day, end)):
        return
    due = months_after(end, MONTHS)
    source = source_of(FINAL, due)
    if source is not None:
        yield Due(FINAL, one.fund, due, source, _closed(closes, end))


def _left_over(one: Raise) -> Iterator[Due]:
    """Yield the notice of what became of property that was left over."""
    end = _end(one)
    if end is None or one.left_over in (None, "none"):
        return
    due = months_after(end, MONTHS)
    source = source_of(LEFT_OVER, due)
    if source is not None:
        yield Due(LEFT_OVER, one.fund, due, source, one.closed_on)


def _end(one: Raise) -> date | None:
    """Return when it ended: by its term, or earlier if it was wound up."""
    known = [day for day in (one.last_day, one.closed_on) if day is not None]
    return min(known, default=None)


def _longer(first: date, last: date) -> bool:
    return last > months_after(first, LONG)


def _closed(closes: Sequence[BooksClosed], day: date) -> date | None:
    """Return when the books were first closed up to a day."""
    return min((close.on for close in closes if close.last_day >= day), default=None)
