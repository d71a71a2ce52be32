"""Gifts: what came in, whose it is, whether a receipt can be made out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ledger.domain import gifts
from ledger.domain.events import (
    BenefitRecorded,
    DonorIdentified,
    FundClosed,
    GiftEvent,
    GiftFreedFromPledge,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceived,
    GiftSetAgainstPledge,
    GiftSupportsName,
    GoodsLine,
    GoodsReceived,
)
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
)
from ledger.domain.funds import AmountNotPositive, FundIsClosed
from ledger.domain.gifts import (
    LARGEST_MINOR,
    AlreadyReceipted,
    DayUnknown,
    DonorAlreadyKnown,
    DonorNotIdentified,
    FundOfAnotherCharity,
    GiftTooLarge,
    NameWasErased,
    NoReceiptStands,
    NoValuationEvidence,
    RateForYuan,
    RateUnknown,
    ReceiptStands,
)
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import Exchange, exchange
from ledger.money import MINOR_MAX, Money
from tests.ledger.domain.every_fact import golden
from tests.ledger.domain.given import (
    CHARITY,
    COATS,
    CODE,
    DONOR,
    FUND,
    GIFT_DAY,
    NOON,
    OTHER,
    PAPER,
    RATE,
    RICE,
    SOURCE,
    cny,
    digest,
    fact,
    fund,
    gift,
    goods,
    line,
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


def test_a_closed_fund_receives_nothing() -> None:
    closed = fund(fact(FundClosed, FUND, 2))

    with pytest.raises(FundIsClosed, match="fund-1 is closed"):
        gifts.receive(
            "gift-1", closed, CHARITY, cny("1"), None, DONOR, GIFT_DAY, "row", None, (), NOON
        )


def test_a_gift_larger_than_any_ever_was_is_misread() -> None:
    assert receive(Money(LARGEST_MINOR)).booked == Money(LARGEST_MINOR)
    for amount, rate in ((Money(LARGEST_MINOR + 1), None), (Money(LARGEST_MINOR, "USD"), RATE)):
        with pytest.raises(GiftTooLarge, match=f"a gift of {amount} can't be right; look whether"):
            receive(amount, rate)


# Goods and their value.


def proved(yuan: str, code: str) -> GoodsLine:
    return line(1, code, cny(yuan), "invoice", evidence=PAPER)


def test_a_gift_in_kind_is_worth_what_is_proved_of_every_line() -> None:
    known = goods(proved("4000.00", RICE), proved("600.00", COATS))

    assert (known.booked, known.kind, known.units) == (cny("4600.00"), "goods", (RICE, COATS))
    assert gifts.receiptable(known) == GIFT_DAY


@pytest.mark.parametrize(
    "unproved",
    [
        line(1, COATS),
        line(1, COATS, cny("600")),
        line(1, COATS, cny("600"), "invoice"),
        line(1, COATS, Money(600, "USD"), "customs", evidence=PAPER),
    ],
    ids=["no value", "no basis", "no proof", "no yuan"],
)
def test_one_line_without_proof_leaves_the_whole_gift_unvalued(unproved: GoodsLine) -> None:
    known = goods(proved("4000.00", RICE), unproved)

    assert known.booked == cny("0")
    with pytest.raises(NoValuationEvidence, match="without proof of their value are recorded by"):
        gifts.receiptable(known)


def test_values_whose_sum_cannot_be_written_prove_nothing_and_break_no_reader() -> None:
    most = Money(MINOR_MAX)
    event = fact(
        GoodsReceived,
        "gift-1",
        lines=tuple(line(1, c, most, "market", evidence=PAPER) for c in (RICE, COATS)),
    )

    assert gifts.worth(event) == cny("0")


# A receipt that is reversed.


def test_a_reversed_receipt_makes_room_for_another() -> None:
    receipted = gift(fact(GiftReceipted, "gift-1", 2))

    event = gifts.reverse_receipt(receipted, CODE, "0000000002", NOON)
    known = gifts.evolve(receipted, event)

    assert event == fact(GiftReceiptReversed, "gift-1", 3)
    red = (CODE, "0000000001")
    assert known == gifts.without_receipt(receipted)
    assert known == replace(receipted, version=3, receipt=None, red=red)
    assert gifts.mark_receipted(known, CODE, "0000000003", NOON).originator_version == 4


def test_a_receipt_that_was_never_made_out_is_not_reversed() -> None:
    with pytest.raises(NoReceiptStands, match="no receipt stands for gift-1"):
        gifts.reverse_receipt(gift(), CODE, NUMBER, NOON)


# What else is said of a gift.


def test_a_gift_of_money_is_worth_what_was_booked() -> None:
    assert gifts.worth(fact(GiftReceived, "gift-1", booked=cny("7"))) == cny("7")


def test_the_latest_benefit_counts_and_every_name_that_rests_on_the_gift_is_known() -> None:
    benefit, name = golden(BenefitRecorded), golden(GiftSupportsName)
    assert isinstance(benefit, BenefitRecorded)
    assert isinstance(name, GiftSupportsName)
    later = replace(benefit, originator_version=3, benefit=cny("0"))

    known = gift(benefit, later, name, replace(name, naming="naming-2"))

    assert known.benefit == later
    assert known.namings == ("naming-1", "naming-2")


@pytest.mark.parametrize(
    "cls",
    [
        CreditGiven, CreditWithdrawn, GiftSharesStated, ConduitNamed, GiftSetAgainstPledge,
        GiftFreedFromPledge,
    ],
)  # fmt: skip
def test_credits_and_pledges_change_nothing_of_the_gift_itself(cls: type[GiftEvent]) -> None:
    event: Any = golden(cls)

    assert gift(event) == replace(gift(), version=2)
