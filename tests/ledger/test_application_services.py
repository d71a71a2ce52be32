"""Services through the whole house: hours beside the money, nobody named, corrected by a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.wiring import House
from ledger.application import GiveService
from ledger.application.streams import FundUnknown, OrganisationUnknown, ServiceUnknown
from ledger.domain.events.service import ServiceCorrected, ServiceGiven
from ledger.domain.gifts import FundOfAnotherCharity
from ledger.domain.services import CorrectedAlready, HoursHaveNoValue
from ledger.money import Money
from projections.trace_queries import balances
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, register
from tests.invariants import check_house
from tests.ledger.corrected import DOCUMENT, events_of

VOLUNTEERS = GiveService(
    kind="volunteer", people=3, minutes=450, given_on=date(2026, 10, 1), until=date(2026, 10, 1),
    place="230108",
)  # fmt: skip
LAWYERS = replace(
    VOLUNTEERS, kind="professional", value=Money(100000), basis="invoice", evidence=DOCUMENT,
    provider="示范律师有限公司", note="联系人 李某某",
)  # fmt: skip


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def given(house: House) -> ServiceGiven:
    (event,) = events_of(house, ServiceGiven.TOPIC)
    assert isinstance(event, ServiceGiven)
    return event


def values(house: House, *digests: str) -> list[str]:
    return [one.value for one in house.vault.of_digests(digests).values()]


def test_hours_move_no_money(house: House, fund: str) -> None:
    house.ledger.services.give(USCC, replace(VOLUNTEERS, fund=fund))

    assert (given(house).people, given(house).minutes) == (3, 450)
    house.runner.catch_up()
    assert balances(house.runner)[0] == []
    check_house(house)


def test_an_organisation_that_helped_is_named_and_what_is_noted_is_sealed(
    house: House, fund: str
) -> None:
    house.ledger.services.give(USCC, LAWYERS)

    event = given(house)
    assert event.provider is not None
    assert (event.provider.organisation, event.provider.sealed) == ("示范律师有限公司", ())
    assert values(house, *event.sealed) == ["联系人 李某某"]
    check_house(house)


def test_a_person_who_helped_is_sealed(house: House, fund: str) -> None:
    house.ledger.services.give(USCC, replace(VOLUNTEERS, provider="赵某某"))

    event = given(house)
    assert event.provider is not None
    assert event.provider.organisation is None
    assert values(house, *event.provider.sealed) == ["赵某某"]
    check_house(house)


def test_what_breaks_a_rule_is_not_recorded(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    give = house.ledger.services.give
    with pytest.raises(HoursHaveNoValue):
        give(USCC, replace(LAWYERS, kind="volunteer"))
    with pytest.raises(FundOfAnotherCharity):
        give(OTHER_USCC, replace(VOLUNTEERS, fund=fund))
    with pytest.raises(FundUnknown):
        give(USCC, replace(VOLUNTEERS, fund="fund-none"))
    with pytest.raises(OrganisationUnknown):
        give("none", VOLUNTEERS)
    assert events_of(house, ServiceGiven.TOPIC) == []


def test_a_record_is_corrected_once_and_by_another_one(house: House, fund: str) -> None:
    wrong = house.ledger.services.give(USCC, VOLUNTEERS)
    right = house.ledger.services.give(USCC, replace(VOLUNTEERS, minutes=150))

    house.ledger.services.correct(wrong, "mistake", right)

    (event,) = events_of(house, ServiceCorrected.TOPIC)
    assert isinstance(event, ServiceCorrected)
    assert (event.originator_id, event.reason, event.replaced_by) == (wrong, "mistake", right)
    with pytest.raises(CorrectedAlready):
        house.ledger.services.correct(wrong, "mistake")
    for name in ("service-none", fund):
        with pytest.raises(ServiceUnknown):
            house.ledger.services.correct(name, "mistake")
    check_house(house)
