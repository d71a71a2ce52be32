"""Funds: nothing is overspent, nothing is spent off purpose, nobody approves alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.domain import funds
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    FundEvent,
    FundOpened,
    FundsAllocated,
    GiftReturned,
)
from ledger.domain.funds import (
    AmountNotPositive,
    BalanceTooSmall,
    DisbursementUnknown,
    Fund,
    FundKindUnknown,
    GeneralFundBound,
    NothingLeftOfGift,
    OffPurpose,
    SameFund,
    SamePerson,
    WrongMoment,
)
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import AccountMalformed, PlaceMalformed
from ledger.errors import Refused, Unknown
from ledger.money import CurrenciesDiffer, Money
from tests.ledger.domain.given import (
    CHARITY,
    FUND,
    NOON,
    PAYEE,
    SOURCE,
    Inflows,
    cny,
    fact,
    fund,
    inflows,
)

PAID_ON = date(2026, 11, 1)


def proposed(yuan: str, version: int = 2, disbursement: str = "disbursement-1") -> FundEvent:
    amount = cny(yuan)
    return fact(
        DisbursementProposed, FUND, version, disbursement=disbursement, amount=amount,
        place=None, source=None,
    )  # fmt: skip


def approved(version: int = 3, disbursement: str = "disbursement-1") -> FundEvent:
    return fact(DisbursementApproved, FUND, version, disbursement=disbursement)


def paid(yuan: str, version: int = 4) -> FundEvent:
    return fact(DisbursementPaid, FUND, version, amount=cny(yuan))


def open_fund(**said: Any) -> FundOpened:
    asked = {"name": "资金", "kind": "project", "purpose": None, "place": None, **said}
    return funds.open_fund(FUND, CHARITY, at=NOON, **asked)


def propose(
    known: Fund,
    amount: Money,
    received: Inflows,
    purpose: str | None = None,
    place: str | None = None,
    by: str = "clerk",
) -> DisbursementProposed:
    return funds.propose(
        known, received, "disbursement-1", PAYEE, amount, purpose, place, by, None, NOON
    )


def give_back(known: Fund, received: Inflows, gift: str, amount: Money) -> GiftReturned:
    return funds.return_gift(known, received, gift, amount, "捐赠人申请退回", "council", NOON)


# Opening.


def test_a_fund_is_opened_with_what_it_is_bound_to() -> None:
    event = open_fund(name=" 扶贫济困资金 ", purpose=" 助学 ", place="230108")

    assert event == fact(FundOpened, FUND)
    assert funds.evolve(None, event) == Fund(
        FUND, 1, CHARITY, "扶贫济困资金", "project", "助学", "230108"
    )


@pytest.mark.parametrize("kind", ["project", "enterprise", "named"])
def test_a_fund_that_is_not_general_may_stay_unbound(kind: str) -> None:
    event = open_fund(kind=kind)

    assert (event.kind, event.purpose, event.place) == (kind, None, None)


def test_a_fund_is_of_one_of_four_kinds() -> None:
    assert open_fund(kind="general").kind == "general"
    with pytest.raises(FundKindUnknown, match="'special' is none of general, project, enterprise"):
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


# Proposing.


def test_what_lies_in_the_fund_may_be_asked_for_to_the_last_fen() -> None:
    event = propose(fund(), cny("100.00"), inflows("60.00", "40.00"))

    assert (event.amount, event.proposed_by, event.actor) == (cny("100.00"), "clerk", CHARITY)
    assert event.originator_version == 2
    with pytest.raises(BalanceTooSmall, match=r"100\.01 CNY is asked for, but only 100\.00 CNY"):
        propose(fund(), cny("100.01"), inflows("60.00", "40.00"))


def test_money_of_one_currency_pays_nothing_in_another() -> None:
    with pytest.raises(BalanceTooSmall, match=r"only 0\.00 USD is left"):
        propose(fund(), Money(1, "USD"), inflows("60.00"))


@pytest.mark.parametrize("amount", [Money(0), Money(-1)])
def test_nothing_or_less_is_neither_proposed_nor_allocated_nor_returned(amount: Money) -> None:
    received, other = inflows("60.00"), fund(id="fund-2")

    with pytest.raises(AmountNotPositive, match="must be above zero"):
        propose(fund(), amount, received)
    with pytest.raises(AmountNotPositive):
        funds.allocate(fund(), received, other, amount, "council", NOON)
    with pytest.raises(AmountNotPositive):
        give_back(fund(), received, "gift-1", amount)


def test_a_payment_serves_the_purpose_of_its_fund() -> None:
    bound = fund(kind="project", purpose="助学")

    assert propose(bound, cny("1"), inflows("1"), "助学").purpose == "助学"
    assert propose(bound, cny("1"), inflows("1")).purpose == "助学"
    with pytest.raises(OffPurpose, match=r"purpose '办公' is not .*: '助学'"):
        propose(bound, cny("1"), inflows("1"), "办公")


def test_a_payments_own_words_never_become_public() -> None:
    assert propose(fund(), cny("1"), inflows("1"), "资助王某某").purpose is None


@pytest.mark.parametrize(
    ("bound", "place", "fits"),
    [
        ("230108", "230108", True),
        ("230108", "230108001", True),
        ("230108", "230108001201", True),
        ("230108", "230109", False),
        ("230108", "230100", False),
        ("230100", "230108", True),
        ("230100", "230200", False),
        ("230000", "230108001201", True),
        ("230000", "210000", False),
        ("230108001", "230108001201", True),
        ("230108001", "230108", False),
        ("230108001201", "230108001202", False),
    ],
)
def test_a_payment_stays_within_the_place_of_its_fund(
    bound: str, place: str, *, fits: bool
) -> None:
    known = fund(kind="project", place=bound)

    if fits:
        assert propose(known, cny("1"), inflows("1"), place=place).place == place
    else:
        with pytest.raises(OffPurpose, match=f"place '{place}' is not .* '{bound}'"):
            propose(known, cny("1"), inflows("1"), place=place)


def test_a_payment_without_a_place_takes_its_funds() -> None:
    assert propose(fund(kind="project", place="230108"), cny("1"), inflows("1")).place == "230108"
    assert propose(fund(), cny("1"), inflows("1"), place="230108").place == "230108"
    assert propose(fund(), cny("1"), inflows("1")).place is None
    with pytest.raises(PlaceMalformed):
        propose(fund(), cny("1"), inflows("1"), place="哈尔滨")


def test_only_a_role_name_proposes() -> None:
    with pytest.raises(AccountMalformed):
        propose(fund(), cny("1"), inflows("1"), by="王某某")


def test_a_proposal_reserves_nothing_but_carries_its_source() -> None:
    event = funds.propose(
        fund(), inflows("60"), "disbursement-1", PAYEE, cny("60"), None, None, "clerk", SOURCE, NOON
    )

    known = funds.evolve(fund(), event)
    assert known.available("CNY", 6_000) == cny("60.00")
    assert event.source == SOURCE


# Approving and paying.


def test_another_person_approves_and_the_money_is_reserved() -> None:
    known = fund(proposed("60.00"))
    event = funds.approve(known, inflows("100.00"), "disbursement-1", "reviewer", NOON)

    assert event == approved()
    assert funds.evolve(known, event).available("CNY", 10_000) == cny("40.00")


def test_nobody_approves_what_he_proposed() -> None:
    with pytest.raises(SamePerson, match="clerk proposed this disbursement; another person"):
        funds.approve(fund(proposed("60")), inflows("60"), "disbursement-1", "clerk", NOON)


@pytest.mark.parametrize("name", ["Clerk", "clerk ", "王某某"])
def test_the_same_person_under_another_spelling_is_refused(name: str) -> None:
    with pytest.raises(AccountMalformed):
        funds.approve(fund(proposed("60")), inflows("60"), "disbursement-1", name, NOON)


def test_reserved_money_is_not_asked_for_approved_moved_or_returned_again() -> None:
    known = fund(proposed("60.00"), proposed("60.00", 3, "disbursement-2"), approved(4))
    received = inflows("60.00", "39.99")
    asked = r"60\.00 CNY is asked for, but only 39\.99 CNY is left"

    with pytest.raises(BalanceTooSmall, match=asked):
        propose(known, cny("60"), received)
    with pytest.raises(BalanceTooSmall, match=asked):
        funds.approve(known, received, "disbursement-2", "reviewer", NOON)
    with pytest.raises(BalanceTooSmall, match=asked):
        funds.allocate(known, received, fund(id="fund-2"), cny("60"), "council", NOON)
    with pytest.raises(BalanceTooSmall, match=asked):
        give_back(known, received, "gift-1", cny("60"))
    assert give_back(known, received, "gift-2", cny("39.99")).end == 9_999


def test_a_proposal_cannot_be_approved_after_an_allocation_emptied_the_fund() -> None:
    received = inflows("100.00")
    known = fund(proposed("60.00"))
    moved = funds.allocate(known, received, fund(id="fund-2"), cny("40.01"), "council", NOON)

    with pytest.raises(BalanceTooSmall, match=r"60\.00 CNY .* only 59\.99 CNY"):
        funds.approve(funds.evolve(known, moved), received, "disbursement-1", "reviewer", NOON)


def test_an_approved_payment_leaves_the_front_of_the_axis() -> None:
    known = fund(proposed("60.00"), approved())
    event = funds.pay(known, "disbursement-1", PAID_ON, NOON)
    after = funds.evolve(known, event)

    assert event == paid("60.00")
    assert (after.axis("CNY").next, after.reserved, after.disbursements) == (6_000, {"CNY": 0}, {})
    assert after.available("CNY", 10_000) == cny("40.00")


def test_a_payment_goes_from_proposed_to_approved_to_paid_each_once() -> None:
    asked, agreed = fund(proposed("60")), fund(proposed("60"), approved())

    with pytest.raises(WrongMoment, match="disbursement-1 is proposed; it can't be paid"):
        funds.pay(asked, "disbursement-1", PAID_ON, NOON)
    with pytest.raises(WrongMoment, match="disbursement-1 is approved; it can't be approved"):
        funds.approve(agreed, inflows("60"), "disbursement-1", "reviewer", NOON)


def test_what_is_paid_or_was_never_proposed_is_not_open() -> None:
    done = fund(proposed("60"), approved(), paid("60"))

    for known in (done, fund()):
        with pytest.raises(DisbursementUnknown, match="no open disbursement disbursement-1 in"):
            funds.pay(known, "disbursement-1", PAID_ON, NOON)
        with pytest.raises(Unknown):
            funds.approve(known, inflows("60"), "disbursement-1", "reviewer", NOON)


# Allocating.


def test_money_moves_to_another_fund() -> None:
    event = funds.allocate(
        fund(), inflows("100.00"), fund(id="fund-2"), cny("30.00"), "council", NOON
    )

    assert event == fact(FundsAllocated, FUND, 2)
    assert funds.evolve(fund(), event).available("CNY", 10_000) == cny("70.00")


def test_more_than_the_balance_does_not_move() -> None:
    with pytest.raises(BalanceTooSmall, match=r"100\.01 CNY is asked for, but only 100\.00 CNY"):
        funds.allocate(fund(), inflows("100"), fund(id="fund-2"), cny("100.01"), "council", NOON)


def test_a_fund_is_not_allocated_to_itself() -> None:
    with pytest.raises(SameFund, match="fund fund-1 can't be allocated to itself"):
        funds.allocate(fund(), inflows("100"), fund(), cny("1"), "council", NOON)


@pytest.mark.parametrize(
    ("bound", "target", "why"),
    [
        ({"purpose": "助学"}, {"purpose": "助医"}, "purpose '助医' is not .* '助学'"),
        ({"purpose": "助学"}, {}, "purpose '' is not .* '助学'"),
        ({"place": "230108"}, {"place": "230109"}, "place '230109' is not .* '230108'"),
        ({"place": "230108"}, {}, "place '' is not .* '230108'"),
    ],
)
def test_bound_money_stays_bound_where_it_moves(
    bound: dict[str, str], target: dict[str, str], why: str
) -> None:
    known, other = fund(kind="project", **bound), fund(id="fund-2", kind="project", **target)

    with pytest.raises(OffPurpose, match=why):
        funds.allocate(known, inflows("100"), other, cny("1"), "council", NOON)


def test_bound_money_may_move_to_a_fund_bound_as_narrowly() -> None:
    known = fund(kind="project", purpose="助学", place="230000")
    other = fund(id="fund-2", kind="named", purpose="助学", place="230108")

    moved = funds.allocate(known, inflows("100"), other, cny("1"), "council", NOON)

    assert moved.to_fund == "fund-2"


# Returning.


def test_unspent_money_of_a_gift_goes_back_from_the_end_of_its_range() -> None:
    received = inflows("100.00", "50.00")
    event = give_back(fund(), received, "gift-1", cny("10.00"))
    known = funds.evolve(fund(), event)

    assert event == fact(GiftReturned, FUND, 2)
    assert known.returned == {"gift-1": 1_000}
    assert known.available("CNY", 15_000) == cny("140.00")

    again = give_back(known, received, "gift-1", cny("90.00"))
    assert (again.start, again.end) == (0, 9_000)
    assert funds.evolve(known, again).returned == {"gift-1": 10_000}


def test_spent_money_of_a_gift_does_not_go_back() -> None:
    known = fund(proposed("120.00"), approved(), paid("120.00"))
    received = inflows("100.00", "50.00")

    with pytest.raises(NothingLeftOfGift, match=r"return of 0\.01 CNY exceeds the 0\.00 CNY left"):
        give_back(known, received, "gift-1", cny("0.01"))
    with pytest.raises(NothingLeftOfGift, match=r"return of 30\.01 CNY exceeds the 30\.00 CNY"):
        give_back(known, received, "gift-2", cny("30.01"))
    assert give_back(known, received, "gift-2", cny("30.00")).start == 12_000


def test_a_gift_goes_back_in_the_money_it_was_booked_in() -> None:
    with pytest.raises(CurrenciesDiffer):
        give_back(fund(), inflows("100"), "gift-1", Money(1, "USD"))


def test_a_return_names_a_reason_and_a_role() -> None:
    with pytest.raises(NameUnusable):
        funds.return_gift(fund(), inflows("1"), "gift-1", cny("1"), "", "council", NOON)
    with pytest.raises(AccountMalformed):
        funds.return_gift(fund(), inflows("1"), "gift-1", cny("1"), "退回", "王某某", NOON)


def test_a_total_that_is_read_late_refuses_too_much_never_too_little() -> None:
    known = fund(fact(FundsAllocated, FUND, 2, amount=cny("100.00")))

    with pytest.raises(Refused, match=r"only -100\.00 CNY is left"):
        propose(known, cny("0.01"), inflows())
