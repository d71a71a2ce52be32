"""Funds: what they are opened for, what they hold, and how facts change them."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain import funds
from ledger.domain.events import (
    CostClassified,
    DisbursementAccepted,
    DisbursementWithdrawn,
    FundClosed,
    FundOpened,
    FundsAllocated,
)
from ledger.domain.funds import (
    AmountNotPositive,
    Fund,
    FundFull,
    FundIsClosed,
    FundKindUnknown,
    GeneralFundBound,
    check_open,
    check_room,
    check_within,
)
from ledger.domain.goods import Quantity
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import PlaceMalformed
from ledger.errors import Refused
from ledger.money import MINOR_MAX, Money
from tests.ledger.domain.given import (
    CHARITY,
    FUND,
    NOON,
    RICE,
    Inflows,
    approved,
    cny,
    fact,
    fund,
    inflows,
    paid,
    proposed,
)


def open_fund(**said: Any) -> FundOpened:
    asked = {"name": "资金", "kind": "project", "purpose": None, "place": None, **said}
    return funds.open_fund(FUND, CHARITY, at=NOON, **asked)


def test_a_fund_is_opened_with_what_it_is_bound_to() -> None:
    event = open_fund(name=" 扶贫济困资金 ", purpose=" 助学 ", place="230108")

    assert event == fact(FundOpened, FUND)
    assert funds.evolve(None, event) == Fund(
        FUND, 1, CHARITY, "扶贫济困资金", "project", "助学", "230108"
    )


@pytest.mark.parametrize("kind", ["project", "enterprise", "named", "brand", "agency"])
def test_a_fund_that_is_not_general_may_stay_unbound(kind: str) -> None:
    event = open_fund(kind=kind)

    assert (event.kind, event.purpose, event.place) == (kind, None, None)


def test_a_fund_is_of_one_of_six_kinds() -> None:
    assert open_fund(kind="general").kind == "general"
    with pytest.raises(
        FundKindUnknown,
        match="'special' is none of general, project, enterprise, named, brand, agency",
    ):
        open_fund(kind="special")


@pytest.mark.parametrize("bound", [{"purpose": "助学"}, {"place": "230108"}])
def test_a_general_fund_is_bound_to_nothing(bound: dict[str, str]) -> None:
    with pytest.raises(GeneralFundBound, match="open a project fund instead"):
        open_fund(kind="general", **bound)


def test_a_funds_name_purpose_and_place_are_readable() -> None:
    with pytest.raises(NameUnusable):
        open_fund(name=" ")
    with pytest.raises(NameUnusable):
        open_fund(purpose="助\n学")
    with pytest.raises(PlaceMalformed):
        open_fund(place="哈尔滨")


def test_what_a_fund_holds_is_counted_in_the_unit_that_is_asked_for() -> None:
    known = fund(proposed("60.00"), approved(), paid("60.00"))

    assert known.available("CNY", 10_000) == cny("40.00")
    assert known.available("USD", 500) == Money(500, "USD")
    assert known.available(RICE, 7) == Quantity(7, RICE)


@pytest.mark.parametrize("amount", [Money(0), Money(-1), Quantity(0, RICE), Quantity(-5, RICE)])
def test_nothing_or_less_leaves_no_fund(amount: Money | Quantity) -> None:
    with pytest.raises(AmountNotPositive, match="can't be booked; it must be above zero"):
        check_within(fund(), inflows("1"), amount)


def test_a_fund_takes_in_no_more_than_can_be_written_exactly() -> None:
    full = Inflows()
    full.totals[FUND, "CNY"] = MINOR_MAX - 1

    check_room(FUND, full, "CNY", 1)
    check_room(FUND, full, "USD", MINOR_MAX)
    with pytest.raises(FundFull, match=r"fund-1 can't hold that much: .* below 2\*\*53 units"):
        check_room(FUND, full, "CNY", 2)


def test_a_closed_fund_says_what_it_still_does() -> None:
    check_open(fund())

    with pytest.raises(FundIsClosed, match=r"fund-1 is closed; .* only be allocated or returned"):
        check_open(fund(fact(FundClosed, FUND, 2)))


def test_the_class_of_a_cost_moves_no_money() -> None:
    known = fund(proposed("60.00"))

    classed = funds.evolve(known, fact(CostClassified, FUND, 3))

    assert (classed.version, classed.disbursements) == (3, known.disbursements)


def test_what_was_reserved_is_free_again_when_it_will_not_be_paid() -> None:
    withdrawn = fact(DisbursementWithdrawn, FUND, 4)

    agreed = fund(proposed("60.00"), approved(), withdrawn)
    asked = fund(proposed("60.00"), withdrawn)

    for known in (agreed, asked):
        assert known.available("CNY", 10_000) == cny("100.00")
        assert known.disbursements["disbursement-1"].status == "withdrawn"


def test_an_acceptance_is_remembered() -> None:
    known = fund(proposed("60.00"), approved(), paid("60.00"), fact(DisbursementAccepted, FUND, 5))

    assert known.disbursements["disbursement-1"].accepted


def test_a_total_that_is_read_late_refuses_too_much_never_too_little() -> None:
    known = fund(fact(FundsAllocated, FUND, 2, amount=cny("100.00")))

    with pytest.raises(Refused, match=r"only -100\.00 CNY is left"):
        check_within(known, inflows(), cny("0.01"))
