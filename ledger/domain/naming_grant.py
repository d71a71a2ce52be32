"""What the ledger knows of a name given in thanks, folded from its facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from ledger.domain.events.naming import (
    NamingApproved,
    NamingConsentRecorded,
    NamingEntered,
    NamingEvent,
    NamingExpired,
    NamingFundingTested,
    NamingProposed,
    NamingRejected,
    NamingResumed,
    NamingReviewClosed,
    NamingReviewOpened,
    NamingRevoked,
    NamingScreened,
    NamingSubmitted,
    NamingSuspended,
    NamingWishRecorded,
    NamingWithdrawn,
    SealedText,
)
from ledger.money import Money

THINGS = ("project", "building", "room", "fund", "prize", "road-or-place")
FORMS = ("name", "plaque")
PROPOSERS = ("donor", "authority")
WISHES = ("yes", "no", "other-name", "anonymous")
APPROVED_THINGS = ("project", "building", "road-or-place")
"""Things whose names government approves even when nothing is built for the gift."""

WHOLE = 10_000
"""All of it, in basis points."""

NOT_ENTERED = ("proposed", "submitted", "approved")
ENTERED = ("in force", "suspended")
ENDED = ("declined", "renamed", "rejected", "revoked", "expired", "withdrawn")
WISHES_THAT_END = {"no": "declined", "other-name": "renamed"}

Preparation = (
    NamingWishRecorded
    | NamingScreened
    | NamingFundingTested
    | NamingConsentRecorded
    | NamingSubmitted
)
Life = (
    NamingApproved
    | NamingEntered
    | NamingSuspended
    | NamingResumed
    | NamingReviewOpened
    | NamingReviewClosed
)
End = NamingRejected | NamingRevoked | NamingExpired | NamingWithdrawn
ENDS: dict[type[End], str] = {
    NamingRejected: "rejected",
    NamingRevoked: "revoked",
    NamingExpired: "expired",
    NamingWithdrawn: "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Term:
    """The days of a name, both included."""

    first_day: date
    last_day: date

    def covers(self, day: date) -> bool:
        """Tell whether the day is within the term."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Funding:
    """The last funding test: which gifts count, what they held, what the rule asked."""

    gifts: tuple[str, ...]
    received: Money
    needed: Money


@dataclass(frozen=True, slots=True)
class NamingGrant:
    """A name from its proposal to its end; `status` is one of the three groups above."""

    id: str
    version: int
    organisation: str
    thing: str
    form: str
    construction: bool
    text: SealedText
    fund: str
    gifts: tuple[str, ...]
    benefit: str | None
    recorded_by: str
    status: str = "proposed"
    wish: str | None = None
    publish: bool = False
    findings: tuple[str, ...] | None = None
    funding: Funding | None = None
    consent: bool | None = None
    authority: str | None = None
    approver: str | None = None
    term: Term | None = None
    suspended_by: str | None = None
    under_review: bool = False

    @property
    def needs_funding(self) -> bool:
        """Whether the donor must have paid alone or mainly: for what is built, and its name."""
        return self.construction and self.form == "name"

    @property
    def needs_approval(self) -> bool:
        """Whether government must approve (公益事业捐赠法 art. 14).

        Names of projects, of buildings and places, and of all that is built for the gift; not a
        plaque, and not a charity's own fund, prize or room.
        """
        return self.form == "name" and (self.construction or self.thing in APPROVED_THINGS)

    def shown_on(self, day: date) -> bool:
        """Tell whether public pages may show the name: in force, in its term, and consented to.

        What is suspended, revoked, expired or withdrawn keeps its history and loses its page.
        """
        in_term = self.term is not None and self.term.covers(day)
        return self.status == "in force" and self.publish and in_term


def evolve(grant: NamingGrant | None, event: NamingEvent) -> NamingGrant:
    """Apply one fact."""
    if isinstance(event, NamingProposed):
        return NamingGrant(
            event.originator_id, 1, event.organisation, event.thing, event.form,
            event.construction, event.text, event.fund, event.gifts, event.benefit,
            event.recorded_by,
        )  # fmt: skip
    assert grant is not None, "only a proposal can open a name's story"
    grant = replace(grant, version=event.originator_version)
    if isinstance(event, Preparation):
        return _prepared(grant, event)
    if isinstance(event, End):
        return replace(grant, under_review=False, status=ENDS[type(event)])
    return _lived(grant, event)


def _prepared(grant: NamingGrant, event: Preparation) -> NamingGrant:
    match event:
        case NamingWishRecorded():
            status = WISHES_THAT_END.get(event.wish, grant.status)
            return replace(grant, wish=event.wish, publish=event.publish, status=status)
        case NamingScreened():
            return replace(grant, findings=event.findings)
        case NamingFundingTested():
            return replace(grant, funding=Funding(event.gifts, event.received, event.needed))
        case NamingConsentRecorded():
            return replace(grant, consent=event.given)
        case NamingSubmitted():
            return replace(grant, status="submitted", authority=event.authority)
        case _:
            assert_never(event)


def _lived(grant: NamingGrant, event: Life) -> NamingGrant:
    match event:
        case NamingApproved():
            term = Term(event.first_day, event.last_day)
            return replace(grant, status="approved", approver=event.actor, term=term)
        case NamingEntered():
            return replace(grant, status="in force", term=Term(event.first_day, event.last_day))
        case NamingSuspended():
            return replace(grant, status="suspended", suspended_by=event.actor)
        case NamingResumed():
            return replace(grant, status="in force", suspended_by=None)
        case NamingReviewOpened():
            return replace(grant, under_review=True)
        case NamingReviewClosed():
            status = "revoked" if event.outcome == "revoked" else grant.status
            return replace(grant, under_review=False, status=status)
        case _:
            assert_never(event)
