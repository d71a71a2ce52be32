"""What an auditor finds in goods, bindings, corrections and reversed receipts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    BenefitRecorded,
    CostClassified,
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    DisbursementWithdrawn,
    Event,
    FundBound,
    FundClosed,
    FundOpened,
    FundsAllocated,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
    ReceiptIssued,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptReversed,
    UseChanged,
)
from ledger.domain.goods import Quantity
from ledger.domain.history import History
from ledger.domain.organisations import AUTHORITY
from ledger.money import MINOR_MAX, Money
from tests.ledger.domain.every_fact import golden
from tests.ledger.domain.given import (
    CHARITY,
    COATS,
    CODE,
    FUND,
    OTHER,
    PAPER,
    PAYEE,
    PURPOSE,
    RICE,
    Story,
    cny,
    line,
)

BOOK = f"book-{CODE}"
RECEIPT = f"receipt-{CODE}-0000000001"


def begun(**said: Any) -> Story:
    """Open two funds of one charity and one of another; 100.00 lies in the first."""
    return (
        Story()
        .tell(FundOpened, FUND, **said)
        .tell(FundOpened, "fund-2", **said)
        .tell(FundOpened, "fund-3", actor=OTHER, organisation=OTHER, **said)
        .tell(GiftReceived, "gift-1")
    )


def free() -> Story:
    return begun(kind="general", purpose=None, place=None)


def approved(yuan: str = "60.00", story: Story | None = None, **said: Any) -> Story:
    return (
        (story or begun())
        .tell(DisbursementProposed, FUND, amount=cny(yuan), **{"purpose": PURPOSE, **said})
        .tell(DisbursementApproved, FUND)
    )  # fmt: skip


def paid(yuan: str = "60.00") -> Story:
    return approved(yuan).tell(DisbursementPaid, FUND, amount=cny(yuan))


def allocated() -> Story:
    """Move 30.00 on into the second fund; it is version 2 of the first one's story."""
    return begun().tell(FundsAllocated, FUND)


def given_back(story: Story, **said: Any) -> Story:
    whole: dict[str, Any] = {"amount": cny("30.00"), "start": 0, "end": 3_000, **said}
    return story.tell(AllocationGivenBack, "fund-2", **whole)


def receipted() -> Story:
    return (
        begun()
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY)
        .tell(ReceiptNumbersDrawn, BOOK, last=2)
        .tell(ReceiptIssued, RECEIPT)
        .tell(GiftReceipted, "gift-1")
    )


def reversed_() -> Story:
    return receipted().tell(ReceiptReversed, RECEIPT).tell(GiftReceiptReversed, "gift-1")


def test_an_honest_log_of_corrections_is_clean() -> None:
    story = (
        reversed_()
        .tell(GiftReturned, FUND)
        .tell(GoodsReceived, "gift-2")
        .tell(UseChanged, FUND)
        .tell(FundsAllocated, FUND, amount=Quantity(15, RICE))
        .tell(DisbursementProposed, FUND, purpose="助医", place="230109001")
        .tell(CostClassified, FUND)
        .tell(DisbursementApproved, FUND)
        .tell(DisbursementPaid, FUND)
        .tell(DisbursementAccepted, FUND)
        .tell(DisbursementRecovered, FUND)
        .tell(AllocationTakenBack, FUND, allocation=4, amount=Quantity(15, RICE))
        .tell(AllocationGivenBack, "fund-2", allocation=4, amount=Quantity(15, RICE), end=15)
        .tell(GiftReceived, "gift-3", fund="fund-2", amount=cny("5"), booked=cny("5"))
        .tell(GiftReversed, "fund-2", gift="gift-3", amount=cny("5"), end=500)
        .tell(FundClosed, "fund-2")
    )

    assert story.findings(closed=True) == []


def test_the_accounts_tell_corrections_apart() -> None:
    history = History()
    story = given_back(paid("60.00").tell(DisbursementRecovered, FUND).tell(FundsAllocated, FUND)
                       .tell(AllocationTakenBack, FUND, allocation=6), allocation=6)  # fmt: skip
    for leaf, event in enumerate(story.log):
        history.see(leaf, event)
    first, second = history.accounts[FUND, "CNY"], history.accounts["fund-2", "CNY"]

    assert history.findings == []
    assert (first.disbursed, first.recovered, first.balance) == (6_000, 2_000, 6_000)
    assert (first.allocated_out, first.taken_back) == (3_000, 3_000)
    assert (second.allocated_in, second.given_back, second.balance) == (3_000, 3_000, 0)


