"""Help that is neither money nor goods: counted in people and minutes, never added to money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from ledger.domain.credits import public_or_sealed
from ledger.domain.days import day_in_china
from ledger.domain.events.service import ServiceCorrected, ServiceEvent, ServiceGiven
from ledger.domain.funds import AmountNotPositive, Fund
from ledger.domain.gifts import LARGEST_MINOR, FundOfAnotherCharity
from ledger.domain.grounds import document, reason
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.schedules import EARLIEST
from ledger.domain.small_cells import coarse
from ledger.domain.values import Payee, place_code
from ledger.errors import Refused
from ledger.money import MINOR_MAX, Money

PROFESSIONAL = "professional"
KINDS = ("volunteer", PROFESSIONAL, "training", "technology", "jobs")
TIMED = ("volunteer", PROFESSIONAL, "training")
"""Kinds that are nothing without the time spent."""

BASES = ("invoice", "guide-price", "market", "appraisal")
"""How a service is valued (财会〔2020〕9号); what can't be valued has no value (rules 7)."""

REASONS = ("mistake", "duplicate", "did-not-happen", "evaluated-anew")
MINUTES_A_DAY = 24 * 60


class ServiceKindUnknown(Refused):
    """Help is of one of a few kinds (rules 8, 14 to 18)."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"service {kind!r} is none of {', '.join(KINDS)}")


class NobodyHelped(Refused):
    """A service is given by at least one person."""

    def __init__(self, people: int) -> None:
        super().__init__(f"{people} people can't help; count those who did")


class DaysOutOfOrder(Refused):
    """A service ends no earlier than it begins, and is over when it is recorded."""

    def __init__(self, given_on: date, until: date, today: date) -> None:
        super().__init__(
            f"a service from {given_on} to {until} can't be recorded on {today}; its days must "
            f"be in order, after {EARLIEST}, and past"
        )


class MoreThanTheDay(Refused):
    """Nobody helps more than 24 hours a day."""

    def __init__(self, minutes: int, most: int) -> None:
        super().__init__(f"{minutes} minutes can't be: these people had {most} in these days")


class TimeMissing(Refused):
    """Volunteers, professionals and trainers give time."""

    def __init__(self, kind: str, minutes: int) -> None:
        super().__init__(f"a {kind} service of {minutes} minutes is none; give the time spent")


class HoursHaveNoValue(Refused):
    """Only a professional service may have a value; volunteers' hours never have (rules 7)."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"a {kind} service has no value in money; leave the value out")


class ValueUnproved(Refused):
    """A value has a basis and a document that proves it, and neither stands without a value."""

    def __init__(self, basis: str | None) -> None:
        super().__init__(
            f"a value needs a basis ({', '.join(BASES)}), not {basis!r}, and the SHA-256 of the "
            "document that proves it; without a value leave both out"
        )


class ValueTooLarge(Refused):
    """A service is worth more than any gift ever was; its unit was surely misread."""

    def __init__(self, value: Money) -> None:
        super().__init__(f"a service worth {value} can't be right; look at its unit")


class ProviderNotPublic(Refused):
    """Who helped is an organisation with its public name, or people, sealed."""

    def __init__(self) -> None:
        super().__init__(
            "who helped is either an organisation by its public name, or people whose names "
            "are sealed; this is neither"
        )


class CorrectedAlready(Refused):
    """A record is corrected once, and one that was can't stand for another."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} was corrected already")


class ReplacesNothing(Refused):
    """A record is replaced by another one of the same charity."""

    def __init__(self, service: str, replacement: str) -> None:
        super().__init__(f"{replacement} can't stand in the place of {service}")


@dataclass(frozen=True, slots=True)
class Service:
    """A record of help, and whether it still counts."""

    id: str
    version: int
    organisation: str
    corrected: bool = False


def give(
    service: str,
    organisation: str,
    fund: Fund | None,
    project: str | None,
    kind: str,
    people: int,
    minutes: int,
    given_on: date,
    until: date,
    place: str | None,
    value: Money | None,
    basis: str | None,
    evidence: str | None,
    provider: Payee | None,
    sealed: tuple[str, ...],
    at: datetime,
) -> ServiceGiven:
    """Decide that help was given; `minutes` is the time of all people together.

    Of a few people no village is named: the county is (`small_cells`).
    """
    if fund is not None and fund.organisation != organisation:
        raise FundOfAnotherCharity(fund.id, fund.organisation, organisation)
    check_time(kind, people, minutes, given_on, until, day_in_china(at))
    check_value(kind, value, basis, evidence)
    if provider is not None and not public_or_sealed(provider):
        raise ProviderNotPublic
    return ServiceGiven(
        originator_id=service,
        originator_version=1,
        timestamp=at,
        actor=organisation,
        organisation=organisation,
        fund=fund.id if fund else None,
        project=public_words(printable_name(project)) if project else None,
        kind=kind,
        people=people,
        minutes=minutes,
        given_on=given_on,
        until=until,
        place=coarse(place_code(place), people) if place else None,
        value=value,
        basis=basis,
        evidence=evidence,
        provider=provider,
        sealed=sealed,
    )


def check_time(
    kind: str, people: int, minutes: int, given_on: date, until: date, today: date
) -> None:
    """Refuse people, days and minutes that can't be."""
    if kind not in KINDS:
        raise ServiceKindUnknown(kind)
    if people < 1:
        raise NobodyHelped(people)
    if not EARLIEST <= given_on <= until <= today:
        raise DaysOutOfOrder(given_on, until, today)
    if minutes < 0 or (kind in TIMED and not minutes):
        raise TimeMissing(kind, minutes)
    most = min(people * ((until - given_on).days + 1) * MINUTES_A_DAY, MINOR_MAX)
    if minutes > most:
        raise MoreThanTheDay(minutes, most)


def check_value(kind: str, value: Money | None, basis: str | None, evidence: str | None) -> None:
    """Refuse a value for hours, and one that nothing proves."""
    if value is None:
        if basis is not None or evidence is not None:
            raise ValueUnproved(basis)
        return
    if kind != PROFESSIONAL:
        raise HoursHaveNoValue(kind)
    if basis not in BASES or document(evidence) is None:
        raise ValueUnproved(basis)
    if value.minor <= 0:
        raise AmountNotPositive(value)
    if value.minor > LARGEST_MINOR:
        raise ValueTooLarge(value)


def correct(
    service: Service, why: str, replacement: Service | None, at: datetime
) -> ServiceCorrected:
    """Decide that a record counts no longer, and which other one stands in its place."""
    if service.corrected:
        raise CorrectedAlready(service.id)
    if replacement is not None:
        if replacement.corrected:
            raise CorrectedAlready(replacement.id)
        same = replacement.organisation == service.organisation
        if not same or replacement.id == service.id:
            raise ReplacesNothing(service.id, replacement.id)
    return ServiceCorrected(
        originator_id=service.id,
        originator_version=service.version + 1,
        timestamp=at,
        actor=service.organisation,
        reason=reason(why, REASONS),
        replaced_by=replacement.id if replacement else None,
    )


def evolve(service: Service | None, event: ServiceEvent) -> Service:
    """Apply one fact."""
    match event:
        case ServiceGiven():
            return Service(event.originator_id, event.originator_version, event.organisation)
        case ServiceCorrected():
            assert service is not None, "a correction can't open a service's story"
            return replace(service, version=event.originator_version, corrected=True)
        case _:
            assert_never(event)
