"""Receipts: what one says, and the form of its number and check code."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from ledger.domain.events import ReceiptIssued
from ledger.domain.gifts import Gift, GiftWasReturned, receiptable
from ledger.domain.organisations import Organisation
from ledger.domain.receipt_books import receipt_code
from ledger.domain.values import Party
from ledger.errors import Refused
from ledger.money import Money

CHECK_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
"""Digits and letters of both cases, without those that a reader mistakes for another."""


class ReceiptNumberMalformed(Refused):
    """A receipt number is not ten digits."""

    def __init__(self, number: str) -> None:
        super().__init__(f"receipt number {number!r}: format is 10 digits")


class CheckCodeMalformed(Refused):
    """A check code is not six letters and digits."""

    def __init__(self, check_code: str) -> None:
        super().__init__(f"check code {check_code!r}: format is 6 letters and digits")


def stream(code: str, number: str) -> str:
    """Return the stream of a receipt; code and number together are unique (rules 3.3)."""
    return f"receipt-{code}-{number}"


def check_code(below: Callable[[int], int]) -> str:
    """Draw a check code; `below(n)` returns a random number under n."""
    return "".join(CHECK_ALPHABET[below(len(CHECK_ALPHABET))] for _ in range(6))


def well_formed(code: str, number: str, check: str) -> None:
    """Refuse a code, number or check code that no donation receipt can bear (rules 3.3)."""
    numbered(code, number)
    if not re.fullmatch(r"[0-9A-Za-z]{6}", check):
        raise CheckCodeMalformed(check)


def numbered(code: str, number: str) -> None:
    """Refuse a code or number that no donation receipt can bear (rules 3.3)."""
    receipt_code(code)
    if not re.fullmatch(r"[0-9]{10}", number):
        raise ReceiptNumberMalformed(number)


def issue(
    gift: Gift,
    issuer: Organisation,
    code: str,
    number: str,
    payer: Party,
    returned: int,
    issued_on: date,
    at: datetime,
) -> ReceiptIssued:
    """Decide what the receipt of a gift says; the `returned` fen of it are not receipted.

    Eligibility is the issuer's on the day of the gift, not today's (domain rules 2.1). Receipts
    are specimens as long as no finance authority's system is connected (rules 3.4).
    """
    gift_on = receiptable(gift)
    kept = gift.booked - Money(returned)
    if kept.minor <= 0:
        raise GiftWasReturned
    period = issuer.eligible_on(gift_on)
    return ReceiptIssued(
        originator_id=stream(code, number),
        originator_version=1,
        timestamp=at,
        actor=issuer.id,
        organisation=issuer.id,
        code=code,
        number=number,
        gift=gift.id,
        payer=payer,
        amount=kept,
        issued_on=issued_on,
        gift_on=gift_on,
        eligible=period is not None,
        notice=period.notice if period else None,
        specimen=True,
    )
