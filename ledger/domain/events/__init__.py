"""Every fact the ledger can hold. A class here is a promise: its topic and fields are frozen."""

from __future__ import annotations

from typing import get_args

from ledger.domain.events.base import Event
from ledger.domain.events.claim import (
    CheckCount,
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    ReceiptClaimed,
    ReceiptsChecked,
)
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditEvent,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
    Share,
)
from ledger.domain.events.fund import (
    AllocationGivenBack,
    AllocationTakenBack,
    CostClassified,
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    DisbursementWithdrawn,
    FundBound,
    FundClosed,
    FundOpened,
    FundsAllocated,
    GiftReturned,
    GiftReversed,
    UseChanged,
)
from ledger.domain.events.gift import (
    DonorIdentified,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    GiftReceived,
    GoodsLine,
    GoodsReceived,
)
from ledger.domain.events.gift_benefit import BenefitRecorded, GiftSupportsName
from ledger.domain.events.gift_donor import DonorShown
from ledger.domain.events.naming import NamingEvent
from ledger.domain.events.organisation import (
    DocumentKeyRegistered,
    DocumentKeyRevoked,
    EligibilityCancelled,
    EligibilityEnded,
    EligibilityGranted,
    EligibilityListed,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    KeyWithdrawn,
    LedgerFounded,
    OrganisationRegistered,
)
from ledger.domain.events.oversight import ApprovalLimitSet, AttemptRefused
from ledger.domain.events.period import PeriodClosed
from ledger.domain.events.person import OpeningsErased
from ledger.domain.events.pledge import (
    GiftFreedFromPledge,
    GiftSetAgainstPledge,
    Instalment,
    PledgeEvent,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringAgreed,
    RecurringChanged,
    RecurringEnded,
)
from ledger.domain.events.receipt import (
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptLimitSet,
    ReceiptLine,
    ReceiptMadeOut,
    ReceiptNumber,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptNumbersLost,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.events.service import ServiceCorrected, ServiceEvent, ServiceGiven

__all__ = [
    "CheckCount",
    "ConduitNamed",
    "CreditGiven",
    "CreditWithdrawn",
    "GiftSharesStated",
    "GoodsLine",
    "Instalment",
    "PledgeMade",
    "PledgePaid",
    "PledgePaymentUndone",
    "PledgeWrittenOff",
    "ReceiptLine",
    "ReceiptNumber",
    "RecurringAgreed",
    "RecurringChanged",
    "RecurringEnded",
    "ServiceCorrected",
    "ServiceGiven",
    "Share",
]

OrganisationEvent = (
    LedgerFounded
    | OrganisationRegistered
    | KeyRegistered
    | KeyRevoked
    | EligibilityGranted
    | EligibilityCancelled
    | DocumentKeyRegistered
    | DocumentKeyRevoked
    | EligibilityListed
    | EligibilityEnded
    | KeyRotated
    | KeyWithdrawn
)
BookEvent = ReceiptNumbersAllotted | ReceiptNumbersDrawn | ReceiptLimitSet | ReceiptNumbersLost
FundEvent = (
    FundOpened
    | FundsAllocated
    | DisbursementProposed
    | DisbursementApproved
    | DisbursementPaid
    | GiftReturned
    | FundBound
    | UseChanged
    | FundClosed
    | CostClassified
    | DisbursementWithdrawn
    | DisbursementAccepted
    | DisbursementRecovered
    | GiftReversed
    | AllocationTakenBack
    | AllocationGivenBack
)
GiftEvent = (
    GiftReceived
    | GoodsReceived
    | DonorIdentified
    | GiftReceipted
    | GiftReceiptReversed
    | GiftReceiptWaived
    | BenefitRecorded
    | GiftSupportsName
    | CreditEvent
    | GiftSetAgainstPledge
    | GiftFreedFromPledge
    | DonorShown
)
ClaimEvent = ReceiptClaimed | ClaimReleased | ClaimNoticeRaised | ClaimNoticeSettled
ReceiptEvent = (
    ReceiptIssued
    | ReceiptReversed
    | ReceiptMadeOut
    | RedReceiptMadeOut
    | ReceiptExchanged
    | PaperTakenBack
    | OfficialReceiptRecorded
    | ClaimEvent
)
OversightEvent = ApprovalLimitSet | AttemptRefused
AnyEvent = (
    OrganisationEvent
    | BookEvent
    | FundEvent
    | GiftEvent
    | ReceiptEvent
    | OversightEvent
    | NamingEvent
    | PledgeEvent
    | ServiceEvent
    | PeriodClosed
    | ReceiptsChecked
    | OpeningsErased
)

TOPICS: dict[str, type[Event]] = {cls.TOPIC: cls for cls in get_args(AnyEvent)}
"""The only classes that stored bytes can become (never an import path)."""
