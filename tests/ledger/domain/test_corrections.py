"""Corrections: what goes back, or was a mistake, is a linked fact; only what is unspent goes."""

from __future__ import annotations

from functools import reduce

import pytest

from ledger.domain import corrections, funds
from ledger.domain.axis import Axis, Span
from ledger.domain.corrections import (
    REASONS,
    AllocationUnknown,
    NothingLeftOfGift,
    ReasonUnknown,
    ReversedAlready,
    SpentAlready,
)
from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    DisbursementRecovered,
    FundsAllocated,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
)
from ledger.domain.funds import BalanceTooSmall, Fund
from ledger.domain.goods import Amount, Quantity
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import AccountMalformed
from ledger.errors import Unknown
from ledger.money import Money
from tests.ledger.domain.given import (
    COATS,
    FUND,
    NOON,
    RICE,
    Inflows,
    approved,
    cny,
    fact,
    fund,
    inflows,
    line,
    paid,
    proposed,
)


def give_back(known: Fund, received: Inflows, gift: str, amount: Amount) -> list[GiftReturned]:
    return corrections.return_gift(known, received, gift, amount, "捐赠人申请退回", "council", NOON)


def reverse(
    known: Fund,
    received: Inflows,
    gift: str = "gift-1",
    units: tuple[str, ...] = ("CNY",),
    reason: str = "wrong-amount",
    note: str = "金额录入有误，已更正",
    by: str = "council",
) -> list[GiftReversed]:
    return corrections.reverse_gift(known, received, gift, units, reason, note, "gift-2", by, NOON)


def take_back(
    known: Fund, target: Fund, received: Inflows, allocation: int = 2, reason: str = "wrong-fund"
) -> tuple[AllocationTakenBack, list[AllocationGivenBack]]:
    return corrections.take_back(
        known, target, received, allocation, reason, "拨付对象有误", "council", NOON
    )


def recovered(yuan: str, version: int = 5, stream: str = FUND) -> DisbursementRecovered:
    return fact(DisbursementRecovered, stream, version, amount=cny(yuan))


def goods_inflows() -> Inflows:
    """Let a gift of rice and coats come into the fund, after another gift of rice."""
    known = Inflows()
    known.see(fact(GoodsReceived, "gift-1", lines=(line(10),)))
    known.see(fact(GoodsReceived, "gift-2", lines=(line(40), line(200, COATS))))
    return known


# Returning.


def test_unspent_money_of_a_gift_goes_back_from_the_end_of_its_range() -> None:
    received = inflows("100.00", "50.00")
    [event] = give_back(fund(), received, "gift-1", cny("10.00"))
    known = funds.evolve(fund(), event)

    assert event == fact(GiftReturned, FUND, 2)
    assert known.returned == {("gift-1", "CNY"): 1_000}
    assert known.available("CNY", 15_000) == cny("140.00")

    [again] = give_back(known, received, "gift-1", cny("90.00"))
    assert (again.start, again.end) == (0, 9_000)
    assert funds.evolve(known, again).returned == {("gift-1", "CNY"): 10_000}


def test_spent_money_of_a_gift_does_not_go_back() -> None:
    known = fund(proposed("120.00"), approved(), paid("120.00"))
    received = inflows("100.00", "50.00")

    with pytest.raises(NothingLeftOfGift, match=r"return of 0\.01 CNY exceeds the 0\.00 CNY left"):
        give_back(known, received, "gift-1", cny("0.01"))
    with pytest.raises(NothingLeftOfGift, match=r"return of 30\.01 CNY exceeds the 30\.00 CNY"):
        give_back(known, received, "gift-2", cny("30.01"))
    assert give_back(known, received, "gift-2", cny("30.00"))[0].start == 12_000


def test_a_gift_goes_back_in_the_money_it_was_booked_in() -> None:
    with pytest.raises(Unknown, match="no USD of gift-1"):
        give_back(fund(), inflows("100"), "gift-1", Money(1, "USD"))


def test_goods_go_back_like_money() -> None:
    [event] = give_back(fund(), goods_inflows(), "gift-2", Quantity(15, RICE))

    assert (event.amount, event.start, event.end) == (Quantity(15, RICE), 35, 50)
    with pytest.raises(NothingLeftOfGift, match="return of 41 袋 大米"):
        give_back(fund(), goods_inflows(), "gift-2", Quantity(41, RICE))


