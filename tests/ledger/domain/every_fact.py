"""What an event of every class says in tests, whichever part of the house it belongs to."""

from __future__ import annotations

from typing import Any

from ledger.domain.events import DonorShown, Event, GiftSupportsName
from tests.ledger.domain import given, keyed, naming_given, promises, receipted

FACTS: dict[type[Event], dict[str, Any]] = {
    cls: said
    for facts in (
        naming_given.FACTS,
        promises.PROMISE_FACTS,
        receipted.FACTS,
        keyed.KEY_FACTS,
        given.FACTS,
    )
    for cls, said in facts.items()
} | {
    GiftSupportsName: {"naming": naming_given.NAMING},
    DonorShown: {"shown": "pen-name", "sealed": ("8lfn6R5HeCSwmzacFVWxcJiFHJ6k4jyFk2Bhwv5nP4k",)},
}


def golden(cls: type[Event]) -> Event:
    """Make the event of a class as the golden vectors have it."""
    members: dict[str, Any] = FACTS[cls]
    return cls(
        originator_id="stream-1",
        originator_version=2,
        timestamp=given.NOON,
        actor=given.CHARITY,
        **members,
    )
