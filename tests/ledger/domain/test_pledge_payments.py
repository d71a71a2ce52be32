"""How promises are kept and let go: gifts pay, returns undo, write-offs need a ground."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain import pledge_payments, pledges
from ledger.domain.credits import CountedGift
from ledger.domain.events.pledge import (
    GiftFreedFromPledge,
    GiftSetAgainstPledge,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
)
from ledger.domain.funds import AmountNotPositive
from ledger.domain.grounds import DocumentMalformed, ReasonUnknown
from ledger.domain.pledge_payments import (
    DocumentMissing,
    GiftUsedUp,
    MoreThanOutstanding,
    NotForThisPledge,
    NotPaidByGift,
    PromiseStands,
)
from ledger.domain.pledges import Pledge
from ledger.domain.values import AccountMalformed
from ledger.money import CurrenciesDiffer, Money
from tests.ledger.domain.promises import (
    DOCUMENT,
    NOON,
    OTHER,
    TODAY,
    cny,
    fact,
    gift,
    monthly,
    pledge,
)


def pay(
    known: Pledge, by: CountedGift, amount: Money, kept: Money | None = None
) -> tuple[PledgePaid, GiftSetAgainstPledge]:
    return pledge_payments.pay(known, by, kept or by.booked, amount, NOON)


def write_off(
    known: Pledge, yuan: str, why: str = "hardship", proof: str | None = DOCUMENT
) -> PledgeWrittenOff:
    return pledge_payments.write_off(known, cny(yuan), why, proof, "council", NOON)


# Paying.


def test_a_payment_is_told_in_the_promises_story_and_in_the_gifts() -> None:
    assert pay(pledge(), gift(), cny("30.00")) == (
        fact(PledgePaid, "pledge-1", 2),
        fact(GiftSetAgainstPledge, "gift-1", 2),
    )


def test_a_fixed_promise_is_not_paid_over() -> None:
    known = pledge(fact(PledgePaid, "pledge-1", 2, gift="gift-2"))

    with pytest.raises(MoreThanOutstanding, match=r"70\.01 CNY is more than the 70\.00 CNY") as no:
        pay(known, gift(), cny("70.01"))
    assert no.value.outstanding == cny("70.00")
    assert pay(known, gift(), cny("70.00"))[0].amount == cny("70.00")


def test_what_was_written_off_is_no_longer_waited_for() -> None:
    with pytest.raises(MoreThanOutstanding):
        pay(pledge(fact(PledgeWrittenOff, "pledge-1", 2)), gift(), cny("80.01"))


def test_a_recurring_gift_is_paid_ahead() -> None:
    assert pay(monthly(), gift(), cny("100.00"))[0].amount == cny("100.00")


def test_a_gift_keeps_promises_up_to_its_own_amount() -> None:
    other = gift(fact(GiftSetAgainstPledge, "gift-1", 2, pledge="pledge-2"))

    with pytest.raises(GiftUsedUp, match=r"70\.01 CNY .* only 70\.00 CNY of the gift") as no:
        pay(monthly(), other, cny("70.01"))
    assert no.value.left == cny("70.00")
    assert pay(monthly(), other, cny("70.00"))[1].amount == cny("70.00")


def test_only_what_is_left_of_a_gift_keeps_a_promise() -> None:
    with pytest.raises(GiftUsedUp):
        pay(pledge(), gift(), cny("20.01"), kept=cny("20.00"))


@pytest.mark.parametrize("yuan", ["0", "-1"])
def test_a_payment_is_above_zero(yuan: str) -> None:
    with pytest.raises(AmountNotPositive):
        pay(pledge(), gift(), cny(yuan))


def test_a_promise_is_kept_by_gifts_to_its_own_fund() -> None:
    with pytest.raises(NotForThisPledge, match="gift-1 lies in fund-2; this promise is for fund-1"):
        pay(pledge(), gift(fund="fund-2"), cny("1"))
    with pytest.raises(NotForThisPledge):
        pay(pledge(), gift(organisation=OTHER), cny("1"))


def test_a_promise_in_dollars_is_kept_by_dollars_whatever_they_are_booked_as() -> None:
    known = monthly(amount=Money(10_000, "USD"))
    dollars = gift(amount=Money(100_00, "USD"), booked=cny("712.17"))

    paid, _ = pay(known, dollars, Money(100_00, "USD"))
    assert paid.amount == Money(100_00, "USD")
    with pytest.raises(GiftUsedUp):
        pay(known, dollars, Money(100_01, "USD"))
    with pytest.raises(GiftUsedUp, match=r"only 49\.99 USD"):
        pay(known, dollars, Money(50_00, "USD"), kept=cny("356.08"))


def test_a_promise_is_not_kept_in_another_currency() -> None:
    with pytest.raises(CurrenciesDiffer):
        pay(monthly(amount=Money(1, "EUR")), gift(), Money(1, "EUR"))
    with pytest.raises(CurrenciesDiffer):
        pay(pledge(), gift(), Money(1, "EUR"))


def test_one_gift_keeps_promises_in_one_currency() -> None:
    said: dict[str, Any] = {"amount": Money(100_00, "USD"), "booked": cny("712.17")}
    dollars = gift(fact(GiftSetAgainstPledge, "gift-1", 2, amount=Money(1, "USD")), **said)

    with pytest.raises(CurrenciesDiffer):
        pay(pledge(), dollars, cny("1"))


# Undoing.


def test_what_is_undone_is_outstanding_again() -> None:
    known = pledge(fact(PledgePaid, "pledge-1", 2))
    by = gift(fact(GiftSetAgainstPledge, "gift-1", 2))
    undone, freed = pledge_payments.undo(known, by, cny("5.00"), "gift-returned", NOON)

    assert undone == fact(PledgePaymentUndone, "pledge-1", 3)
    assert freed == fact(GiftFreedFromPledge, "gift-1", 3)
    assert pledges.standing(pledges.evolve(known, undone), TODAY).outstanding == cny("75.00")


def test_only_what_the_gift_paid_is_undone() -> None:
    known = pledge(fact(PledgePaid, "pledge-1", 2), fact(PledgePaid, "pledge-1", 3, gift="gift-2"))
    by = gift(fact(GiftSetAgainstPledge, "gift-1", 2))

    with pytest.raises(NotPaidByGift, match=r"gift-1 paid 30\.00 CNY .* 30\.01 CNY can't"):
        pledge_payments.undo(known, by, cny("30.01"), "gift-returned", NOON)
    with pytest.raises(NotPaidByGift, match=r"gift-3 paid 0\.00 CNY"):
        pledge_payments.undo(known, gift(name="gift-3"), cny("1"), "gift-returned", NOON)
    with pytest.raises(AmountNotPositive):
        pledge_payments.undo(known, by, cny("0"), "gift-returned", NOON)


def test_an_undoing_has_a_known_reason() -> None:
    known = pledge(fact(PledgePaid, "pledge-1", 2))

    with pytest.raises(ReasonUnknown, match="is none of gift-returned, gift-reversed"):
        pledge_payments.undo(known, gift(), cny("1"), "by mistake", NOON)


def test_a_gift_that_goes_back_frees_its_latest_promises_first() -> None:
    by = gift(
        fact(GiftSetAgainstPledge, "gift-1", 2, pledge="pledge-1", amount=cny("30.00")),
        fact(GiftSetAgainstPledge, "gift-1", 3, pledge="pledge-2", amount=cny("50.00")),
    )
    many = pledge_payments.payments_too_many

    assert many(gift(), cny("0")) == {}
    assert many(by, cny("80.00")) == {}
    assert many(by, cny("75.00")) == {"pledge-2": cny("5.00")}
    assert many(by, cny("10.00")) == {"pledge-2": cny("50.00"), "pledge-1": cny("20.00")}


def test_of_foreign_money_the_part_that_is_kept_counts_rounded_down() -> None:
    said: dict[str, Any] = {"amount": Money(100_00, "USD"), "booked": cny("712.17")}
    by = gift(fact(GiftSetAgainstPledge, "gift-1", 2, amount=Money(100_00, "USD")), **said)

    assert pledge_payments.payments_too_many(by, cny("356.08")) == {"pledge-1": Money(50_01, "USD")}


# Writing off.


def test_a_write_off_keeps_what_was_promised_and_paid() -> None:
    known = pledge(fact(PledgePaid, "pledge-1", 2))
    event = write_off(known, "20.00")
    found = pledges.standing(pledges.evolve(known, event), TODAY)

    assert event == fact(PledgeWrittenOff, "pledge-1", 3)
    assert (found.pledged, found.paid, found.written_off, found.outstanding) == (
        cny("100.00"),
        cny("30.00"),
        cny("20.00"),
        cny("50.00"),
    )


@pytest.mark.parametrize("why", ["changed-mind", "asked-by-donor", ""])
def test_a_promise_for_relief_is_not_dropped_at_will(why: str) -> None:
    with pytest.raises(PromiseStands, match=r"民法典 658、660.*hardship, court, uncollectable"):
        write_off(pledge(), "20.00", why)


@pytest.mark.parametrize("why", ["hardship", "court"])
def test_hardship_and_judgments_are_proved_by_a_document(why: str) -> None:
    with pytest.raises(DocumentMissing, match=f"{why} needs the report to civil affairs"):
        write_off(pledge(), "20.00", why, None)
    with pytest.raises(DocumentMalformed):
        write_off(pledge(), "20.00", why, "民政局备案")


@pytest.mark.parametrize("why", ["uncollectable", "mistake"])
def test_money_that_cannot_be_had_is_written_off_by_decision(why: str) -> None:
    assert write_off(pledge(), "100.00", why, None).document is None


def test_no_more_is_written_off_than_is_outstanding() -> None:
    known = pledge(fact(PledgePaid, "pledge-1", 2))

    with pytest.raises(MoreThanOutstanding, match=r"70\.01 CNY is more than the 70\.00 CNY"):
        write_off(known, "70.01")
    with pytest.raises(AmountNotPositive):
        write_off(known, "0")


def test_of_a_recurring_gift_only_what_has_fallen_due_is_written_off() -> None:
    assert write_off(monthly(), "30.00").amount == cny("30.00")
    with pytest.raises(MoreThanOutstanding, match=r"30\.01 CNY is more than the 30\.00 CNY"):
        write_off(monthly(), "30.01")


def test_a_write_off_is_decided_by_a_role() -> None:
    with pytest.raises(AccountMalformed):
        pledge_payments.write_off(pledge(), cny("1"), "mistake", None, "王某某", NOON)
