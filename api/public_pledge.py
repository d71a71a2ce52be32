"""What is public of a promise: promised, due, received and let go; never by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.public_house import PublicHouse
from api.public_stories import Story, day_of, stories
from api.times import rfc3339
from ledger.domain import pledges
from ledger.domain.events import Event
from ledger.domain.events.pledge import (
    PledgeEvent,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    RecurringAgreed,
)
from ledger.domain.pledges import Due, Pledge, Standing
from projections.runner import Position
from projections.trace_queries import NotTraceable

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublicPledge:
    """A promise as it stands on a day, folded from its own entries."""

    pledge: Pledge
    story: Story
    on: date

    @property
    def standing(self) -> Standing:
        """Promised, received, written off, outstanding; of what recurs, what has fallen due."""
        return pledges.standing(self.pledge, self.on)

    @property
    def dues(self) -> Sequence[Due]:
        """Each instalment with what has become of it; of what recurs, those up to the day."""
        return pledges.due(self.pledge, self.on)

    @property
    def recurs(self) -> bool:
        """Whether it falls due again and again."""
        return bool(self.pledge.terms)

    @property
    def state(self) -> str:
        """Tell "kept" (nothing is left open), "overdue", "open", or "ended" of what recurs."""
        if any(one.state == "overdue" for one in self.dues):
            return "overdue"
        if self.recurs:
            last = self.pledge.last_day
            return "ended" if last is not None and last < self.on else "open"
        return "open" if self.standing.outstanding.minor else "kept"

    @property
    def agreement(self) -> str | None:
        """The digest of the written agreement."""
        first = self.story[0][1]
        return first.agreement if isinstance(first, PledgeMade) else None

    @property
    def steps(self) -> list[tuple[int, Event]]:
        """What happened to it, but for single payments: those are told as sums."""
        single = PledgePaid | PledgePaymentUndone
        return [(leaf, fact) for leaf, fact in self.story if not isinstance(fact, single)]


def folded(story: Story, on: date) -> PublicPledge:
    """Return the promise that a story is of."""
    pledge: Pledge | None = None
    for _, event in story:
        if isinstance(event, PledgeEvent):
            pledge = pledges.evolve(pledge, event)
    assert pledge is not None, "there is at least the promise"
    return PublicPledge(pledge, story, on)


def described(home: PublicHouse, ids: list[str], at: Position | None) -> list[PublicPledge]:
    """Return these promises as of a position, those of them that are there."""
    found, on = stories(home, ids, at), day_of(at)
    known = [found[one] for one in ids if one in found]
    opens = PledgeMade | RecurringAgreed
    return [folded(story, on) for story in known if isinstance(story[0][1], opens)]


def one_of(home: PublicHouse, pledge: str, at: Position | None) -> PublicPledge:
    """Return a promise; NotTraceable when there is none under that id."""
    found = described(home, [pledge], at)
    if not found:
        raise NotTraceable("pledge", pledge)
    return found[0]


def line_json(found: PublicPledge) -> Json:
    """Return a promise as a line of a list."""
    known, stands = found.pledge, found.standing
    return {
        "pledge": known.id,
        "charity": known.organisation,
        "fund": known.fund,
        "recurring": found.recurs,
        "state": found.state,
        "unit": known.currency,
        "promised": stands.pledged.decimal(),
        "received": stands.paid.decimal(),
        "ahead": stands.ahead.decimal(),
        "written_off": stands.written_off.decimal(),
        "outstanding": stands.outstanding.decimal(),
    }


def pledge_json(found: PublicPledge, dues: Sequence[Due]) -> Json:
    """Return all that is public of a promise, with a page of its instalments."""
    last = found.pledge.last_day
    return line_json(found) | {
        "on": found.on.isoformat(),
        "agreement": found.agreement,
        "last_day": last.isoformat() if last else None,
        "terms": [
            {"from_day": t.first_day.isoformat(), "amount": t.amount.decimal(), "every": t.every}
            for t in found.pledge.terms
        ],
        "instalments": [
            {
                "due_on": one.due_on.isoformat(),
                "amount": one.amount.decimal(),
                "received": one.paid.decimal(),
                "written_off": one.written_off.decimal(),
                "open": one.open.decimal(),
                "state": one.state,
            }
            for one in dues
        ],
        "history": [
            {"entry": leaf, "fact": fact.TOPIC, "at": rfc3339(fact.timestamp)}
            for leaf, fact in found.steps
        ],
    }


def instalments(
    found: PublicPledge, limit: int, after: date | None
) -> tuple[Sequence[Due], date | None]:
    """Return instalments due after a day, in order, and the day to go on after."""
    dues = [one for one in found.dues if after is None or one.due_on > after]
    return dues[:limit], dues[limit - 1].due_on if len(dues) > limit else None
