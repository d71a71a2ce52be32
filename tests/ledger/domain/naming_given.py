"""What the tests of names begin with: one fact of each class, and a name at any of its stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import reduce
from hashlib import sha256
from typing import Any

from ledger.domain import naming, naming_approval, naming_funding, naming_life
from ledger.domain.events import gift_benefit
from ledger.domain.events import naming as events
from ledger.domain.events.base import Event
from ledger.domain.events.naming import Beneficiary, NamingEvent, NamingRule, SealedText
from ledger.domain.naming import Proposal
from ledger.domain.naming_grant import NamingGrant, Term, evolve
from ledger.domain.organisations import AUTHORITY
from ledger.money import Money
from ledger.proof.encoding import b64url

CHARITY = "53100000500021326D"
COUNTY = "11230108000000019B"
CITY = "112301000000000438"
VILLAGE = "54230108000000027Q"
SCHOOL = "12230108000000035X"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
NAMING = "naming-1"


def sealed(text: str) -> SealedText:
    """Make what stands in an event in place of a text."""
    return SealedText(sealed=(b64url(sha256(text.encode()).digest()),))


def yuan(text: str) -> Money:
    return Money.parse(text)


TEXT, ANOTHER_TEXT = sealed("示范教学楼"), sealed("示范综合楼")
PAPER = sealed("letter of consent")
TERM = Term(TODAY, date(2031, 11, 20))
AFTER = date(2031, 11, 21)
COST, PAID = yuan("1000000.00"), yuan("600000.00")
HALF = NamingRule(
    id="naming-2026",
    from_day=date(2026, 1, 1),
    to_day=None,
    share_basis_points=5000,
    least=None,
    source="示范县捐赠项目冠名办法(2026年)第五条",
)
BEARER = Beneficiary(id="beneficiary-1", organisation="示范县第一小学", sealed=())

FACTS: dict[type[Event], dict[str, object]] = {
    events.NamingProposed: {
        "organisation": CHARITY,
        "proposed_by": "donor",
        "thing": "building",
        "form": "name",
        "construction": True,
        "text": TEXT,
        "language": "zh-Hans",
        "fund": "fund-1",
        "place": "230108",
        "benefit": None,
        "cost": COST,
        "gifts": ("gift-1",),
        "share_asked": 5000,
        "follows": None,
        "recorded_by": "clerk",
    },
    events.NamingWishRecorded: {
        "wish": "yes",
        "other": None,
        "publish": True,
        "document": PAPER,
    },
    events.NamingScreened: {
        "text": TEXT,
        "lists": "names-2026-11",
        "findings": (),
        "passed": True,
    },
    events.NamingFundingTested: {
        "gifts": ("gift-1",),
        "received": PAID,
        "cost": COST,
        "rule": HALF,
        "tested_on": TODAY,
        "needed": yuan("500000.00"),
        "share": 6000,
        "met": True,
    },
    events.NamingConsentRecorded: {"given": True, "by": BEARER, "document": PAPER},
    events.NamingSubmitted: {"authority": COUNTY, "level": "county", "submitted_by": "clerk"},
    events.NamingApproved: {
        "authority": COUNTY,
        "number": "示政函〔2026〕1号",
        "approved_on": TODAY,
        "text": TEXT,
        "first_day": TERM.first_day,
        "last_day": TERM.last_day,
        "decided_by": "officer",
        "countersigned_by": "director",
    },
    events.NamingRejected: {
        "authority": COUNTY,
        "reason": "与现有地名重复",
        "decided_by": "officer",
        "countersigned_by": "director",
    },
    events.NamingEntered: {
        "text": TEXT,
        "first_day": TERM.first_day,
        "last_day": TERM.last_day,
        "received": PAID,
        "entered_on": TODAY,
        "entered_by": "reviewer",
    },
    events.NamingSuspended: {"ground": "建筑物维修", "decided_by": "council"},
    events.NamingResumed: {"resumed_on": TODAY, "decided_by": "council"},
    events.NamingRevoked: {"ground": "建筑物拆除", "decided_by": "council"},
    events.NamingExpired: {"expired_on": date(2031, 11, 21)},
    events.NamingWithdrawn: {"by": "donor", "document": PAPER},
    events.NamingReviewOpened: {
        "gift": "gift-1",
        "received": yuan("400000.00"),
        "needed": yuan("500000.00"),
    },
    events.NamingReviewClosed: {
        "outcome": "kept",
        "reason": "捐赠人已补足",
        "decided_by": "clerk",
        "countersigned_by": "reviewer",
    },
    gift_benefit.BenefitRecorded: {
        "benefit": yuan("200.00"),
        "what": "开幕式展位",
        "decided_by": "council",
        "document": PAPER,
    },
}
"""What an event of each class says unless a test says otherwise."""

SEALED = {("SealedText", "sealed"), ("Beneficiary", "sealed")}

RANDOM = "a random id that this ledger made"
CREDIT_CODE = "a unified social credit code, public by law, or the authority's fixed id"
ROLE = "a role name such as clerk-2; `values.account` refuses anything else"
WORDED = "an official's own words on an act, typed for the public; the page says so"
FIXED = "one of a few fixed words"

PUBLIC: dict[tuple[str, str], str] = {
    ("NamingProposed", "organisation"): CREDIT_CODE,
    ("NamingProposed", "proposed_by"): FIXED,
    ("NamingProposed", "thing"): FIXED,
    ("NamingProposed", "form"): FIXED,
    ("NamingProposed", "language"): "a tag of RFC 5646",
    ("NamingProposed", "fund"): RANDOM,
    ("NamingProposed", "place"): "a GB/T 2260 code of digits only",
    ("NamingProposed", "benefit"): WORDED,
    ("NamingProposed", "gifts"): RANDOM,
    ("NamingProposed", "follows"): RANDOM,
    ("NamingProposed", "recorded_by"): ROLE,
    ("NamingWishRecorded", "wish"): FIXED,
    ("NamingScreened", "lists"): "the id of a word list",
    ("NamingScreened", "findings"): FIXED,
    ("NamingFundingTested", "gifts"): RANDOM,
    ("NamingRule", "id"): "the id of a setting",
    ("NamingRule", "source"): "the public text that a rule stands in",
    ("Beneficiary", "id"): RANDOM,
    ("Beneficiary", "organisation"): (
        "an organisation's name; `payees.names_organisation` lets it pass"
    ),
    ("NamingSubmitted", "authority"): CREDIT_CODE,
    ("NamingSubmitted", "level"): FIXED,
    ("NamingSubmitted", "submitted_by"): ROLE,
    ("NamingApproved", "authority"): CREDIT_CODE,
    ("NamingApproved", "number"): "the number of a public notice",
    ("NamingApproved", "decided_by"): ROLE,
    ("NamingApproved", "countersigned_by"): ROLE,
    ("NamingRejected", "authority"): CREDIT_CODE,
    ("NamingRejected", "reason"): WORDED,
    ("NamingRejected", "decided_by"): ROLE,
    ("NamingRejected", "countersigned_by"): ROLE,
    ("NamingEntered", "entered_by"): ROLE,
    ("NamingSuspended", "ground"): WORDED,
    ("NamingSuspended", "decided_by"): ROLE,
    ("NamingResumed", "decided_by"): ROLE,
    ("NamingRevoked", "ground"): WORDED,
    ("NamingRevoked", "decided_by"): ROLE,
    ("NamingWithdrawn", "by"): FIXED,
    ("NamingReviewOpened", "gift"): RANDOM,
    ("NamingReviewClosed", "outcome"): FIXED,
    ("NamingReviewClosed", "reason"): WORDED,
    ("NamingReviewClosed", "decided_by"): ROLE,
    ("NamingReviewClosed", "countersigned_by"): ROLE,
    ("BenefitRecorded", "what"): WORDED,
    ("BenefitRecorded", "decided_by"): ROLE,
}
"""Every field that holds text, and why that text is no person's."""


