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
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityGranted,
    GiftReceipted,
    OrganisationRegistered,
    ReceiptIssued,
)
from ledger.domain.gifts import AlreadyReceipted, Gift, GiftWasReturned
from ledger.domain.organisations import Organisation
from ledger.domain.receipt_books import NotADonationReceipt, ReceiptCodeMalformed
from ledger.domain.receipts import (
    CHECK_ALPHABET,
    CheckCodeMalformed,
    ReceiptNumberMalformed,
    check_code,
    well_formed,
)
from tests.ledger.domain.given import CHARITY, CODE, FACTS, NOON, cny, fact, gift

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


def issue(known: Gift, returned: int = 0, by: Organisation | None = None) -> ReceiptIssued:
    return receipts.issue(
        known, by or issuer(), CODE, NUMBER, PAYER, returned, date(2026, 11, 21), NOON
    )


def test_a_receipt_says_what_the_gift_was() -> None:
    assert issue(gift()) == fact(ReceiptIssued, f"receipt-{CODE}-{NUMBER}")


def test_what_went_back_to_the_donor_is_not_receipted() -> None:
    assert issue(gift(), returned=1).amount == cny("99.99")
    assert issue(gift(), returned=9_999).amount == cny("0.01")


@pytest.mark.parametrize("returned", [10_000, 10_001])
def test_a_gift_that_went_back_whole_bears_no_receipt(returned: int) -> None:
    with pytest.raises(GiftWasReturned, match="the gift was returned"):
        issue(gift(), returned)


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
