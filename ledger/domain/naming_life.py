"""A name in force: suspended, reviewed when money goes back, and how it ends."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.events.naming import (
    NamingExpired,
    NamingResumed,
    NamingReviewClosed,
    NamingReviewOpened,
    NamingRevoked,
    NamingSuspended,
    NamingWithdrawn,
    SealedText,
)
from ledger.domain.naming_grant import ENTERED, NamingGrant
from ledger.domain.naming_refusals import (
    ActsOnAnothersName,
    BelowThreshold,
    NoReview,
    NotInForce,
    OutsideTerm,
    TermRuns,
    WrongStep,
)
from ledger.domain.naming_steps import consented, fixed, head, live, second, wished
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.values import account
from ledger.money import Money

PARTIES = ("donor", "beneficiary")
OUTCOMES = ("kept", "revoked")


def suspend(
    grant: NamingGrant, ground: str, decided_by: str, actor: str, at: datetime
) -> NamingSuspended:
    """Decide that the name is not shown for now; the charity may, and who approved it."""
    live(grant)
    if grant.status != "in force":
        raise NotInForce(grant.id, grant.status)
    return NamingSuspended(
        **head(grant, _entitled(grant, actor), at),
        ground=public_words(printable_name(ground)),
        decided_by=account(decided_by),
    )


def resume(
    grant: NamingGrant, resumed_on: date, decided_by: str, actor: str, at: datetime
) -> NamingResumed:
    """Decide that a suspended name is in force again; only who suspended it may, in its term."""
    live(grant)
    if grant.status != "suspended":
        raise WrongStep(grant.id, grant.status, "resumed")
    if actor != grant.suspended_by:
        raise ActsOnAnothersName(actor, grant.id)
    assert grant.term is not None, "a name in force has a term"
    if not grant.term.covers(resumed_on):
        raise OutsideTerm(resumed_on, grant.term.first_day, grant.term.last_day)
    return NamingResumed(
        **head(grant, actor, at), resumed_on=resumed_on, decided_by=account(decided_by)
    )


def revoke(
    grant: NamingGrant, ground: str, decided_by: str, actor: str, at: datetime
) -> NamingRevoked:
    """Decide that the name is taken back, approved or in force; its history stays."""
    live(grant)
    if grant.status not in ("approved", *ENTERED):
        raise NotInForce(grant.id, grant.status)
    return NamingRevoked(
        **head(grant, _entitled(grant, actor), at),
        ground=public_words(printable_name(ground)),
        decided_by=account(decided_by),
    )


def withdraw(grant: NamingGrant, by: str, document: SealedText, at: datetime) -> NamingWithdrawn:
    """Decide that donor or beneficiary took a consent back; at any time, and for good."""
    live(grant)
    fixed("party", by, PARTIES)
    if by == "donor":
        wished(grant)
    else:
        consented(grant)
    return NamingWithdrawn(**head(grant, grant.organisation, at), by=by, document=document)


def expire(grant: NamingGrant, today: date, at: datetime) -> NamingExpired:
    """Decide that the term is over: from the day after its last."""
    live(grant)
    if grant.status not in ENTERED or grant.term is None:
        raise NotInForce(grant.id, grant.status)
    if today <= grant.term.last_day:
        raise TermRuns(grant.term.last_day)
    return NamingExpired(**head(grant, grant.organisation, at), expired_on=today)


def review_after_return(
    grant: NamingGrant, received_now: Money, gift: str, at: datetime
) -> NamingReviewOpened | None:
    """Return the review that a return of this gift calls for; None when the name still stands.

    `received_now` is what the gifts that count hold after the return. The event belongs into the
    commit of the return, after it.
    """
    if grant.status not in ENTERED or grant.under_review or grant.funding is None:
        return None
    if gift not in grant.funding.gifts or grant.funding.needed <= received_now:
        return None
    return NamingReviewOpened(
        **head(grant, grant.organisation, at),
        gift=gift,
        received=received_now,
        needed=grant.funding.needed,
    )


def close_review(
    grant: NamingGrant,
    outcome: str,
    received_now: Money,
    reason: str,
    decided_by: str,
    countersigned_by: str,
    at: datetime,
) -> NamingReviewClosed:
    """Decide, by two people, that the name is kept, or revoked.

    It is kept only if what its gifts hold now carries it again: test the funding first, with
    further gifts or under the rule now in force.
    """
    live(grant)
    fixed("outcome", outcome, OUTCOMES)
    if not grant.under_review or grant.funding is None:
        raise NoReview(grant.id)
    if outcome == "kept" and received_now < grant.funding.needed:
        raise BelowThreshold(received_now, grant.funding.needed)
    return NamingReviewClosed(
        **head(grant, grant.organisation, at),
        outcome=outcome,
        reason=public_words(printable_name(reason)),
        decided_by=account(decided_by),
        countersigned_by=second(account(countersigned_by), decided_by),
    )


def _entitled(grant: NamingGrant, actor: str) -> str:
    if actor not in (grant.organisation, grant.approver):
        raise ActsOnAnothersName(actor, grant.id)
    return actor