def test_a_return_is_one_fact_for_each_stretch_the_last_stretch_first() -> None:
    known = fund(proposed("60"), approved(), paid("60"), recovered("20.00"))
    again = reduce(
        funds.evolve,
        [proposed("10", 6, "disbursement-2"), approved(7, "disbursement-2")],
        known,
    )
    spent = funds.evolve(again, paid("10", 8, "disbursement-2"))

    back = give_back(spent, inflows("100"), "gift-1", cny("45.00"))

    assert [(one.start, one.end) for one in back] == [(6_000, 10_000), (5_500, 6_000)]
    assert [one.originator_version for one in back] == [9, 10]
    after = reduce(funds.evolve, back, spent)
    assert after.available("CNY", 10_000) == cny("5.00")
    assert after.axis("CNY").free == (Span(5_000, 5_500),)


def test_a_return_names_a_reason_and_a_role() -> None:
    with pytest.raises(NameUnusable):
        corrections.return_gift(fund(), inflows("1"), "gift-1", cny("1"), "", "council", NOON)
    with pytest.raises(AccountMalformed):
        corrections.return_gift(fund(), inflows("1"), "gift-1", cny("1"), "退回", "王某某", NOON)


# Reversing.


def test_a_gift_recorded_by_mistake_goes_whole() -> None:
    [event] = reverse(fund(), inflows("100.00", "50.00"))
    known = funds.evolve(fund(), event)

    assert event == fact(GiftReversed, FUND, 2)
    assert known.reversed == {"gift-1": "gift-2"}
    assert known.returned == {}
    assert known.available("CNY", 15_000) == cny("50.00")


def test_a_gift_in_kind_goes_in_every_unit() -> None:
    events = reverse(fund(), goods_inflows(), "gift-2", (RICE, COATS))

    assert [(e.amount, e.start, e.end, e.originator_version) for e in events] == [
        (Quantity(40, RICE), 10, 50, 2),
        (Quantity(200, COATS), 0, 200, 3),
    ]


def test_what_was_returned_before_does_not_go_a_second_time() -> None:
    received = goods_inflows()
    coats = give_back(fund(), received, "gift-2", Quantity(200, COATS))
    known = reduce(funds.evolve, coats, fund())

    [event] = reverse(known, received, "gift-2", (RICE, COATS))

    assert event.amount == Quantity(40, RICE)
    part = funds.evolve(fund(), fact(GiftReturned, FUND, 2))
    [rest] = reverse(part, inflows("100.00"))
    assert (rest.amount, rest.start, rest.end) == (cny("90.00"), 0, 9_000)


def test_a_gift_is_reversed_once_and_not_when_nothing_is_left() -> None:
    received = inflows("100.00")
    reversed_ = funds.evolve(fund(), fact(GiftReversed, FUND, 2))
    all_back = reduce(funds.evolve, give_back(fund(), received, "gift-1", cny("100")), fund())

    for known in (reversed_, all_back):
        with pytest.raises(ReversedAlready, match="gift-1 is reversed already, or nothing of it"):
            reverse(known, received)
    with pytest.raises(NothingLeftOfGift):
        give_back(reversed_, received, "gift-1", cny("0.01"))


def test_a_gift_of_which_a_part_is_spent_is_not_reversed() -> None:
    received = inflows("100.00", "50.00")
    spent = fund(proposed("120.00"), approved(), paid("120.00"))

    with pytest.raises(SpentAlready, match=r"20\.00 CNY of gift-2 are spent .*; recover those"):
        reverse(spent, received, "gift-2")
    back = funds.evolve(spent, recovered("20.00"))
    assert [e.amount for e in reverse(back, received, "gift-2")] == [cny("20.00"), cny("30.00")]


def test_reserved_money_is_not_reversed() -> None:
    known = fund(proposed("60.00"), approved())

    with pytest.raises(BalanceTooSmall, match=r"100\.00 CNY is asked for, but only 40\.00 CNY"):
        reverse(known, inflows("100.00"))


@pytest.mark.parametrize("reason", REASONS)
def test_a_correction_has_a_typed_reason_and_a_public_note(reason: str) -> None:
    [event] = reverse(fund(), inflows("100"), reason=reason, note=" 更正说明 ")

    assert (event.reason, event.note) == (reason, "更正说明")


