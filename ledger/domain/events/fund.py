"""Facts about funds: opened, and every outflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.goods import Amount
from ledger.domain.values import Payee, Source


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
    amount: Amount
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DisbursementProposed(Event):
    """支出: somebody asks that the payee be paid."""

    TOPIC: ClassVar[str] = "disbursement-proposed.v1"

    disbursement: str
    payee: Payee
    amount: Amount
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
    amount: Amount
    paid_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftReturned(Event):
    """退赠: part or all of a gift went back; `start` to `end` of the fund's axis become a hole."""

    TOPIC: ClassVar[str] = "gift-returned.v1"

    gift: str
    amount: Amount
    start: int
    end: int
    reason: str
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FundBound(Event):
    """What binds a fund beside purpose and place, and who must agree to a change of use.

    `basis` is "agreement" (the donor's consent) or "public-raise" (filing with civil affairs,
    whose number is `plan`), Charity Law art. 56. Agency money (受托代理) goes to `recipient` only.
    """

    TOPIC: ClassVar[str] = "fund-bound.v1"

    basis: str | None
    plan: str | None
    first_day: date | None
    last_day: date | None
    brand: str | None
    recipient: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UseChanged(Event):
    """The fund may also be spent on this purpose or at this place (Charity Law art. 56).

    `ground` is "donor-consent", proved by a document of digest `document` (SHA-256, hex), or
    "filing", proved by the number of the filed plan.
    """

    TOPIC: ClassVar[str] = "use-changed.v1"

    purpose: str | None
    place: str | None
    ground: str
    document: str
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FundClosed(Event):
    """The fund takes no more gifts and makes no more payments; how what was left was used."""

    TOPIC: ClassVar[str] = "fund-closed.v1"

    left_over: str
    note: str
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CostClassified(Event):
    """Which class of cost a disbursement is (民发〔2016〕189号); the latest word counts."""

    TOPIC: ClassVar[str] = "cost-classified.v1"

    disbursement: str
    cost_class: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DisbursementWithdrawn(Event):
    """A disbursement that was not paid will not be; what was reserved is free again."""

    TOPIC: ClassVar[str] = "disbursement-withdrawn.v1"

    disbursement: str
    reason: str
    withdrawn_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DisbursementAccepted(Event):
    """What was paid for is there: digests (SHA-256, hex) of photos or files prove it."""

    TOPIC: ClassVar[str] = "disbursement-accepted.v1"

    disbursement: str
    evidence: tuple[str, ...]
    accepted_on: date
    accepted_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DisbursementRecovered(Event):
    """退回: the last `amount` of what a disbursement took lies in the fund again, in its old place.

    `reason` "refund" is money that came back; any other says why the record was a mistake.
    """

    TOPIC: ClassVar[str] = "disbursement-recovered.v1"

    disbursement: str
    amount: Amount
    reason: str
    note: str
    recovered_on: date | None
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftReversed(Event):
    """A gift was recorded by mistake: `start` to `end` of the axis, all that is left of it, go.

    `replaced_by` is the gift recorded in its place, None if there is none.
    """

    TOPIC: ClassVar[str] = "gift-reversed.v1"

    gift: str
    amount: Amount
    start: int
    end: int
    reason: str
    note: str
    replaced_by: str | None
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AllocationTakenBack(Event):
    """An allocation of this fund was a mistake: its units are back, in their old places.

    `allocation` is the version of FundsAllocated in this stream.
    """

    TOPIC: ClassVar[str] = "allocation-taken-back.v1"

    allocation: int
    to_fund: str
    amount: Amount
    reason: str
    note: str
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AllocationGivenBack(Event):
    """What came by an allocation, `start` to `end` of the axis, left again as it came."""

    TOPIC: ClassVar[str] = "allocation-given-back.v1"

    from_fund: str
    allocation: int
    amount: Amount
    start: int
    end: int
