"""Every fact the ledger can hold. A class here is a promise: its topic and fields are frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from ledger.domain.values import Exchange, Party, Payee, Source
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One fact: its stream, its place in it, when it was recorded, which organisation acts."""

    TOPIC: ClassVar[str]

    originator_id: str
    originator_version: int
    timestamp: datetime
    actor: str


# Organisation: who may sign what, when.


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFounded(Event):
    """The first fact of a ledger: its authority, vouching for itself, with powers and key.

    Whoever trusts the ledger pins this key; everything else is derived from it.
    """

    TOPIC: ClassVar[str] = "ledger-founded.v1"

    organisation: str
    name: str
    powers: tuple[str, ...]
    kid: str
    public: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationRegistered(Event):
    """An organisation exists: a charity by its unified social credit code."""

    TOPIC: ClassVar[str] = "organisation-registered.v1"

    organisation: str
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRegistered(Event):
    """From here on the key signs for the organisation (Ed25519, JWK of RFC 8037)."""

    TOPIC: ClassVar[str] = "key-registered.v1"

    organisation: str
    kid: str
    public: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRevoked(Event):
    """From here on the key signs nothing; what it signed before stays good."""

    TOPIC: ClassVar[str] = "key-revoked.v1"

    organisation: str
    kid: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityGranted(Event):
    """公益性捐赠税前扣除资格 from day to day, both included, by a joint notice (rules 2.1)."""

    TOPIC: ClassVar[str] = "eligibility-granted.v1"

    organisation: str
    first_day: date
    last_day: date
    notice: str
    applicant_kind: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityCancelled(Event):
    """Eligibility ends with the month of the notice; earlier gifts keep theirs (rules 2.1)."""

    TOPIC: ClassVar[str] = "eligibility-cancelled.v1"

    organisation: str
    notice_date: date
    effective: date


# Receipt book: gapless numbers, never twice.


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptNumbersAllotted(Event):
    """The finance authority allots the numbers first to last of a code to an organisation."""

    TOPIC: ClassVar[str] = "receipt-numbers-allotted.v1"

    organisation: str
    code: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptNumbersDrawn(Event):
    """The organisation takes the next numbers, first to last, for the receipts issued with it."""

    TOPIC: ClassVar[str] = "receipt-numbers-drawn.v1"

    organisation: str
    code: str
    first: int
    last: int


# Fund: every outflow.


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


# Gift: is it a gift, whose, where.


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


# Receipt.


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptIssued(Event):
    """捐赠票据: what the receipt says. The payer's name and the check code are sealed."""

    TOPIC: ClassVar[str] = "receipt-issued.v1"

    organisation: str
    code: str
    number: str
    gift: str
    payer: Party
    amount: Money
    issued_on: date
    gift_on: date
    eligible: bool
    notice: str | None
    specimen: bool


# Erasure.


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningsErased(Event):
    """The openings of these digests were erased from the vault; what is signed stays as it is."""

    TOPIC: ClassVar[str] = "openings-erased.v1"

    digests: tuple[str, ...]
    ground: str


OrganisationEvent = (
    LedgerFounded
    | OrganisationRegistered
    | KeyRegistered
    | KeyRevoked
    | EligibilityGranted
    | EligibilityCancelled
)
BookEvent = ReceiptNumbersAllotted | ReceiptNumbersDrawn
FundEvent = (
    FundOpened
    | FundsAllocated
    | DisbursementProposed
    | DisbursementApproved
    | DisbursementPaid
    | GiftReturned
)
GiftEvent = GiftReceived | DonorIdentified | GiftReceipted
AnyEvent = OrganisationEvent | BookEvent | FundEvent | GiftEvent | ReceiptIssued | OpeningsErased

TOPICS: dict[str, type[Event]] = {
    cls.TOPIC: cls
    for cls in (
        LedgerFounded,
        OrganisationRegistered,
        KeyRegistered,
        KeyRevoked,
        EligibilityGranted,
        EligibilityCancelled,
        ReceiptNumbersAllotted,
        ReceiptNumbersDrawn,
        FundOpened,
        FundsAllocated,
        DisbursementProposed,
        DisbursementApproved,
        DisbursementPaid,
        GiftReturned,
        GiftReceived,
        DonorIdentified,
        GiftReceipted,
        ReceiptIssued,
        OpeningsErased,
    )
}
"""The only classes that stored bytes can become (never an import path)."""
