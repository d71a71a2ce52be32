"""What an auditor finds in limits and in approvals above them."""

from __future__ import annotations

from typing import Any

from ledger.domain.events import (
    ApprovalLimitSet,
    DisbursementApproved,
    DisbursementProposed,
    FundOpened,
    GiftReceived,
    GoodsReceived,
)
from ledger.domain.goods import Quantity
from ledger.money import Money
from tests.ledger.domain.given import CHARITY, FUND, RICE, Story, cny

LIMITS = f"oversight-{CHARITY}"


def limited(**said: Any) -> Story:
    return (
        Story()
        .tell(FundOpened, FUND, kind="general", purpose=None, place=None)
        .tell(GiftReceived, "gift-1")
        .tell(GoodsReceived, "gift-2")
        .tell(ApprovalLimitSet, LIMITS, **{"role": "reviewer", "limit": cny("50.00"), **said})
    )


def approved(story: Story, amount: Money | Quantity) -> list[str]:
    return (
        story.tell(DisbursementProposed, FUND, amount=amount, purpose=None, place=None)
        .tell(DisbursementApproved, FUND, approved_by="reviewer")
        .findings()
    )


def test_an_approval_up_to_the_limit_is_clean() -> None:
    assert approved(limited(), cny("50.00")) == []


def test_an_approval_above_the_limit_is_found() -> None:
    assert approved(limited(), cny("50.01")) == [
        "reviewer approved 50.01 CNY, above its limit of 50.00 CNY"
    ]


def test_an_approval_in_another_currency_than_the_limit_is_found() -> None:
    assert approved(limited(), Money(1, "USD")) == [
        "reviewer approved 0.01 USD, above its limit of 50.00 CNY"
    ]


def test_a_limit_of_zero_lets_nothing_through() -> None:
    assert approved(limited(limit=cny("0")), cny("0.01")) == [
        "reviewer approved 0.01 CNY, above its limit of 0.00 CNY"
    ]


def test_goods_have_no_limit_in_money() -> None:
    assert approved(limited(), Quantity(1, RICE)) == []


def test_a_limit_that_was_lifted_binds_nobody() -> None:
    story = limited().tell(ApprovalLimitSet, LIMITS, role="reviewer", limit=None)
    assert approved(story, cny("60.00")) == []


def test_who_sets_its_own_limit_is_found() -> None:
    told = limited(role="director", decided_by="director").findings()
    assert told == ["the limit of director was set by who had no right to"]


def test_a_limit_set_for_another_organisation_is_found() -> None:
    told = limited(organisation="other").findings()
    assert told == ["the limit of reviewer was set by who had no right to"]