# Goods.


@pytest.mark.parametrize(
    "lines", [(), (line(1), line(2)), (line(0),), (line(-5), line(1, COATS))],
    ids=["none", "twice", "nothing", "less"],
)  # fmt: skip
def test_a_gift_in_kind_was_recorded_that_counts_nothing(lines: tuple[Any, ...]) -> None:
    assert begun().tell(GoodsReceived, "gift-2", lines=lines).findings() == [
        "gift-2 has no lines, an item twice, or a line of nothing"
    ]


def test_goods_were_laid_into_a_foreign_fund() -> None:
    assert begun().tell(GoodsReceived, "gift-2", fund="fund-3").findings() == [
        f"a gift lies in fund fund-3, which is not {CHARITY}'s"
    ]


def test_more_goods_were_handed_out_than_lay_in_the_fund() -> None:
    story = begun().tell(GoodsReceived, "gift-2").tell(
        FundsAllocated, FUND, amount=Quantity(41, RICE)
    )  # fmt: skip

    assert story.findings() == ["fund fund-1 pays 41 袋 大米（25kg/袋） and is left with -1"]


def valued(value: Money | None, *later: tuple[type[Event], str, dict[str, Any]]) -> Story:
    """Receive rice at a proved value, with a number at hand for its receipt."""
    goods = line(40, RICE, value, "invoice", evidence=PAPER)
    story = (
        begun()
        .tell(GoodsReceived, "gift-2", lines=(goods, line(1, COATS, cny("0.01"), "invoice",
                                                          evidence=PAPER)))
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY)
        .tell(ReceiptNumbersDrawn, BOOK)
    )  # fmt: skip
    for cls, stream, said in later:
        story.tell(cls, stream, **said)
    return story


def test_a_receipt_for_goods_says_their_worth() -> None:
    story = valued(cny("4000"))

    assert story.tell(ReceiptIssued, RECEIPT, gift="gift-2", amount=cny("4000.01")).findings() == []


@pytest.mark.parametrize(
    ("story", "amount"),
    [
        (valued(cny("4000")), cny("4000.00")),
        (valued(None), cny("0.01")),
        (valued(Money(MINOR_MAX)), Money(MINOR_MAX)),
        (
            valued(cny("4000"), (GiftReturned, FUND, {
                "gift": "gift-2", "amount": Quantity(1, RICE), "start": 39, "end": 40,
            })),
            cny("4000.01"),
        ),
    ],
    ids=["another value", "a line without value", "no sum", "a part went back"],
)  # fmt: skip
def test_goods_were_receipted_at_another_value_than_is_proved(story: Story, amount: Money) -> None:
    assert story.tell(ReceiptIssued, RECEIPT, gift="gift-2", amount=amount).findings() == [
        f"receipt {CODE} 0000000001 is not for what is left of its gift"
    ]


# Bindings.


def test_a_fund_was_bound_after_it_was_used() -> None:
    assert allocated().tell(FundBound, FUND).findings() == ["fund-1 is bound after it was used"]


@pytest.mark.parametrize("cls", [FundBound, UseChanged, FundClosed])
def test_a_fund_that_nobody_opened_was_bound_changed_or_closed(cls: type[Event]) -> None:
    story = begun().tell(cls, "fund-9", version=2)

    assert f"{CHARITY} acts on fund fund-9, which is not its own" in "".join(story.findings())


@pytest.mark.parametrize(
    "said",
    [{"purpose": "办公"}, {"purpose": None}, {"place": "230109"}, {"place": None}],
    ids=["other purpose", "no purpose", "other place", "no place"],
)
def test_money_was_asked_for_off_purpose(said: dict[str, Any]) -> None:
    story = begun().tell(DisbursementProposed, FUND, **{"purpose": PURPOSE, **said})

    assert story.findings() == ["disbursement-1 is not what fund-1 is bound to"]


def test_a_change_of_use_widens_what_a_bound_fund_may_be_spent_on() -> None:
    story = begun().tell(UseChanged, FUND).tell(
        DisbursementProposed, FUND, purpose="助医", place="230109"
    )  # fmt: skip

    assert story.findings() == []


