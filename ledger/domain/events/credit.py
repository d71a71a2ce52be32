"""Facts about whom a gift speaks for beside its donor; none of them is money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.values import Party, Payee
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditGiven(Event):
    """Somebody is credited with `amount` of a gift that another one gave.

    `kind` is "soft" (moved others to give), "on-behalf" (in whose name it was given) or
    "matching": this gift doubles the credited person's own gift, `matched`.
    """

    TOPIC: ClassVar[str] = "credit-given.v1"

    credit: str
    kind: str
    credited: Party
    amount: Money
    matched: str | None
    sealed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditWithdrawn(Event):
    """A credit stands no longer."""

    TOPIC: ClassVar[str] = "credit-withdrawn.v1"

    credit: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one of several donors gave of a joint gift."""

    party: Party
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftSharesStated(Event):
    """A joint gift: who gave how much of it; the shares add up to the gift as it is booked."""

    TOPIC: ClassVar[str] = "gift-shares-stated.v1"

    shares: tuple[Share, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConduitNamed(Event):
    """Who passed the gift on; not `new_money` if another charity has counted it already."""

    TOPIC: ClassVar[str] = "conduit-named.v1"

    conduit: Payee
    new_money: bool


CreditEvent = CreditGiven | CreditWithdrawn | GiftSharesStated | ConduitNamed
