"""What an auditor finds on names and the gifts they rest on, and on receipts for benefits."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ledger.domain.events import (
    BenefitRecorded,
    DonorShown,
    Event,
    FundOpened,
    GiftReceipted,
    GiftReceived,
    GiftReturned,
    GiftSupportsName,
    GoodsReceived,
    ReceiptIssued,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
)
from ledger.domain.events import naming as events
from ledger.domain.goods import Quantity
from ledger.domain.history import History
from ledger.domain.organisations import AUTHORITY
from ledger.money import Money
from tests.ledger.domain.every_fact import FACTS
from tests.ledger.domain.given import CHARITY, CODE, FUND, NOON, OTHER, RICE
from tests.ledger.domain.naming_given import NAMING, PAID, yuan

GIFT = "gift-1"
BOOK, NUMBER = f"book-{CODE}", "0000000001"


class Log:
    """A log told fact by fact, every fact in the next place of its stream."""

    def __init__(self) -> None:
        self.history = History()
        self._versions: Counter[str] = Counter()
        self._leaf = 0

    def tell(self, cls: type[Event], stream: str, actor: str = CHARITY, **said: Any) -> Log:
        self._versions[stream] += 1
        members: dict[str, Any] = {**FACTS[cls], **said}
        event = cls(
            originator_id=stream,
            originator_version=self._versions[stream],
            timestamp=NOON,
            actor=actor,
            **members,
        )
        self.history.see(self._leaf, event)
        self._leaf += 1
        return self

    def found(self) -> list[str]:
        """Return what an auditor finds, without the places in the log."""
        self.history.close()
        return [one.partition(": ")[2] or one for one in self.history.findings]


def begun() -> Log:
    """Open a fund with a gift of 600,000.00, and screen a name for it."""
    log = Log().tell(FundOpened, FUND).tell(FundOpened, "fund-2")
    log.tell(GiftReceived, GIFT, amount=PAID, booked=PAID)
    for cls in (events.NamingProposed, events.NamingWishRecorded, events.NamingScreened):
        log.tell(cls, NAMING)
    return log


def in_force() -> Log:
    log = begun().tell(GiftSupportsName, GIFT).tell(events.NamingFundingTested, NAMING)
    log.tell(events.NamingConsentRecorded, NAMING).tell(events.NamingSubmitted, NAMING)
    log.tell(events.NamingApproved, NAMING, actor=AUTHORITY)
    return log.tell(events.NamingEntered, NAMING)


def gone(amount: Money, start: int, end: int) -> dict[str, Any]:
    return {"amount": amount, "start": start, "end": end}


LOW = gone(yuan("200000.00"), 40_000_000, 60_000_000)


def test_a_name_that_rests_on_its_gifts_leaves_nothing_to_find() -> None:
    assert in_force().found() == []


def test_a_return_with_its_review_leaves_nothing_to_find() -> None:
    log = in_force().tell(GiftReturned, FUND, **LOW)

    assert log.tell(events.NamingReviewOpened, NAMING).found() == []


def test_a_return_without_its_review_is_found() -> None:
    (found,) = in_force().tell(GiftReturned, FUND, **LOW).found()

    assert found.endswith("is below its threshold without an open review")


def test_a_gift_that_is_counted_without_saying_so_is_found() -> None:
    log = begun().tell(events.NamingFundingTested, NAMING)

    assert log.found() == [f"{NAMING} counts {GIFT}, which does not say so"]


def test_a_gift_that_says_so_twice_is_found() -> None:
    log = begun().tell(GiftSupportsName, GIFT).tell(GiftSupportsName, GIFT)

    assert log.found() == [f"{GIFT} bears {NAMING} twice"]


def test_a_gift_that_bears_a_name_nobody_proposed_is_found() -> None:
    log = begun().tell(GiftSupportsName, GIFT, naming="naming-2")

    assert log.found() == [f"{GIFT} bears naming-2, which is not its charity's"]


def test_a_stranger_who_lets_a_gift_bear_a_name_is_found() -> None:
    found = begun().tell(GiftSupportsName, GIFT, actor=OTHER).found()

    assert f"{OTHER} acts on {GIFT}, which is not its own" in found
    assert f"{GIFT} bears {NAMING}, which is not its charity's" in found


def test_a_stranger_who_shows_a_donor_is_found() -> None:
    assert begun().tell(DonorShown, GIFT).found() == []
    found = begun().tell(DonorShown, GIFT, actor=OTHER).found()

    assert found == [f"{OTHER} acts on {GIFT}, which is not its own"]


@pytest.mark.parametrize(
    "said",
    [{"shown": "anonymous"}, {"shown": "own-name", "sealed": ()}, {"shown": "title"}],
)
def test_a_choice_that_is_none_or_lacks_its_text_is_found(said: dict[str, Any]) -> None:
    (found,) = begun().tell(DonorShown, GIFT, **said).found()

    assert found.startswith(f"{GIFT} shows its donor as {said['shown']}")


def test_a_gift_to_another_fund_that_is_counted_is_found() -> None:
    log = begun().tell(GiftReceived, "gift-2", fund="fund-2", amount=PAID, booked=PAID)
    log.tell(GiftSupportsName, "gift-2")
    log.tell(events.NamingFundingTested, NAMING, gifts=("gift-2",))

    assert log.found() == [f"{NAMING} counts gift-2, which lies in another fund"]


def test_goods_that_go_back_are_no_money_of_a_name() -> None:
    log = in_force().tell(GoodsReceived, "gift-2")
    rice = Quantity(1, RICE)
    held = log.history.accounts[FUND, RICE].received

    log.tell(GiftReturned, FUND, gift="gift-2", **{**LOW, "amount": rice, "start": held - 1,
                                                   "end": held})  # fmt: skip

    assert not any(NAMING in one for one in log.found())


# Receipts for benefits.


def receipted(benefit: Money | None, amount: str, *, received: Money = PAID) -> Log:
    log = Log().tell(FundOpened, FUND).tell(GiftReceived, GIFT, amount=received, booked=received)
    log.tell(BenefitRecorded, GIFT, benefit=benefit)
    log.tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY).tell(ReceiptNumbersDrawn, BOOK)
    log.tell(ReceiptIssued, f"receipt-{CODE}-{NUMBER}", amount=yuan(amount))
    return log.tell(GiftReceipted, GIFT)


@pytest.mark.parametrize(
    ("benefit", "amount"), [("0.00", "600000.00"), ("200000.00", "400000.00"),
                            ("599999.99", "0.01")]
)  # fmt: skip
def test_a_receipt_for_the_gift_less_the_benefit_leaves_nothing_to_find(
    benefit: str, amount: str
) -> None:
    assert receipted(yuan(benefit), amount).found() == []


@pytest.mark.parametrize(
    ("benefit", "amount"),
    [
        (yuan("200000.00"), "600000.00"),
        (yuan("600000.00"), "600000.00"),
        (yuan("700000.00"), "0.00"),
        (yuan("-1.00"), "600001.00"),
        (Money(100, "USD"), "599999.00"),
        (None, "600000.00"),
        (None, "0.00"),
    ],
)
def test_a_receipt_that_takes_in_the_benefit_is_found(benefit: Money | None, amount: str) -> None:
    found = receipted(benefit, amount).found()

    assert f"receipt {CODE} {NUMBER} is not for what is left of its gift" in found


def test_a_benefit_that_is_decided_while_a_receipt_stands_is_found() -> None:
    log = receipted(yuan("0.00"), "600000.00").tell(BenefitRecorded, GIFT)

    assert log.found() == [f"the benefit of {GIFT} is decided while its receipt stands"]


def test_a_stranger_who_decides_on_a_benefit_is_found() -> None:
    log = receipted(yuan("0.00"), "600000.00")
    found = log.tell(BenefitRecorded, GIFT, actor=OTHER).found()

    assert f"{OTHER} acts on {GIFT}, which is not its own" in found
