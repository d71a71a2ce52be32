"""公益性捐赠税前扣除资格: granted by a list for three years, ended by a notice, never backwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta

from ledger.domain import eligibility_grounds
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityEnded,
    EligibilityGranted,
    EligibilityListed,
)
from ledger.domain.kinds import KINDS
from ledger.domain.organisations import (
    EligibilityPeriod,
    Organisation,
    printable_name,
    stream,
)
from ledger.domain.public_words import public_words
from ledger.errors import Refused

RULE = "公告2020年第27号 art. 6"
YEARS = 3
KINDS_OF_APPLICANT = RENEWED, REGAINED, _NEW = (1, 2, 3)
"""公告2020年第27号 art. 6."""

LEVELS = ("national", "provincial", "city")
TRANSITION = (
    (date(2020, 1, 1), date(2022, 12, 31)),
    (date(2021, 1, 1), date(2023, 12, 31)),
)
"""The first two rounds, whose lists came out late (公告2021年第3号), for any kind of applicant."""


class PeriodBackwards(Refused):
    """A period ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"the period from {first} to {last} ends before it begins")


class EligibilityOverlaps(Refused):
    """Two eligibility periods would cover the same day."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"eligibility from {first} to {last} is already granted; days overlap")


class NothingToCancel(Refused):
    """No eligibility period reaches beyond the month of the cancel notice.

    Or one does that came after the notice, which can't be what the notice ends.
    """

    def __init__(self, effective: date, later: EligibilityPeriod | None = None) -> None:
        told = f"no eligibility reaches {effective}, the first day a cancel would take"
        if later is not None:
            told = (
                f"a cancel from {effective} would erase the eligibility from {later.first_day} to "
                f"{later.last_day} ({later.notice}), which was granted after this notice; give the "
                "day of the notice that ends it"
            )
        super().__init__(told)


class ApplicantKindUnknown(Refused):
    """Applicants are of kind 1, 2 or 3 (公告2020年第27号 art. 5-6)."""

    def __init__(self, kind: int) -> None:
        super().__init__(f"applicant kind {kind} is none of 1 (renewed), 2 (regained), 3 (new)")


class LevelUnknown(Refused):
    """A list is published by a ministry, a province or a city."""

    def __init__(self, level: str) -> None:
        super().__init__(f"level {level!r} is none of {', '.join(LEVELS)}")


class NotThePeriodOfNotice(Refused):
    """A list of that day does not make eligible for these days."""

    def __init__(self, said: tuple[date, date], lawful: tuple[date, date]) -> None:
        super().__init__(
            f"a notice of this day and applicant kind holds from {lawful[0]} to {lawful[1]} "
            f"({RULE}), not from {said[0]} to {said[1]}; if it is a list of the first rounds "
            "(公告2021年第3号), say so (--transition)"
        )


class NotAPeriodOfTransition(Refused):
    """The eased first rounds had two periods only."""

    def __init__(self, first: date | None, last: date | None) -> None:
        known = " and ".join(f"{one} to {other}" for one, other in TRANSITION)
        super().__init__(
            f"{first} to {last} is no period of the first rounds, which are {known} "
            "(公告2021年第3号); write one of them (--from, --to)"
        )


class NeedsNoList(Refused):
    """Government of county level and above is eligible without any list."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"{organisation} is government: its donors deduct without any list")


class NeverListed(Refused):
    """A public institution may issue receipts, and is on no list."""

    def __init__(self, organisation: str, kind: str) -> None:
        super().__init__(
            f"{organisation} is of kind {kind}, which is never eligible; only charities and mass "
            "organisations are listed (公告2020年第27号, 2021年第20号)"
        )


