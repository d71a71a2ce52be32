"""One page on a name, for who decides on it: wish, basis, checks, figures, receipts, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from api import naming_words
from api.commands.asking import as_of
from api.erasure_marks import ERASED
from api.times import BEIJING
from api.wiring import House
from api.words import in_words
from ledger.domain import naming_support
from ledger.domain.benefits import sponsorship
from ledger.domain.events.naming import (
    NamingApproved,
    NamingConsentRecorded,
    NamingEvent,
    NamingFundingTested,
    NamingProposed,
    NamingRejected,
    NamingReviewClosed,
    NamingReviewOpened,
    NamingScreened,
    NamingSubmitted,
    NamingWishRecorded,
)
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.naming_funding import share_of
from ledger.domain.naming_grant import NOT_ENTERED, NamingGrant, Term
from ledger.domain.naming_steps import counted, ready
from ledger.errors import Refused
from ledger.money import Money
from projections import directory
from projections.namings import NAMINGS

Json = dict[str, Any]
F = TypeVar("F")


def page(home: House, naming: str, today: date) -> Json:
    """Return all that an approver needs; the text is for who works at this ledger only."""
    home.runner.catch_up()
    streams = home.ledger.streams
    story, grant = streams.naming_facts(naming), streams.naming(naming)
    proposed = story[0]
    assert isinstance(proposed, NamingProposed), "the stream was folded from it"
    text = home.ledger.naming.text_of(naming)
    basis = _last(story, NamingFundingTested)
    cost = basis.cost if basis else proposed.cost
    funds = {entry.fund: entry.name for entry in directory.funds(home.runner, grant.organisation)}
    return {
        "naming": naming,
        "status": grant.status,
        "text": text,
        "text_erased": text is None,
        "charity": {
            "uscc": grant.organisation,
            "name": streams.organisation(grant.organisation).name,
        },
        "fund": {"fund": grant.fund, "name": funds.get(grant.fund)},
        **_asked(proposed),
        "wish": _told(story, NamingWishRecorded, _wish),
        "checks": _told(story, NamingScreened, _checks),
        "basis": _basis(basis) if basis else None,
        "figures": _figures(home, grant, cost),
        "beneficiary": _told(story, NamingConsentRecorded, lambda said: _bearer(home, said)),
        "submitted": _told(story, NamingSubmitted, _submitted),
        "decision": _told(story, NamingApproved, _approved)
        or _told(story, NamingRejected, _rejected),
        "term": _term(grant.term) if grant.term else None,
        "shown_today": grant.shown_on(today),
        "under_review": grant.under_review,
        "reviews": list(_reviews(story)),
        "missing": _missing(grant),
        "history": [_step(fact) for fact in story],
    }


def _last(story: list[NamingEvent], cls: type[F]) -> F | None:
    return next((fact for fact in reversed(story) if isinstance(fact, cls)), None)


def _told(story: list[NamingEvent], cls: type[F], in_json: Callable[[F], Json]) -> Json | None:
    fact = _last(story, cls)
    return in_json(fact) if fact else None


def _term(term: Term) -> Json:
    return {"from": term.first_day.isoformat(), "to": term.last_day.isoformat()}


def _day(fact: NamingEvent) -> str:
    return fact.timestamp.astimezone(BEIJING).date().isoformat()


def _decimal(amount: Money | None) -> str | None:
    return amount.decimal() if amount else None


def _percent(basis_points: int | None) -> str | None:
    return None if basis_points is None else f"{basis_points // 100}.{basis_points % 100:02d}%"


def _asked(said: NamingProposed) -> Json:
    return {
        "proposed_by": said.proposed_by,
        "proposed_on": _day(said),
        "thing": said.thing,
        "form": said.form,
        "construction": said.construction,
        "language": said.language,
        "place": said.place,
        "share_asked": _percent(said.share_asked),
        "cost": _decimal(said.cost),
        "benefit": said.benefit,
        "follows": said.follows,
        "recorded_by": said.recorded_by,
    }


def _wish(said: NamingWishRecorded) -> Json:
    return {"wish": said.wish, "publish": said.publish, "on": _day(said)}


def _checks(said: NamingScreened) -> Json:
    return {
        "lists": said.lists,
        "passed": said.passed,
        "findings": list(said.findings),
        "on": _day(said),
    }


def _basis(said: NamingFundingTested) -> Json:
    return {
        "rule": said.rule.id,
        "source": said.rule.source,
        "asks_share": _percent(said.rule.share_basis_points),
        "asks_least": _decimal(said.rule.least),
        "cost": _decimal(said.cost),
        "needed": said.needed.decimal(),
        "received": said.received.decimal(),
        "share": _percent(said.share),
        "currency": said.needed.currency,
        "met": said.met,
        "tested_on": said.tested_on.isoformat(),
    }


def _figures(home: House, grant: NamingGrant, cost: Money | None) -> Json:
    """Set what the gifts hold now against what was needed: a return may have come since."""
    streams = home.ledger.streams
    fund = streams.fund(grant.fund)
    gifts = [streams.gift(gift) for gift in counted(grant)]
    needed = grant.funding.needed if grant.funding else None
    now = naming_support.held(gifts, fund, needed.currency if needed else "CNY")
    return {
        "as_of": as_of(home.runner.reached(NAMINGS)),
        "gifts": [_gift(home, gift, fund) for gift in gifts],
        "received_now": now.decimal(),
        "currency": now.currency,
        "needed": _decimal(needed),
        "enough": needed <= now if needed else None,
        "share_now": _percent(share_of(now, cost))
        if cost and cost.currency == now.currency
        else None,
    }


def _gift(home: House, gift: Gift, fund: Fund) -> Json:
    held = naming_support.held([gift], fund, gift.booked.currency)
    receipt = home.ledger.streams.receipt(*gift.receipt) if gift.receipt else None
    benefit = gift.benefit
    return {
        "gift": gift.id,
        "received_on": gift.received_on.isoformat() if gift.received_on else None,
        "booked": gift.booked.decimal(),
        "gone_back": (gift.booked - held).decimal() if gift.kind == "money" else None,
        "held": held.decimal(),
        "currency": gift.booked.currency,
        "receipt": " ".join(gift.receipt) if gift.receipt else None,
        "receipt_amount": _decimal(receipt.amount) if receipt else None,
        "benefit": _decimal(benefit.benefit) if benefit else None,
        "benefit_what": benefit.what if benefit else None,
        "receipt_may_be": sponsorship(benefit.benefit, held).outcome if benefit else "whole",
    }


def _bearer(home: House, said: NamingConsentRecorded) -> Json:
    opened = home.vault.of_digests(said.by.sealed).values()
    return {
        "given": said.given,
        "by": said.by.organisation or next((o.value for o in opened), ERASED),
        "public": said.by.organisation is not None,
        "on": _day(said),
    }


def _submitted(said: NamingSubmitted) -> Json:
    return {
        "authority": said.authority,
        "level": said.level,
        "by": said.submitted_by,
        "on": _day(said),
    }


def _approved(said: NamingApproved) -> Json:
    return {
        "approved": True,
        "authority": said.authority,
        "number": said.number,
        "on": said.approved_on.isoformat(),
        "decided_by": said.decided_by,
        "countersigned_by": said.countersigned_by,
    }


def _rejected(said: NamingRejected) -> Json:
    return {
        "approved": False,
        "authority": said.authority,
        "reason": said.reason,
        "on": _day(said),
        "decided_by": said.decided_by,
        "countersigned_by": said.countersigned_by,
    }


def _reviews(story: list[NamingEvent]) -> Iterator[Json]:
    opened: Json | None = None
    for fact in story:
        if isinstance(fact, NamingReviewOpened):
            opened = {
                "gift": fact.gift,
                "received": fact.received.decimal(),
                "needed": fact.needed.decimal(),
                "opened_on": _day(fact),
                "outcome": None,
            }
        if isinstance(fact, NamingReviewClosed) and opened:
            yield opened | {"outcome": fact.outcome, "reason": fact.reason,
                            "closed_on": _day(fact)}  # fmt: skip
            opened = None
    if opened:
        yield opened


def _missing(grant: NamingGrant) -> str | None:
    """Say what stands between the name and its approval, or its entry into force."""
    if grant.status not in NOT_ENTERED:
        return None
    try:
        ready(grant)
    except Refused as refusal:
        return in_words(refusal)
    return None


def _step(fact: NamingEvent) -> Json:
    """Tell one fact as a line of the history: when, what, by whom."""
    acting = ("decided_by", "recorded_by", "entered_by", "submitted_by", "by")
    said = (getattr(fact, name, None) for name in acting)
    return {
        "version": fact.originator_version,
        "on": _day(fact),
        "fact": fact.TOPIC.removesuffix(".v1"),
        "words": naming_words.STEPS[type(fact)],
        "by": next((who for who in said if isinstance(who, str)), None),
        "signed_for": fact.actor,
    }
