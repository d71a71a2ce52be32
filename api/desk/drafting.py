"""Has what one account prepared looked at, recorded, refused or withdrawn by accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from api.operations import BY_NAME, OPERATIONS
from api.operations.operation import Body, Operation
from api.operations.running import Call, Outcome, Use
from api.wiring import House
from ledger.domain import drafting
from ledger.domain.acting import Acting
from ledger.domain.events import Event
from ledger.errors import LedgerError, Refused
from ledger.store.drafts import (
    RECORDED,
    REFUSED,
    STATES,
    WAITING,
    WITHDRAWN,
    Draft,
    DraftUnknown,
)


class DraftOutdated(Refused):
    """What was prepared is no longer what its operation is asked with."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"draft {name} was prepared for a form that has changed since: withdraw it and prepare "
            "it again"
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft as an account sees it: what was prepared, and what it would have recorded.

    `body` is None once the draft is decided; `hindrance` is why nothing would be recorded, if so.
    """

    draft: Draft
    operation: Operation
    body: dict[str, Any] | None
    events: tuple[Event, ...] = ()
    hindrance: LedgerError | None = None

    @property
    def refused(self) -> str:
        """Why nothing would be recorded, or ""."""
        return str(self.hindrance or "")


def prepared_for(acting: Acting) -> list[Operation]:
    """Return the operations whose drafts an account may prepare and look at."""
    return [one for one in OPERATIONS if drafting.may_prepare(acting, one.fact)]


def prepare(
    house: House, acting: Acting, operation: Operation, body: Body, key: str
) -> tuple[Draft, bool]:
    """Keep what an account prepared for another; return the draft and whether it is new."""
    drafting.check_preparing(acting, operation.fact)
    said = json.dumps(body.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return house.drafts.add(acting, operation.name, said.encode(), key)


def find(house: House, acting: Acting, name: str) -> Draft:
    """Return a draft that an account may look at; any other is not there."""
    draft = house.drafts.find(name, acting.organisation)
    operation = BY_NAME.get(draft.operation)
    if operation is None or not drafting.may_prepare(acting, operation.fact):
        raise DraftUnknown(name)
    return draft


def listed(
    house: House, acting: Acting, state: str | None, after: str | None, most: int
) -> list[Draft]:
    """Return the drafts that an account may look at, the newest first."""
    names = [one.name for one in prepared_for(acting)]
    states = STATES if state is None else (state,)
    return house.drafts.listed(acting.organisation, names, states, after, most)


def look(house: House, acting: Acting, name: str, today: date) -> Looked:
    """Say what a draft holds, and what this account would have recorded by it today."""
    draft = find(house, acting, name)
    operation = BY_NAME[draft.operation]
    if draft.state != WAITING:
        recorded = recorded_of(house, draft) if draft.state == RECORDED else ()
        return Looked(draft, operation, None, recorded)
    body = _body(house, draft, operation)
    said = body.model_dump(mode="json", exclude_none=True)
    call = Call(today, dry_run=True, prepared_by=draft.preparer)
    try:
        outcome = Use(house, acting, operation, body, call).run()
    except LedgerError as error:
        return Looked(draft, operation, said, hindrance=error)
    return Looked(draft, operation, said, outcome.events)


def record(house: House, acting: Acting, name: str, today: date) -> Outcome:
    """Record what another account prepared; who asks again gets the same answer.

    The draft is noted as begun first: after a crash its events are found under its key, and no
    other account records it a second time.
    """
    with _deciding(house, acting, name) as (draft, operation):
        if draft.state == RECORDED and draft.decided_by == acting.account:
            return Outcome(recorded_of(house, draft), again=True)
        drafting.check_deciding(acting, draft.prepared_by, operation.fact)
        body = _body(house, draft, operation)
        begun = house.drafts.begin(draft, acting.account)
        call = Call(today, key=draft.key, prepared_by=draft.preparer)
        outcome = Use(house, acting, operation, body, call).run()
        house.drafts.decide(begun, RECORDED, acting.account)
    return outcome


def refuse(house: House, acting: Acting, name: str, note: str) -> Draft:
    """Refuse what another account prepared, and say why."""
    with _deciding(house, acting, name) as (draft, operation):
        drafting.check_deciding(acting, draft.prepared_by, operation.fact)
        return house.drafts.decide(draft, REFUSED, acting.account, note)


def withdraw(house: House, acting: Acting, name: str) -> Draft:
    """Take back what the same account prepared."""
    with _deciding(house, acting, name) as (draft, _):
        drafting.check_withdrawing(acting, draft.prepared_by)
        return house.drafts.decide(draft, WITHDRAWN, acting.account)


@contextmanager
def _deciding(house: House, acting: Acting, name: str) -> Iterator[tuple[Draft, Operation]]:
    find(house, acting, name)  # whoever may not look at it waits for nobody
    with house.drafts.deciding(name):
        draft = find(house, acting, name)
        yield draft, BY_NAME[draft.operation]


def _body(house: House, draft: Draft, operation: Operation) -> Body:
    try:
        return operation.body.model_validate_json(house.drafts.body(draft))
    except ValidationError:
        raise DraftOutdated(draft.id) from None


def recorded_of(house: House, draft: Draft) -> tuple[Event, ...]:
    """Return what was recorded of a draft, in the order it was."""
    row = house.drafts.answer(draft)
    places = row.places if row else ()
    return tuple(
        event
        for stream, version in places
        for event in house.engine.history(stream, after=version - 1)[:1]
    )
