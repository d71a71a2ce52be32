"""Facts about funds: opened, and every outflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.values import Payee, Source
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class FundOpened(Event):
    """A pool of money exists, free (general) or bound to a purpose or a place."""

    TOPIC: ClassVar[str] = "fund-opened.v1"

    organisation: str
    name: str
    kind: str
    purpose: str | None
    place: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FundsAllocated(Event):
    """拨付: money moves from this fund to another one; it is no new money there."""

    TOPIC: ClassVar[str] = "funds-allocated.v1"

    to_fund: str
    amount: Money
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DisbursementProposed(Event):
    """支出: somebody asks that the payee be paid."""

    TOPIC: ClassVar[str] = "disbursement-proposed.v1"

    disbursement: str
    payee: Payee
    amount: Money
    purpose: str | None
    place: str | None
    proposed_by: str
    source: Source | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DisbursementApproved(Event):
    """Another person agrees; the money is reserved."""

    TOPIC: ClassVar[str] = "disbursement-approved.v1"

    disbursement: str
    approved_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DisbursementPaid(Event):
    """The money has left; it is taken from the front of the fund's axis."""

    TOPIC: ClassVar[str] = "disbursement-paid.v1"

    disbursement: str
    amount: Money
    paid_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftReturned(Event):
    """退赠: part or all of a gift went back; `start` to `end` of the fund's axis become a hole."""

    TOPIC: ClassVar[str] = "gift-returned.v1"

    gift: str
    amount: Money
    start: int
    end: int
    reason: str
    decided_by: str
