"""Corrections: gifts reversed and returned, their receipts settled, all in one commit or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.wiring import House
from ledger.application import Settlement
from ledger.domain.corrections import NothingLeftOfGift, ReversedAlready, SpentAlready
from ledger.domain.events import GiftReversed, ReceiptMadeOut
from ledger.domain.gifts import (
    AlreadyReceipted,
    FundOfAnotherCharity,
    GiftWasReturned,
    GiftWasReversed,
    ReceiptStands,
)
from ledger.domain.receipt_books import NumbersUsedUp
from ledger.domain.receipt_changes import ReceiptDoesNotStand
from ledger.domain.receipts import ReceiptUnknown
from ledger.errors import Refused
from ledger.money import Money
from projections import receipt_numbers
from projections.trace_queries import trace_gift
from tests.conftest import OTHER_USCC, USCC
from tests.houses import (
    GIFT_DAY,
    general_fund,
    gift,
    give,
    pay,
    ready_for_receipts,
    register,
)
from tests.invariants import check_house
from tests.ledger.corrected import (
    CODE,
    balance_of,
    events_of,
    settling,
    topics_after,
    why,
)

WISH = "donor's wish"
FIRST, SECOND, THIRD = ((CODE, f"{n:010d}") for n in (1, 2, 3))


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def receipted(house: House, fund: str, yuan: str = "10.00", numbers: int = 100) -> str:
    """Record a gift and make out its receipt; return the gift."""
    (one,) = give(house, fund, yuan)
    ready_for_receipts(house, numbers=numbers)
    assert issue(house, one) == FIRST
    return one


def issue(house: House, gift_id: str) -> tuple[str, str] | Refused:
    outcomes = house.ledger.receipts.issue_receipts(USCC, [gift_id], [CODE], GIFT_DAY)
    return outcomes[gift_id]


def register_of(house: House) -> tuple[int, int, int]:
    """Return how many numbers of the only lot receipts bear, red ones bear, nobody bears."""
    house.publish()
    (lot,) = receipt_numbers.register(house.runner, USCC)
    return lot.issued, lot.red, lot.unused


# Reversed.


def test_a_gift_that_was_a_mistake_is_reversed_once_and_counts_nowhere(
    house: House, fund: str
) -> None:
    one, _ = give(house, fund, "10.00", "5.00")

    house.ledger.corrections.reverse_gift(one, why("duplicate", "同一笔登记了两次"))

    known = balance_of(house, fund)
    assert (known.received, known.reversed, known.returned, known.balance) == (500, 1000, 0, 500)
    (trace,) = trace_gift(house.runner, one)
    assert (trace.reversed, trace.returned, trace.unspent) == (1000, 0, 0)
    with pytest.raises(ReversedAlready):
        house.ledger.corrections.reverse_gift(one, why("duplicate"))
    with pytest.raises(NothingLeftOfGift):
        house.ledger.corrections.return_gift(one, Money(1), WISH, "clerk")
    ready_for_receipts(house)
    assert isinstance(issue(house, one), GiftWasReversed)
    check_house(house)


@pytest.mark.parametrize("name", [None, "助学资金"])
def test_the_right_gift_takes_the_place_of_the_wrong_one_in_the_same_commit(
    name: str | None, house: House, fund: str
) -> None:
    into = general_fund(house, name=name) if name else fund
    (one,) = give(house, fund, "100.00")
    size = house.recorder.size()

    done = house.ledger.corrections.reverse_gift(
        one, why("wrong-amount", "多录一个零"), gift("10.00", "李某某"), into if name else None
    )

    assert topics_after(house, size) == ["gift-reversed.v1", "gift-received.v1"]
    (gone,) = events_of(house, GiftReversed.TOPIC)
    assert isinstance(gone, GiftReversed)
    assert gone.replaced_by == done.replaced_by
    house.runner.catch_up()
    (trace,) = trace_gift(house.runner, str(done.replaced_by))
    assert (trace.fund, trace.amount, trace.unspent) == (into, 1000, 1000)
    assert balance_of(house, fund).balance == (0 if name else 1000)
    assert [house.vault.open(o).value for o in house.vault.named("李某某")] == ["李某某"]
    check_house(house)


def test_a_replacement_lies_in_a_fund_of_the_same_charity(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    theirs = general_fund(house, OTHER_USCC)
    (one,) = give(house, fund, "1.00")
    before = house.recorder.counts()

    with pytest.raises(FundOfAnotherCharity):
        house.ledger.corrections.reverse_gift(one, why("wrong-fund"), gift("1.00"), theirs)

    assert house.recorder.counts() == before
    check_house(house)


def test_a_receipted_gift_is_reversed_with_its_receipt(house: House, fund: str) -> None:
    one = receipted(house, fund)
    with pytest.raises(ReceiptStands, match=r"receipt 23050126 0000000001 stands"):
        house.ledger.corrections.reverse_gift(one, why("wrong-donor"), gift("10.00", "李某某"))
    size = house.recorder.size()

    done = house.ledger.corrections.reverse_gift(
        one, why("wrong-donor"), gift("10.00", "李某某"), settlement=settling(replace=True)
    )

    assert (done.red, done.receipt) == (SECOND, None)
    assert topics_after(house, size) == [
        "receipt-numbers-drawn.v1", "red-receipt-made-out.v1", "gift-receipt-reversed.v1",
        "gift-reversed.v1", "gift-received.v1",
    ]  # fmt: skip
    assert issue(house, str(done.replaced_by)) == THIRD
    assert register_of(house) == (2, 1, 97)
    check_house(house)


def test_what_was_spent_of_a_mistake_is_recovered_before_it_is_reversed(
    house: House, fund: str
) -> None:
    (one,) = give(house, fund, "10.00")
    (paid,) = pay(house, fund, "4.00")

    with pytest.raises(SpentAlready, match=r"4\.00 CNY of gift-.* recover those payments"):
        house.ledger.corrections.reverse_gift(one, why("not-received"))
    house.ledger.disbursements.recover(fund, paid, Money(400), GIFT_DAY, why("not-paid"))
    house.ledger.corrections.reverse_gift(one, why("not-received"))

    assert balance_of(house, fund).balance == 0
    assert balance_of(house, fund).reversed == 1000
    check_house(house)


def test_what_was_moved_on_of_a_mistake_is_taken_back_before_it_is_reversed(
    house: House, fund: str
) -> None:
    other = general_fund(house, name="助学资金")
    (one,) = give(house, fund, "10.00")
    moved = house.ledger.funds.allocate(fund, other, Money(400), "clerk")

    with pytest.raises(SpentAlready, match="take those allocations back first"):
        house.ledger.corrections.reverse_gift(one, why("not-received"))
    house.ledger.funds.take_back(fund, moved, why("wrong-fund"))
    house.ledger.corrections.reverse_gift(one, why("not-received"))

    assert balance_of(house, fund).balance == 0
    check_house(house)


def test_of_a_gift_that_went_back_in_part_the_rest_is_reversed(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    house.ledger.corrections.return_gift(one, Money(300), WISH, "clerk")

    house.ledger.corrections.reverse_gift(one, why("wrong-amount"))

    known = balance_of(house, fund)
    assert (known.received, known.reversed, known.returned) == (300, 700, 300)
    check_house(house)


# Returned.


def test_a_receipted_gift_goes_back_only_if_its_receipt_is_settled(house: House, fund: str) -> None:
    one = receipted(house, fund)
    before = house.recorder.counts()

    with pytest.raises(ReceiptStands, match="say how to settle it"):
        house.ledger.corrections.return_gift(one, Money(300), WISH, "clerk")

    assert house.recorder.counts() == before
    check_house(house)


def test_a_part_that_goes_back_leaves_a_red_receipt_and_one_for_what_is_kept(
    house: House, fund: str
) -> None:
    one = receipted(house, fund)
    size = house.recorder.size()

    done = house.ledger.corrections.return_gift(
        one, Money(300), WISH, "clerk", settling(replace=True)
    )

    assert (done.red, done.receipt) == (SECOND, THIRD)
    assert topics_after(house, size) == [
        "receipt-numbers-drawn.v1", "red-receipt-made-out.v1", "gift-receipt-reversed.v1",
        "gift-returned.v1", "receipt-made-out.v1", "gift-receipted.v1",
    ]  # fmt: skip
    made = [e for e in events_of(house, ReceiptMadeOut.TOPIC) if isinstance(e, ReceiptMadeOut)]
    assert [(e.number, e.amount, e.lines[0].gift) for e in made] == [
        (FIRST[1], Money(1000), one),
        (THIRD[1], Money(700), one),
    ]
    assert register_of(house) == (2, 1, 97)
    assert house.ledger.streams.gift(one).receipt == THIRD
    assert isinstance(issue(house, one), AlreadyReceipted)
    with pytest.raises(ReceiptDoesNotStand):
        house.ledger.receipts.reverse(*FIRST, [CODE], GIFT_DAY, why())
    check_house(house)


def test_a_gift_that_goes_back_whole_leaves_only_the_red_receipt(house: House, fund: str) -> None:
    one = receipted(house, fund)

    done = house.ledger.corrections.return_gift(
        one, Money(1000), WISH, "clerk", settling(replace=True)
    )

    assert (done.red, done.receipt) == (SECOND, None)
    assert register_of(house) == (1, 1, 98)
    assert isinstance(issue(house, one), GiftWasReturned)
    check_house(house)


def test_without_a_new_receipt_one_can_be_made_out_later(house: House, fund: str) -> None:
    one = receipted(house, fund)

    done = house.ledger.corrections.return_gift(
        one, Money(300), WISH, "clerk", settling(replace=False)
    )

    assert (done.red, done.receipt) == (SECOND, None)
    assert issue(house, one) == THIRD
    assert house.ledger.streams.receipt(*THIRD).amount == Money(700)
    check_house(house)


@pytest.mark.parametrize(
    ("numbers", "settlement"),
    [
        (1, settling(replace=False)),
        (2, settling(replace=True)),
        (9, replace(settling(replace=True), codes=())),
    ],
)
def test_when_the_numbers_are_used_up_nothing_goes_back_and_nothing_is_recorded(
    numbers: int, settlement: Settlement, house: House, fund: str
) -> None:
    one = receipted(house, fund, numbers=numbers)
    before = house.recorder.counts()

    with pytest.raises(NumbersUsedUp):
        house.ledger.corrections.return_gift(one, Money(300), WISH, "clerk", settlement)

    assert house.recorder.counts() == before
    assert house.ledger.streams.gift(one).receipt == FIRST
    check_house(house)


def test_the_numbers_of_a_settlement_go_on_in_the_next_code(house: House, fund: str) -> None:
    one = receipted(house, fund, numbers=2)
    house.ledger.organisations.allot_numbers(USCC, "23052126", 1, 9)

    done = house.ledger.corrections.return_gift(
        one, Money(300), WISH, "clerk", settling(CODE, "23052126", replace=True)
    )

    assert (done.red, done.receipt) == (SECOND, ("23052126", "0000000001"))
    check_house(house)


def test_a_return_around_spent_money_is_settled_by_one_red_receipt(house: House, fund: str) -> None:
    one = receipted(house, fund)
    first, _ = pay(house, fund, "2.00", "3.00")
    house.ledger.disbursements.recover(fund, first, Money(200), GIFT_DAY, why())
    size = house.recorder.size()

    done = house.ledger.corrections.return_gift(
        one, Money(600), WISH, "clerk", settling(replace=True)
    )

    assert topics_after(house, size).count("gift-returned.v1") == 2
    assert (done.red, done.receipt) == (SECOND, THIRD)
    assert house.ledger.streams.receipt(*THIRD).amount == Money(400)
    house.runner.catch_up()
    (trace,) = trace_gift(house.runner, one)
    assert (trace.returned, trace.unspent) == (600, 100)
    check_house(house)


def test_a_receipt_is_reversed_once_and_only_if_it_was_issued(house: House, fund: str) -> None:
    receipted(house, fund)
    day = date(2026, 12, 1)

    red = house.ledger.receipts.reverse(CODE, "0000000001", [CODE], day, why("dispute"))

    assert red == (CODE, "0000000002")
    with pytest.raises(ReceiptDoesNotStand):
        house.ledger.receipts.reverse(CODE, "0000000001", [CODE], day, why("dispute"))
    with pytest.raises(ReceiptUnknown, match="no receipt 23050126 0000000099 was issued"):
        house.ledger.receipts.reverse(CODE, "0000000099", [CODE], day, why("dispute"))
    check_house(house)
