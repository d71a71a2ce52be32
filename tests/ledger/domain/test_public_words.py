"""Free words for the public tell no personal number, wherever they are decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import pytest

from ledger.domain import (
    claims,
    corrections,
    document_keys,
    key_rotation,
    organisations,
    receipt_books,
)
from ledger.domain.events import (
    DocumentKeyRegistered,
    KeyRegistered,
    OrganisationEvent,
    OrganisationRegistered,
    ReceiptNumbersAllotted,
)
from ledger.domain.organisations import Organisation
from ledger.domain.public_words import TextNamesPerson, public_words
from ledger.domain.receipt_books import Loss, ReceiptBook
from ledger.domain.receipt_life import evolve
from tests.ledger.domain.claiming import OFFICER, claimed, receipt, red
from tests.ledger.domain.given import CHARITY, CODE, NOON, cny, fact, fund, inflows
from tests.ledger.domain.receipted import FACTS, FINGERPRINT, RED

STREAM = f"organisation-{CHARITY}"
PHONE = "捐赠人电话13800138000"


@pytest.mark.parametrize(
    "text",
    [
        "退款给11010519491231002X",
        "11010519491231002x",
        "证件号110105194912310021（校验位误）",
        "旧证件110105491231002。",
        "１１０１０５１９４９１２３１００２Ｘ",
        PHONE,
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "+86 13800138000",
        "１３８００１３８０００",
    ],
)
def test_a_text_with_a_personal_number_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(TextNamesPerson, match="leave personal numbers out") as refusal:
        public_words(text)

    assert not any(c.isdigit() for c in str(refusal.value))


@pytest.mark.parametrize(
    "text",
    [
        "票面有误",
        "票据 23050126 0000000001 误开",
        "230501260000000001",
        "110105194913310020",
        "110105491331002",
        "110105174912310021",
        "9911010519491231002X",
        "53100000500021326D",
        "凭证 913800138000",
        "12800138000",
        "138001380001",
        "2026-10-13 退 100000.00 元",
    ],
)
def test_numbers_that_are_no_persons_stay(text: str) -> None:
    assert public_words(text) == text


def _charity() -> Organisation:
    facts: tuple[OrganisationEvent, ...] = (
        fact(OrganisationRegistered, STREAM),
        fact(KeyRegistered, STREAM, 2, kid="kid"),
        DocumentKeyRegistered(
            originator_id=STREAM, originator_version=3, timestamp=NOON, actor="authority",
            **FACTS[DocumentKeyRegistered],
        ),
    )  # fmt: skip
    known = organisations.evolve(None, facts[0])
    return reduce(organisations.evolve, facts[1:], known)


def _lose(note: str, announced: str) -> object:
    allotted = fact(ReceiptNumbersAllotted, f"book-{CODE}", first=1, last=10)
    book = receipt_books.evolve(ReceiptBook(CODE), allotted)
    return receipt_books.lose(book, CHARITY, Loss(3, 3, "lost", note, announced), NOON)


def _settle(outcome: str) -> object:
    void = red(claimed(receipt()))
    known = reduce(evolve, claims.notices(void, RED, "refund", NOON), void)
    return claims.settle_notice(known, "claim-1", outcome, OFFICER, NOON)


def _give_back(reason: str) -> object:
    received = inflows("1")
    return corrections.return_gift(fund(), received, "gift-1", cny("1"), reason, "council", NOON)


@pytest.mark.parametrize(
    "decide",
    [
        lambda text: corrections.correction("refund", text),
        lambda text: key_rotation.withdraw(_charity(), "kid", "lost", text, "a", NOON),
        lambda text: document_keys.revoke(_charity(), FINGERPRINT, text, "a", NOON),
        lambda text: _lose(text, "官网公告"),
        lambda text: _lose("遗失", text),
        lambda text: claims.release(claimed(receipt()), "claim-1", text, OFFICER, NOON),
        _settle,
        _give_back,
    ],
)
def test_whoever_writes_for_the_public_leaves_personal_numbers_out(
    decide: Callable[[str], object],
) -> None:
    assert decide("设备遗失")
    with pytest.raises(TextNamesPerson):
        decide(PHONE)
