"""Gifts: what came in, whose it is, whether a receipt can be made out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger.domain import gifts
from ledger.domain.events import DonorIdentified, GiftReceipted, GiftReceived
from ledger.domain.funds import AmountNotPositive
from ledger.domain.gifts import (
    AlreadyReceipted,
    DayUnknown,
    DonorAlreadyKnown,
    DonorNotIdentified,
    FundOfAnotherCharity,
    NameWasErased,
    RateForYuan,
    RateUnknown,
    ReceiptStands,
)
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import Exchange, exchange
from ledger.money import Money
from tests.ledger.domain.given import (
    CHARITY,
    CODE,
    DONOR,
    FUND,
    GIFT_DAY,
    NOON,
    OTHER,
    RATE,
    SOURCE,
    cny,
    digest,
    fact,
    fund,
    gift,
)

NUMBER = "0000000001"


def receive(
    amount: Money, rate: Exchange | None = None, organisation: str = CHARITY
) -> GiftReceived:
    return gifts.receive(
        "gift-1", fund(), organisation, amount, rate, DONOR, GIFT_DAY, "row", None, (), NOON
    )


def test_a_gift_of_yuan_is_booked_as_it_is() -> None:
    assert receive(cny("100.00")) == fact(GiftReceived, "gift-1")


def test_all_that_is_said_of_a_gift_is_recorded() -> None:
    event = gifts.receive(
        "gift-2", fund(), CHARITY, cny("1"), None, None, None, "none", SOURCE, (digest("n"),), NOON
    )

    assert (event.originator_id, event.fund, event.donor, event.received_on) == (
        "gift-2",
        FUND,
        None,
        None,
    )
    assert (event.date_basis, event.source, event.sealed) == ("none", SOURCE, (digest("n"),))


def test_foreign_money_is_booked_at_its_rate_and_keeps_its_own_amount() -> None:
    event = receive(Money.parse("20000", "USD"), RATE)

    assert event.amount == Money.parse("20000.00", "USD")
    assert event.booked == cny("142434.00")
    assert event.exchange == RATE


def test_foreign_money_without_a_rate_keeps_its_own_unit() -> None:
    dollars = Money.parse("33133.00", "USD")

    assert receive(dollars).booked == dollars


def test_a_rate_cannot_multiply_yuan() -> None:
    with pytest.raises(RateForYuan, match=r"100\.00 CNY can't be booked at a rate of 7\.1217"):
        receive(cny("100.00"), RATE)


def test_a_gift_lies_in_a_fund_of_the_organisation_that_received_it() -> None:
    with pytest.raises(FundOfAnotherCharity, match=f"{FUND} belongs to {CHARITY}, not to {OTHER}"):
        receive(cny("100.00"), organisation=OTHER)


@pytest.mark.parametrize("text", ["0", "-0.01"])
def test_nothing_or_less_is_no_gift(text: str) -> None:
    with pytest.raises(AmountNotPositive, match=r"an amount of -?0\.0\d CNY can't be booked"):
        receive(cny(text))


def test_foreign_money_worth_less_than_half_a_fen_is_no_gift() -> None:
    with pytest.raises(AmountNotPositive):
        receive(Money(1, "KRW"), exchange("0.4999", 100, "source", GIFT_DAY))


# Whose it is.


def test_a_gift_in_suspense_is_claimed_once() -> None:
    unclaimed = gift(donor=None)
    event = gifts.identify_donor(unclaimed, DONOR, " 银行回单示例号 ", NOON)
    claimed = gifts.evolve(unclaimed, event)

    assert event == fact(DonorIdentified, "gift-1", 2)
    assert (claimed.donor, claimed.version) == (DONOR, 2)
    with pytest.raises(DonorAlreadyKnown, match="the donor of gift-1 is known already"):
        gifts.identify_donor(claimed, DONOR, "银行回单示例号", NOON)


def test_a_claim_needs_evidence() -> None:
    with pytest.raises(NameUnusable):
        gifts.identify_donor(gift(donor=None), DONOR, " ", NOON)


# Its receipt.


def test_a_gift_is_receipted_once() -> None:
    known = gift()
    assert gifts.receiptable(known) == GIFT_DAY

    marked = gifts.mark_receipted(known, CODE, NUMBER, NOON)
    receipted = gifts.evolve(known, marked)

    assert marked == fact(GiftReceipted, "gift-1", 2)
    assert receipted == replace(known, version=2, receipt=(CODE, NUMBER))
    with pytest.raises(AlreadyReceipted, match=f"already receipted as {CODE} {NUMBER}") as refusal:
        gifts.mark_receipted(receipted, CODE, "0000000002", NOON)
    assert (refusal.value.code, refusal.value.number) == (CODE, NUMBER)


def test_a_gift_whose_receipt_stands_cannot_go_back() -> None:
    gifts.returnable(gift())

    with pytest.raises(ReceiptStands, match=f"receipt {CODE} {NUMBER} stands for this gift"):
        gifts.returnable(gift(fact(GiftReceipted, "gift-1", 2)))


def test_a_gift_in_suspense_bears_no_receipt() -> None:
    with pytest.raises(DonorNotIdentified, match="the donor is not identified"):
        gifts.receiptable(gift(donor=None))


def test_foreign_money_without_a_rate_bears_no_receipt() -> None:
    with pytest.raises(RateUnknown, match="booked in USD, without a rate"):
        gifts.receiptable(gift(booked=Money(100, "USD")))


def test_a_gift_of_no_known_day_bears_no_receipt() -> None:
    with pytest.raises(DayUnknown, match="the day of the gift is not known"):
        gifts.receiptable(gift(received_on=None))


def test_a_donor_whose_name_was_erased_is_told_so() -> None:
    assert str(NameWasErased()) == "no receipt: the donor's name was erased"


def test_a_gift_keeps_what_its_first_fact_said() -> None:
    known = gift(received_on=date(2026, 1, 2), booked=cny("5"))

    assert (known.id, known.version, known.organisation, known.fund) == (
        "gift-1",
        1,
        CHARITY,
        FUND,
    )
    assert (known.received_on, known.booked, known.receipt) == (date(2026, 1, 2), cny("5"), None)
