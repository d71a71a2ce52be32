"""Has one operation recorded for one account, once for a key; tells what was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from api.operations.operation import Body, Operation, Request
from api.wiring import House
from ledger import codec
from ledger.application.asked import Asked
from ledger.domain import permissions
from ledger.domain.acting import Acting
from ledger.domain.events import Event
from ledger.domain.keeping import AskedRow
from ledger.errors import LedgerError, Refused


class KeyOfAnother(Refused):
    """An idempotency key stands for one request (draft-ietf-httpapi-idempotency-key-header 2.6)."""

    def __init__(self) -> None:
        super().__init__(
            "this idempotency key was used for another request; choose a new one for each request"
        )


@dataclass(frozen=True, slots=True)
class Call:
    """How an operation is called: under which key, of which version, on which day.

    `expected` is the version that `If-Match` names; `dry_run` records nothing; `prepared_by` is
    who prepared what this account records.
    """

    today: date
    key: str | None = None
    expected: int | None = None
    dry_run: bool = False
    prepared_by: Acting | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was recorded, or would be; `again` if it had been recorded before under this key."""

    events: tuple[Event, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an operation by an account."""

    house: House
    acting: Acting
    operation: Operation
    body: Body
    call: Call
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        asked = [self.operation.name, self.body.model_dump(mode="json")]
        text = json.dumps(asked, sort_keys=True, ensure_ascii=False)
        object.__setattr__(self, "digest", sha256(text.encode()).hexdigest())

    def run(self) -> Outcome:
        """Record it, or answer with what this key recorded before.

        Raises what the ledger refuses it for; nothing of it is recorded then. Who may not record
        it is told so before anything else.
        """
        permissions.check_role(self.acting, self.operation.fact)
        if (known := self._answered()) is not None:
            return known
        asked = self._asked()
        house = self.house.of_request(asked, dry_run=self.call.dry_run)
        try:
            self.operation.run(
                Request(house, self.acting, self.call.today, self.call.prepared_by), self.body
            )
        except LedgerError:
            if (known := self._answered()) is not None:  # somebody sent the same key meanwhile
                return known
            raise
        if not self.call.dry_run:
            self.house.publish()
        return Outcome(tuple(asked.recorded))

    def _asked(self) -> Asked:
        expected = {}
        if self.call.expected is not None and self.operation.subject:
            expected = {self.operation.subject(self.body): self.call.expected}
        return Asked(self.acting, self._key, self.digest, expected, own=self._own_gifts())

    def _own_gifts(self) -> frozenset[str]:
        if not self.acting.roles & permissions.DONOR:
            return frozenset()
        return frozenset(self.house.accounts.gifts_of(self.acting.account))

    @property
    def _key(self) -> str | None:
        return sha256(self.call.key.encode()).hexdigest() if self.call.key else None

    def _answered(self) -> Outcome | None:
        row = self._key and self.house.answered.find(self.acting.account, self._key)
        if not row or self.call.dry_run:
            return None
        if row.digest != self.digest:
            raise KeyOfAnother
        return Outcome(tuple(_recorded(self.house, row)), again=True)


def _recorded(house: House, row: AskedRow) -> Iterable[Event]:
    for stream, version in row.places:
        yield from house.engine.history(stream, after=version - 1)[:1]


def facts_of(event: Event, origin: str) -> dict[str, Any]:
    """Return an event as anybody may read it: its topic, place and data (docs/formats/event.md)."""
    said: dict[str, Any] = json.loads(codec.payload(event, origin))
    return {name: said[name] for name in ("topic", "stream", "version", "at", "data")}
