"""Receipts as tests are given them: their facts, and a log that tells them."""

from __future__ import annotations

from typing import Any, TypeVar

from ledger.domain.events import Event
from tests.ledger.domain.every_fact import FACTS
from tests.ledger.domain.given import CHARITY, NOON, Story

E = TypeVar("E", bound=Event)


def fact(cls: type[E], stream: str, version: int = 1, actor: str = CHARITY, **said: object) -> E:
    """Make an event, with the figures that a test is about."""
    members: dict[str, Any] = {**FACTS[cls], **said}
    return cls(
        originator_id=stream,
        originator_version=version,
        timestamp=NOON,
        actor=actor,
        **members,
    )


class ReceiptLog(Story):
    """A log that also tells of receipts made out, exchanged and claimed."""

    def tell(self, cls: type[Event], stream: str, **said: Any) -> ReceiptLog:
        """Add an event with what a test says about it."""
        self.versions[stream] += 1
        version = said.pop("version", self.versions[stream])
        self.log.append(fact(cls, stream, version, **said))
        return self