def test_a_change_of_use_binds_no_fund_that_was_free() -> None:
    story = free().tell(UseChanged, FUND).tell(FundsAllocated, FUND)

    assert story.tell(DisbursementProposed, FUND, place=None).findings() == []


@pytest.mark.parametrize(
    "bound", [{"purpose": "助医", "place": "230108"}, {"purpose": PURPOSE, "place": None},
              {"purpose": None, "place": "230108"}, {"purpose": PURPOSE, "place": "230100"}],
)  # fmt: skip
def test_bound_money_was_moved_to_a_fund_that_is_bound_less(bound: dict[str, Any]) -> None:
    story = begun().tell(FundOpened, "fund-4", **bound).tell(FundsAllocated, FUND, to_fund="fund-4")

    assert story.findings() == ["money of fund-1 goes to fund-4, which is bound less"]


@pytest.mark.parametrize("said", [{"purpose": "助医", "place": None},
                                  {"purpose": None, "place": "230109"}])  # fmt: skip
def test_bound_money_was_moved_to_a_fund_whose_use_was_widened(said: dict[str, Any]) -> None:
    story = begun().tell(UseChanged, "fund-2", **said).tell(FundsAllocated, FUND)

    assert story.findings() == ["money of fund-1 goes to fund-2, which is bound less"]


def test_agency_money_without_a_fixed_recipient_was_asked_for() -> None:
    story = Story().tell(FundOpened, FUND, kind="agency", purpose=None, place=None)
    story.tell(GiftReceived, "gift-1").tell(DisbursementProposed, FUND, purpose=None, place=None)

    assert story.findings() == ["disbursement-1 is not what fund-1 is bound to"]


def agency(recipient: str = "示范县第二小学") -> Story:
    """Open two funds of agency money for two recipients, and one that is free."""
    free_fund: dict[str, Any] = {"purpose": None, "place": None}
    return (
        Story()
        .tell(FundOpened, FUND, kind="agency", **free_fund)
        .tell(FundBound, FUND, recipient=PAYEE.organisation)
        .tell(FundOpened, "fund-2", kind="agency", **free_fund)
        .tell(FundBound, "fund-2", recipient=recipient)
        .tell(FundOpened, "fund-3", kind="general", **free_fund)
        .tell(GiftReceived, "gift-1")
    )


def test_agency_money_stays_on_its_way_to_its_recipient() -> None:
    story = agency(str(PAYEE.organisation)).tell(FundsAllocated, FUND)

    assert story.tell(DisbursementProposed, FUND, place=None).findings() == []


def test_agency_money_was_asked_for_by_a_stranger() -> None:
    story = agency().tell(DisbursementProposed, "fund-2", place=None)

    assert story.findings() == ["disbursement-1 is not what fund-2 is bound to"]


@pytest.mark.parametrize("target", ["fund-2", "fund-3"])
def test_agency_money_was_moved_away_from_its_recipient(target: str) -> None:
    assert agency().tell(FundsAllocated, FUND, to_fund=target).findings() == [
        f"money of fund-1 goes to {target}, which is bound less"
    ]


def test_the_charitys_own_money_was_made_agency_money() -> None:
    story = agency().tell(GiftReceived, "gift-2", fund="fund-3")

    assert story.tell(FundsAllocated, "fund-3", to_fund=FUND).findings() == [
        "money of fund-3 goes to fund-1, which is bound less"
    ]


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_payment_was_made_outside_the_term_of_its_fund(day: date) -> None:
    story = Story().tell(FundOpened, FUND).tell(FundBound, FUND).tell(GiftReceived, "gift-1")
    approved("60.00", story).tell(DisbursementPaid, FUND, paid_on=day)

    assert story.findings() == [f"disbursement-1 was paid on {day}, outside the term of its fund"]


def test_a_payment_of_no_known_day_is_of_the_day_it_was_recorded() -> None:
    ends = {"first_day": None, "last_day": date(2026, 11, 20)}
    story = Story().tell(FundOpened, FUND).tell(FundBound, FUND, **ends).tell(
        GiftReceived, "gift-1"
    )  # fmt: skip
    approved("60.00", story).tell(DisbursementPaid, FUND, paid_on=None)

    assert story.findings() == [
        "disbursement-1 was paid on 2026-11-21, outside the term of its fund"
    ]


