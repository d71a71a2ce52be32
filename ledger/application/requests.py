"""What commands are given when there is much of it: gifts as they came in, payments as made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.domain.values import Exchange, Source
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveGift:
    """A gift of money as it came in; names and notes go to the vault, not into the event."""

    amount: Money
    donor: str | None
    received_on: date | None
    date_basis: str
    exchange: Exchange | None = None
    note: str | None = None
    source: Source | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PayOut:
    """A payment that was made: to whom, how much, when, and for what."""

    payee: str
    amount: Money
    paid_on: date | None
    purpose: str | None = None
    place: str | None = None
    source: Source | None = None
