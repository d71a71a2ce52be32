"""Sums and shares of amounts in yuan; the one place where a share is rounded to the fen."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from ledger.money import Money

ZERO = Money(0)
_EXACT = Context(prec=60)


def total(amounts: Iterable[Money]) -> Money:
    """Add amounts in yuan; no amounts are zero yuan."""
    return sum(amounts, ZERO)


def share_half_up(amount: Money, rate: Decimal) -> Money:
    """Return `rate` of an amount, half a fen going up (domain rules, design rule 3)."""
    share = _EXACT.multiply(Decimal(amount.minor), rate)
    return Money(int(share.to_integral_value(ROUND_HALF_UP)), amount.currency)
