"""What becomes of a receipt: made red, exchanged for paper, made official; or waived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.domain import receipt_changes, receipt_life
from ledger.domain.corrections import ReasonUnknown
from ledger.domain.events import (
    GiftReceipted,
    GiftReceiptWaived,
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptMadeOut,
    ReceiptNumber,
    RedReceiptMadeOut,
)
from ledger.domain.gifts import AlreadyReceipted
from ledger.domain.organisations import NameUnusable
from ledger.domain.receipt_books import NotADonationReceipt
from ledger.domain.receipt_changes import (
    OfficialAlreadyRecorded,
    OfficialDayToCome,
    PaperIsTheReceipt,
    PaperNotOut,
    PaperStillOut,
    ReasonToWaiveUnknown,
    ReceiptDoesNotStand,
    WaivedAlready,
)
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import ReceiptNumberMalformed
from tests.ledger.domain.given import CODE, NOON, cny, digest, gift
from tests.ledger.domain.receipt_given import fact
from tests.ledger.domain.receipted import NUMBER, OFFICIAL, PAPER_NUMBER, RED

STREAM = f"receipt-{CODE}-{NUMBER}"
TODAY = date(2026, 11, 22)


def receipt(*became: type) -> Receipt:
    known = receipt_life.evolve(None, fact(ReceiptMadeOut, STREAM))
    for version, cls in enumerate(became, 2):
        known = receipt_life.evolve(known, fact(cls, STREAM, version))
    return known


def test_a_receipt_is_reversed_by_a_red_one_for_all_that_it_said() -> None:
    red = receipt_changes.reverse(receipt(), RED, "refund", "捐赠人申请退回", TODAY, NOON)

    said = {"reason": "refund", "note": "捐赠人申请退回"}
    assert red == fact(RedReceiptMadeOut, STREAM, 2, **said)


def test_a_receipt_of_the_older_form_is_reversed_in_the_new_one() -> None:
    older = receipt_life.evolve(None, fact(ReceiptIssued, STREAM))

    red = receipt_changes.reverse(older, RED, "refund", "退回", TODAY, NOON)

    assert (red.gifts, red.amount) == (("gift-1",), cny("100.00"))


def test_a_reversal_has_a_typed_reason_and_a_note() -> None:
    with pytest.raises(ReasonUnknown, match="'because' is none of refund, duplicate"):
        receipt_changes.reverse(receipt(), RED, "because", "说明", TODAY, NOON)
    with pytest.raises(NameUnusable):
        receipt_changes.reverse(receipt(), RED, "refund", " ", TODAY, NOON)


def test_of_a_void_receipt_nothing_becomes_any_more() -> None:
    void = receipt(RedReceiptMadeOut)

    with pytest.raises(ReceiptDoesNotStand, match=f"receipt {CODE} {NUMBER} is reversed already"):
        receipt_changes.reverse(void, RED, "refund", "退回", TODAY, NOON)
    with pytest.raises(ReceiptDoesNotStand):
        receipt_changes.exchange(void, PAPER_NUMBER, TODAY, NOON)
    with pytest.raises(ReceiptDoesNotStand):
        receipt_changes.record_official(void, OFFICIAL, TODAY, (), NOON)


def test_a_paper_receipt_stands_in_place_of_the_electronic_one() -> None:
    exchanged = receipt_changes.exchange(receipt(), PAPER_NUMBER, TODAY, NOON)

    assert exchanged == fact(ReceiptExchanged, STREAM, 2)
    with pytest.raises(PaperStillOut, match=f"paper receipt {PAPER_NUMBER.code} 0000000007 is out"):
        receipt_changes.exchange(receipt(ReceiptExchanged), PAPER_NUMBER, TODAY, NOON)
    with pytest.raises(PaperIsTheReceipt, match="is the electronic receipt itself"):
        receipt_changes.exchange(receipt(), ReceiptNumber(code=CODE, number=NUMBER), TODAY, NOON)
    with pytest.raises(NotADonationReceipt):
        receipt_changes.exchange(receipt(), ReceiptNumber(code="23060126", number=NUMBER), TODAY,
                                 NOON)  # fmt: skip
    with pytest.raises(ReceiptNumberMalformed):
        receipt_changes.exchange(receipt(), ReceiptNumber(code=CODE, number="7"), TODAY, NOON)


def test_the_paper_comes_back_before_the_receipt_is_reversed() -> None:
    out, back = receipt(ReceiptExchanged), date(2026, 11, 23)

    with pytest.raises(PaperStillOut, match=r"take it back first \(receipts paper-back\)"):
        receipt_changes.reverse(out, RED, "refund", "退回", TODAY, NOON)
    assert receipt_changes.take_back(out, back, NOON) == fact(PaperTakenBack, STREAM, 3)
    with pytest.raises(PaperNotOut, match=f"no paper receipt is out for receipt {CODE} {NUMBER}"):
        receipt_changes.take_back(receipt(), back, NOON)
    returned = receipt(ReceiptExchanged, PaperTakenBack)
    assert receipt_changes.reverse(returned, RED, "refund", "退回", TODAY, NOON).red == RED
    assert receipt_changes.exchange(returned, PAPER_NUMBER, TODAY, NOON).originator_version == 4


def test_the_official_receipt_is_recorded_once() -> None:
    sealed, on = (digest("official check code"),), date(2026, 11, 21)

    known = receipt_changes.record_official(receipt(), OFFICIAL, on, sealed, NOON)

    assert known == fact(OfficialReceiptRecorded, STREAM, 2)
    with pytest.raises(OfficialAlreadyRecorded, match=f"receipt {CODE} 0000009001 is recorded for"):
        receipt_changes.record_official(receipt(OfficialReceiptRecorded), OFFICIAL, on, sealed,
                                        NOON)  # fmt: skip


def test_an_official_receipt_is_of_today_in_china_at_the_latest() -> None:
    evening = datetime(2026, 11, 21, 16, tzinfo=UTC)
    just_before = evening - timedelta(microseconds=1)

    known = receipt_changes.record_official(receipt(), OFFICIAL, TODAY, (), evening)

    assert known.issued_on == TODAY
    with pytest.raises(OfficialDayToCome, match="of 2026-11-22 can't be on record on 2026-11-21"):
        receipt_changes.record_official(receipt(), OFFICIAL, TODAY, (), just_before)


@pytest.mark.parametrize("reason", ["anonymous", "declined"])
def test_a_receipt_is_waived_once_and_before_it_is_made_out(reason: str) -> None:
    waived = receipt_changes.waive(gift(), reason, NOON)

    assert waived == fact(GiftReceiptWaived, "gift-1", 2, reason=reason)
    with pytest.raises(WaivedAlready, match=rf"the receipt of gift-1 is waived already \({reason}"):
        receipt_changes.waive(replace(gift(), waived=reason), "anonymous", NOON)
    with pytest.raises(AlreadyReceipted):
        receipt_changes.waive(gift(fact(GiftReceipted, "gift-1", 2)), reason, NOON)


def test_a_receipt_is_waived_for_one_of_two_reasons() -> None:
    with pytest.raises(ReasonToWaiveUnknown, match="'busy' is none of anonymous, declined"):
        receipt_changes.waive(gift(), "busy", NOON)
