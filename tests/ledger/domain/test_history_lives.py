"""A life of receipts is clean as it was told, and not with a fact left out or told twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.events import (
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    Event,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptClaimed,
    ReceiptExchanged,
    ReceiptMadeOut,
    ReceiptNumber,
    ReceiptNumbersDrawn,
    ReceiptNumbersLost,
    RedReceiptMadeOut,
)
from ledger.domain.organisations import AUTHORITY
from tests.ledger.domain.given import CODE, cny, digest
from tests.ledger.domain.receipt_given import ReceiptLog
from tests.ledger.domain.receipted import NUMBER
from tests.ledger.domain.test_history_receipts import BOOK, RECEIPT, begun, line, made

THIRD = "0000000003"
SECOND_RECEIPT = f"receipt-{CODE}-{THIRD}"
MAY_MISS = (ReceiptNumbersLost, OfficialReceiptRecorded, ClaimNoticeSettled)
"""Facts without which the rest is still a life; nobody can tell that they were left out."""


def life() -> ReceiptLog:
    """Tell of an annual receipt that is deducted twice, made red, and of what came after it."""
    log = made(begun(), kind="annual", lines=(line(), line("gift-2")))
    log.tell(GiftReceipted, "gift-1").tell(GiftReceipted, "gift-2")
    log.tell(ReceiptExchanged, RECEIPT).tell(PaperTakenBack, RECEIPT)
    log.tell(OfficialReceiptRecorded, RECEIPT)
    other = {"claim": "claim-2", "token": digest("other"), "actor": AUTHORITY}
    log.tell(ReceiptClaimed, RECEIPT, actor=AUTHORITY)
    log.tell(ReceiptClaimed, RECEIPT, **other)
    log.tell(ClaimReleased, RECEIPT, actor=AUTHORITY, claim="claim-2")
    both = {"gifts": ("gift-1", "gift-2"), "amount": cny("200.00")}
    log.tell(RedReceiptMadeOut, RECEIPT, **both).tell(ClaimNoticeRaised, RECEIPT)
    log.tell(GiftReceiptReversed, "gift-1").tell(GiftReceiptReversed, "gift-2")
    log.tell(ClaimNoticeSettled, RECEIPT, actor=AUTHORITY)
    log.tell(ReceiptNumbersDrawn, BOOK, first=3, last=3).tell(GiftReceiptWaived, "gift-2")
    before = ReceiptNumber(code=CODE, number=NUMBER)
    made(log, THIRD, lines=(line("gift-2"),), replaces=before, held="anonymous")
    log.tell(GiftReceipted, "gift-2", number=THIRD)
    return log.tell(ReceiptNumbersLost, BOOK, first=4, last=9)


def renumbered(events: list[Event]) -> ReceiptLog:
    """Give every event the next version of its stream: a forger would."""
    log = ReceiptLog()
    for event in events:
        log.versions[event.originator_id] += 1
        version = log.versions[event.originator_id]
        log.log.append(replace(event, originator_version=version))
    return log


LIFE = life().log
FIRST = next(n for n, event in enumerate(LIFE) if isinstance(event, ReceiptNumbersDrawn))
PLACES = range(FIRST, len(LIFE))


def test_the_life_is_clean() -> None:
    assert renumbered(LIFE).findings(closed=True) == []


@pytest.mark.parametrize("place", [n for n in PLACES if not isinstance(LIFE[n], MAY_MISS)])
def test_a_fact_was_left_out(place: int) -> None:
    assert renumbered(LIFE[:place] + LIFE[place + 1 :]).findings(closed=True)


@pytest.mark.parametrize("place", PLACES)
def test_a_fact_was_told_twice(place: int) -> None:
    assert renumbered(LIFE[: place + 1] + LIFE[place:]).findings(closed=True)


def test_the_life_tells_every_fact_of_a_receipt() -> None:
    told = {type(event) for event in LIFE}

    assert told >= {ReceiptMadeOut, RedReceiptMadeOut, ReceiptExchanged, PaperTakenBack}
    assert told >= {ReceiptClaimed, ClaimReleased, ClaimNoticeRaised, ClaimNoticeSettled}
