"""Receipts as tests of deductions begin with: made out, red, exchanged, held on file, joint."""

from __future__ import annotations

from datetime import date
from functools import reduce
from typing import Any

from ledger.domain import claims
from ledger.domain.events import (
    Event,
    ReceiptClaimed,
    ReceiptEvent,
    ReceiptExchanged,
    ReceiptLine,
    ReceiptMadeOut,
    RedReceiptMadeOut,
)
from ledger.domain.receipt_life import Receipt, evolve
from ledger.domain.values import Party
from ledger.money import Money
from tests.ledger.domain.given import CHARITY, CODE, NOON, cny, digest
from tests.ledger.domain.receipted import FACTS, NUMBER

STREAM = f"receipt-{CODE}-{NUMBER}"
OFFICER = "tax-officer-1"
TAXPAYER = Party(id="party-9", sealed=(digest("taxpayer"),))
TOKEN = digest("token")
OTHER_TOKEN = digest("other token")


def said(cls: type[Event], version: int, **others: Any) -> Any:
    """Make a fact of this receipt's stream; anything can be said otherwise."""
    head = {"originator_id": STREAM, "originator_version": version, "timestamp": NOON}
    return cls(**{**head, "actor": CHARITY, **FACTS[cls], **others})


def line(
    amount: str, gift_on: date = date(2025, 10, 1), *, gift: str = "gift-1", eligible: bool = True
) -> ReceiptLine:
    """Make a line of a receipt."""
    return ReceiptLine(
        gift=gift, amount=cny(amount), gift_on=gift_on, eligible=eligible,
        notice="公告示例1号" if eligible else None, withheld=None,
    )  # fmt: skip


def receipt(*facts: ReceiptEvent, **others: Any) -> Receipt:
    """Make out a receipt of 80.00 CNY for a gift of 2025, and let facts follow."""
    opened = {"lines": (line("80.00"),), "held": None, "replaces": None, **others}
    made = evolve(None, said(ReceiptMadeOut, 1, **opened))
    return reduce(evolve, facts, made)


def red(known: Receipt) -> Receipt:
    """Let a red receipt void it."""
    return evolve(known, said(RedReceiptMadeOut, known.version + 1))


def exchanged(known: Receipt) -> Receipt:
    """Let a paper receipt stand in its place."""
    return evolve(known, said(ReceiptExchanged, known.version + 1))


def claim(known: Receipt, amount: str | Money = "50.00", **others: Any) -> ReceiptClaimed:
    """Claim part of a receipt in 2026."""
    asked: dict[str, Any] = {
        "claim_id": "claim-1", "taxpayer": TAXPAYER, "token": TOKEN, "year": 2026,
        "amount": cny(amount) if isinstance(amount, str) else amount, "officer": OFFICER,
        "at": NOON, **others,
    }  # fmt: skip
    return claims.claim(known, **asked)


def claimed(known: Receipt, amount: str = "50.00", **others: Any) -> Receipt:
    """Return the receipt with one more claim on it."""
    return evolve(known, claim(known, amount, **others))
