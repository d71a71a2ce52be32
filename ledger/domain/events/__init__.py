"""Every fact the ledger can hold. A class here is a promise: its topic and fields are frozen."""

from __future__ import annotations

from typing import get_args

from ledger.domain.events.base import Event
from ledger.domain.events.fund import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    FundOpened,
    FundsAllocated,
    GiftReturned,
)
from ledger.domain.events.gift import DonorIdentified, GiftReceipted, GiftReceived
from ledger.domain.events.organisation import (
    EligibilityCancelled,
    EligibilityGranted,
    KeyRegistered,
    KeyRevoked,
    LedgerFounded,
    OrganisationRegistered,
)
from ledger.domain.events.person import OpeningsErased
from ledger.domain.events.receipt import (
    ReceiptIssued,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
)

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

TOPICS: dict[str, type[Event]] = {cls.TOPIC: cls for cls in get_args(AnyEvent)}
"""The only classes that stored bytes can become (never an import path)."""
