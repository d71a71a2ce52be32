"""What an auditor finds in the story of deductions."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.events import (
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    ReceiptClaimed,
    ReceiptNumber,
    RedReceiptMadeOut,
)
from ledger.domain.organisations import AUTHORITY
from ledger.money import Money
from tests.ledger.domain.given import CODE, OTHER, cny, digest
from tests.ledger.domain.receipt_given import ReceiptLog
from tests.ledger.domain.receipted import CLAIM, NUMBER
from tests.ledger.domain.test_history_receipts import RECEIPT, begun, line, made

SAID = f"claim {CLAIM} of receipt {CODE} {NUMBER}"


def claim(log: ReceiptLog, **said: Any) -> ReceiptLog:
    return log.tell(ReceiptClaimed, RECEIPT, actor=AUTHORITY, **said)


def receipted() -> ReceiptLog:
    return made(begun()).tell(GiftReceipted, "gift-1")


def void(log: ReceiptLog) -> ReceiptLog:
    told: dict[str, Any] = {"gifts": ("gift-1",), "amount": cny("100.00")}
    return log.tell(RedReceiptMadeOut, RECEIPT, **told).tell(GiftReceiptReversed, "gift-1")


def notice(log: ReceiptLog, **said: Any) -> ReceiptLog:
    return log.tell(ClaimNoticeRaised, RECEIPT, **said)


def test_an_honest_deduction_is_clean() -> None:
    log = notice(void(claim(receipted())))
    assert log.findings(closed=True) == []
    log.tell(ClaimNoticeSettled, RECEIPT, actor=AUTHORITY)
    assert log.findings(closed=True) == []

    released = claim(receipted()).tell(ClaimReleased, RECEIPT, actor=AUTHORITY)
    assert claim(released, claim="claim-2", amount=cny("100.00")).findings() == []


@pytest.mark.parametrize("amount", [cny("50.01"), cny("0"), cny("-1"), Money(1, "USD")])
def test_claims_are_never_above_the_receipt(amount: Money) -> None:
    log = claim(receipted())
    claim(log, claim="claim-2", token=digest("other"), amount=amount)

    assert log.findings() == [
        f"claim claim-2 of receipt {CODE} {NUMBER} exceeds what is left of the receipt"
    ]


def test_claims_are_never_above_what_may_be_deducted() -> None:
    def above(log: ReceiptLog) -> int:
        return sum("exceeds what may be deducted" in finding for finding in log.findings())

    lines = (line(amount=cny("60.00")), line("gift-2", eligible=False, notice=None))
    log = claim(made(begun(), lines=lines), amount=cny("60.00"))
    assert above(log) == 0
    assert above(claim(log, claim="claim-2", token=digest("other"), amount=cny("0.01"))) == 1


def test_nobody_claims_twice_in_a_year_and_no_claim_is_made_twice() -> None:
    same = claim(claim(receipted()), claim="claim-2", amount=cny("1"))
    twice = "is made twice, or twice in a year under one number or member's name"
    assert same.findings() == [f"claim claim-2 of receipt {CODE} {NUMBER} {twice}"]
    again = claim(claim(receipted()), token=digest("other"), amount=cny("1"))
    assert again.findings() == [f"{SAID} {twice}"]
    assert claim(claim(receipted()), claim="claim-2", year=2027, amount=cny("1")).findings() == []


def test_a_deduction_is_not_of_a_year_before_the_gift() -> None:
    assert claim(receipted(), year=2025).findings() == [f"{SAID} is for a year before its gift"]


def test_what_is_void_or_kept_on_file_is_deducted_by_nobody() -> None:
    found = f"{SAID} is of a receipt that is void, or was handed to nobody"

    assert claim(void(receipted())).findings() == [found]
    waived = begun().tell(GiftReceiptWaived, "gift-1")
    assert claim(made(waived, held="anonymous")).findings() == [found]


def test_what_is_no_receipt_is_deducted_by_nobody() -> None:
    found = [f"{CODE} {NUMBER}, which claim {CLAIM} names, is no receipt"]

    assert claim(begun()).findings() == found
    assert claim(ReceiptLog()).findings() == found
    assert begun().tell(ClaimReleased, RECEIPT, actor=AUTHORITY).findings() == found
    assert notice(begun()).findings() == found
    assert begun().tell(ClaimNoticeSettled, RECEIPT, actor=AUTHORITY).findings() == found


def test_only_what_stands_is_released() -> None:
    found = [f"claim {CLAIM} is released, but does not stand, or has an open notice"]

    assert receipted().tell(ClaimReleased, RECEIPT, actor=AUTHORITY).findings() == found
    open_ = notice(void(claim(receipted())))
    assert open_.tell(ClaimReleased, RECEIPT, actor=AUTHORITY).findings() == found


def test_a_notice_is_raised_once_by_the_issuer_on_what_stands() -> None:
    found = [f"a notice is raised on claim {CLAIM}, which does not stand, or twice"]

    assert notice(void(receipted())).findings() == found
    assert notice(notice(void(claim(receipted())))).findings() == found
    assert notice(void(claim(receipted())), actor=OTHER).findings() == found


@pytest.mark.parametrize(
    "said",
    [{"amount": cny("49.99")}, {"year": 2027}, {"red": ReceiptNumber(code=CODE, number="9")}],
)
def test_a_notice_tells_the_claim_and_the_red_receipt(said: dict[str, Any]) -> None:
    assert notice(void(claim(receipted())), **said).findings() == [
        f"the notice on claim {CLAIM} tells another claim or red receipt"
    ]


def test_a_notice_is_not_raised_while_the_receipt_stands() -> None:
    assert notice(claim(receipted())).findings() == [
        f"the notice on claim {CLAIM} tells another claim or red receipt"
    ]


def test_only_an_open_notice_is_settled() -> None:
    log = void(claim(receipted())).tell(ClaimNoticeSettled, RECEIPT, actor=AUTHORITY)

    assert log.findings() == [f"the notice on claim {CLAIM} is settled, but is not open"]


def test_a_void_receipt_was_kept_from_the_tax_bureau() -> None:
    assert void(claim(receipted())).findings(closed=True) == [
        f"claim {CLAIM} stands on receipt {CODE} {NUMBER}, which is reversed, unnoticed"
    ]
