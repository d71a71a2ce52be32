"""Which roles may cause which facts; whoever acts records nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ledger.domain import events as facts
from ledger.domain.acting import Acting
from ledger.domain.events import Event
from ledger.domain.events import naming as names
from ledger.errors import Refused

ADMINISTRATOR = frozenset({"administrator"})
CLERK = frozenset({"clerk"})
REVIEWER = frozenset({"reviewer"})
DESK = CLERK | REVIEWER
SUPERVISION = frozenset({"finance-officer", "civil-affairs-officer", "tax-officer"})
FINANCE = frozenset({"finance-officer"})
CIVIL_AFFAIRS = frozenset({"civil-affairs-officer"})
TAX = frozenset({"tax-officer"})
COUNTY = frozenset({"county-approver"})
DONOR = frozenset({"donor"})

PERMITTED: Mapping[type[Event], frozenset[str]] = {
    facts.OrganisationRegistered: ADMINISTRATOR | CIVIL_AFFAIRS,
    facts.KeyRegistered: ADMINISTRATOR | CIVIL_AFFAIRS,
    facts.KeyRotated: ADMINISTRATOR,
    facts.KeyWithdrawn: ADMINISTRATOR,
    facts.EligibilityGranted: SUPERVISION,
    facts.EligibilityListed: SUPERVISION,
    facts.EligibilityEnded: SUPERVISION,
    facts.ReceiptNumbersAllotted: FINANCE,
    facts.ReceiptLimitSet: FINANCE,
    facts.ReceiptNumbersLost: DESK,
    facts.ReceiptNumbersDrawn: DESK,
    facts.FundOpened: DESK,
    facts.FundBound: DESK,
    facts.UseChanged: REVIEWER,
    facts.FundClosed: REVIEWER,
    facts.FundsAllocated: REVIEWER,
    facts.AllocationTakenBack: REVIEWER,
    facts.DisbursementProposed: DESK,
    facts.DisbursementApproved: REVIEWER,
    facts.DisbursementPaid: DESK,
    facts.DisbursementWithdrawn: DESK,
    facts.DisbursementAccepted: DESK,
    facts.DisbursementRecovered: REVIEWER,
    facts.CostClassified: DESK,
    facts.AttemptRefused: DESK,
    facts.ApprovalLimitSet: ADMINISTRATOR,
    facts.GiftReceived: DESK,
    facts.GoodsReceived: DESK,
    facts.DonorIdentified: DESK,
    facts.DonorShown: DONOR,
    facts.GiftReturned: REVIEWER,
    facts.GiftReversed: REVIEWER,
    facts.GiftReceipted: DESK,
    facts.GiftReceiptReversed: DESK,
    facts.GiftReceiptWaived: DESK,
    facts.BenefitRecorded: REVIEWER,
    facts.GiftSupportsName: DESK,
    facts.CreditGiven: DESK,
    facts.CreditWithdrawn: DESK,
    facts.GiftSharesStated: DESK,
    facts.ConduitNamed: DESK,
    facts.GiftSetAgainstPledge: DESK,
    facts.GiftFreedFromPledge: DESK,
    facts.PledgeMade: DESK,
    facts.PledgePaid: DESK,
    facts.PledgePaymentUndone: DESK,
    facts.PledgeWrittenOff: REVIEWER,
    facts.RecurringAgreed: DESK,
    facts.RecurringChanged: DESK,
    facts.RecurringEnded: DESK,
    facts.ReceiptMadeOut: DESK,
    facts.RedReceiptMadeOut: REVIEWER,
    facts.ReceiptExchanged: DESK,
    facts.PaperTakenBack: DESK,
    facts.OfficialReceiptRecorded: DESK,
    facts.ReceiptClaimed: TAX,
    facts.ClaimReleased: TAX,
    facts.ClaimNoticeSettled: TAX,
    facts.ReceiptsChecked: TAX,
    facts.ServiceGiven: DESK,
    facts.ServiceCorrected: DESK,
    facts.PeriodClosed: REVIEWER,
    facts.OpeningsErased: ADMINISTRATOR,
    names.NamingProposed: DESK,
    names.NamingWishRecorded: DESK,
    names.NamingScreened: DESK,
    names.NamingFundingTested: DESK,
    names.NamingConsentRecorded: DESK,
    names.NamingSubmitted: DESK,
    names.NamingApproved: COUNTY,
    names.NamingRejected: COUNTY,
    names.NamingEntered: REVIEWER,
    names.NamingSuspended: REVIEWER | COUNTY,
    names.NamingResumed: REVIEWER | COUNTY,
    names.NamingRevoked: REVIEWER | COUNTY,
    names.NamingExpired: DESK,
    names.NamingWithdrawn: DESK,
    names.NamingReviewClosed: REVIEWER | COUNTY,
}
"""Who may cause a fact for its own organisation; what is not named here, no account may."""

OF_DONORS = (facts.DonorShown,)
"""Facts on a gift that its donor causes alone, though it stands in its charity's story."""

