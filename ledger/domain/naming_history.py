"""What must be true of every name in a log: each step re-checked from events alone.

It trusts no decision. Its caller tells it what gifts held and lost (`gift_received`,
`gift_reduced`), so that it sums up by itself what carries a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from ledger.domain.acting import same_person
from ledger.domain.by_fact import ByFact
from ledger.domain.events.base import Event
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
)
from ledger.domain.naming_history_rules import (
    needed_by,
    of_county_or_above,
    reaches,
    share_received,
)
from ledger.money import Money

NAMING_EVENTS = get_args(NamingEvent)
Find = Callable[[str], None]

BY_OTHERS = (NamingApproved, NamingRejected, NamingSuspended, NamingResumed, NamingRevoked)
"""Facts that an authority may sign in a charity's story."""


@dataclass(slots=True)
class NameStory:
    """One name as far as the log has told it."""

    proposed: NamingProposed
    stage: str = "proposed"
    wish: str | None = None
    screened: bool = False
    consent: bool = False
    funded: bool | None = None
    """Whether the last funding test was met; None as long as there was none."""
    needed: Money | None = None
    gifts: tuple[str, ...] = ()
    submitted: NamingSubmitted | None = None
    approved: NamingApproved | None = None
    term: tuple[date, date] | None = None
    suspended_by: str | None = None
    review: bool = False
    entered_at: int = 0
    """The leaf at which it came into force."""

    @property
    def active(self) -> bool:
        """Whether the name is in force, shown or suspended."""
        return self.stage in ("in force", "suspended")

    @property
    def asks_government(self) -> bool:
        """Whether it is a name, not a plaque, of a project, a building, a place or a new work."""
        public = self.proposed.thing in ("project", "building", "road-or-place")
        return self.proposed.form != "plaque" and (public or self.proposed.construction)

    @property
    def needs_no_test(self) -> bool:
        """Whether nobody set an amount, nor had to: for a plaque, or for what is not built."""
        built_and_named = self.proposed.form != "plaque" and self.proposed.construction
        return self.funded is None and not built_and_named


def _told(_gift: str, _currency: str) -> int:
    """Return nothing: all that came in is told."""
    return 0


