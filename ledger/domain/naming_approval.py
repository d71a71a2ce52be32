"""A name before government, and into force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from ledger.domain.credit_codes import credit_code
from ledger.domain.events.naming import (
    NamingApproved,
    NamingEntered,
    NamingRejected,
    NamingSubmitted,
    SealedText,
)
from ledger.domain.naming_grant import NamingGrant, Term
from ledger.domain.naming_refusals import (
    AnotherAuthority,
    ApprovalNeeded,
    ApprovalNotNeeded,
    BelowThreshold,
    BenefitNotRecorded,
    NotCountyGovernment,
    OutsideTerm,
    TermMalformed,
    WrongStep,
)
from ledger.domain.naming_steps import counted, head, live, not_entered, ready, same_text, second
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.values import account
from ledger.money import Money

LEVELS = ("county", "city", "province", "state")
GOVERNMENT_ORGAN = "11"
"""How the credit code of a government organ begins (GB 32100-2015, table 1)."""


def submit(
    grant: NamingGrant, authority: str, level: str, submitted_by: str, at: datetime
) -> NamingSubmitted:
    """Decide that the name goes before a government; township, village and school are none."""
    if grant.status != "proposed":
        live(grant)
        raise WrongStep(grant.id, grant.status, "submitted")
    if not grant.needs_approval:
        raise ApprovalNotNeeded(grant.id)
    ready(grant)
    if level not in LEVELS or not credit_code(authority).startswith(GOVERNMENT_ORGAN):
        raise NotCountyGovernment(authority, level)
    return NamingSubmitted(
        **head(grant, grant.organisation, at),
        authority=authority,
        level=level,
        submitted_by=account(submitted_by),
    )


def approve(
    grant: NamingGrant,
    text: SealedText,
    authority: str,
    number: str,
    approved_on: date,
    term: Term,
    decided_by: str,
    countersigned_by: str,
    actor: str,
    at: datetime,
) -> NamingApproved:
    """Decide that government approved exactly this text, by two people, for a term."""
    _submitted(grant, authority, "approved")
    ready(grant)
    same_text(grant, text)
    _well_formed(term)
    if term.first_day < approved_on:
        raise TermMalformed(f"it begins on {term.first_day}, before its approval {approved_on}")
    return NamingApproved(
        **head(grant, actor, at),
        authority=authority,
        number=public_words(printable_name(number)),
        approved_on=approved_on,
        text=text,
        first_day=term.first_day,
        last_day=term.last_day,
        decided_by=account(decided_by),
        countersigned_by=second(account(countersigned_by), decided_by),
    )


def reject(
    grant: NamingGrant,
    authority: str,
    reason: str,
    decided_by: str,
    countersigned_by: str,
    actor: str,
    at: datetime,
) -> NamingRejected:
    """Decide that government refused the name, by two people; the reason is public."""
    _submitted(grant, authority, "rejected")
    return NamingRejected(
        **head(grant, actor, at),
        authority=authority,
        reason=public_words(printable_name(reason)),
        decided_by=account(decided_by),
        countersigned_by=second(account(countersigned_by), decided_by),
    )


def enter(
    grant: NamingGrant,
    received: Money,
    valued: Collection[str],
    term: Term | None,
    entered_on: date,
    entered_by: str,
    at: datetime,
) -> NamingEntered:
    """Decide that the name is in force from a day of its term on.

    `received` is what its gifts hold now, `valued` which of them have their benefit on record.
    The term of an approved name is the approved one; any other is given here. Who recorded the
    proposal can't be the one.
    """
    not_entered(grant, "brought into force")
    if grant.needs_approval and grant.status != "approved":
        raise ApprovalNeeded(grant.id)
    ready(grant)
    if grant.funding and received < grant.funding.needed:
        raise BelowThreshold(received, grant.funding.needed)
    if grant.benefit is not None:
        for gift in counted(grant):
            if gift not in valued:
                raise BenefitNotRecorded(gift)
    days = _term(grant, term)
    if not days.covers(entered_on):
        raise OutsideTerm(entered_on, days.first_day, days.last_day)
    return NamingEntered(
        **head(grant, grant.organisation, at),
        text=grant.text,
        first_day=days.first_day,
        last_day=days.last_day,
        received=received,
        entered_on=entered_on,
        entered_by=second(account(entered_by), grant.recorded_by),
    )


def _submitted(grant: NamingGrant, authority: str, asked: str) -> None:
    live(grant)
    if not grant.needs_approval:
        raise ApprovalNotNeeded(grant.id)
    if grant.status != "submitted" or grant.authority is None:
        raise WrongStep(grant.id, grant.status, asked)
    if grant.authority != authority:
        raise AnotherAuthority(grant.authority, authority)


def _term(grant: NamingGrant, given: Term | None) -> Term:
    term = grant.term or given
    if term is None:
        raise TermMalformed("give its first and its last day; there is no name without an end")
    if given not in (None, term):
        raise TermMalformed("it is not the approved one")
    _well_formed(term)
    return term


def _well_formed(term: Term) -> None:
    if term.last_day < term.first_day:
        raise TermMalformed(f"it ends on {term.last_day}, before it begins on {term.first_day}")
