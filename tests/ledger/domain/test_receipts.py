"""Receipts: what one says, and the form of its number and check code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from ledger.domain import organisations, receipts
from ledger.domain.corrections import ReasonUnknown
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityGranted,
    GiftReceipted,
    GiftReturned,
    GiftReversed,
    OrganisationRegistered,
    ReceiptIssued,
    ReceiptReversed,
)
from ledger.domain.funds import Fund
from ledger.domain.gifts import (
    AgencyMoney,
    AlreadyReceipted,
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
    CheckCodeMalformed,
    ReceiptDoesNotStand,
    ReceiptNumberMalformed,
    ReceiptUnknown,
    check_code,
    is_kept,
    kept_of,
    well_formed,
)
from ledger.money import Money
from tests.ledger.domain.given import (
    CHARITY,
    CODE,
    FACTS,
    FUND,
    NOON,
    PAPER,
    RICE,
    cny,
    fact,
    fund,
    gift,
    goods,
    line,
)

CASES = Path(__file__).parents[3] / ".." / "shared" / "domain" / "validation_cases.json"
NUMBER = "0000000001"
PAYER: Any = FACTS[ReceiptIssued]["payer"]
TODAY = date(2026, 11, 21)


def issuer(*, cancelled: bool = False) -> Organisation:
    stream = organisations.stream(CHARITY)
    known = organisations.evolve(None, fact(OrganisationRegistered, stream))
    known = organisations.evolve(known, fact(EligibilityGranted, stream, 2))
    return (
        organisations.evolve(known, fact(EligibilityCancelled, stream, 3)) if cancelled else known
    )


def issue(known: Gift, kept: Money | None = None, by: Organisation | None = None) -> ReceiptIssued:
    return receipts.issue(
        known, by or issuer(), CODE, NUMBER, PAYER, kept or known.booked, date(2026, 11, 21), NOON
    )


def test_a_receipt_says_what_the_gift_was() -> None:
    assert issue(gift()) == fact(ReceiptIssued, f"receipt-{CODE}-{NUMBER}")


def returned(units: int, unit: str = "CNY", gift: str = "gift-1") -> Fund:
    amount = amount_of(units, unit)
    return fund(fact(GiftReturned, FUND, 2, gift=gift, amount=amount, start=0, end=units))


def test_what_went_back_to_the_donor_is_not_receipted() -> None:
    assert kept_of(gift(), fund()) == cny("100.00")
    assert kept_of(gift(), returned(1)) == cny("99.99")
    assert kept_of(gift(), returned(9_999)) == cny("0.01")
    assert kept_of(gift(), returned(9_999, gift="gift-2")) == cny("100.00")
    assert issue(gift(), kept=cny("99.99")).amount == cny("99.99")


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


def test_goods_are_receipted_at_their_worth() -> None:
    known = goods(line(40, RICE, cny("4000.00"), "invoice", evidence=PAPER))

    assert kept_of(known, fund()) == cny("4000.00")
    assert issue(known).amount == cny("4000.00")


def test_goods_of_which_a_part_went_back_are_valued_anew() -> None:
    known = goods(line(40, RICE, cny("4000.00"), "invoice", evidence=PAPER))

    with pytest.raises(PartlyReturned, match="part of the goods went back; reverse the gift and"):
        kept_of(known, returned(1, RICE))


def test_a_receipt_is_reversed_by_a_red_one_for_all_that_it_said() -> None:
    issued = fact(ReceiptIssued, f"receipt-{CODE}-{NUMBER}")

    event = receipts.reverse(
        issued, CODE, "0000000002", "refund", "捐赠人申请退回", date(2026, 11, 22), NOON
    )

    assert event == fact(ReceiptReversed, f"receipt-{CODE}-{NUMBER}", 2)


def test_a_reversal_has_a_typed_reason_and_a_note() -> None:
    issued = fact(ReceiptIssued, f"receipt-{CODE}-{NUMBER}")

    with pytest.raises(ReasonUnknown, match="'because' is none of refund, duplicate"):
        receipts.reverse(issued, CODE, "0000000002", "because", "说明", TODAY, NOON)
    with pytest.raises(NameUnusable):
        receipts.reverse(issued, CODE, "0000000002", "refund", " ", TODAY, NOON)


def test_what_a_receipt_can_not_do_is_told_by_its_code_and_number() -> None:
    assert f"no receipt {CODE} {NUMBER} was issued by" in str(ReceiptUnknown(CODE, NUMBER))
    assert f"receipt {CODE} {NUMBER} is reversed already" in str(ReceiptDoesNotStand(CODE, NUMBER))


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
    issued = issue(gift(received_on=day), by=issuer(cancelled=True))

    assert (issued.eligible, issued.notice) == (eligible, "公告示例1号" if eligible else None)
    assert issued.gift_on == day
    assert issued.specimen, "no finance authority's system is connected"


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
