"""Names given in thanks: proposed, wished for, screened, consented to (domain rules 4).

The next steps are in `naming_funding`, `naming_approval` and `naming_life`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.events.naming import (
    Beneficiary,
    NamingConsentRecorded,
    NamingProposed,
    NamingScreened,
    NamingWishRecorded,
    SealedText,
)
from ledger.domain.naming_grant import FORMS, PROPOSERS, THINGS, WHOLE, WISHES, NamingGrant
from ledger.domain.naming_refusals import (
    LanguageMalformed,
    MayNameAPerson,
    ShareMalformed,
    WishStands,
    WordUnknown,
)
from ledger.domain.naming_steps import (
    fixed,
    head,
    not_entered,
    once,
    positive,
    same_text,
    screened,
    wished,
)
from ledger.domain.organisations import printable_name
from ledger.domain.payees import names_organisation
from ledger.domain.public_words import public_words
from ledger.domain.values import account, place_code
from ledger.money import Money

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What is proposed; `NamingProposed` says what each field means."""

    proposed_by: str
    thing: str
    form: str
    construction: bool
    text: SealedText
    language: str
    fund: str
    place: str | None = None
    benefit: str | None = None
    cost: Money | None = None
    gifts: tuple[str, ...] = ()
    share_asked: int | None = None
    follows: str | None = None


def propose(
    naming: str, organisation: str, proposal: Proposal, recorded_by: str, at: datetime
) -> NamingProposed:
    """Decide that a name may be talked about; nothing is promised by it."""
    fixed("proposer", proposal.proposed_by, PROPOSERS)
    fixed("thing", proposal.thing, THINGS)
    fixed("form", proposal.form, FORMS)
    if not LANGUAGE.fullmatch(proposal.language):
        raise LanguageMalformed(proposal.language)
    if proposal.share_asked is not None and not 0 < proposal.share_asked <= WHOLE:
        raise ShareMalformed(proposal.share_asked)
    positive(proposal.cost)
    assert len(proposal.text.sealed) == 1, "the exact text is sealed once"
    return NamingProposed(
        originator_id=naming,
        originator_version=1,
        timestamp=at,
        actor=organisation,
        organisation=organisation,
        proposed_by=proposal.proposed_by,
        thing=proposal.thing,
        form=proposal.form,
        construction=proposal.construction,
        text=proposal.text,
        language=proposal.language,
        fund=proposal.fund,
        place=place_code(proposal.place) if proposal.place else None,
        benefit=public_words(printable_name(proposal.benefit)) if proposal.benefit else None,
        cost=proposal.cost,
        gifts=once(proposal.gifts),
        share_asked=proposal.share_asked,
        follows=proposal.follows,
        recorded_by=account(recorded_by),
    )


def record_wish(
    grant: NamingGrant,
    wish: str,
    other: SealedText | None,
    document: SealedText,
    at: datetime,
    *,
    publish: bool,
) -> NamingWishRecorded:
    """Decide that this is what the donor wants: `no` ends it, and so does another name.

    Anonymous stops it until the donor wishes otherwise, in a new document. A donor who has been
    named withdraws (`naming_life.withdraw`).
    """
    not_entered(grant, "wished for anew")
    fixed("wish", wish, WISHES)
    if (wish == "other-name") != (other is not None):
        raise WordUnknown("wish with another text", wish, ["other-name"])
    publish = publish and wish == "yes"
    if (wish, publish) == (grant.wish, grant.publish):
        raise WishStands(wish)
    return NamingWishRecorded(
        **head(grant, grant.organisation, at),
        wish=wish,
        other=other,
        publish=publish,
        document=document,
    )


def screen(
    grant: NamingGrant, text: SealedText, lists: str, findings: tuple[str, ...], at: datetime
) -> NamingScreened:
    """Decide whether the text passed; `findings` are what `naming_screen.screen_text` found."""
    not_entered(grant, "screened")
    wished(grant)
    same_text(grant, text)
    return NamingScreened(
        **head(grant, grant.organisation, at),
        text=text,
        lists=lists,
        findings=findings,
        passed=not findings,
    )


def record_consent(
    grant: NamingGrant, by: Beneficiary, document: SealedText, at: datetime, *, given: bool
) -> NamingConsentRecorded:
    """Decide that this is what the beneficiary says; it may agree later to what it refused."""
    not_entered(grant, "consented to anew")
    wished(grant)
    screened(grant)
    if by.organisation is not None and not names_organisation(by.organisation):
        raise MayNameAPerson
    return NamingConsentRecorded(
        **head(grant, grant.organisation, at), given=given, by=by, document=document
    )
