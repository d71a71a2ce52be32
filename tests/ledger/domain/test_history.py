"""What an auditor finds: an honest log is clean, and every forger's trick leaves a trace."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DonorIdentified,
    FundOpened,
    FundsAllocated,
    GiftReceipted,
    GiftReceived,
    GiftReturned,
    KeyRevoked,
    OpeningsErased,
    ReceiptIssued,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
)
from ledger.domain.history import History
from ledger.domain.organisations import AUTHORITY
from ledger.domain.values import Exchange
from ledger.money import MINOR_MAX, Money
from tests.ledger.domain.given import (
    CHARITY,
    CODE,
    FUND,
    GIFT_DAY,
    OTHER,
    PURPOSE,
    RATE,
    Story,
    cny,
    digest,
)

BOOK = f"book-{CODE}"
NUMBER = "0000000001"
RECEIPT = f"receipt-{CODE}-{NUMBER}"
UNISSUED = f"receipt number {CODE} {NUMBER} was drawn but not issued"


def begun() -> Story:
    """Open two funds of one charity and one of another; 100.00 lies in the first."""
    return (
        Story()
        .tell(FundOpened, FUND)
        .tell(FundOpened, "fund-2")
        .tell(FundOpened, "fund-3", actor=OTHER, organisation=OTHER)
        .tell(GiftReceived, "gift-1")
    )


def approved(yuan: str = "60.00") -> Story:
    """Propose a payment, and have another person approve it."""
    return (
        begun()
        .tell(DisbursementProposed, FUND, purpose=PURPOSE, amount=cny(yuan))
        .tell(DisbursementApproved, FUND)
    )  # fmt: skip


def paid(yuan: str = "60.00") -> Story:
    return approved(yuan).tell(DisbursementPaid, FUND, amount=cny(yuan))


def drawn() -> Story:
    """Allot a hundred numbers and draw the first."""
    return (
        begun()
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY)
        .tell(ReceiptNumbersDrawn, BOOK)
    )  # fmt: skip


def receipted() -> Story:
    return drawn().tell(ReceiptIssued, RECEIPT).tell(GiftReceipted, "gift-1")


def test_an_honest_log_is_clean() -> None:
    story = (
        receipted()
        .tell(GiftReceived, "gift-2", donor=None)
        .tell(DonorIdentified, "gift-2")
        .tell(FundsAllocated, FUND, to_fund="fund-3", amount=cny("30.00"))
        .tell(DisbursementProposed, FUND, purpose=PURPOSE, amount=cny("80.00"))
        .tell(DisbursementApproved, FUND)
        .tell(DisbursementPaid, FUND, amount=cny("80.00"))
        .tell(GiftReturned, FUND, gift="gift-2", start=19_000, end=20_000)
        .tell(OpeningsErased, "erasure-1")
        .tell(KeyRevoked, f"organisation-{CHARITY}", actor=AUTHORITY)
    )

    assert story.findings(closed=True) == []


def test_the_accounts_say_where_all_money_went() -> None:
    history = History()
    story = paid().tell(FundsAllocated, FUND).tell(GiftReturned, FUND)
    for leaf, event in enumerate(story.log):
        history.see(leaf, event)
    first, second = history.accounts[FUND, "CNY"], history.accounts["fund-2", "CNY"]

    assert (first.received, first.gifts, first.disbursed) == (10_000, 10_000, 6_000)
    assert (first.allocated_out, first.returned, first.balance) == (3_000, 1_000, 0)
    assert (second.received, second.gifts, second.allocated_in) == (3_000, 0, 3_000)
    assert history.money_conserved
    assert history.holders == {FUND: CHARITY, "fund-2": CHARITY, "fund-3": OTHER}


def test_what_was_erased_is_remembered() -> None:
    history = History()
    history.see(0, Story().tell(OpeningsErased, "erasure-1").log[0])

    assert history.erased == {digest("donor")}


def test_a_finding_names_its_place_in_the_log() -> None:
    history = History()
    history.see(41, Story().tell(FundOpened, FUND, actor=OTHER).log[0])

    assert history.findings == [f"entry 41: {OTHER} opened a fund for {CHARITY}"]


# Streams.


@pytest.mark.parametrize("version", [0, 1, 3, -1])
def test_an_event_was_left_out_of_a_stream_or_told_twice(version: int) -> None:
    story = begun().tell(FundsAllocated, FUND, version=version)

    assert story.findings() == [f"fund-1 goes to version {version}, expected 2"]


def test_a_stream_was_begun_in_the_middle() -> None:
    story = begun().tell(GiftReceived, "gift-9", version=2)

    assert story.findings() == ["gift-9 goes to version 2, expected 1"]


# Funds and gifts.


def test_a_fund_was_opened_in_another_charitys_name() -> None:
    story = Story().tell(FundOpened, FUND, actor=OTHER)

    assert story.findings() == [f"{OTHER} opened a fund for {CHARITY}"]


def test_a_fund_was_taken_over_by_opening_it_again() -> None:
    story = begun().tell(FundOpened, FUND, actor=OTHER, organisation=OTHER)

    assert story.findings() == ["fund-1 is opened a second time"]


@pytest.mark.parametrize(
    "said",
    [{"fund": "fund-3"}, {"fund": "fund-9"}, {"actor": OTHER}, {"organisation": OTHER}],
    ids=["another's fund", "no fund", "another's hand", "another's name"],
)
def test_a_gift_was_laid_into_a_foreign_fund(said: dict[str, str]) -> None:
    story = begun().tell(GiftReceived, "gift-2", **said)

    fund, actor = said.get("fund", FUND), said.get("actor", CHARITY)
    assert story.findings() == [f"a gift lies in fund {fund}, which is not {actor}'s"]


def test_a_gift_was_counted_twice() -> None:
    story = begun().tell(GiftReceived, "gift-1")

    assert story.findings() == ["gift-1 is received a second time"]


@pytest.mark.parametrize(
    ("said", "finding"),
    [
        ({"booked": cny("100.01")}, "100.00 CNY is booked as 100.01 CNY, expected 100.00 CNY"),
        (
            {"amount": Money.parse("20000", "USD"), "exchange": RATE, "booked": cny("142434.01")},
            "20000.00 USD is booked as 142434.01 CNY, expected 142434.00 CNY",
        ),
        (
            {"amount": Money.parse("100", "USD"), "booked": cny("712.17")},
            "100.00 USD is booked as 712.17 CNY, expected 100.00 USD",
        ),
        (
            {"exchange": RATE, "booked": cny("712.17")},
            "100.00 CNY is booked as 712.17 CNY, expected 100.00 CNY",
        ),
        (
            {"amount": cny("-5.00"), "booked": cny("-5.00")},
            "-5.00 CNY is booked as -5.00 CNY, expected -5.00 CNY",
        ),
    ],
    ids=["more than given", "wrong by a fen", "no rate", "yuan at a rate", "a negative gift"],
)
def test_a_gift_was_booked_at_a_wrong_amount(said: dict[str, object], finding: str) -> None:
    assert finding in begun().tell(GiftReceived, "gift-2", **said).findings()


@pytest.mark.parametrize(
    ("rate", "quote_unit"),
    [("", 1), ("NaN", 1), ("Infinity", 1), ("7", 0), ("7", 10), ("-7", 1), ("1E+400", 1)],
)
def test_a_gift_was_booked_at_a_rate_that_is_no_rate(rate: str, quote_unit: int) -> None:
    odd = Exchange(rate=rate, quote_unit=quote_unit, source="source", day=GIFT_DAY)
    dollars = Money.parse("1.00", "USD")
    story = begun().tell(GiftReceived, "gift-2", amount=dollars, exchange=odd, booked=cny("7.00"))

    assert story.findings() == ["1.00 USD is booked as 7.00 CNY, expected None"]


def test_a_gift_was_booked_at_more_than_an_amount_can_hold() -> None:
    dollars, rate = (
        Money(MINOR_MAX, "USD"),
        Exchange(rate="7", quote_unit=1, source="source", day=GIFT_DAY),
    )
    story = begun().tell(GiftReceived, "gift-2", amount=dollars, exchange=rate)

    assert story.findings() == [f"{dollars} is booked as 100.00 CNY, expected None"]


@pytest.mark.parametrize(
    ("stream", "actor", "finding"),
    [
        ("gift-1", CHARITY, "gift-1 was claimed, but its donor is known"),
        ("gift-2", OTHER, f"{OTHER} acts on gift-2, which is not its own"),
        ("gift-9", CHARITY, f"{CHARITY} acts on gift-9, which is not its own"),
    ],
)
def test_a_gift_was_given_another_donor(stream: str, actor: str, finding: str) -> None:
    story = begun().tell(GiftReceived, "gift-2", donor=None)

    assert finding in story.tell(DonorIdentified, stream, actor=actor).findings()


def test_a_gift_was_claimed_twice() -> None:
    story = begun().tell(GiftReceived, "gift-2", donor=None).tell(DonorIdentified, "gift-2")

    assert story.tell(DonorIdentified, "gift-2").findings() == [
        "gift-2 was claimed, but its donor is known"
    ]


# Outflows.


def test_more_was_allocated_than_lay_in_the_fund() -> None:
    story = begun().tell(FundsAllocated, FUND, amount=cny("100.01"))

    assert story.findings() == ["fund fund-1 pays 100.01 CNY and is left with -1"]
    assert "money is not conserved in fund-1 CNY" in story.findings(closed=True)


def test_more_was_paid_than_lay_in_the_fund() -> None:
    story = approved("100.01").tell(DisbursementPaid, FUND, amount=cny("100.01"))

    assert story.findings() == ["fund fund-1 pays 100.01 CNY and is left with -1"]


def test_reserved_money_was_moved_before_it_was_paid() -> None:
    story = approved("80.00").tell(FundsAllocated, FUND).tell(
        DisbursementPaid, FUND, amount=cny("80.00")
    )  # fmt: skip

    assert story.findings() == ["fund fund-1 pays 80.00 CNY and is left with -1000"]


def test_a_negative_payment_brought_money_in() -> None:
    story = begun().tell(FundsAllocated, FUND, amount=cny("-30.00"))

    assert story.findings() == ["fund fund-1 pays -30.00 CNY and is left with 13000"]


def test_money_went_to_a_fund_that_was_never_opened() -> None:
    story = begun().tell(FundsAllocated, FUND, to_fund="fund-9")

    assert story.findings() == ["money goes to fund fund-9, which was never opened"]


def test_a_fund_was_allocated_to_itself_to_shift_who_paid_for_what() -> None:
    story = begun().tell(FundsAllocated, FUND, to_fund=FUND)

    assert story.findings() == ["fund fund-1 is allocated to itself"]


@pytest.mark.parametrize(
    "cls", [FundsAllocated, DisbursementProposed, DisbursementApproved, GiftReturned]
)
def test_another_charity_acted_on_a_fund(cls: Any) -> None:
    story = begun().tell(DisbursementProposed, FUND, purpose=PURPOSE)
    anew = {"disbursement": "disbursement-2", "purpose": PURPOSE}
    story.tell(cls, FUND, actor=OTHER, **(anew if cls is DisbursementProposed else {}))

    assert story.findings() == [f"{OTHER} acts on fund fund-1, which is not its own"]


def test_another_charity_paid_from_a_fund() -> None:
    story = approved().tell(DisbursementPaid, FUND, actor=OTHER)

    assert story.findings() == [f"{OTHER} acts on fund fund-1, which is not its own"]


@pytest.mark.parametrize(
    "story", [begun(), begun().tell(DisbursementProposed, FUND, purpose=PURPOSE), paid("40")]
)
def test_a_payment_was_made_without_approval(story: Story) -> None:
    story.tell(DisbursementPaid, FUND, amount=cny("40.00"))

    assert story.findings() == ["disbursement-1 was paid without a matching approval"]


def test_more_was_paid_than_was_approved() -> None:
    story = approved("60.00").tell(DisbursementPaid, FUND, amount=cny("60.01"))

    assert story.findings() == ["disbursement-1 was paid without a matching approval"]


def test_an_approved_payment_was_proposed_anew_for_more() -> None:
    story = (
        approved("10.00")
        .tell(DisbursementProposed, FUND, purpose=PURPOSE, amount=cny("90.00"))
        .tell(DisbursementPaid, FUND, amount=cny("90.00"))
    )

    assert story.findings() == [
        "entry 6: disbursement-1 is proposed a second time",
        "disbursement-1 was paid without a matching approval",
    ]


def test_a_payment_was_made_from_another_fund_than_the_approved_one() -> None:
    story = (
        approved()
        .tell(GiftReceived, "gift-2", fund="fund-2")
        .tell(DisbursementPaid, "fund-2", amount=cny("60.00"))
    )

    assert story.findings() == ["disbursement-1 was paid without a matching approval"]


def test_a_clerk_approved_what_he_proposed() -> None:
    story = begun().tell(DisbursementProposed, FUND, purpose=PURPOSE).tell(
        DisbursementApproved, FUND, approved_by="clerk"
    )  # fmt: skip
    finding = "disbursement-1 was not approved by another person than who proposed it"

    assert story.findings() == [finding]
    story.tell(DisbursementPaid, FUND)
    assert story.findings()[-1] == "disbursement-1 was paid without a matching approval"


@pytest.mark.parametrize("stream", [FUND, "fund-2"])
def test_a_payment_was_approved_that_nobody_proposed_in_this_fund(stream: str) -> None:
    story = begun()
    if stream != FUND:
        story.tell(DisbursementProposed, FUND, purpose=PURPOSE)

    assert story.tell(DisbursementApproved, stream).findings() == [
        "disbursement-1 was not approved by another person than who proposed it"
    ]


def test_another_charitys_reviewer_approved_a_payment_in_its_own_fund() -> None:
    story = begun().tell(DisbursementProposed, FUND, purpose=PURPOSE).tell(
        DisbursementApproved, "fund-3", actor=OTHER
    )  # fmt: skip

    assert story.findings() == [
        "disbursement-1 was not approved by another person than who proposed it"
    ]


# Returns.

NOT_LEFT = "the return of 10.00 CNY is not from what is left of gift-1"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0, 1_000),
        (8_000, 9_000),
        (9_500, 10_500),
        (9_000, 10_001),
        (9_001, 10_000),
        (10_000, 9_000),
    ],
    ids=["front", "middle", "next gift's", "too long", "too short", "backwards"],
)
def test_a_return_was_cut_from_another_place_than_the_gifts_end(start: int, end: int) -> None:
    story = begun().tell(GiftReceived, "gift-2").tell(GiftReturned, FUND, start=start, end=end)

    assert story.findings() == [NOT_LEFT]


def test_spent_money_was_returned() -> None:
    story = paid("95.00").tell(GiftReturned, FUND)

    assert story.findings() == [NOT_LEFT]


def test_the_same_money_was_returned_twice() -> None:
    story = begun().tell(GiftReturned, FUND).tell(GiftReturned, FUND)

    assert story.findings() == [NOT_LEFT]


def test_a_return_was_made_of_a_gift_that_nobody_gave() -> None:
    story = begun().tell(GiftReturned, FUND, gift="gift-9")

    assert story.findings() == ["the return of 10.00 CNY is not from what is left of gift-9"]


def test_spent_money_was_returned_out_of_another_fund() -> None:
    story = (
        paid("100.00")
        .tell(GiftReceived, "gift-2", fund="fund-2")
        .tell(GiftReturned, "fund-2", gift="gift-1")
    )

    assert story.findings() == [NOT_LEFT]


def test_yuan_were_returned_as_dollars() -> None:
    dollars = Money.parse("10.00", "USD")
    story = (
        begun()
        .tell(GiftReceived, "gift-2", amount=Money(10_000, "USD"), booked=Money(10_000, "USD"))
        .tell(GiftReturned, FUND, amount=dollars)
    )

    assert story.findings() == ["the return of 10.00 USD is not from what is left of gift-1"]


@pytest.mark.parametrize("amount", [Money(0), Money(-1_000)])
def test_nothing_was_returned_to_hide_the_next_gift(amount: Money) -> None:
    story = begun().tell(GiftReturned, FUND, amount=amount, start=10_000, end=10_000 + amount.minor)

    assert story.findings() == [f"the return of {amount} is not from what is left of gift-1"]


def test_a_receipted_gift_was_returned() -> None:
    story = receipted().tell(GiftReturned, FUND)

    assert story.findings() == [NOT_LEFT]


def test_a_log_full_of_forged_returns_is_read_to_its_end() -> None:
    story = drawn()
    for start, end in [(9_000, 10), (10, 9_000), (0, MINOR_MAX), (500, 500), (20, 30), (25, 26)]:
        story.tell(GiftReturned, FUND, start=start, end=end, amount=Money(MINOR_MAX))
    story.tell(FundsAllocated, FUND).tell(FundsAllocated, FUND, amount=cny("-1"))
    story.tell(ReceiptIssued, RECEIPT)

    assert len(story.findings(closed=True)) > 8


# Receipt numbers.


def test_numbers_were_allotted_twice() -> None:
    story = drawn().tell(
        ReceiptNumbersAllotted, BOOK, actor=AUTHORITY, organisation=OTHER, first=100, last=200
    )

    assert story.findings()[0] == f"numbers 100 to 200 of {CODE} are allotted twice"


@pytest.mark.parametrize(
    "said",
    [
        {"first": 3, "last": 3},
        {"first": 1, "last": 1},
        {"first": 2, "last": 101},
        {"first": 101, "last": 101},
        {"first": 2, "last": 2, "actor": OTHER, "organisation": OTHER},
        {"first": 2, "last": 2, "actor": OTHER},
        {"first": 2, "last": 2, "organisation": OTHER},
        {"first": 1, "last": MINOR_MAX},
    ],
    ids=["gap", "again", "too many", "beyond", "foreign", "hand", "name", "endless"],
)
def test_a_number_was_drawn_that_was_not_next(said: dict[str, Any]) -> None:
    story = drawn().tell(ReceiptNumbersDrawn, BOOK, **said)

    assert story.findings() == [
        f"numbers {said['first']} to {said['last']} of {CODE} are not next in a lot"
    ]


def test_a_number_was_drawn_twice_from_two_lots_that_overlap() -> None:
    story = (
        begun()
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY, first=1, last=10)
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY, first=2, last=10)
        .tell(ReceiptNumbersDrawn, BOOK, first=1, last=2)
        .tell(ReceiptNumbersDrawn, BOOK, first=2, last=3)
    )

    assert story.findings()[1:] == [f"number {CODE} 0000000002 is drawn twice"]


def test_a_number_was_drawn_and_kept_back() -> None:
    assert drawn().findings(closed=True) == [UNISSUED]
    assert drawn().tell(ReceiptIssued, RECEIPT).findings(closed=True) == [UNISSUED]
    assert receipted().findings(closed=True) == []


# Receipts.

NOT_DRAWN = f"receipt {CODE} {NUMBER} bears a number that was not drawn for it"
NOT_LEFT_OF_GIFT = f"receipt {CODE} {NUMBER} is not for what is left of its gift"


def test_a_receipt_was_made_out_with_a_number_of_the_forgers_own() -> None:
    assert begun().tell(ReceiptIssued, RECEIPT).findings() == [NOT_DRAWN]


@pytest.mark.parametrize(
    "said", [{"actor": OTHER}, {"organisation": OTHER}, {"actor": OTHER, "organisation": OTHER}]
)
def test_a_receipt_was_made_out_with_another_charitys_number(said: dict[str, str]) -> None:
    assert drawn().tell(ReceiptIssued, RECEIPT, **said).findings() == [NOT_DRAWN]


def test_one_number_was_put_on_two_receipts() -> None:
    story = receipted().tell(GiftReceived, "gift-2").tell(ReceiptIssued, RECEIPT, gift="gift-2")

    assert story.findings() == [NOT_DRAWN]


@pytest.mark.parametrize("yuan", ["100.01", "99.99", "0.00", "-100.00", "1000000.00"])
def test_a_receipt_was_made_out_for_another_amount(yuan: str) -> None:
    assert drawn().tell(ReceiptIssued, RECEIPT, amount=cny(yuan)).findings() == [NOT_LEFT_OF_GIFT]


def test_a_receipt_was_made_out_for_what_had_gone_back() -> None:
    back = drawn().tell(GiftReturned, FUND)

    assert back.tell(ReceiptIssued, RECEIPT, amount=cny("100.00")).findings() == [NOT_LEFT_OF_GIFT]


def test_a_receipt_over_nothing_was_made_out_after_all_had_gone_back() -> None:
    back = drawn().tell(GiftReturned, FUND, amount=cny("100"), start=0, end=10_000)

    assert back.tell(ReceiptIssued, RECEIPT, amount=cny("0")).findings() == [NOT_LEFT_OF_GIFT]


def test_a_receipt_for_what_is_left_after_a_return_is_right() -> None:
    back = drawn().tell(GiftReturned, FUND)

    assert back.tell(ReceiptIssued, RECEIPT, amount=cny("90.00")).findings() == []


def test_a_receipt_in_yuan_was_made_out_for_dollars() -> None:
    dollars = {"amount": Money(10_000, "USD"), "booked": Money(10_000, "USD")}
    story = drawn().tell(GiftReceived, "gift-2", **dollars)

    for amount in (cny("100.00"), Money(10_000, "USD")):
        copy = Story(list(story.log), story.versions.copy())
        copy.tell(ReceiptIssued, RECEIPT, gift="gift-2", amount=amount)
        assert copy.findings() == [NOT_LEFT_OF_GIFT]


def test_a_second_receipt_was_made_out_for_a_gift() -> None:
    second = f"receipt-{CODE}-0000000002"
    story = receipted().tell(ReceiptNumbersDrawn, BOOK, first=2, last=2)
    story.tell(ReceiptIssued, second, number="0000000002")

    assert story.findings() == [f"receipt {CODE} 0000000002 is not for what is left of its gift"]


@pytest.mark.parametrize("gift", ["gift-3", "gift-9"])
def test_a_receipt_was_made_out_for_another_charitys_gift_or_for_none(gift: str) -> None:
    story = drawn().tell(
        GiftReceived, "gift-3", fund="fund-3", actor=OTHER, organisation=OTHER
    ).tell(ReceiptIssued, RECEIPT, gift=gift)  # fmt: skip

    assert story.findings()[0] == f"{CHARITY} acts on {gift}, which is not its own"


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("gift-1", {}),
        ("gift-1", {"number": "0000000002"}),
        ("gift-2", {"number": NUMBER}),
    ],
    ids=["twice", "a number of nobody", "of another gift"],
)
def test_a_gift_was_marked_with_a_receipt_that_is_not_its_own(
    stream: str, said: dict[str, str]
) -> None:
    story = receipted().tell(GiftReceived, "gift-2").tell(GiftReceipted, stream, **said)

    assert story.findings() == [f"{stream} bears a receipt that is not its own"]


def test_another_charity_marked_a_gift_as_receipted() -> None:
    story = drawn().tell(ReceiptIssued, RECEIPT).tell(GiftReceipted, "gift-1", actor=OTHER)

    assert story.findings() == [f"{OTHER} acts on gift-1, which is not its own"]
