"""Gift or sponsorship: no receipt is ever made out for what the donor gets in return."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.benefits import (
    BenefitNegative,
    BenefitUnvalued,
    GiftIsSponsorship,
    record_benefit,
    sponsorship,
)
from ledger.domain.events.gift import GiftReceipted
from ledger.domain.events.gift_benefit import BenefitRecorded
from ledger.domain.gifts import ReceiptStands
from ledger.money import CurrenciesDiffer, Money
from tests.ledger.domain.given import CODE, NOON, cny, fact, gift
from tests.ledger.domain.naming_given import FACTS, PAPER


def test_a_benefit_splits_the_receipt() -> None:
    verdict = sponsorship(cny("200.00"), cny("1000.00"))

    assert verdict.outcome == "split"
    assert (verdict.require(), verdict.sponsored) == (cny("800.00"), cny("200.00"))


def test_a_gift_without_benefit_is_receipted_whole() -> None:
    verdict = sponsorship(cny("0.00"), cny("1000.00"))

    assert verdict.outcome == "whole"
    assert verdict.require() == cny("1000.00")


def test_a_benefit_that_nobody_valued_blocks_the_receipt() -> None:
    verdict = sponsorship(None, cny("1000.00"))

    assert (verdict.outcome, verdict.receipt) == ("blocked", cny("0.00"))
    with pytest.raises(BenefitUnvalued):
        verdict.require()


@pytest.mark.parametrize("benefit", ["1000.00", "1000.01"])
def test_a_benefit_not_below_the_gift_blocks_the_receipt(benefit: str) -> None:
    with pytest.raises(GiftIsSponsorship, match=r"in return for 1000\.00 CNY"):
        sponsorship(cny(benefit), cny("1000.00")).require()


@given(st.none() | st.integers(1, 2**40), st.integers(1, 2**40))
def test_a_gift_with_a_benefit_never_gets_a_receipt_for_the_full_amount(
    benefit: int | None, amount: int
) -> None:
    value = None if benefit is None else Money(benefit)
    verdict = sponsorship(value, Money(amount))

    assert verdict.receipt < Money(amount)
    assert verdict.receipt + verdict.sponsored == Money(amount)


def test_a_benefit_is_recorded_on_the_gift() -> None:
    event = record_benefit(gift(), cny("200.00"), "开幕式展位", "council", PAPER, NOON)

    said = FACTS[BenefitRecorded]
    assert {name: getattr(event, name) for name in said} == said
    assert (event.originator_id, event.originator_version) == ("gift-1", 2)


def test_a_benefit_may_be_recorded_without_a_value() -> None:
    assert record_benefit(gift(), None, "广告位", "council", PAPER, NOON).benefit is None


def test_a_benefit_comes_before_the_receipt() -> None:
    receipted = gift(fact(GiftReceipted, "gift-1", 2, code=CODE, number="0000000001"))

    with pytest.raises(ReceiptStands):
        record_benefit(receipted, cny("1.00"), "展位", "council", PAPER, NOON)


def test_a_benefit_is_an_amount_in_the_gifts_own_unit() -> None:
    with pytest.raises(CurrenciesDiffer):
        record_benefit(gift(), Money(1, "USD"), "展位", "council", PAPER, NOON)
    with pytest.raises(BenefitNegative):
        record_benefit(gift(), Money(-1), "展位", "council", PAPER, NOON)