def test_a_closed_fund_took_a_gift_money_or_a_proposal() -> None:
    closed = begun().tell(FundClosed, "fund-2")

    for cls, stream, said, finding in (
        (GiftReceived, "gift-2", {"fund": "fund-2"}, "a gift came into fund-2 after it was closed"),
        (FundsAllocated, FUND, {}, "money goes to fund fund-2, which is closed"),
        (
            DisbursementProposed,
            "fund-2",
            {"purpose": PURPOSE},
            "disbursement-1 is not what fund-2 is bound to",
        ),
    ):
        story = Story(list(closed.log), closed.versions.copy()).tell(cls, stream, **said)
        assert story.findings() == [finding]


@pytest.mark.parametrize("story", [begun().tell(FundClosed, FUND), approved()])
def test_a_fund_was_closed_twice_or_while_a_payment_was_on_its_way(story: Story) -> None:
    assert story.tell(FundClosed, FUND).findings() == [
        "fund-1 is closed twice, or while a payment is on its way"
    ]


# Payments.


def test_money_was_asked_for_out_of_a_fund_that_nobody_opened() -> None:
    assert begun().tell(DisbursementProposed, "fund-9").findings() == [
        f"{CHARITY} acts on fund fund-9, which is not its own"
    ]


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (DisbursementWithdrawn, "proposed or approved"),
        (DisbursementAccepted, "paid"),
        (DisbursementRecovered, "paid"),
        (CostClassified, "proposed or approved or paid or withdrawn"),
    ],
)
def test_a_payment_that_nobody_proposed_was_acted_on(cls: type[Event], expected: str) -> None:
    assert begun().tell(cls, FUND).findings() == [f"disbursement-1 is not {expected}"]


def test_a_paid_payment_was_withdrawn_to_free_its_money() -> None:
    assert paid().tell(DisbursementWithdrawn, FUND).findings() == [
        "disbursement-1 is not proposed or approved"
    ]


def test_a_withdrawn_payment_was_paid_all_the_same() -> None:
    story = approved().tell(DisbursementWithdrawn, FUND).tell(DisbursementPaid, FUND)

    assert story.findings() == ["disbursement-1 was paid without a matching approval"]


def test_a_payment_was_accepted_twice() -> None:
    story = paid().tell(DisbursementAccepted, FUND).tell(DisbursementAccepted, FUND)

    assert story.findings() == ["disbursement-1 is accepted a second time"]


@pytest.mark.parametrize("said", [{"accepted_by": "clerk"}, {"evidence": ()}])
def test_a_payment_was_accepted_by_its_proposer_or_without_evidence(said: dict[str, Any]) -> None:
    assert paid().tell(DisbursementAccepted, FUND, **said).findings() == [
        "disbursement-1 was accepted without evidence or by who proposed it"
    ]


@pytest.mark.parametrize(
    "amount", [cny("60.01"), cny("0.00"), cny("-1.00"), Money(1, "USD"), Quantity(1, RICE)]
)
def test_more_or_other_came_back_than_the_payee_held(amount: Money | Quantity) -> None:
    assert paid().tell(DisbursementRecovered, FUND, amount=amount).findings() == [
        f"{amount} came back of disbursement-1, which holds 6000 units"
    ]


def test_the_same_money_came_back_twice() -> None:
    story = paid().tell(DisbursementRecovered, FUND, amount=cny("50"))

    assert story.tell(DisbursementRecovered, FUND).findings() == [
        "20.00 CNY came back of disbursement-1, which holds 1000 units"
    ]


# Gifts reversed.


@pytest.mark.parametrize(
    "said",
    [
        {"end": 9_000, "amount": cny("90")},
        {"amount": cny("99.99")},
        {"gift": "gift-9"},
        {"amount": Money(10_000, "USD")},
    ],
    ids=["a part", "another amount", "nobody's gift", "another unit"],
)
def test_a_gift_was_reversed_by_another_amount_than_is_left(said: dict[str, Any]) -> None:
    gift, amount = said.get("gift", "gift-1"), said.get("amount", cny("100"))

    assert begun().tell(GiftReversed, FUND, **said).findings() == [
        f"the reversal of {amount} is not all that is left of {gift}"
    ]


@pytest.mark.parametrize("story", [paid(), receipted(), begun().tell(GiftReversed, FUND)])
def test_a_spent_receipted_or_reversed_gift_was_reversed(story: Story) -> None:
    assert story.tell(GiftReversed, FUND).findings() == [
        "the reversal of 100.00 CNY is not all that is left of gift-1"
    ]


