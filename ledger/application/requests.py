"""What commands are given when there is much of it: gifts as they came in, payments as made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.events import GoodsLine
from ledger.domain.goods import Amount
from ledger.domain.values import Exchange, Source
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveGift:
    """A gift of money as it came in; names and notes go to the vault, not into the event.

    `conduit` is who passed it on; `shares` are what each of several joint donors gave of it.
    """

    amount: Money
    donor: str | None
    received_on: date | None
    date_basis: str
    exchange: Exchange | None = None
    note: str | None = None
    conduit: str | None = None
    shares: Sequence[tuple[str, Money]] = ()
    source: Source | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveGoods:
    """A gift in kind as it came in: `kind` is "goods", "shares" or "property"."""

    lines: Sequence[GoodsLine]
    donor: str | None
    received_on: date | None
    date_basis: str
    kind: str = "goods"
    note: str | None = None
    source: Source | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PayOut:
    """A payment that was made, or goods that were issued: to whom, how much, when, for what."""

    payee: str
    amount: Amount
    paid_on: date | None
    purpose: str | None = None
    place: str | None = None
    cost_class: str | None = None
    source: Source | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveService:
    """Help as it was given: `minutes` is the time of all `people` together.

    `provider` is who helped; `value` stands with its `basis` and the digest of its `evidence`.
    """

    kind: str
    people: int
    minutes: int
    given_on: date
    until: date
    fund: str | None = None
    project: str | None = None
    place: str | None = None
    value: Money | None = None
    basis: str | None = None
    evidence: str | None = None
    provider: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """How the receipt of a gift that goes back is settled: by a red one, and maybe a new one.

    Numbers come from the receipt `codes` in order. With `replace` a new receipt is made out for
    what is kept of the gift.
    """

    codes: Sequence[str]
    on: date
    replace: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """Why something is corrected: a typed reason, a note for the public, who decided it."""

    reason: str
    note: str
    decided_by: str
