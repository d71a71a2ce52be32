"""Facts about gifts: what came in, whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.values import Exchange, Party, Source
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftReceived(Event):
    """A gift of money lies in a fund.

    `amount` is what was given; `booked` is what counts on the fund's axis: the same, or fen at
    the rate of `exchange`. `received_on` is the day the property passed, and `date_basis` says
    where that day was read. A donor of None is a gift that nobody has claimed yet.
    """

    TOPIC: ClassVar[str] = "gift-received.v1"

    organisation: str
    fund: str
    amount: Money
    booked: Money
    exchange: Exchange | None
    donor: Party | None
    received_on: date | None
    date_basis: str
    source: Source | None
    sealed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DonorIdentified(Event):
    """The donor of a gift in suspense has been found."""

    TOPIC: ClassVar[str] = "donor-identified.v1"

    donor: Party
    evidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftReceipted(Event):
    """A receipt was made out for this gift; there is no second one."""

    TOPIC: ClassVar[str] = "gift-receipted.v1"

    code: str
    number: str
