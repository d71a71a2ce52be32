"""Funds: what binds them, what passes between them, and what a closed one still does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from api.wiring import House
from ledger.domain.axis import Span
from ledger.domain.bindings import (
    ConsentMissing,
    NothingChanged,
    OffPurpose,
    OtherRecipient,
    OutOfTerm,
    ProofMissing,
    RecipientNotFixed,
)
from ledger.domain.corrections import AllocationUnknown, SpentAlready
from ledger.domain.funds import BalanceTooSmall, Binding, FundIsClosed, FundNotEmpty
from ledger.domain.gifts import AgencyMoney
from ledger.domain.transfers import SameFund
from ledger.errors import Refused
from ledger.money import Money
from projections.trace_queries import trace_gift
from tests.conftest import OTHER_USCC, USCC
from tests.houses import (
    GIFT_DAY,
    general_fund,
    gift,
    give,
    pay,
    payment,
    ready_for_receipts,
    register,
)
from tests.invariants import check_house
from tests.ledger.corrected import CODE, DOCUMENT, axis_of, balance_of, topics_after, why
from tests.ledger.test_application_at_once import second

SCHOOL = "示范县第一小学"


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def bound(house: House, **binding: object) -> str:
    """Open a fund for schools in one city, bound further as told."""
    told = Binding(**binding) if binding else None  # type: ignore[arg-type] # fields by name
    return house.ledger.funds.open_fund(USCC, "助学", "project", "助学", "230100", told)


def agency(house: House, recipient: str = SCHOOL) -> str:
    told = Binding(recipient=recipient)
    return house.ledger.funds.open_fund(USCC, "受托代理", "agency", None, None, told)


# Allocations.


def test_money_that_passed_through_three_tiers_is_taken_back_tier_by_tier(
    house: House, fund: str
) -> None:
    register(house, OTHER_USCC, "另一基金会")
    city, county = general_fund(house, name="市级资金"), general_fund(house, OTHER_USCC)
    (one,) = give(house, fund, "10.00")
    pay(house, fund, "1.00")
    first = house.ledger.funds.allocate(fund, city, Money(800), "clerk")
    second_ = house.ledger.funds.allocate(city, county, Money(600), "clerk")
    (paid,) = pay(house, county, "2.00", uscc=OTHER_USCC)

    for allocation in ((fund, first), (city, second_)):
        with pytest.raises((SpentAlready, BalanceTooSmall)):
            house.ledger.funds.take_back(*allocation, why("wrong-fund"))
    house.ledger.disbursements.recover(county, paid, Money(200), GIFT_DAY, why())
    size = house.recorder.size()
    house.ledger.funds.take_back(city, second_, why("wrong-fund"))
    house.ledger.funds.take_back(fund, first, why("wrong-fund"))

    assert set(topics_after(house, size)) == {
        "allocation-taken-back.v1",
        "allocation-given-back.v1",
    }
    assert [balance_of(house, f).balance for f in (fund, city, county)] == [900, 0, 0]
    assert [balance_of(house, f).transferred_in for f in (city, county)] == [0, 0]
    assert axis_of(house, fund).free == (Span(100, 900),)
    for emptied in (city, county):
        axis = axis_of(house, emptied)
        assert (axis.free, axis.taken) == ((), 0)
    assert (axis_of(house, city).returned, axis_of(house, county).returned) == (800, 600)
    (paid,) = pay(house, fund, "9.00")
    house.runner.catch_up()
    (trace,) = trace_gift(house.runner, one)
    assert [(s.start, s.end, s.via) for s in trace.segments] == [
        (0, 100, ()),
        (100, 900, ()),
        (900, 1000, ()),
    ]
    check_house(house)


def test_an_allocation_is_taken_back_once(house: House, fund: str) -> None:
    other = general_fund(house, name="助学资金")
    give(house, fund, "10.00")
    moved = house.ledger.funds.allocate(fund, other, Money(800), "clerk")
    house.ledger.funds.take_back(fund, moved, why("wrong-fund"))

    with pytest.raises(AllocationUnknown):
        house.ledger.funds.take_back(fund, moved, why("wrong-fund"))
    with pytest.raises(AllocationUnknown):
        house.ledger.funds.take_back(fund, 1, why("wrong-fund"))
    with pytest.raises(SameFund):
        house.ledger.funds.allocate(fund, fund, Money(1), "clerk")
    give(house, other, "1.00")
    pay(house, other, "1.00")
    assert axis_of(house, other).holes == ()
    check_house(house)


def test_what_was_spent_and_came_back_is_taken_back_where_it_lies(house: House, fund: str) -> None:
    other = general_fund(house, name="助学资金")
    give(house, fund, "10.00")
    moved = house.ledger.funds.allocate(fund, other, Money(1000), "clerk")
    (paid,) = pay(house, other, "4.00")
    house.ledger.disbursements.recover(other, paid, Money(400), GIFT_DAY, why())

    house.ledger.funds.take_back(fund, moved, why("wrong-fund"))

    give(house, other, "3.00")
    pay(house, other, "3.00")
    assert balance_of(house, other).balance == 0
    assert balance_of(house, fund).balance == 1000
    check_house(house)


def test_what_is_reserved_for_a_payment_is_not_taken_back(house: House, fund: str) -> None:
    other = general_fund(house, name="助学资金")
    give(house, fund, "10.00")
    moved = house.ledger.funds.allocate(fund, other, Money(1000), "clerk")
    asked = house.ledger.disbursements.propose(other, payment("4.00"), "clerk")
    house.ledger.disbursements.approve(other, asked, "reviewer")

    with pytest.raises(BalanceTooSmall):
        house.ledger.funds.take_back(fund, moved, why("wrong-fund"))
    house.ledger.disbursements.withdraw(other, asked, "项目取消", "clerk")
    house.ledger.funds.take_back(fund, moved, why("wrong-fund"))

    check_house(house)


# Agency funds.


def test_agency_money_goes_to_its_recipient_and_bears_no_receipt(house: House, fund: str) -> None:
    for told in (None, Binding(), Binding(plan="53100000500021326DA22001")):
        with pytest.raises(RecipientNotFixed):
            house.ledger.funds.open_fund(USCC, "受托代理", "agency", None, None, told)
    with pytest.raises(RecipientNotFixed, match="and no other"):
        bound(house, recipient=SCHOOL)
    held = agency(house)
    (one,) = give(house, held, "10.00")

    outcomes = house.ledger.disbursements.pay_out(
        USCC,
        held,
        [payment("4.00", "示范县人民医院"), payment("4.00", SCHOOL)],
        "clerk",
        "reviewer",
    )

    assert [type(o) for o in outcomes] == [OtherRecipient, str]
    with pytest.raises(OtherRecipient, match=SCHOOL):
        house.ledger.disbursements.propose(held, payment("1.00", "张某某"), "clerk")
    ready_for_receipts(house)
    made = house.ledger.receipts.issue_receipts(USCC, [one], [CODE], GIFT_DAY)
    assert isinstance(made[one], AgencyMoney)
    check_house(house)


def test_agency_money_does_not_leak_into_other_funds_nor_they_into_it(
    house: House, fund: str
) -> None:
    held, same, other = agency(house), agency(house), agency(house, "示范县人民医院")
    give(house, held, "10.00")
    give(house, fund, "10.00")

    for source, target in ((held, fund), (held, other), (fund, held)):
        with pytest.raises(OtherRecipient):
            house.ledger.funds.allocate(source, target, Money(100), "clerk")
    house.ledger.funds.allocate(held, same, Money(100), "clerk")

    check_house(house)


# Purpose, place, term.


@pytest.mark.parametrize(
    ("basis", "wrong", "ground", "document", "unproved"),
    [
        ("agreement", "filing", "donor-consent", DOCUMENT, "同意书"),
        ("public-raise", "donor-consent", "filing", "53100000500021326DA22001", "备案"),
    ],
)
def test_a_bound_fund_is_spent_otherwise_only_once_who_must_agree_has_agreed(
    basis: str, wrong: str, ground: str, document: str, unproved: str, house: House, fund: str
) -> None:
    held = bound(house, basis=basis)
    give(house, held, "10.00")
    road = replace(payment("1.00", place="230200"), purpose="修路")
    ledger = house.ledger.funds

    def refused() -> bool:
        asked = [road, replace(road, purpose="助学"), replace(road, place="230108")]
        outcomes = house.ledger.disbursements.pay_out(USCC, held, asked, "clerk", "reviewer")
        return all(isinstance(o, OffPurpose) for o in outcomes)

    assert refused()
    with pytest.raises(ConsentMissing, match=f"needs {ground}"):
        ledger.change_use(held, "修路", "230200", wrong, document, "director")
    with pytest.raises(Refused):
        ledger.change_use(held, "修路", "230200", ground, unproved, "director")
    with pytest.raises(NothingChanged):
        ledger.change_use(held, None, None, ground, document, "director")
    assert refused()
    ledger.change_use(held, "修路", "230200", ground, document, "director")

    outcomes = house.ledger.disbursements.pay_out(USCC, held, [road], "clerk", "reviewer")

    assert [type(o) for o in outcomes] == [str]
    check_house(house)


def test_consent_is_proved_by_the_digest_of_a_document(house: House, fund: str) -> None:
    held = bound(house, basis="agreement")

    with pytest.raises(ProofMissing, match="digest of the document"):
        house.ledger.funds.change_use(held, "修路", None, "donor-consent", "AB" * 32, "director")

    check_house(house)


def test_bound_money_is_allocated_only_to_a_fund_that_is_bound_as_much(
    house: House, fund: str
) -> None:
    held = bound(house)
    give(house, held, "10.00")
    within = house.ledger.funds.open_fund(USCC, "助学", "project", "助学", "230108")
    elsewhere = house.ledger.funds.open_fund(USCC, "助学", "project", "助学", "230200")
    anything = house.ledger.funds.open_fund(USCC, "助学", "project", None, "230108")

    for target in (fund, elsewhere, anything):
        with pytest.raises(OffPurpose):
            house.ledger.funds.allocate(held, target, Money(100), "clerk")
    house.ledger.funds.allocate(held, within, Money(100), "clerk")

    check_house(house)


@pytest.mark.parametrize(
    ("day", "fits"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-11-30", True), ("2026-12-01", False)],
)
def test_money_of_a_term_is_paid_within_it(day: str, fits: object, house: House, fund: str) -> None:
    held = bound(house, first_day=date(2026, 11, 1), last_day=date(2026, 11, 30))
    give(house, held, "10.00")
    asked = replace(payment("1.00"), purpose="助学", paid_on=date.fromisoformat(day))

    (outcome,) = house.ledger.disbursements.pay_out(USCC, held, [asked], "clerk", "reviewer")

    assert isinstance(outcome, str if fits else OutOfTerm)
    check_house(house)


# Closed.


def test_a_fund_is_closed_when_nothing_is_left_and_then_takes_and_pays_nothing(
    house: House, fund: str
) -> None:
    other = general_fund(house, name="助学资金")
    (one,) = give(house, fund, "10.00")
    (paid,) = pay(house, fund, "4.00")
    asked = house.ledger.disbursements.propose(fund, payment("1.00"), "clerk")
    ledger = house.ledger

    with pytest.raises(FundNotEmpty, match=r"still holds 6\.00 CNY"):
        ledger.funds.close_fund(fund, "similar-project", "项目结束", "director")
    ledger.funds.allocate(fund, other, Money(600), "clerk")
    ledger.funds.close_fund(fund, "similar-project", "项目结束", "director")
    ledger.disbursements.recover(fund, paid, Money(400), GIFT_DAY, why())

    refused: list[Callable[[], object]] = [
        lambda: give(house, fund, "1.00"),
        lambda: ledger.funds.allocate(other, fund, Money(1), "clerk"),
        lambda: ledger.disbursements.propose(fund, payment("1.00"), "clerk"),
        lambda: ledger.disbursements.approve(fund, asked, "reviewer"),
        lambda: ledger.funds.close_fund(fund, "none", "项目结束", "director"),
        lambda: ledger.corrections.reverse_gift(one, why("wrong-amount"), gift("9.00")),
    ]
    for command in refused:
        with pytest.raises((FundIsClosed, SpentAlready)):
            command()
    ledger.funds.allocate(fund, other, Money(300), "clerk")
    ledger.corrections.return_gift(one, Money(100), "donor's wish", "clerk")
    assert balance_of(house, fund).balance == 0
    check_house(house)


def test_a_fund_with_a_payment_on_its_way_is_not_closed(house: House, fund: str) -> None:
    give(house, fund, "4.00")
    asked = house.ledger.disbursements.propose(fund, payment("4.00"), "clerk")
    house.ledger.disbursements.approve(fund, asked, "reviewer")

    with pytest.raises(FundNotEmpty):
        house.ledger.funds.close_fund(fund, "none", "项目结束", "director")

    house.ledger.disbursements.pay(fund, asked, GIFT_DAY)
    house.ledger.funds.close_fund(fund, "none", "项目结束", "director")
    check_house(house)


def test_a_fund_that_is_closed_meanwhile_takes_no_allocation(house: House, fund: str) -> None:
    other = general_fund(house, name="助学资金")
    give(house, fund, "10.00")

    def close() -> None:
        house.ledger.funds.close_fund(other, "none", "项目结束", "director")

    with pytest.raises(FundIsClosed):
        second(house, close).funds.allocate(fund, other, Money(100), "clerk")

    assert balance_of(house, fund).balance == 1000
    check_house(house)


def test_a_fund_that_is_closed_meanwhile_takes_no_gift(house: House, fund: str) -> None:
    def close() -> None:
        house.ledger.funds.close_fund(fund, "none", "项目结束", "director")

    with pytest.raises(FundIsClosed):
        second(house, close).gifts.receive_gifts(USCC, fund, [gift("2000000000.00")])

    assert house.ledger.streams.fund(fund).closed
    check_house(house)


def test_a_fund_that_is_closed_meanwhile_takes_no_replacement(house: House, fund: str) -> None:
    other = general_fund(house, name="助学资金")
    (one,) = give(house, fund, "10.00")

    def close() -> None:
        house.ledger.funds.close_fund(other, "none", "项目结束", "director")

    with pytest.raises(FundIsClosed):
        second(house, close).corrections.reverse_gift(
            one, why("wrong-fund"), gift("10.00"), into=other
        )

    assert balance_of(house, fund).balance == 1000
    check_house(house)