# Allocations taken back.


@pytest.mark.parametrize(
    "said",
    [{"allocation": 9}, {"to_fund": "fund-3"}, {"amount": cny("29.99")}],
    ids=["never made", "of another fund", "another amount"],
)
def test_an_allocation_was_taken_back_that_does_not_stand(said: dict[str, Any]) -> None:
    allocation = said.get("allocation", 2)

    assert allocated().tell(AllocationTakenBack, FUND, **said).findings() == [
        f"allocation {allocation} of fund-1 does not stand"
    ]


def test_an_allocation_was_taken_back_twice() -> None:
    story = given_back(allocated().tell(AllocationTakenBack, FUND))

    assert story.tell(AllocationTakenBack, FUND).findings() == [
        "allocation 2 of fund-1 does not stand"
    ]


def test_an_allocation_was_taken_back_and_kept_all_the_same() -> None:
    kept = "allocation 2 of fund-1 is taken back, but not all of it left fund-2"
    story = allocated().tell(AllocationTakenBack, FUND)

    assert story.findings() == []
    assert story.findings(closed=True) == [kept]
    assert given_back(story, amount=cny("29.99"), end=2_999).findings(closed=True) == [kept]


NOT_MOVED = "30.00 CNY of fund-2 go back that were not moved there"


@pytest.mark.parametrize(
    "said",
    [{"start": 1, "end": 3_001}, {"end": 2_999}, {"end": 0}, {"allocation": 9}],
    ids=["shifted", "too short", "nothing", "of another allocation"],
)
def test_what_was_given_back_is_not_what_was_moved(said: dict[str, Any]) -> None:
    story = allocated().tell(GiftReceived, "gift-2", fund="fund-2").tell(AllocationTakenBack, FUND)

    assert given_back(story, **said).findings() == [NOT_MOVED]


def test_an_allocation_that_stands_was_given_back() -> None:
    assert given_back(allocated()).findings() == [NOT_MOVED]


def test_the_same_money_was_given_back_twice() -> None:
    story = given_back(allocated().tell(AllocationTakenBack, FUND))

    assert given_back(story).findings() == [NOT_MOVED]


def test_spent_money_was_given_back() -> None:
    story = allocated().tell(FundsAllocated, "fund-2", to_fund=FUND)

    assert given_back(story.tell(AllocationTakenBack, FUND)).findings() == [NOT_MOVED]


def test_another_fund_gave_back_what_it_never_got() -> None:
    story = (
        allocated()
        .tell(GiftReceived, "gift-2", fund="fund-3", actor=OTHER, organisation=OTHER)
        .tell(AllocationTakenBack, FUND)
        .tell(AllocationGivenBack, "fund-3", actor=OTHER, amount=cny("30.00"), end=3_000)
    )

    assert story.findings() == ["30.00 CNY of fund-3 go back that were not moved there"]


def test_other_units_were_given_back_than_were_moved() -> None:
    story = (
        allocated()
        .tell(GoodsReceived, "gift-2", fund="fund-2", lines=(line(3_000),))
        .tell(AllocationTakenBack, FUND)
    )
    rice = Quantity(3_000, RICE)

    assert given_back(story, amount=rice).findings() == [
        f"{rice} of fund-2 go back that were not moved there"
    ]


# Receipts reversed.


def test_a_receipt_was_reversed_but_not_at_its_gift() -> None:
    half = receipted().tell(ReceiptReversed, RECEIPT)

    assert half.findings(closed=True) == [
        f"receipt {CODE} 0000000001 is reversed, but not at its gift"
    ]
    assert half.tell(GiftReceiptReversed, "gift-1").findings(closed=True) == []


def test_a_receipt_was_reversed_twice_or_never_made_out() -> None:
    gone = f"receipt {CODE} 0000000001 does not stand, and can't be reversed"
    twice = reversed_().tell(ReceiptNumbersDrawn, BOOK, first=3, last=3)
    never = (
        begun()
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY)
        .tell(ReceiptNumbersDrawn, BOOK, last=3)
    )

    for story in (twice, never):
        story.tell(ReceiptReversed, RECEIPT, red_number="0000000003")
        assert story.findings() == [gone]
    assert receipted().tell(ReceiptReversed, RECEIPT, gift="gift-2").findings() == [gone]


