"""Receipts: what one says, and the form of its number and check code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from ledger import codec
from ledger.domain import organisations, receipts
from ledger.domain.benefits import GiftIsSponsorship
from ledger.domain.events import (
    BenefitRecorded,
    EligibilityCancelled,
    EligibilityGranted,
    GiftReceipted,
    GiftReceiptWaived,
    GiftReturned,
    GiftReversed,
    OrganisationRegistered,
    ReceiptIssued,
    ReceiptLine,
    ReceiptMadeOut,
    ReceiptNumber,
)
from ledger.domain.funds import Fund
from ledger.domain.gifts import (
    AgencyMoney,
    AlreadyReceipted,
    DonorNotIdentified,
    Gift,
    GiftWasReturned,
    GiftWasReversed,
    PartlyReturned,
)
from ledger.domain.goods import amount_of
from ledger.domain.organisations import NameUnusable, Organisation
from ledger.domain.receipt_books import NotADonationReceipt, ReceiptCodeMalformed
from ledger.domain.receipts import (
    CHECK_ALPHABET,
    LINES_MAX,
    MEMBERS_MAX,
    Asked,
    CheckCodeMalformed,
    GiftOfAnotherYear,
    Kept,
    MembersUnusable,
    NotEligibleOnDay,
    NothingToReceipt,
    ReceiptNumberMalformed,
    ReceiptUnknown,
    SharesDiffer,
    TooManyLines,
    WaivedSingly,
    check_code,
    check_members,
    gone_of,
    is_kept,
    kept_of,
    well_formed,
)
from ledger.domain.values import Party, PlaceMalformed
from ledger.money import Money
from ledger.proof.tiles import ENTRY_MAX
from tests.ledger.domain.given import (
    CHARITY,
    CODE,
    FACTS,
    FUND,
    GIFT_DAY,
    NOON,
    PAPER,
    RICE,
    cny,
    digest,
    fund,
    gift,
    goods,
    line,
)
from tests.ledger.domain.receipt_given import fact

CASES = Path(__file__).parents[3] / ".." / "shared" / "domain" / "validation_cases.json"
NUMBER = "0000000001"
HERE = ReceiptNumber(code=CODE, number=NUMBER)
PAYER: Any = FACTS[ReceiptIssued]["payer"]
TODAY = date(2026, 11, 21)


def issuer(*, cancelled: bool = False) -> Organisation:
    stream = organisations.stream(CHARITY)
    known = organisations.evolve(None, fact(OrganisationRegistered, stream))
    known = organisations.evolve(known, fact(EligibilityGranted, stream, 2))
    return (
        organisations.evolve(known, fact(EligibilityCancelled, stream, 3)) if cancelled else known
    )


def issue(
    known: Gift,
    holder: Fund | None = None,
    by: Organisation | None = None,
    replaces: ReceiptNumber | None = None,
    **asked: Any,
) -> ReceiptMadeOut:
    kept = Kept(known, holder or fund())
    wishes = Asked(issued_on=TODAY, **asked)
    return receipts.single(kept, by or issuer(), HERE, PAYER, wishes, NOON, replaces)


def said(**other: Any) -> ReceiptLine:
    """Return what a receipt says of the gift of 100.00, but for what is said otherwise."""
    line = ReceiptLine(
        gift="gift-1",
        amount=cny("100.00"),
        gift_on=GIFT_DAY,
        eligible=True,
        notice="公告示例1号",
        withheld=None,
    )
    return replace(line, **other)


def test_a_receipt_says_what_the_gift_was() -> None:
    assert issue(gift()) == ReceiptMadeOut(
        originator_id=f"receipt-{CODE}-{NUMBER}",
        originator_version=1,
        timestamp=NOON,
        actor=CHARITY,
        organisation=CHARITY,
        code=CODE,
        number=NUMBER,
        kind="single",
        lines=(said(),),
        amount=cny("100.00"),
        payer=PAYER,
        digests=(),
        issued_on=TODAY,
        area=None,
        replaces=None,
        held=None,
        specimen=True,
    )


def test_a_receipt_names_the_target_area_and_the_receipt_that_it_replaces() -> None:
    before = ReceiptNumber(code=CODE, number="0000000009")
    made = issue(gift(), area="230108", replaces=before)

    assert (made.area, made.replaces) == ("230108", before)
    with pytest.raises(PlaceMalformed, match="'Harbin' is not a code"):
        issue(gift(), area="Harbin")


@pytest.mark.parametrize("reason", ["anonymous", "declined"])
def test_a_receipt_that_the_donor_does_not_take_is_kept_on_file(reason: str) -> None:
    waived = fact(GiftReceiptWaived, "gift-1", 2, reason=reason)

    assert issue(gift(waived)).held == reason
    assert issue(gift(waived, donor=None)).held == reason
    with pytest.raises(DonorNotIdentified):
        issue(gift(donor=None))


def test_what_the_donor_got_in_return_is_withheld_from_the_receipt() -> None:
    known = gift(fact(BenefitRecorded, "gift-1", 2, benefit=cny("30.00")))

    assert issue(known).lines == (said(amount=cny("70.00"), withheld=cny("30.00")),)
    assert issue(known).amount == cny("70.00")
    with pytest.raises(GiftIsSponsorship, match=r"the donor gets 30\.00 CNY in return for 30\.00"):
        issue(known, returned(7_000))


def test_for_a_deduction_none_is_made_out_of_a_day_without_eligibility() -> None:
    late = gift(received_on=date(2025, 12, 31))

    assert issue(late).lines[0].eligible is False
    assert issue(gift(), deductible=True).lines[0].eligible is True
    with pytest.raises(NotEligibleOnDay, match=r"not eligible for deductible gifts on 2025-12-31"):
        issue(late, deductible=True)


# One receipt for the gifts of a year.


def annual(*kept: Kept, year: int = 2026) -> ReceiptMadeOut:
    wishes = Asked(issued_on=TODAY)
    return receipts.annual(kept, year, issuer(), HERE, PAYER, wishes, NOON)


def of(known: Gift, number: int) -> Kept:
    return Kept(replace(known, id=f"gift-{number}"), fund())


def test_an_annual_receipt_has_a_line_for_each_gift_and_adds_them_up() -> None:
    made = annual(of(gift(), 1), of(gift(), 2), Kept(replace(gift(), id="gift-3"), returned(1)))

    assert made.kind == "annual"
    assert made.lines == (said(), said(gift="gift-2"), said(gift="gift-3"))
    assert made.amount == cny("300.00")


def test_an_annual_receipt_is_for_one_year_and_for_those_who_take_one() -> None:
    other = of(gift(received_on=date(2025, 12, 31)), 2)
    waived = of(gift(fact(GiftReceiptWaived, "gift-1", 2)), 2)

    with pytest.raises(GiftOfAnotherYear, match="gift-2 was given on 2025-12-31, not in 2026"):
        annual(of(gift(), 1), other)
    with pytest.raises(WaivedSingly, match="the donor of gift-2 takes no receipt"):
        annual(of(gift(), 1), waived)
    with pytest.raises(NothingToReceipt):
        annual()


def test_an_annual_receipt_at_its_longest_is_still_an_entry_of_the_log() -> None:
    many = [Kept(replace(gift(), id=f"gift-{n:032x}"), fund()) for n in range(LINES_MAX)]
    long = replace(issuer(), eligibility=tuple(
        replace(p, notice="公告" * 20) for p in issuer().eligibility))  # fmt: skip
    party = Party(id="0" * 32, sealed=tuple(digest(str(n)) for n in range(4)))

    made = receipts.annual(many, 2026, long, HERE, party, Asked(issued_on=TODAY), NOON)

    signed = 4 * len(codec.payload(made, "ledger.example")) / 3 + 300  # header and signature
    assert signed < ENTRY_MAX
    with pytest.raises(TooManyLines, match=f"{LINES_MAX + 1} gifts do not fit"):
        annual(*many, Kept(gift(), fund()))


# One receipt for a collection.


def test_a_joint_receipt_seals_who_gave_how_much() -> None:
    wishes = Asked(issued_on=TODAY)
    members = [digest("second"), digest("first")]

    made = receipts.joint(Kept(gift(), fund()), members, issuer(), HERE, PAYER, wishes, NOON)

    assert (made.kind, made.lines, made.amount) == ("joint", (said(),), cny("100.00"))
    assert made.digests == tuple(sorted(members))


def test_the_shares_of_a_joint_receipt_add_up_to_it() -> None:
    check_members([("张三", cny("60.00")), ("李四", cny("40.00"))], cny("100.00"))

    with pytest.raises(SharesDiffer, match=r"add up to 99\.00 CNY, the receipt is for 100\.00 CNY"):
        check_members([("张三", cny("60.00")), ("李四", cny("39.00"))], cny("100.00"))


@pytest.mark.parametrize(
    "members",
    [
        [],
        [("张三", cny("1.00"))] * (MEMBERS_MAX + 1),
        [("张三", cny("0.00")), ("李四", cny("100.00"))],
        [("张三", Money(10_000, "USD"))],
    ],
)
def test_a_joint_receipt_needs_a_list_that_makes_sense(members: list[tuple[str, Money]]) -> None:
    with pytest.raises(MembersUnusable, match="no joint receipt"):
        check_members(members, cny("100.00"))
    with pytest.raises(NameUnusable):
        check_members([("张三\n", cny("60.00")), (" ", cny("40.00"))], cny("100.00"))


def returned(units: int, unit: str = "CNY", gift: str = "gift-1") -> Fund:
    amount = amount_of(units, unit)
    return fund(fact(GiftReturned, FUND, 2, gift=gift, amount=amount, start=0, end=units))


def test_what_went_back_to_the_donor_is_not_receipted() -> None:
    assert kept_of(gift(), fund()) == cny("100.00")
    assert kept_of(gift(), returned(1)) == cny("99.99")
    assert kept_of(gift(), returned(9_999)) == cny("0.01")
    assert kept_of(gift(), returned(9_999, gift="gift-2")) == cny("100.00")
    assert issue(gift(), returned(1)).amount == cny("99.99")


@pytest.mark.parametrize("units", [10_000, 10_001])
def test_a_gift_that_went_back_whole_bears_no_receipt(units: int) -> None:
    with pytest.raises(GiftWasReturned, match="the gift was returned"):
        kept_of(gift(), returned(units))
    assert not is_kept(gift(), returned(units))
    assert is_kept(gift(), returned(units - 2))


def test_a_gift_that_was_recorded_by_mistake_bears_no_receipt() -> None:
    with pytest.raises(GiftWasReversed, match="the gift was recorded by mistake and reversed"):
        kept_of(gift(), fund(fact(GiftReversed, FUND, 2)))


def test_what_is_held_for_a_fixed_recipient_bears_no_receipt() -> None:
    with pytest.raises(AgencyMoney, match="the gift is held for a fixed recipient"):
        kept_of(gift(), fund(kind="agency"))


def test_what_is_gone_of_a_gift_is_what_went_back_or_was_reversed() -> None:
    rice = goods(line(40, RICE, cny("4000.00"), "invoice", evidence=PAPER))
    reversed_ = fund(fact(GiftReversed, FUND, 2))

    assert gone_of(gift(), fund()) == cny("0.00")
    assert gone_of(gift(), returned(1)) == cny("0.01")
    assert gone_of(gift(), returned(10_001)) == cny("100.00")
    assert gone_of(gift(), reversed_) == cny("100.00")
    assert gone_of(rice, fund()) == cny("0.00")
    assert gone_of(rice, returned(1, RICE)) == cny("4000.00"), "what is left is valued anew"


def test_goods_are_receipted_at_their_worth() -> None:
    known = goods(line(40, RICE, cny("4000.00"), "invoice", evidence=PAPER))

    assert kept_of(known, fund()) == cny("4000.00")
    assert issue(known).amount == cny("4000.00")


def test_goods_of_which_a_part_went_back_are_valued_anew() -> None:
    known = goods(line(40, RICE, cny("4000.00"), "invoice", evidence=PAPER))

    with pytest.raises(PartlyReturned, match="part of the goods went back; reverse the gift and"):
        kept_of(known, returned(1, RICE))


def test_a_receipt_that_is_not_there_is_told_by_its_code_and_number() -> None:
    assert f"no receipt {CODE} {NUMBER} was issued by" in str(ReceiptUnknown(CODE, NUMBER))


def test_a_gift_bears_no_second_receipt() -> None:
    with pytest.raises(AlreadyReceipted, match=f"already receipted as {CODE} {NUMBER}"):
        issue(gift(fact(GiftReceipted, "gift-1", 2)))


@pytest.mark.parametrize(
    ("day", "eligible"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2027, 5, 31), True),
        (date(2027, 6, 1), False),
    ],
)
def test_eligibility_is_that_of_the_day_of_the_gift(day: date, *, eligible: bool) -> None:
    made = issue(gift(received_on=day), by=issuer(cancelled=True))

    notice = "公告示例1号" if eligible else None
    assert made.lines == (said(gift_on=day, eligible=eligible, notice=notice),)
    assert made.specimen, "no finance authority's system is connected"


def test_a_check_code_is_drawn_letter_by_letter() -> None:
    numbers: Iterator[int] = cycle([0, 10, 57])
    limits: list[int] = []

    def below(limit: int) -> int:
        limits.append(limit)
        return next(numbers)

    assert check_code(below) == "0Az0Az"
    assert limits == [len(CHECK_ALPHABET)] * 6
    assert not set("IOol") & set(CHECK_ALPHABET), "letters that are mistaken for digits"


def test_code_number_and_check_code_have_their_forms() -> None:
    well_formed("32050124", NUMBER, "aB3dE9")

    with pytest.raises(NotADonationReceipt):
        well_formed("11060124", NUMBER, "123456")
    with pytest.raises(ReceiptCodeMalformed):
        well_formed("3205012", NUMBER, "123456")


@pytest.mark.parametrize("number", ["", "1", "000000001", "00000000011", "000000000a", "１" * 10])
def test_a_receipt_number_has_ten_digits(number: str) -> None:
    with pytest.raises(ReceiptNumberMalformed, match="format is 10 digits") as refusal:
        well_formed(CODE, number, "123456")

    assert repr(number) in str(refusal.value)


@pytest.mark.parametrize("check", ["", "12345", "1234567", "12345-", "12345六", "12345\n"])
def test_a_check_code_has_six_letters_and_digits(check: str) -> None:
    with pytest.raises(CheckCodeMalformed, match="format is 6 letters and digits") as refusal:
        well_formed(CODE, NUMBER, check)

    assert repr(check) in str(refusal.value)


@pytest.mark.shared
def test_every_receipt_among_the_shared_cases_gets_its_verdict() -> None:
    if not CASES.is_file():
        pytest.skip("the shared cases do not lie beside this repository")
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    known = [case for case in cases if case["kind"] == "receipt"]

    assert known
    for case in known:
        assert verdict(*case["value"]) == case["expected"], case["id"]


def verdict(code: str, number: str, check: str) -> str:
    try:
        well_formed(code, number, check)
    except NotADonationReceipt:
        return "not a donation receipt (digits 3-4)"
    return "ok"