@dataclass(slots=True)
class NamingHistory:
    """Every name of a log; `holders` tells whose each fund is, as far as the log has said."""

    holders: Mapping[str, str]
    booked: Callable[[str, str], int] = _told
    """What came in under the name of a gift, in a currency, beside what `gift_received` told."""
    stories: dict[str, NameStory] = field(default_factory=dict)
    _held: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _valued: set[str] = field(default_factory=set)

    def gift_received(self, gift: str, booked: Money) -> None:
        """Take in that a gift came in."""
        self._held[gift, booked.currency] += booked.minor

    def gift_reduced(self, gift: str, amount: Money) -> None:
        """Take in that part of a gift went back or was reversed."""
        self._held[gift, amount.currency] -= amount.minor

    def benefit_recorded(self, gift: str) -> None:
        """Take in that what the donor gets for a gift is on record."""
        self._valued.add(gift)

    def see(self, leaf: int, event: Event, find: Find) -> None:
        """Take in the event at a leaf; events about anything else are passed over."""
        if not isinstance(event, NAMING_EVENTS):
            return
        if isinstance(event, NamingProposed):
            self._open(event, find)
            return
        story = self.stories.get(event.originator_id)
        if story is None:
            find(f"{event.originator_id} begins without a proposal")
            return
        self._by_whom(event, story, find)
        if story.stage == "ended":
            find(f"{event.TOPIC} follows the end of {event.originator_id}")
        self._apply(event, story, find)
        if isinstance(event, NamingEntered):
            story.entered_at = leaf
        if self._short(story):
            find(f"{event.originator_id} stands below its threshold, and no review is open")

    def close(self, find: Find) -> None:
        """Say which names still stand, at the end of the log, on money that went back."""
        for stream, story in sorted(self.stories.items()):
            if self._short(story):
                find(
                    f"{stream}, in force since entry {story.entered_at}, is below its threshold "
                    "without an open review"
                )

    def _short(self, story: NameStory) -> bool:
        if not story.active or story.review or story.needed is None:
            return False
        return self._sum(story.gifts, story.needed.currency) < story.needed.minor

    def _sum(self, gifts: tuple[str, ...], currency: str) -> int:
        return sum(
            self._held.get((gift, currency), 0) + self.booked(gift, currency) for gift in set(gifts)
        )

    def _open(self, event: NamingProposed, find: Find) -> None:
        if event.originator_id in self.stories:
            find(f"{event.originator_id} is proposed a second time")
        if event.organisation != event.actor or self.holders.get(event.fund) != event.actor:
            find(f"{event.actor} proposes a name for fund {event.fund}, which is not its own")
        if len(event.text.sealed) != 1:
            find(f"the text of {event.originator_id} is not one digest")
        self.stories[event.originator_id] = NameStory(event, gifts=event.gifts)

    def _by_whom(self, event: Event, story: NameStory, find: Find) -> None:
        theirs = {story.proposed.actor}
        if isinstance(event, NamingApproved | NamingRejected):
            return  # the registry asks for an authority's power
        if isinstance(event, BY_OTHERS) and story.approved:
            theirs.add(story.approved.actor)
        if isinstance(event, NamingResumed) and story.suspended_by:
            theirs = {story.suspended_by}
        if event.actor not in theirs:
            find(f"{event.actor} acts on {event.originator_id}, which is not its own")

    @ByFact
    def _apply(self, event: Event, story: NameStory, find: Find) -> None:
        raise NotImplementedError(event.TOPIC)  # a new fact about names needs a rule here

    @_apply.register
    def _wish(self, event: NamingWishRecorded, story: NameStory, find: Find) -> None:
        self._before_force(event, story, find)
        if (event.wish == "other-name") != (event.other is not None):
            find(f"the wish {event.wish!r} does not go with its other text")
        if event.publish and event.wish != "yes":
            find(f"{event.originator_id} is to be published against the donor's wish")
        story.wish = event.wish
        if event.wish in ("no", "other-name"):
            story.stage = "ended"

    @_apply.register
    def _screened(self, event: NamingScreened, story: NameStory, find: Find) -> None:
        self._before_force(event, story, find)
        self._wished(event, story, find)
        self._same_text(event, story, find)
        if event.passed == bool(event.findings):
            find(f"the screening of {event.originator_id} contradicts its findings")
        story.screened = not event.findings

    @_apply.register
    def _tested(self, event: NamingFundingTested, story: NameStory, find: Find) -> None:
        if not story.review:
            self._before_force(event, story, find)
        self._wished(event, story, find)
        if not story.screened:
            find(f"{event.originator_id} was funded before its text was screened")
        self._counts(event, event.gifts, event.received, find)
        needed = needed_by(event.rule, event.cost, event.tested_on)
        if needed != event.needed or event.met != reaches(event.received, needed):
            find(f"the funding test of {event.originator_id} does not follow from its rule")
        if event.share != share_received(event.received, event.cost):
            find(f"the share of {event.originator_id} is not what was received of its cost")
        story.needed, story.gifts = event.needed, event.gifts
        story.funded = reaches(event.received, needed)

    @_apply.register
    def _consented(self, event: NamingConsentRecorded, story: NameStory, find: Find) -> None:
        self._before_force(event, story, find)
        self._wished(event, story, find)
        story.consent = event.given

    @_apply.register
    def _submitted(self, event: NamingSubmitted, story: NameStory, find: Find) -> None:
        if story.stage != "proposed" or not story.asks_government:
            find(f"{event.originator_id} was submitted, which its form or stage forbids")
        self._prepared(event, story, find)
        if not of_county_or_above(event.authority, event.level):
            find(f"{event.authority} is no government of county level or above")
        story.stage, story.submitted = "submitted", event

    @_apply.register
    def _approved(self, event: NamingApproved, story: NameStory, find: Find) -> None:
        self._decided(event, story, find)
        self._prepared(event, story, find)
        self._same_text(event, story, find)
        if not event.approved_on <= event.first_day <= event.last_day:
            find(f"the term of {event.originator_id} is out of order")
        story.stage, story.approved = "approved", event

    @_apply.register
    def _rejected(self, event: NamingRejected, story: NameStory, find: Find) -> None:
        self._decided(event, story, find)
        story.stage = "ended"

    @_apply.register
    def _entered(self, event: NamingEntered, story: NameStory, find: Find) -> None:
        self._before_force(event, story, find)
        self._prepared(event, story, find)
        self._same_text(event, story, find)
        term = (event.first_day, event.last_day)
        approved = story.approved
        if story.asks_government and (
            approved is None or term != (approved.first_day, approved.last_day)
        ):
            find(f"{event.originator_id} is in force without approval for that term")
        if not event.first_day <= event.entered_on <= event.last_day:
            find(f"{event.originator_id} came into force on a day outside its term")
        if same_person(event.entered_by, story.proposed.recorded_by):
            find(f"{event.originator_id} was proposed and brought into force by one person")
        if story.proposed.benefit is not None and not set(story.gifts) <= self._valued:
            find(f"{event.originator_id} is in force, but what its donor gets is not valued")
        self._counts(event, story.gifts, event.received, find)
        story.stage, story.term = "in force", term

    @_apply.register
    def _suspended(self, event: NamingSuspended, story: NameStory, find: Find) -> None:
        if story.stage != "in force":
            find(f"{event.originator_id} was suspended while not in force")
        story.stage, story.suspended_by = "suspended", event.actor

    @_apply.register
    def _resumed(self, event: NamingResumed, story: NameStory, find: Find) -> None:
        first, last = story.term or (date.max, date.min)
        if story.stage != "suspended" or not first <= event.resumed_on <= last:
            find(f"{event.originator_id} was resumed while not suspended, or outside its term")
        story.stage, story.suspended_by = "in force", None

    @_apply.register
    def _revoked(self, event: NamingRevoked, story: NameStory, find: Find) -> None:
        if not story.active and story.stage != "approved":
            find(f"{event.originator_id} was revoked before it was approved or in force")
        story.stage = "ended"

    @_apply.register
    def _expired(self, event: NamingExpired, story: NameStory, find: Find) -> None:
        if not story.active or story.term is None or event.expired_on <= story.term[1]:
            find(f"{event.originator_id} expired before the end of its term")
        story.stage = "ended"

    @_apply.register
    def _withdrawn(self, event: NamingWithdrawn, story: NameStory, find: Find) -> None:
        if not (story.wish == "yes" if event.by == "donor" else story.consent):
            find(f"the {event.by} withdrew a consent to {event.originator_id} never given")
        story.stage = "ended"

    @_apply.register
    def _review_opened(self, event: NamingReviewOpened, story: NameStory, find: Find) -> None:
        self._counts(event, story.gifts, event.received, find)
        if not story.active or story.review or event.gift not in story.gifts:
            find(f"{event.originator_id} is put under a review it does not call for")
        if event.needed != story.needed or reaches(event.received, event.needed):
            find(f"the review of {event.originator_id} is opened on wrong figures")
        story.review = True

    @_apply.register
    def _review_closed(self, event: NamingReviewClosed, story: NameStory, find: Find) -> None:
        if not story.review:
            find(f"a review of {event.originator_id} is closed that was never opened")
        if event.outcome not in ("kept", "revoked"):
            find(f"the review of {event.originator_id} ends in {event.outcome!r}")
        self._two_people(event, event.decided_by, event.countersigned_by, find)
        story.review = False
        if event.outcome != "kept":
            story.stage = "ended"

    def _counts(self, event: Event, gifts: tuple[str, ...], said: Money, find: Find) -> None:
        held = self._sum(gifts, said.currency)
        if said.minor != held or len(set(gifts)) != len(gifts):
            find(f"{event.TOPIC} of {event.originator_id} counts {said}, its gifts hold {held}")

    def _prepared(self, event: Event, story: NameStory, find: Find) -> None:
        """Look for what must come before government is asked, and before force."""
        self._wished(event, story, find)
        missing = [
            what
            for what, there in (
                ("a screening that passed", story.screened),
                ("the beneficiary's consent", story.consent),
                ("a funding test that was met", story.funded or story.needs_no_test),
            )
            if not there
        ]
        if missing:
            find(f"{event.TOPIC} of {event.originator_id} lacks {', '.join(missing)}")

    def _wished(self, event: Event, story: NameStory, find: Find) -> None:
        if story.wish != "yes":
            find(f"{event.TOPIC} of {event.originator_id} without the donor's wish")

    def _same_text(
        self,
        event: NamingScreened | NamingApproved | NamingEntered,
        story: NameStory,
        find: Find,
    ) -> None:
        if event.text != story.proposed.text:
            find(f"{event.TOPIC} of {event.originator_id} is about another text than proposed")

    def _before_force(self, event: Event, story: NameStory, find: Find) -> None:
        if story.active:
            find(f"{event.TOPIC} of {event.originator_id} comes after it is in force")

    def _decided(
        self, event: NamingApproved | NamingRejected, story: NameStory, find: Find
    ) -> None:
        asked = story.submitted.authority if story.submitted else None
        if story.stage != "submitted" or event.authority != asked:
            find(f"{event.originator_id} was decided on by a body that was not asked")
        self._two_people(event, event.decided_by, event.countersigned_by, find)

    def _two_people(self, event: Event, first: str, other: str, find: Find) -> None:
        if same_person(first, other):
            find(f"{event.TOPIC} of {event.originator_id} was signed twice by one person")
