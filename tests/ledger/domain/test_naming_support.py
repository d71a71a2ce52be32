"""Gifts that a name rests on: which may, and what they hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain import naming_support
from ledger.domain.events import FundOpened, GiftReceived, GiftSupportsName
from ledger.domain.funds import Fund
from ledger.domain.funds import evolve as fund_of
from ledger.domain.gifts import Gift, evolve
from ledger.domain.naming_grant import ENDED
from ledger.domain.naming_refusals import ActsOnAnothersName
from ledger.domain.naming_support import (
    GiftOfAnotherFund,
    GoodsCarryNoName,
    NameStands,
    NoPowerOverNames,
)
from ledger.money import Money
from tests.ledger.domain.given import FUND, NOON, OTHER, fact
from tests.ledger.domain.naming_given import CHARITY, NAMING, proposed

GIFT = "gift-1"


def fund(**changes: object) -> Fund:
    return replace(fund_of(None, fact(FundOpened, FUND)), **changes)  # type: ignore[arg-type] # a test names the fields


def gift(**changes: object) -> Gift:
    return replace(evolve(None, fact(GiftReceived, GIFT)), **changes)  # type: ignore[arg-type] # a test names the fields


def test_gifts_hold_what_was_booked_less_what_went_back() -> None:
    returned = fund().returned.set((GIFT, "CNY"), 30_00)

    assert naming_support.held([gift()], fund(), "CNY") == Money(100_00)
    assert naming_support.held([gift()], fund(returned=returned), "CNY") == Money(70_00)


def test_a_gift_that_was_reversed_holds_nothing() -> None:
    gone = fund(reversed=fund().reversed.set(GIFT, None))

    assert naming_support.held([gift()], gone, "CNY") == Money(0)


def test_other_currencies_and_goods_do_not_count() -> None:
    assert naming_support.held([gift()], fund(), "USD") == Money(0, "USD")
    assert naming_support.held([gift(kind="goods")], fund(), "CNY") == Money(0)


def test_a_gift_says_once_that_a_name_rests_on_it() -> None:
    (mark,) = naming_support.support([gift()], NAMING, NOON)

    assert mark == GiftSupportsName(
        originator_id=GIFT, originator_version=2, timestamp=NOON, actor=CHARITY, naming=NAMING
    )
    assert naming_support.support([evolve(gift(), mark)], NAMING, NOON) == []


def test_a_gift_in_kind_carries_no_name() -> None:
    with pytest.raises(GoodsCarryNoName):
        naming_support.support([gift(kind="shares")], NAMING, NOON)


def test_a_gift_to_another_fund_carries_no_name_of_this_one() -> None:
    naming_support.check_fund(gift(), fund())

    with pytest.raises(GiftOfAnotherFund, match="lies in fund-2"):
        naming_support.check_fund(gift(fund="fund-2"), fund())


def test_a_name_follows_one_of_its_own_charity_only() -> None:
    naming_support.check_follows(NAMING, CHARITY, CHARITY)

    with pytest.raises(ActsOnAnothersName):
        naming_support.check_follows(NAMING, CHARITY, OTHER)


def test_only_an_authority_that_was_founded_with_the_power_decides_on_names() -> None:
    naming_support.check_power(("register", "naming"))

    with pytest.raises(NoPowerOverNames, match="LEDGER_SCHEMA"):
        naming_support.check_power(("register", "eligibility", "finance"))


@pytest.mark.parametrize("status", ["approved", "in force", "suspended"])
def test_a_name_that_may_be_shown_keeps_its_text(status: str) -> None:
    with pytest.raises(NameStands, match=status):
        naming_support.check_forgettable(replace(proposed(), status=status))


@pytest.mark.parametrize("status", ["proposed", "submitted", *ENDED])
def test_any_other_name_may_lose_its_text(status: str) -> None:
    naming_support.check_forgettable(replace(proposed(), status=status))