def proposal(**said: Any) -> Proposal:
    """Propose the name of a building that gift-1 pays for, unless a test says otherwise."""
    skipped = ("organisation", "recorded_by")
    known: dict[str, Any] = {
        k: v for k, v in FACTS[events.NamingProposed].items() if k not in skipped
    }
    return Proposal(**{**known, **said})


def told(*facts: NamingEvent) -> NamingGrant:
    """Fold a name from its facts."""
    return reduce(evolve, facts[1:], evolve(None, facts[0]))


def proposed(**said: Any) -> NamingGrant:
    """A name just proposed."""
    return told(naming.propose(NAMING, CHARITY, proposal(**said), "clerk", NOON))


def wish(grant: NamingGrant, what: str = "yes") -> NamingEvent:
    other = ANOTHER_TEXT if what == "other-name" else None
    return naming.record_wish(grant, what, other, PAPER, NOON, publish=True)


def screen(grant: NamingGrant, *findings: str) -> NamingEvent:
    return naming.screen(grant, TEXT, "names-2026-11", findings, NOON)


def fund(
    grant: NamingGrant, received: Money = PAID, rule: NamingRule = HALF, *gifts: str
) -> NamingEvent:
    return naming_funding.funding_test(
        grant, gifts or ("gift-1",), received, COST, rule, TODAY, NOON
    )


