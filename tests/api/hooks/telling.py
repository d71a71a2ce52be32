"""A house whose hooks tests make, and whose time they set."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from api.hooks import asking
from api.hooks.asking import FIRST, Asked
from api.hooks.delivering import Delivering, Done, Terms
from api.wiring import House
from ledger.store.hooks import Hook
from tests.api.hooks.receiving import Receiver
from tests.api.operations.accounts import account
from tests.conftest import USCC
from tests.houses import give

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
CLERK = account(1, USCC, "clerk")


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Telling:
    """A ledger, its clock, and a receiver."""

    house: House
    fund: str
    clock: Clock
    receiver: Receiver

    def __post_init__(self) -> None:
        self.terms = Terms(asking.reach_of(self.house))
        self.secret = b""

    def hook(self, *topics: str, after: int | None = FIRST, charity: str = "") -> Hook:
        """Add a hook to the receiver as a clerk."""
        asked = Asked(self.receiver.url, topics, charity, after)
        hook, secret = asking.add(self.house, CLERK, asked, uuid.uuid4().hex)
        assert secret is not None, "the key is new"
        self.secret = secret
        return hook

    def give(self, *yuan: str) -> int:
        """Record gifts and publish them; return how many entries are published then."""
        give(self.house, self.fund, *yuan)
        self.house.publish()
        return self.size

    @property
    def size(self) -> int:
        """How many entries are published."""
        return asking.published(self.house)

    def deliver(self, hook: Hook, **terms: object) -> Done:
        """Give a hook its turn."""
        given = replace(self.terms, **terms)  # type: ignore[arg-type]  # a test names its own
        return Delivering(self.house, given).deliver(hook.id, self.size)

    def due(self) -> Done:
        """Give every hook that is due its turn."""
        return Delivering(self.house, self.terms).deliver_due()

    def now(self, hook: Hook) -> Hook:
        """Return a hook as it is now."""
        return self.house.hooks.get(hook.id)

    def wait(self, pause: timedelta) -> None:
        """Let time pass."""
        self.clock.now += pause
