"""Help that is neither money nor goods: people, minutes, and a value only where it is proved."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import services
from ledger.domain.events.service import ServiceCorrected, ServiceEvent, ServiceGiven
from ledger.domain.funds import AmountNotPositive
from ledger.domain.gifts import FundOfAnotherCharity
from ledger.domain.grounds import DocumentMalformed, ReasonUnknown
from ledger.domain.organisations import NameUnusable
from ledger.domain.services import (
    CorrectedAlready,
    DaysOutOfOrder,
    HoursHaveNoValue,
    MoreThanTheDay,
    NobodyHelped,
    ProviderNotPublic,
    ReplacesNothing,
    Service,
    ServiceKindUnknown,
    TimeMissing,
    ValueTooLarge,
    ValueUnproved,
)
from ledger.domain.values import Payee, PlaceMalformed
from ledger.money import Money
from tests.ledger.domain.promises import (
    CHARITY,
    DOCUMENT,
    FOUNDATION,
    NOON,
    OTHER,
    PERSON,
    TODAY,
    cny,
    fact,
    fund,
)

DAY = date(2026, 10, 1)


def give(**said: Any) -> ServiceGiven:
    """Record twelve volunteers who taught for two days, unless said otherwise."""
    facts: dict[str, Any] = {
        "organisation": CHARITY, "fund": fund(), "project": "示范县支教", "kind": "volunteer",
        "people": 12, "minutes": 5_760, "given_on": DAY, "until": date(2026, 10, 2),
        "place": "230108", "value": None, "basis": None, "evidence": None, "provider": None,
        "sealed": (), **said,
    }  # fmt: skip
    return services.give("service-1", **facts, at=NOON)


def service(*later: ServiceEvent, name: str = "service-1", **said: Any) -> Service:
    return reduce(services.evolve, later, services.evolve(None, fact(ServiceGiven, name, **said)))


def test_a_service_says_who_helped_how_long_when_and_where() -> None:
    assert give() == fact(ServiceGiven, "service-1")


def test_a_service_may_belong_to_no_fund_project_or_place() -> None:
    event = give(fund=None, project=None, place=None)

    assert (event.fund, event.project, event.place) == (None, None, None)


def test_a_service_belongs_to_a_fund_of_its_own_charity() -> None:
    with pytest.raises(FundOfAnotherCharity):
        give(organisation=OTHER)


def test_a_project_and_a_place_are_written_as_everywhere() -> None:
    with pytest.raises(NameUnusable):
        give(project="\x00")
    with pytest.raises(PlaceMalformed):
        give(place="示范村")


def test_a_service_is_of_a_known_kind() -> None:
    with pytest.raises(ServiceKindUnknown, match="service 'prayer' is none of volunteer"):
        give(kind="prayer")


# People and time.


@pytest.mark.parametrize("people", [0, -1])
def test_nobody_is_no_service(people: int) -> None:
    with pytest.raises(NobodyHelped, match=f"{people} people can't help"):
        give(people=people, minutes=0)


@given(st.integers(1, 10_000), st.integers(1, 400))
def test_nobody_helps_more_than_24_hours_a_day(people: int, days: int) -> None:
    span = {"people": people, "given_on": TODAY - timedelta(days=days - 1), "until": TODAY}
    most = people * days * 24 * 60

    assert give(**span, minutes=most).minutes == most
    with pytest.raises(MoreThanTheDay, match=f"{most + 1} minutes .* had {most} in these days"):
        give(**span, minutes=most + 1)


def test_minutes_stay_a_number_that_every_reader_keeps() -> None:
    with pytest.raises(MoreThanTheDay):
        give(people=2**53 - 1, minutes=2**53)


@pytest.mark.parametrize("kind", ["volunteer", "professional", "training"])
def test_who_gives_time_gives_some(kind: str) -> None:
    with pytest.raises(TimeMissing, match=f"a {kind} service of 0 minutes is none"):
        give(kind=kind, minutes=0)


@pytest.mark.parametrize("kind", ["technology", "jobs"])
def test_technology_and_jobs_may_take_no_time_but_never_less(kind: str) -> None:
    assert give(kind=kind, minutes=0).minutes == 0
    with pytest.raises(TimeMissing):
        give(kind=kind, minutes=-1)


@pytest.mark.parametrize(
    ("given_on", "until"),
    [
        (DAY, DAY - timedelta(days=1)),
        (DAY, TODAY + timedelta(days=1)),
        (date(1949, 9, 30), DAY),
    ],
)
def test_days_are_in_order_and_past(given_on: date, until: date) -> None:
    with pytest.raises(DaysOutOfOrder, match=f"from {given_on} to {until} .* on 2026-11-21"):
        give(given_on=given_on, until=until)


def test_a_service_of_today_can_be_recorded() -> None:
    assert give(given_on=TODAY, until=TODAY).until == TODAY


# Its value.

PROVED = {"kind": "professional", "value": cny("800.00"), "basis": "market", "evidence": DOCUMENT}


def test_a_professional_service_has_a_value_that_is_proved() -> None:
    assert give(**PROVED).value == cny("800.00")


@pytest.mark.parametrize("kind", ["volunteer", "training", "technology", "jobs"])
def test_volunteers_hours_never_have_a_value(kind: str) -> None:
    with pytest.raises(HoursHaveNoValue, match=f"a {kind} service has no value in money"):
        give(**{**PROVED, "kind": kind})


@pytest.mark.parametrize(
    "said",
    [
        {"basis": None},
        {"basis": "guess"},
        {"evidence": None},
        {"value": None},
        {"value": None, "basis": None},
        {"value": None, "evidence": None},
    ],
)
def test_a_value_has_a_basis_and_evidence_and_neither_stands_without_it(said: Any) -> None:
    with pytest.raises(ValueUnproved, match="a value needs a basis"):
        give(**{**PROVED, **said})


def test_evidence_is_named_by_its_digest() -> None:
    with pytest.raises(DocumentMalformed):
        give(**{**PROVED, "evidence": "发票"})


def test_a_value_is_above_zero_and_was_not_misread() -> None:
    with pytest.raises(AmountNotPositive):
        give(**{**PROVED, "value": cny("0")})
    with pytest.raises(ValueTooLarge, match=r"worth 100000000000\.01 CNY can't be right"):
        give(**{**PROVED, "value": Money(10**13 + 1)})


# Who helped.


@pytest.mark.parametrize("provider", [FOUNDATION, PERSON])
def test_who_helped_is_an_organisation_by_name_or_people_sealed(provider: Payee) -> None:
    assert give(provider=provider).provider == provider


@pytest.mark.parametrize("name", ["王某某", None])
def test_no_person_is_named_in_public(name: str | None) -> None:
    with pytest.raises(ProviderNotPublic):
        give(provider=Payee(id="payee-1", organisation=name, sealed=()))


# Corrections.


def test_a_correction_takes_the_record_out_and_links_the_one_in_its_place() -> None:
    known = service()
    event = services.correct(known, "mistake", service(name="service-2"), NOON)

    assert event == fact(ServiceCorrected, "service-1", 2, replaced_by="service-2")
    assert services.evolve(known, event) == Service("service-1", 2, CHARITY, corrected=True)
    assert services.correct(known, "did-not-happen", None, NOON).replaced_by is None


def test_a_record_is_corrected_once_and_then_replaces_nothing() -> None:
    gone = service(fact(ServiceCorrected, "service-1", 2))

    with pytest.raises(CorrectedAlready, match="service-1 was corrected already"):
        services.correct(gone, "mistake", None, NOON)
    with pytest.raises(CorrectedAlready, match="service-1 was corrected already"):
        services.correct(service(name="service-2"), "mistake", gone, NOON)


def test_a_record_is_replaced_by_another_one_of_the_same_charity() -> None:
    with pytest.raises(ReplacesNothing, match="service-1 can't stand in the place of service-1"):
        services.correct(service(), "mistake", service(), NOON)
    with pytest.raises(ReplacesNothing):
        services.correct(service(), "mistake", service(name="service-2", organisation=OTHER), NOON)


def test_a_correction_has_a_known_reason() -> None:
    with pytest.raises(ReasonUnknown, match="is none of mistake, duplicate, did-not-happen"):
        services.correct(service(), "typo", None, NOON)


def test_a_correction_cannot_open_a_services_story() -> None:
    with pytest.raises(AssertionError, match="a correction can't open"):
        services.evolve(None, fact(ServiceCorrected, "service-1"))