def consent(grant: NamingGrant, *, given: bool = True) -> NamingEvent:
    return naming.record_consent(grant, BEARER, PAPER, NOON, given=given)


def submit(grant: NamingGrant, authority: str = COUNTY, level: str = "county") -> NamingEvent:
    return naming_approval.submit(grant, authority, level, "clerk", NOON)


def approve(grant: NamingGrant, **said: Any) -> NamingEvent:
    asked: dict[str, Any] = {
        "text": TEXT, "authority": COUNTY, "number": "示政函〔2026〕1号", "approved_on": TODAY,
        "term": TERM, "decided_by": "officer", "countersigned_by": "director",
        "actor": AUTHORITY, "at": NOON, **said,
    }  # fmt: skip
    return naming_approval.approve(grant, **asked)


def enter(grant: NamingGrant, **said: Any) -> NamingEvent:
    asked: dict[str, Any] = {
        "received": PAID, "valued": (), "term": None, "entered_on": TODAY,
        "entered_by": "reviewer", "at": NOON, **said,
    }  # fmt: skip
    return naming_approval.enter(grant, **asked)


def suspend(grant: NamingGrant, actor: str = CHARITY) -> NamingEvent:
    return naming_life.suspend(grant, "建筑物维修", "council", actor, NOON)


def revoke(grant: NamingGrant, actor: str = CHARITY) -> NamingEvent:
    return naming_life.revoke(grant, "建筑物拆除", "council", actor, NOON)


def withdraw(grant: NamingGrant, by: str = "donor") -> NamingEvent:
    return naming_life.withdraw(grant, by, PAPER, NOON)


Step = Callable[[NamingGrant], NamingEvent]

STEPS: dict[str, Callable[[NamingGrant], NamingEvent]] = {
    "wished": wish,
    "screened": screen,
    "funded": fund,
    "consented": consent,
    "submitted": submit,
    "approved": approve,
    "in force": enter,
}
"""The way of a project's name into force."""


def then(grant: NamingGrant, *steps: Callable[[NamingGrant], NamingEvent]) -> NamingGrant:
    """Take further steps."""
    for step in steps:
        grant = evolve(grant, step(grant))
    return grant


def at(stage: str, *, skip: str = "", **said: Any) -> NamingGrant:
    """A name that has come as far as `stage`, leaving one step out if asked."""
    grant = proposed(**said)
    for name, step in STEPS.items():
        if name != skip:
            grant = then(grant, step)
        if name == stage:
            return grant
    raise AssertionError(stage)


PLAQUE = {"form": "plaque", "construction": True}


def plaque(**said: Any) -> NamingGrant:
    """A plaque that is ready to be put up: wished for, screened, consented to."""
    return then(proposed(**{**PLAQUE, **said}), wish, screen, consent)


def reject(
    grant: NamingGrant, reason: str = "与现有地名重复", second: str = "director"
) -> NamingEvent:
    return naming_approval.reject(grant, COUNTY, reason, "officer", second, AUTHORITY, NOON)


def review(grant: NamingGrant, left: str = "400000.00") -> NamingEvent:
    opened = naming_life.review_after_return(grant, yuan(left), "gift-1", NOON)
    assert opened is not None
    return opened


def close(grant: NamingGrant, outcome: str, received: Money, second: str = "b") -> NamingEvent:
    return naming_life.close_review(grant, outcome, received, "补足", "a", second, NOON)


def resume(grant: NamingGrant, on: date = TODAY, actor: str = CHARITY) -> NamingEvent:
    return naming_life.resume(grant, on, "council", actor, NOON)


def facts_of(event: NamingEvent) -> dict[str, object]:
    """List what an event says, as `FACTS` does."""
    return {name: getattr(event, name) for name in FACTS[type(event)]}
