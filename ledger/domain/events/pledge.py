"""Facts about promises: made, changed, paid, written off. A promise is never money (rules 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.values import Party
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Instalment:
    """A part of a promise and the day it is due."""

    due_on: date
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PledgeMade(Event):
    """A donor promises `total` for a fund, in instalments that add up to it.

    `agreement` is the SHA-256 (hex) of the written agreement.
    """

    TOPIC: ClassVar[str] = "pledge-made.v1"

    organisation: str
    fund: str
    donor: Party
    total: Money
    instalments: tuple[Instalment, ...]
    agreement: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecurringAgreed(Event):
    """A donor means to give `amount` every month, quarter or year, from the first day on."""

    TOPIC: ClassVar[str] = "recurring-agreed.v1"

    organisation: str
    fund: str
    donor: Party
    amount: Money
    every: str
    first_day: date
    last_day: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecurringChanged(Event):
    """From `from_day` on, which is due itself, another amount or another rhythm holds."""

    TOPIC: ClassVar[str] = "recurring-changed.v1"

    previous_amount: Money
    previous_every: str
    amount: Money
    every: str
    from_day: date
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecurringEnded(Event):
    """Nothing falls due from `from_day` on; what was due before stays due."""

    TOPIC: ClassVar[str] = "recurring-ended.v1"

    from_day: date
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PledgePaid(Event):
    """A gift keeps the promise with `amount` of it, in the promise's currency."""

    TOPIC: ClassVar[str] = "pledge-paid.v1"

    gift: str
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class PledgePaymentUndone(Event):
    """That much of the gift keeps the promise no longer: it went back, or never was for it."""

    TOPIC: ClassVar[str] = "pledge-payment-undone.v1"

    gift: str
    amount: Money
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PledgeWrittenOff(Event):
    """The charity no longer waits for `amount`, on one of the grounds the law leaves (rules 3.7).

    It is cut from what was open when this was recorded, the latest due day first. `document` is
    the SHA-256 (hex) of the report, judgment or decision.
    """

    TOPIC: ClassVar[str] = "pledge-written-off.v1"

    amount: Money
    reason: str
    document: str | None
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftSetAgainstPledge(Event):
    """In the gift's own story: `amount` of it keeps a promise, so it can't keep another one."""

    TOPIC: ClassVar[str] = "gift-set-against-pledge.v1"

    pledge: str
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftFreedFromPledge(Event):
    """In the gift's own story: that much of it keeps the promise no longer."""

    TOPIC: ClassVar[str] = "gift-freed-from-pledge.v1"

    pledge: str
    amount: Money


PledgeEvent = (
    PledgeMade
    | RecurringAgreed
    | RecurringChanged
    | RecurringEnded
    | PledgePaid
    | PledgePaymentUndone
    | PledgeWrittenOff
)
