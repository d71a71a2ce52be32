"""Receipts: what one says, and the form of its number and check code."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime

from ledger.domain.benefits import sponsorship
from ledger.domain.corrections import correction
from ledger.domain.events import ReceiptIssued, ReceiptReversed
from ledger.domain.funds import Fund
from ledger.domain.gifts import (
    AgencyMoney,
    Gift,
    GiftWasReturned,
    GiftWasReversed,
    PartlyReturned,
    receiptable,
)
from ledger.domain.organisations import Organisation
from ledger.domain.receipt_books import receipt_code
from ledger.domain.values import Party
from ledger.errors import Refused, Unknown
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


class ReceiptUnknown(Unknown):
    """No receipt was issued under that code and number."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(f"no receipt {code} {number} was issued by this ledger")


class ReceiptDoesNotStand(Refused):
    """A receipt is reversed once."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(f"receipt {code} {number} is reversed already")


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


def kept_of(gift: Gift, fund: Fund) -> Money:
    """Return what a receipt of the gift may say: what is left of it in its fund's account.

    What its donor gets in return is sponsorship, and stands on no receipt (`benefits`).
    """
    left = _left_of(gift, fund)
    return sponsorship(gift.benefit.benefit, left).require() if gift.benefit else left


def _left_of(gift: Gift, fund: Fund) -> Money:
    if fund.kind == "agency":
        raise AgencyMoney
    if gift.id in fund.reversed:
        raise GiftWasReversed
    back = sum(fund.returned.get((gift.id, unit), 0) for unit in gift.units)
    if gift.kind != "money":
        if back:
            raise PartlyReturned
        return gift.booked
    if back >= gift.booked.minor:
        raise GiftWasReturned
    return gift.booked - Money(back, gift.booked.currency)


def is_kept(gift: Gift, fund: Fund) -> bool:
    """Tell whether anything of a gift is left that a receipt could be made out for."""
    with suppress(Refused):
        kept_of(gift, fund)
        return True
    return False


def issue(
    gift: Gift,
    issuer: Organisation,
    code: str,
    number: str,
    payer: Party,
    kept: Money,
    issued_on: date,
    at: datetime,
) -> ReceiptIssued:
    """Decide what the receipt of a gift says, of which `kept` is left (`kept_of`).

    Eligibility is the issuer's on the day of the gift, not today's (domain rules 2.1). Receipts
    are specimens as long as no finance authority's system is connected (rules 3.4).
    """
    gift_on = receiptable(gift)
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


def reverse(
    issued: ReceiptIssued,
    red_code: str,
    red_number: str,
    reason: str,
    note: str,
    reversed_on: date,
    at: datetime,
) -> ReceiptReversed:
    """Decide that a receipt is void, by a red receipt with a number of its own (rules 3.7)."""
    typed, told = correction(reason, note)
    return ReceiptReversed(
        originator_id=issued.originator_id,
        originator_version=2,
        timestamp=at,
        actor=issued.organisation,
        organisation=issued.organisation,
        code=issued.code,
        number=issued.number,
        red_code=red_code,
        red_number=red_number,
        gift=issued.gift,
        amount=issued.amount,
        reversed_on=reversed_on,
        reason=typed,
        note=told,
    )
