"""Facts about gifts: what came in, whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.goods import Quantity
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
class GoodsLine:
    """One item of a gift in kind: how much, how it was written, what it is worth and why.

    `conversion` says how the quantity comes from what was written (`1 箱 = 20 个`). `basis` of
    the `value` is "invoice", "customs", "market", "appraisal" or "none"; `evidence` is the
    SHA-256 (hex) of the document that proves it (财政部 税务总局 民政部公告2020年第27号 art. 13).
    """

    quantity: Quantity
    written: str
    conversion: str | None
    value: Money | None
    basis: str
    evidence: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsReceived(Event):
    """A gift in kind lies in a fund: `kind` is "goods", "shares" or "property".

    Each line lies on the axis of its own item; no two lines name the same one. Its value is never
    counted as money. A gift whose `origin` is "stock" was found in store: nobody recorded it when
    it came in.
    """

    TOPIC: ClassVar[str] = "goods-received.v1"

    organisation: str
    fund: str
    kind: str
    origin: str
    lines: tuple[GoodsLine, ...]
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


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftReceiptReversed(Event):
    """The receipt of this gift was reversed by a red one; another can be made out."""

    TOPIC: ClassVar[str] = "gift-receipt-reversed.v1"

    code: str
    number: str
    red_code: str
    red_number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftReceiptWaived(Event):
    """The donor takes no receipt: "anonymous" or "declined".

    One may be made out all the same and kept on file (domain rules 3.5).
    """

    TOPIC: ClassVar[str] = "gift-receipt-waived.v1"

    reason: str