def test_a_receipt_was_reversed_for_another_amount_or_by_others() -> None:
    amiss = f"receipt {CODE} 0000000001 is reversed for another amount or by others"

    assert receipted().tell(ReceiptReversed, RECEIPT, amount=cny("1")).findings() == [amiss]
    assert amiss in receipted().tell(ReceiptReversed, RECEIPT, actor=OTHER).findings()


def test_a_red_receipt_bears_a_number_that_was_drawn_for_it() -> None:
    story = receipted().tell(ReceiptReversed, RECEIPT, red_number="0000000001")

    assert story.findings() == [
        f"receipt {CODE} 0000000001 bears a number that was not drawn for it"
    ]


@pytest.mark.parametrize(("stream", "number"), [("gift-1", "0000000009"), ("gift-2", "0000000001")])
def test_a_gift_lost_a_receipt_that_is_not_its_own(stream: str, number: str) -> None:
    story = receipted().tell(GiftReceived, "gift-2").tell(ReceiptReversed, RECEIPT)

    assert story.tell(GiftReceiptReversed, stream, number=number).findings() == [
        f"{stream} loses a receipt that is not its own"
    ]


def test_a_gift_whose_receipt_is_reversed_can_go_back_and_be_receipted_anew() -> None:
    number = "0000000003"
    story = (
        reversed_()
        .tell(GiftReturned, FUND)
        .tell(ReceiptNumbersDrawn, BOOK, first=3, last=3)
        .tell(ReceiptIssued, f"receipt-{CODE}-{number}", number=number, amount=cny("90.00"))
        .tell(GiftReceipted, "gift-1", number=number)
    )

    assert story.findings(closed=True) == []


def test_forged_amounts_beyond_all_numbers_stop_no_auditor() -> None:
    story = (
        begun()
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY)
        .tell(ReceiptNumbersDrawn, BOOK)
        .tell(GiftReceived, "gift-2", booked=Money(-MINOR_MAX))
    )
    for _ in range(3):
        story.tell(GiftReturned, FUND, gift="gift-2", amount=Money(MINOR_MAX))
    story.tell(ReceiptIssued, RECEIPT, gift="gift-2")

    assert story.findings()[-1].endswith("is not for what is left of its gift")


# Benefits: what the donor got for a gift bears no receipt.


def benefited(benefit: Money | None) -> Story:
    story = (
        begun()
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY)
        .tell(ReceiptNumbersDrawn, BOOK)
    )  # fmt: skip
    story.log.append(
        replace(
            golden(BenefitRecorded),
            originator_id="gift-1",
            originator_version=2,
            benefit=benefit,
        )  # type: ignore[call-arg] # the class is BenefitRecorded
    )
    story.versions["gift-1"] = 2
    return story


@pytest.mark.parametrize(
    ("benefit", "kept"), [("0.00", "100.00"), ("30.00", "70.00"), ("99.99", "0.01")]
)
def test_a_receipt_is_for_what_the_donor_got_nothing_for(benefit: str, kept: str) -> None:
    story = benefited(cny(benefit))

    assert story.tell(ReceiptIssued, RECEIPT, amount=cny(kept)).findings() == []


@pytest.mark.parametrize(
    "benefit", [None, cny("30"), cny("100"), cny("200"), cny("-1"), Money(1, "USD")]
)
def test_sponsorship_was_receipted_as_a_gift(benefit: Money | None) -> None:
    amount = cny("100.01") if benefit == cny("-1") else cny("100.00")

    assert benefited(benefit).tell(ReceiptIssued, RECEIPT, amount=amount).findings() == [
        f"receipt {CODE} 0000000001 is not for what is left of its gift"
    ]


def test_a_benefit_was_decided_while_the_receipt_stood() -> None:
    story = receipted()
    decided = replace(golden(BenefitRecorded), originator_id="gift-1", originator_version=3)

    story.log.append(decided)
    assert story.findings() == ["the benefit of gift-1 is decided while its receipt stands"]


def test_each_number_that_was_drawn_tells_its_story() -> None:
    numbers = reversed_().history().numbers

    first, red = (numbers.get((CODE, number)) for number in ("0000000001", "0000000002"))
    assert first
    assert red
    assert (first.gift, first.amount, first.reversed) == ("gift-1", cny("100.00"), True)
    assert (red.gift, red.issued, red.reversed) == (None, True, False)
