"""What is public of a name given in thanks: how it stands, by whose approval, on what basis.

The words of a name are sealed, and no public page opens them; nobody's wish is told, and no gift.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from api.public_house import PublicHouse
from api.public_stories import Story, day_of, stories
from api.times import rfc3339
from ledger.domain import naming_grant
from ledger.domain.events import Event
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
    NamingSubmitted,
    NamingSuspended,
    NamingWithdrawn,
)
from ledger.domain.naming_grant import ENDED, NamingGrant
from ledger.domain.small_cells import FEWER, THRESHOLD
from projections.runner import Position
from projections.trace_queries import NotTraceable

F = TypeVar("F", bound=Event)
Json = dict[str, Any]

UNTAKEN = "not taken up"
STATUS_TOLD = {"declined": UNTAKEN, "renamed": UNTAKEN}
"""That a donor wanted no name, or another, is nobody's business."""
TOLD = (
    NamingProposed, NamingFundingTested, NamingSubmitted, NamingApproved, NamingRejected,
    NamingEntered, NamingSuspended, NamingResumed, NamingReviewOpened, NamingReviewClosed,
    NamingRevoked, NamingExpired, NamingWithdrawn,
)  # fmt: skip
"""Steps that the page tells; wishes, and what a screening found, are not among them."""


@dataclass(frozen=True, slots=True)
class PublicNaming:
    """A name as it stands on a day, folded from its own entries."""

    grant: NamingGrant
    story: Story
    on: date

    @property
    def status(self) -> str:
        """How it stands, in words that tell nobody's wish."""
        return STATUS_TOLD.get(self.grant.status, self.grant.status)

    def last(self, kind: type[F]) -> F | None:
        """Return the last fact of a kind."""
        return next((f for _, f in reversed(self.story) if isinstance(f, kind)), None)

    @property
    def proposed(self) -> NamingProposed:
        """The proposal, which opened the story."""
        first = self.story[0][1]
        assert isinstance(first, NamingProposed), "nothing else opens a name's story"
        return first

    @property
    def approval(self) -> NamingApproved | None:
        """Who approved it, under which number."""
        return self.last(NamingApproved)

    @property
    def rejection(self) -> NamingRejected | None:
        """Who refused it, and why."""
        return self.last(NamingRejected)

    @property
    def basis(self) -> NamingFundingTested | None:
        """The last test of what its gifts held."""
        return self.last(NamingFundingTested)

    @property
    def bearer(self) -> str | None:
        """The organisation that agreed to bear it; a person is never named."""
        said = self.last(NamingConsentRecorded)
        return said.by.organisation if said and said.given else None

    @property
    def ground(self) -> str | None:
        """Why it is suspended or was revoked."""
        known = {"suspended": NamingSuspended, "revoked": NamingRevoked}.get(self.grant.status)
        said = self.last(known) if known else None
        return getattr(said, "ground", None)

    @property
    def few(self) -> bool:
        """Whether its gifts are too few to be counted and added up for everybody.

        They are told all the same while the donor agrees to be named in public.
        """
        agreed = self.grant.publish and self.grant.status not in ENDED
        return self.basis is not None and len(self.basis.gifts) < THRESHOLD and not agreed

    @property
    def shown_today(self) -> bool:
        """Whether the name may be shown in public on the day."""
        return self.grant.shown_on(self.on)

    @property
    def steps(self) -> list[tuple[int, Event]]:
        """The steps that the page tells."""
        return [(leaf, fact) for leaf, fact in self.story if isinstance(fact, TOLD)]


def folded(story: Story, on: date) -> PublicNaming:
    """Return the name that a story is of."""
    grant: NamingGrant | None = None
    for _, event in story:
        if isinstance(event, NamingEvent):
            grant = naming_grant.evolve(grant, event)
    assert grant is not None, "there is at least the proposal"
    return PublicNaming(grant, story, on)


def described(home: PublicHouse, ids: list[str], at: Position | None) -> list[PublicNaming]:
    """Return these names as of a position, those of them that are there."""
    found, on = stories(home, ids, at), day_of(at)
    known = [found[one] for one in ids if one in found]
    return [folded(story, on) for story in known if isinstance(story[0][1], NamingProposed)]


def one_of(home: PublicHouse, naming: str, at: Position | None) -> PublicNaming:
    """Return a name; NotTraceable when there is none under that id."""
    found = described(home, [naming], at)
    if not found:
        raise NotTraceable("name", naming)
    return found[0]


def line_json(found: PublicNaming) -> Json:
    """Return a name as a line of a list."""
    grant = found.grant
    return {
        "naming": grant.id,
        "charity": grant.organisation,
        "fund": grant.fund,
        "thing": grant.thing,
        "form": grant.form,
        "place": found.proposed.place,
        "status": found.status,
        "first_day": grant.term.first_day.isoformat() if grant.term else None,
        "last_day": grant.term.last_day.isoformat() if grant.term else None,
        "number": found.approval.number if found.approval else None,
        "shown_today": found.shown_today,
    }


def naming_json(found: PublicNaming) -> Json:
    """Return all that is public of a name."""
    approval, rejection = found.approval, found.rejection
    return line_json(found) | {
        "on": found.on.isoformat(),
        "construction": found.grant.construction,
        "proposed_by": found.proposed.proposed_by,
        "text_digest": found.grant.text.sealed[0],
        "beneficiary": found.bearer,
        "basis": _basis(found),
        "approval": approval and {
            "authority": approval.authority,
            "number": approval.number,
            "on": approval.approved_on.isoformat(),
        },
        "rejection": rejection and {"authority": rejection.authority, "reason": rejection.reason},
        "ground": found.ground,
        "under_review": found.grant.under_review,
        "history": [
            {"entry": leaf, "fact": fact.TOPIC, "at": rfc3339(fact.timestamp)}
            for leaf, fact in found.steps
        ],
    }  # fmt: skip


def _basis(found: PublicNaming) -> Json | None:
    said = found.basis
    if said is None:
        return None
    return {
        "gifts": FEWER if found.few else len(said.gifts),
        "received": None if found.few else said.received.decimal(),
        "needed": said.needed.decimal(),
        "unit": said.needed.currency,
        "met": said.met,
        "rule": said.rule.id,
        "source": said.rule.source,
        "tested_on": said.tested_on.isoformat(),
    }
