"""What must have been done before: the guards that the decisions on a name share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict

from ledger.domain.acting import same_person
from ledger.domain.events.naming import SealedText
from ledger.domain.naming_grant import ENDED, NOT_ENTERED, NamingGrant
from ledger.domain.naming_refusals import (
    AnonymousDonor,
    BelowThreshold,
    BeneficiaryRefused,
    ConsentMissing,
    CostNotPositive,
    DonorDeclined,
    FundingNotTested,
    GiftNamedTwice,
    NamingEnded,
    NotScreened,
    SamePerson,
    ScreenFailed,
    TextDiffers,
    WishNotRecorded,
    WordUnknown,
    WrongStep,
)
from ledger.money import Money


class Head(TypedDict):
    """What every next fact of a grant begins with."""

    originator_id: str
    originator_version: int
    timestamp: datetime
    actor: str


def head(grant: NamingGrant, actor: str, at: datetime) -> Head:
    """Return the head of the next fact of a grant."""
    return {
        "originator_id": grant.id,
        "originator_version": grant.version + 1,
        "timestamp": at,
        "actor": actor,
    }


def live(grant: NamingGrant) -> None:
    """Refuse a name that has ended; the donor's no comes first."""
    if grant.status == "declined":
        raise DonorDeclined(grant.id)
    if grant.status == "renamed":
        raise TextDiffers(grant.id)
    if grant.status in ENDED:
        raise NamingEnded(grant.id, grant.status)


def not_entered(grant: NamingGrant, asked: str) -> None:
    """Refuse a name that has ended, or is in force or suspended."""
    live(grant)
    if grant.status not in NOT_ENTERED:
        raise WrongStep(grant.id, grant.status, asked)


def wished(grant: NamingGrant) -> None:
    """Refuse a name that its donor has not wished for."""
    live(grant)
    if grant.wish is None:
        raise WishNotRecorded(grant.id)
    if grant.wish == "anonymous":
        raise AnonymousDonor(grant.id)


def screened(grant: NamingGrant) -> None:
    """Refuse a name whose text is not checked, or failed."""
    if grant.findings is None:
        raise NotScreened(grant.id)
    if grant.findings:
        raise ScreenFailed(grant.findings)


def consented(grant: NamingGrant) -> None:
    """Refuse a name that its beneficiary has not agreed to."""
    if grant.consent is None:
        raise ConsentMissing(grant.id)
    if not grant.consent:
        raise BeneficiaryRefused(grant.id)


def ready(grant: NamingGrant) -> None:
    """Refuse a name for which a step before approval is missing."""
    wished(grant)
    screened(grant)
    if grant.needs_funding and grant.funding is None:
        raise FundingNotTested(grant.id)
    if grant.funding and grant.funding.received < grant.funding.needed:
        raise BelowThreshold(grant.funding.received, grant.funding.needed)
    consented(grant)


def same_text(grant: NamingGrant, text: SealedText) -> None:
    """Refuse another text: a change is a new proposal."""
    if text != grant.text:
        raise TextDiffers(grant.id)


def counted(grant: NamingGrant) -> tuple[str, ...]:
    """Return the gifts that count for a name: those tested last, or those it was proposed for."""
    return grant.funding.gifts if grant.funding else grant.gifts


def fixed(what: str, word: str, known: Collection[str]) -> None:
    """Refuse a word that is none of the fixed ones."""
    if word not in known:
        raise WordUnknown(what, word, known)


def second(person: str, first: str) -> str:
    """Return the second person; refuse the first one in that place."""
    if same_person(person, first):
        raise SamePerson(person)
    return person


def once(gifts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the gifts; refuse one that is named twice."""
    for gift in gifts:
        if gifts.count(gift) > 1:
            raise GiftNamedTwice(gift)
    return gifts


def positive(cost: Money | None) -> None:
    """Refuse a cost of nothing."""
    if cost is not None and cost.minor <= 0:
        raise CostNotPositive(cost)