FOLLOWING = (
    facts.AllocationGivenBack,
    facts.ClaimNoticeRaised,
    names.NamingReviewOpened,
)
"""Facts that the ledger adds to others in the same commit, for whichever organisation."""

MONEY = frozenset(
    {
        facts.FundsAllocated,
        facts.AllocationTakenBack,
        facts.DisbursementApproved,
        facts.DisbursementPaid,
        facts.DisbursementRecovered,
        facts.GiftReturned,
        facts.GiftReversed,
        facts.PledgeWrittenOff,
        facts.FundClosed,
        facts.ApprovalLimitSet,
    }
)
"""Facts that move money, or say who may: they take a second factor."""


class NotPermitted(Refused):
    """No role of the account may cause such a fact."""

    def __init__(self, fact: type[Event], roles: Iterable[str]) -> None:
        super().__init__(
            f"this account may not record {fact.TOPIC}: it takes the role "
            f"{' or '.join(sorted(roles)) or '(none may)'} of the organisation that acts"
        )


class OtherOrganisation(Refused):
    """An account acts for its own organisation alone."""

    def __init__(self) -> None:
        super().__init__(
            "this belongs to another organisation; an account records for its own alone"
        )


class NotTheDonor(Refused):
    """A donor decides on gifts that the account has shown to be its own, and on no others."""

    def __init__(self) -> None:
        super().__init__(
            "只能处理已认领到本账号的捐赠 (this gift is not among those that this account has "
            "shown to be its own: claim it with its receipt first)"
        )


class SecondFactorMissing(Refused):
    """What moves money takes a second factor, shown in this session."""

    def __init__(self) -> None:
        super().__init__(
            "this moves money: confirm with your second factor first (a passkey or a one-time "
            "code, on the page of your account)"
        )


def may(acting: Acting, fact: type[Event]) -> bool:
    """Tell whether an account has a role that may cause such a fact."""
    return bool(acting.roles & PERMITTED.get(fact, frozenset()))


def check_role(acting: Acting, fact: type[Event]) -> None:
    """Refuse a kind of fact that no role of the account may cause, or not before it confirmed."""
    if not may(acting, fact):
        raise NotPermitted(fact, PERMITTED.get(fact, frozenset()))
    if fact in MONEY and not acting.confirmed:
        raise SecondFactorMissing


def check_donor(acting: Acting, gift: str, own: Collection[str]) -> None:
    """Refuse whoever is not the donor of a gift; `own` are the gifts bound to the account.

    Donors act for nobody but themselves: an account of an organisation is none.
    """
    if acting.organisation or not DONOR & acting.roles or gift not in own:
        raise NotTheDonor


def check(acting: Acting, happening: Iterable[Event], own: Collection[str] = ()) -> None:
    """Refuse facts that an account may not cause, one of them or all.

    `own` are the gifts bound to the account: a donor's facts are on those alone.
    """
    for event in happening:
        if isinstance(event, FOLLOWING):
            continue
        check_role(acting, type(event))
        if isinstance(event, OF_DONORS):
            check_donor(acting, event.originator_id, own)
        elif event.actor != acting.organisation:
            raise OtherOrganisation