def test_a_correction_without_reason_note_or_role_is_refused() -> None:
    received = inflows("100")

    with pytest.raises(ReasonUnknown, match="reason 'oops' is none of refund, duplicate, wrong-"):
        reverse(fund(), received, reason="oops")
    with pytest.raises(NameUnusable):
        reverse(fund(), received, note=" ")
    with pytest.raises(AccountMalformed):
        reverse(fund(), received, by="王某某")


# Taking an allocation back.


def moved(yuan: str = "30.00") -> tuple[Fund, Fund, Inflows]:
    """Move money of a fund that got 100.00 into one that had 5.00."""
    allocation = fact(FundsAllocated, FUND, 2, amount=cny(yuan))
    received = inflows("100.00")
    received.totals["fund-2", "CNY"] = 500
    received.see(allocation)
    return fund(allocation), fund(id="fund-2"), received


def test_an_allocation_by_mistake_lies_where_it_was_and_leaves_where_it_went() -> None:
    source, target, received = moved()
    taken, [given] = take_back(source, target, received)
    after, left = funds.evolve(source, taken), funds.evolve(target, given)

    assert taken == fact(AllocationTakenBack, FUND, 3)
    assert given == fact(
        AllocationGivenBack, "fund-2", 2, amount=cny("30.00"), start=500, end=3_500
    )
    assert after.available("CNY", 10_000) == cny("100.00")
    assert after.axis("CNY").free == (Span(0, 3_000),)
    assert after.allocations == {}
    assert left.available("CNY", 3_500) == cny("5.00")
    assert left.axis("CNY") == Axis(holes=(Span(500, 3_500),), returned=3_000)


def test_an_allocation_is_taken_back_once() -> None:
    source, target, received = moved()
    taken, _ = take_back(source, target, received)

    with pytest.raises(AllocationUnknown, match="no allocation 2 stands in fund-1"):
        take_back(funds.evolve(source, taken), target, received)
    with pytest.raises(AllocationUnknown, match="no allocation 9 stands in fund-1"):
        take_back(source, target, received, allocation=9)
    assert issubclass(AllocationUnknown, Unknown)


def test_the_fund_that_an_allocation_reached_is_known() -> None:
    source, _, _ = moved()

    assert corrections.target_of(source, 2) == "fund-2"


def spending(yuan: str, fund_: Fund) -> Fund:
    """Pay out of the second fund."""
    version = fund_.version
    steps = [proposed(yuan, version + 1), approved(version + 2), paid(yuan, version + 3)]
    return reduce(funds.evolve, steps, fund_)


def test_what_was_spent_of_an_allocation_is_recovered_before_it_is_taken_back() -> None:
    source, target, received = moved()
    received.totals["fund-2", "CNY"] += 10_000

    with pytest.raises(SpentAlready, match=r"5\.00 CNY of allocation 2 are spent or moved on"):
        take_back(source, spending("10.00", target), received)


def test_what_lies_in_two_stretches_leaves_with_two_facts_and_is_not_taken_again() -> None:
    source, target, received = moved()
    partly = funds.evolve(spending("15.00", target), recovered("10.00", 5, "fund-2"))

    taken, given = take_back(source, partly, received)
    left = reduce(funds.evolve, given, partly)

    assert taken.amount == cny("30.00")
    assert [(one.start, one.end) for one in given] == [(500, 1_500), (1_500, 3_500)]
    assert [one.originator_version for one in given] == [6, 7]
    assert left.available("CNY", 3_500) == cny("0.00")
    assert left.axis("CNY").take(100)[0] == (Span(3_500, 3_600),), "the next gift pays next"


def test_what_is_reserved_in_the_other_fund_stays_there() -> None:
    source, target, received = moved()
    known = reduce(funds.evolve, [proposed("10.00"), approved()], target)

    with pytest.raises(BalanceTooSmall, match=r"30\.00 CNY is asked for, but only 25\.00 CNY"):
        take_back(source, known, received)


def test_taking_back_needs_a_typed_reason() -> None:
    source, target, received = moved()

    with pytest.raises(ReasonUnknown, match="'oops'"):
        take_back(source, target, received, reason="oops")
