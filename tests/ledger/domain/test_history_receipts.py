"""What an auditor finds in the story of receipts: lines, kinds, red ones, papers, lost numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ledger.domain.events import (
    BenefitRecorded,
    DonorIdentified,
    EligibilityGranted,
    Event,
    FundOpened,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    GiftReceived,
    GiftReturned,
    OfficialReceiptRecorded,
    OrganisationRegistered,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptLimitSet,
    ReceiptLine,
    ReceiptMadeOut,
    ReceiptNumber,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptNumbersLost,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.organisations import AUTHORITY
from ledger.money import Money
from tests.ledger.domain.given import CHARITY, CODE, FUND, GIFT_DAY, OTHER, cny, digest
from tests.ledger.domain.receipt_given import ReceiptLog
from tests.ledger.domain.receipted import NUMBER, OFFICIAL, PAPER_NUMBER

BOOK = f"book-{CODE}"
ORGANISATION = f"organisation-{CHARITY}"
RECEIPT = f"receipt-{CODE}-{NUMBER}"
SAID = f"receipt {CODE} {NUMBER}"


def line(gift: str = "gift-1", **said: Any) -> ReceiptLine:
    """Return what a receipt says of a gift of 100.00, but for what is said otherwise."""
    told = ReceiptLine(gift=gift, amount=cny("100.00"), gift_on=GIFT_DAY, eligible=True,
                       notice="公告示例1号", withheld=None)  # fmt: skip
    return replace(told, **said)


def begun(last: int = 2) -> ReceiptLog:
    """Register an eligible charity with two gifts of 100.00; draw its first numbers."""
    return (
        ReceiptLog()
        .tell(OrganisationRegistered, ORGANISATION, actor=AUTHORITY)
        .tell(EligibilityGranted, ORGANISATION, actor=AUTHORITY)
        .tell(FundOpened, FUND)
        .tell(GiftReceived, "gift-1")
        .tell(GiftReceived, "gift-2")
        .tell(ReceiptNumbersAllotted, BOOK, actor=AUTHORITY)
        .tell(ReceiptNumbersDrawn, BOOK, last=last)
    )


def made(log: ReceiptLog, number: str = NUMBER, **said: Any) -> ReceiptLog:
    """Tell of a receipt, of one gift unless said otherwise."""
    lines = said.pop("lines", (line(),))
    told: dict[str, Any] = {
        "number": number,
        "kind": "single",
        "lines": lines,
        "amount": Money(sum(one.amount.minor for one in lines)),
        "digests": (),
        "area": None,
        "replaces": None,
        "held": None,
    }
    return log.tell(ReceiptMadeOut, f"receipt-{CODE}-{number}", **{**told, **said})


def single() -> ReceiptLog:
    return made(begun(1)).tell(GiftReceipted, "gift-1")


def annual() -> ReceiptLog:
    """Tell of one receipt for both gifts."""
    log = made(begun(), kind="annual", lines=(line(), line("gift-2")))
    return log.tell(GiftReceipted, "gift-1").tell(GiftReceipted, "gift-2")


def red(log: ReceiptLog, **said: Any) -> ReceiptLog:
    told = {"gifts": ("gift-1", "gift-2"), "amount": cny("200.00"), **said}
    return log.tell(RedReceiptMadeOut, RECEIPT, **told)


def freed(log: ReceiptLog) -> ReceiptLog:
    log.tell(GiftReceiptReversed, "gift-1")
    return log.tell(GiftReceiptReversed, "gift-2")


def test_an_honest_life_is_clean() -> None:
    assert single().findings(closed=True) == []
    log = annual().tell(ReceiptExchanged, RECEIPT).tell(PaperTakenBack, RECEIPT)
    log = freed(red(log.tell(OfficialReceiptRecorded, RECEIPT)))
    assert log.findings(closed=True) == []
    log.tell(GiftReturned, FUND).tell(ReceiptNumbersDrawn, BOOK, first=3, last=3)
    lines = (line(amount=cny("90.00")), line("gift-2"))
    made(log, "0000000003", kind="annual", lines=lines,
         replaces=ReceiptNumber(code=CODE, number=NUMBER))  # fmt: skip
    log.tell(GiftReceipted, "gift-1", number="0000000003")
    log.tell(GiftReceipted, "gift-2", number="0000000003")
    assert log.findings(closed=True) == []


# Lines.


@pytest.mark.parametrize("yuan", ["99.99", "100.01"])
def test_a_line_is_for_what_is_left_of_its_gift(yuan: str) -> None:
    log = made(begun(1), lines=(line(amount=cny(yuan)),))

    assert log.findings() == [f"{SAID} is not for what is left of its gift"]


def test_a_gift_stands_on_one_receipt_and_one_line() -> None:
    left = "is not for what is left of its gift"
    twice = made(begun(1), kind="annual", lines=(line(), line()))
    second = made(single().tell(ReceiptNumbersDrawn, BOOK, first=2, last=2), "0000000002")

    assert twice.findings() == [f"{SAID} {left}"]
    assert second.findings() == [f"receipt {CODE} 0000000002 {left}"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"gift_on": date(2026, 10, 2)}, f"{SAID} is for another day than gift-1"),
        ({"eligible": False}, f"{SAID} tells another eligibility on 2026-10-01 than the log"),
        ({"notice": "公告"}, f"{SAID} tells another eligibility on 2026-10-01 than the log"),
        ({"withheld": cny("1")}, f"{SAID} withholds 1.00 CNY of gift-1, expected None"),
    ],
)
def test_a_line_tells_what_the_log_tells(said: dict[str, Any], found: str) -> None:
    assert found in made(begun(1), lines=(line(**said),)).findings()


def test_eligibility_is_not_judged_of_a_charity_that_the_log_does_not_know() -> None:
    log = begun(1)
    del log.log[:2]

    assert made(log, lines=(line(eligible=False, notice=None),)).findings() == []


def test_what_is_withheld_is_what_the_donor_got() -> None:
    def benefited(withheld: Money | None, yuan: str = "30.00") -> list[str]:
        log = begun(1).tell(BenefitRecorded, "gift-1", benefit=cny(yuan))
        amount = cny("70.00") if yuan == "30.00" else cny("100.00")
        return made(log, lines=(line(amount=amount, withheld=withheld),)).findings()

    assert benefited(cny("30.00")) == []
    assert benefited(None, "0.00") == []
    assert benefited(None) == [f"{SAID} withholds None of gift-1, expected 30.00 CNY"]


# Kinds.


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "single", "lines": (line(), line("gift-2"))},
        {"kind": "single", "digests": (digest("member"),)},
        {"kind": "joint"},
        {"kind": "joint", "digests": tuple(digest(str(n)) for n in range(501))},
        {"kind": "joint", "lines": (line(), line("gift-2")), "digests": (digest("member"),)},
        {"kind": "annual", "digests": (digest("member"),)},
        {"kind": "annual", "lines": ()},
        {"kind": "yearly"},
    ],
)
def test_a_receipt_has_the_lines_and_the_list_of_its_kind(said: dict[str, Any]) -> None:
    assert f"{SAID} is no {said['kind']} receipt by its lines and list" in made(
        begun(1), **said
    ).findings()  # fmt: skip


def test_an_annual_receipt_has_lines_of_one_year_and_not_too_many() -> None:
    log = begun(1).tell(GiftReceived, "gift-3", received_on=date(2027, 1, 1))
    lines = (line(), line("gift-3", gift_on=date(2027, 1, 1)))
    many = tuple(line() for _ in range(151))

    found = f"{SAID} is no annual receipt by its lines and list"
    assert found in made(log, kind="annual", lines=lines).findings()
    assert found in made(begun(1), kind="annual", lines=many).history().findings[0]


def test_a_joint_receipt_with_its_list_is_right() -> None:
    assert made(begun(1), kind="joint", digests=(digest("member"),)).findings() == []


@pytest.mark.parametrize("amount", [cny("99.99"), cny("0"), Money(10_000, "USD")])
def test_a_receipt_says_what_its_lines_add_up_to(amount: Money) -> None:
    log = made(begun(1), amount=amount)

    assert log.findings() == [f"{SAID} says {amount}, its lines add up to 10000 fen"]


# Waived.


def test_a_receipt_that_is_waived_is_kept_on_file() -> None:
    log = begun(1).tell(GiftReceiptWaived, "gift-1")

    assert made(log, held="anonymous").findings() == []


def test_a_donor_who_comes_forward_is_handed_the_receipt() -> None:
    log = begun(1).tell(GiftReceived, "gift-3", donor=None).tell(GiftReceiptWaived, "gift-3")
    log.tell(DonorIdentified, "gift-3")

    assert made(log, lines=(line("gift-3"),)).findings() == []


@pytest.mark.parametrize("held", ["anonymous", None])
def test_a_receipt_is_kept_on_file_just_when_it_was_waived(held: str | None) -> None:
    log = begun(1) if held else begun(1).tell(GiftReceiptWaived, "gift-1")

    assert made(log, held=held).findings() == [
        f"{SAID} is kept on file, or handed out, against what the donor of gift-1 said"
    ]


def test_a_receipt_is_waived_once_and_not_while_it_stands() -> None:
    found = ["the receipt of gift-1 is waived twice, or while it stands"]

    assert single().tell(GiftReceiptWaived, "gift-1").findings() == found
    twice = begun(1).tell(GiftReceiptWaived, "gift-1").tell(GiftReceiptWaived, "gift-1")
    assert twice.findings() == found


# Replaced.


def test_a_receipt_replaces_one_that_was_reversed() -> None:
    before = ReceiptNumber(code=CODE, number=NUMBER)
    found = [f"receipt {CODE} 0000000003 replaces a receipt that was not reversed, or of other "
             "gifts"]  # fmt: skip

    def third(log: ReceiptLog, gift: str, **said: Any) -> list[str]:
        log.tell(ReceiptNumbersDrawn, BOOK, first=3, last=3)
        return made(log, "0000000003", lines=(line(gift),), **said).findings()

    assert third(freed(red(annual())), "gift-2", replaces=before) == []
    assert third(made(begun()).tell(GiftReceipted, "gift-1"), "gift-2", replaces=before) == found
    unknown = ReceiptNumber(code=CODE, number="0000000099")
    assert third(freed(red(annual())), "gift-2", replaces=unknown) == found
    other = freed(red(annual())).tell(GiftReceived, "gift-3")
    assert third(other, "gift-3", replaces=before) == found


# Red.


def test_a_red_receipt_voids_all_of_one_that_stands() -> None:
    gone = f"{SAID} does not stand, and can't be reversed"

    assert red(annual(), gifts=("gift-1",)).findings() == [gone]
    twice = freed(red(annual())).tell(ReceiptNumbersDrawn, BOOK, first=3, last=3)
    assert red(twice, red=ReceiptNumber(code=CODE, number="0000000003")).findings() == [gone]
    assert red(begun()).findings() == [gone]
    assert red(ReceiptLog()).findings()[-1] == gone
    amiss = f"{SAID} is reversed for another amount or by others"
    assert red(annual(), amount=cny("100.00")).findings() == [amiss]
    assert amiss in red(annual(), actor=OTHER).findings()


def test_a_red_receipt_bears_a_number_that_was_drawn_for_it() -> None:
    number = ReceiptNumber(code=CODE, number="0000000009")

    assert red(annual(), red=number).findings() == [
        f"receipt {CODE} 0000000009 bears a number that was not drawn for it"
    ]


def test_a_receipt_was_reversed_while_its_paper_was_out() -> None:
    assert red(annual().tell(ReceiptExchanged, RECEIPT)).findings() == [
        f"{SAID} is reversed while a paper receipt stands in its place"
    ]


def test_a_red_receipt_frees_every_gift_and_names_itself() -> None:
    half = red(annual()).tell(GiftReceiptReversed, "gift-1")
    assert half.findings(closed=True) == [f"{SAID} is reversed, but not at its gift"]

    named = red(annual()).tell(GiftReceiptReversed, "gift-1", red_number="0000000099")
    assert named.findings() == ["gift-1 names another red receipt than its receipt does"]
    twice = freed(red(annual())).tell(GiftReceiptReversed, "gift-1")
    assert twice.findings() == ["gift-1 loses a receipt that is not its own"]
    early = single().tell(GiftReceiptReversed, "gift-1")
    assert early.findings(closed=True) == [f"{SAID} is reversed, but not at its gift"]


def test_a_receipt_bears_a_number_that_was_drawn_for_it() -> None:
    log = made(begun(1), "0000000009")

    assert log.findings() == [f"receipt {CODE} 0000000009 bears a number that was not drawn for it"]


def test_an_annual_receipt_is_marked_at_every_gift() -> None:
    log = made(begun(1), kind="annual", lines=(line(), line("gift-2")))

    assert log.tell(GiftReceipted, "gift-2").findings(closed=True) == [
        f"receipt number {CODE} {NUMBER} was drawn but not issued"
    ]


def test_a_receipt_of_the_older_form_is_voided_by_either_red_one() -> None:
    for cls, said in (
        (ReceiptReversed, {}),
        (RedReceiptMadeOut, {"gifts": ("gift-1",), "amount": cny("100.00")}),
    ):
        log = begun().tell(ReceiptIssued, RECEIPT).tell(GiftReceipted, "gift-1")
        log.tell(cls, RECEIPT, **said).tell(GiftReceiptReversed, "gift-1")
        assert log.findings(closed=True) == []


# Paper and official receipts.


def test_a_receipt_is_exchanged_while_it_stands_and_its_paper_is_not_out() -> None:
    out = single().tell(ReceiptExchanged, RECEIPT)
    gone = f"{SAID} does not stand, and is not exchanged"
    other = ReceiptNumber(code="23052126", number="0000000008")

    assert out.findings() == []
    assert out.tell(ReceiptExchanged, RECEIPT, paper=other).findings() == [
        f"{SAID} is exchanged while its paper is out"
    ]
    assert begun(1).tell(ReceiptExchanged, RECEIPT).findings() == [gone]
    assert ReceiptLog().tell(ReceiptExchanged, RECEIPT).findings() == [gone]
    assert single().tell(ReceiptExchanged, RECEIPT, actor=OTHER).findings() == [gone]
    assert freed(red(annual())).tell(ReceiptExchanged, RECEIPT).findings() == [gone]


def test_a_paper_that_was_not_out_came_back() -> None:
    found = [f"{SAID} takes back a paper that was not out"]

    assert single().tell(PaperTakenBack, RECEIPT).findings() == found
    out = single().tell(ReceiptExchanged, RECEIPT)
    assert out.tell(PaperTakenBack, RECEIPT, paper=OFFICIAL).findings() == found


def test_a_paper_or_official_number_stands_for_one_receipt() -> None:
    out = single().tell(ReceiptExchanged, RECEIPT).tell(PaperTakenBack, RECEIPT)
    again = out.tell(ReceiptExchanged, RECEIPT)
    used = f"receipt {PAPER_NUMBER.code} {PAPER_NUMBER.number} stands for two receipts"
    assert again.findings() == [used]

    twice = single().tell(OfficialReceiptRecorded, RECEIPT)
    assert twice.findings() == []
    other = ReceiptNumber(code=CODE, number="0000009002")
    assert twice.tell(OfficialReceiptRecorded, RECEIPT, official=other).findings() == [
        f"{SAID} has two official receipts"
    ]


@pytest.mark.parametrize("cls", [ReceiptExchanged, OfficialReceiptRecorded])
@pytest.mark.parametrize(("code", "number", "lies"), [
    (CODE, "0000000001", True), (CODE, "0000000100", True), (CODE, "0000000000", False),
    (CODE, "0000000101", False), ("23052126", "0000000001", False),
])  # fmt: skip
def test_a_number_written_by_hand_lies_in_no_lot(
    cls: type[Event], code: str, number: str, *, lies: bool
) -> None:
    said = ReceiptNumber(code=code, number=number)
    name = "paper" if cls is ReceiptExchanged else "official"
    found = [f"receipt {code} {number} is written by hand, but lies in a lot"] if lies else []

    assert single().tell(cls, RECEIPT, **{name: said}).findings() == found


def test_no_lot_is_allotted_over_a_number_written_by_hand() -> None:
    out = single().tell(ReceiptExchanged, RECEIPT).tell(OfficialReceiptRecorded, RECEIPT)
    code, book = PAPER_NUMBER.code, f"book-{PAPER_NUMBER.code}"

    out.tell(ReceiptNumbersAllotted, book, actor=AUTHORITY, code=code, first=8, last=9)
    assert out.findings() == []
    out.tell(ReceiptNumbersAllotted, book, actor=AUTHORITY, code=code, first=6, last=7)
    assert out.findings() == [
        f"receipt {code} {PAPER_NUMBER.number} is written by hand, but lies in a lot"
    ]


# Lost numbers and limits.


def test_a_lost_number_is_never_drawn_before_or_after() -> None:
    lost = begun(1).tell(ReceiptNumbersLost, BOOK, first=2, last=3)

    assert lost.findings() == []
    fine = ReceiptLog(list(lost.log), lost.versions.copy())
    assert fine.tell(ReceiptNumbersDrawn, BOOK, first=4, last=5).findings() == []
    for first, last in ((2, 2), (2, 4), (5, 5)):
        copy = ReceiptLog(list(lost.log), lost.versions.copy())
        copy.tell(ReceiptNumbersDrawn, BOOK, first=first, last=last)
        assert copy.findings() == [f"numbers {first} to {last} of {CODE} are not next in a lot"]
    for first, last in ((1, 1), (3, 4), (9, 8), (100, 101)):
        copy = ReceiptLog(list(lost.log), lost.versions.copy())
        copy.tell(ReceiptNumbersLost, BOOK, first=first, last=last)
        assert copy.findings() == [f"numbers {first} to {last} of {CODE} are lost, but not blank"]


def test_numbers_are_lost_by_those_who_hold_them() -> None:
    log = begun(1).tell(ReceiptNumbersLost, BOOK, first=2, last=3, actor=OTHER)

    assert log.findings() == [f"numbers 2 to 3 of {CODE} are lost, but not blank"]


def test_a_limit_of_unused_numbers_is_above_nought() -> None:
    assert begun(1).tell(ReceiptLimitSet, BOOK, actor=AUTHORITY).findings() == []
    assert begun(1).tell(ReceiptLimitSet, BOOK, actor=AUTHORITY, unused_max=0).findings() == [
        f"{CHARITY} may hold 0 numbers, which is no limit"
    ]


def test_nothing_is_drawn_from_a_lot_that_is_used_up() -> None:
    log = begun(100).tell(ReceiptNumbersDrawn, BOOK, first=101, last=101)

    assert log.findings() == [f"numbers 101 to 101 of {CODE} are not next in a lot"]