class StillBarred(Refused):
    """Eligibility was lost on a ground that keeps it from being granted anew."""

    def __init__(self, ground: str, until: date | None) -> None:
        when = f"before {until}" if until else "ever again"
        article = eligibility_grounds.article(ground)
        super().__init__(
            f"eligibility was lost for {ground} and can't be granted {when} "
            f"(公告2020年第27号 art. {article})"
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list says of an organisation. `transition`: a list of the eased first rounds.

    Days left out follow from the day of the notice and the kind of applicant.
    """

    notice: str
    notice_date: date
    applicant_kind: int
    level: str = "provincial"
    first_day: date | None = None
    last_day: date | None = None
    transition: bool = False


def period_of(notice_date: date, applicant_kind: int) -> tuple[date, date]:
    """Return the three years that a list makes eligible for (公告2020年第27号 art. 6).

    Those renewed begin with the next year, those who regain it or never had it with the year of
    the notice, so that earlier gifts of that year can be deducted.
    """
    if applicant_kind not in KINDS_OF_APPLICANT:
        raise ApplicantKindUnknown(applicant_kind)
    year = min(notice_date.year + (applicant_kind == RENEWED), MAXYEAR - YEARS)
    return date(year, 1, 1), date(year + YEARS - 1, 12, 31)


def listed(
    known: Organisation, listing: Listing, actor: str, at: datetime
) -> EligibilityListed | None:
    """Decide eligibility by a list; None when the same notice listed just this before."""
    departments = _departments(known)
    if listing.level not in LEVELS:
        raise LevelUnknown(listing.level)
    first, last = days_of(listing)
    period = EligibilityPeriod(first, last, public_words(printable_name(listing.notice)))
    regained = listing.applicant_kind == REGAINED
    if not _is_new(known, period, listing.notice_date, regained=regained):
        return None
    return EligibilityListed(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        first_day=first,
        last_day=last,
        notice=period.notice,
        notice_date=listing.notice_date,
        applicant_kind=listing.applicant_kind,
        departments=departments,
        level=listing.level,
    )


def days_of(listing: Listing) -> tuple[date, date]:
    """Return the first and last day a list makes eligible for; refuse days it can't (art. 6)."""
    lawful = period_of(listing.notice_date, listing.applicant_kind)
    said = (listing.first_day, listing.last_day)
    if listing.transition:
        for period in TRANSITION:
            if period == said and listing.notice_date >= TRANSITION[0][0]:
                return period
        raise NotAPeriodOfTransition(*said)
    first, last = said[0] or lawful[0], said[1] or lawful[1]
    if (first, last) != lawful:
        raise NotThePeriodOfNotice((first, last), lawful)
    return lawful


def grant(
    known: Organisation,
    first_day: date,
    last_day: date,
    notice: str,
    applicant_kind: int,
    actor: str,
    at: datetime,
) -> EligibilityGranted | None:
    """Decide a period of eligibility as it was told; None when the same notice granted it before.

    Its days are taken as they are: where the day of the notice is known, `listed` checks them.
    """
    _departments(known)
    if last_day < first_day:
        raise PeriodBackwards(first_day, last_day)
    if applicant_kind not in KINDS_OF_APPLICANT:
        raise ApplicantKindUnknown(applicant_kind)
    period = EligibilityPeriod(first_day, last_day, public_words(printable_name(notice)))
    if not _is_new(known, period, first_day):
        return None
    return EligibilityGranted(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        first_day=first_day,
        last_day=last_day,
        notice=period.notice,
        applicant_kind=applicant_kind,
    )


def _departments(known: Organisation) -> tuple[str, ...]:
    """Return who gives notice for such an organisation; refuse one that is on no list."""
    kind = KINDS.get(known.kind)
    if kind is None or kind.listing == "never":
        raise NeverListed(known.id, known.kind)
    if kind.listing == "always":
        raise NeedsNoList(known.id)
    return kind.departments


def _is_new(
    known: Organisation, period: EligibilityPeriod, granted_on: date, *, regained: bool = False
) -> bool:
    """Tell whether a period is news; refuse one that overlaps another, or that is barred.

    Who regains what was cancelled within the year is listed from its first day on: there the
    period that was cut short goes on to count for its days.
    """
    for other in known.eligibility:
        if other == period:
            return False
        apart = other.last_day < period.first_day or period.last_day < other.first_day
        if not apart and not (regained and _cut_short(known, other)):
            raise EligibilityOverlaps(other.first_day, other.last_day)
    bar = known.bar
    reaches = bar is not None and period.last_day >= bar.effective
    if bar is not None and reaches and (bar.until is None or granted_on < bar.until):
        raise StillBarred(bar.ground, bar.until)
    return True


def _cut_short(known: Organisation, period: EligibilityPeriod) -> bool:
    return any(
        isinstance(fact, EligibilityCancelled | EligibilityEnded)
        and fact.effective == period.last_day + timedelta(days=1)
        for fact in known.eligibility_facts
    )


def cancel(
    known: Organisation, notice_date: date, actor: str, at: datetime
) -> EligibilityCancelled:
    """Decide the end of eligibility: from the month after the notice (公告2020年第27号 art. 10)."""
    return EligibilityCancelled(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        notice_date=notice_date,
        effective=_effective(known, notice_date),
    )


def end(
    known: Organisation, notice: str, notice_date: date, ground: str, actor: str, at: datetime
) -> EligibilityEnded:
    """Decide the end of eligibility for a ground of art. 7-9, from the month after the notice."""
    eligibility_grounds.article(ground)
    effective = _effective(known, notice_date)
    return EligibilityEnded(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        notice=public_words(printable_name(notice)),
        notice_date=notice_date,
        effective=effective,
        ground=ground,
        barred_until=eligibility_grounds.barred_until(ground, notice_date),
    )


def _effective(known: Organisation, notice_date: date) -> date:
    """Return the first day without eligibility; refuse when none reaches it.

    What ends takes every day from then on, so no period may lie there that came after the notice.
    """
    if notice_date.year > MAXYEAR - eligibility_grounds.YEARS_BARRED:
        raise NothingToCancel(notice_date)
    effective = first_of_next_month(notice_date)
    taken = [p for p in known.eligibility if p.last_day >= effective]
    if not taken:
        raise NothingToCancel(effective)
    for period in taken:
        if _came_after(known, period, notice_date, effective):
            raise NothingToCancel(effective, period)
    return effective


def _came_after(
    known: Organisation, period: EligibilityPeriod, notice_date: date, effective: date
) -> bool:
    """Tell whether a period was granted after a notice: by its list's day, else by its first day.

    Who is renewed is listed in the year before, and may lose it again before it begins.
    """
    listed_on = [
        fact.notice_date
        for fact in known.eligibility_facts
        if isinstance(fact, EligibilityListed)
        and (fact.first_day, fact.notice) == (period.first_day, period.notice)
    ]
    return listed_on[-1] > notice_date if listed_on else period.first_day > effective


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
