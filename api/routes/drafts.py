"""Drafts over HTTP: what one account prepares for another to record, refuse or leave."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.desk import drafting
from api.operations import BY_NAME
from api.operations.fields import Words
from api.operations.running import facts_of
from api.people.dependencies import Person
from api.problems import documented
from api.rendering import document
from api.routes.jobs import Home
from api.routes.writing import Key, RecordedEvent, RecordedShape, Today, answered
from api.times import rfc3339
from ledger.errors import Unknown
from ledger.store.drafts import WAITING, Draft

PLACE = "/api/v1/drafts"
ID = "^[0-9a-f]{32}$"
PRIVATE = {"Cache-Control": "no-store"}
State = Literal["waiting", "recorded", "refused", "withdrawn", "expired"]
DraftId = Annotated[str, Path(pattern=ID)]
router = APIRouter(tags=["drafts"])


class NoSuchOperation(Unknown):
    """There is no operation of that name to prepare."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no operation {name!r}: it is called as in its address, gifts-return for "
            "/api/v1/gifts/return"
        )


class Prepared(BaseModel):
    """What is prepared: the operation's name, and what it is asked with."""

    model_config = ConfigDict(extra="forbid")

    operation: str = Field(
        max_length=100,
        examples=["gifts-return"],
        description="as in its address: gifts-return for /api/v1/gifts/return",
    )
    body: dict[str, Any] = Field(description="as the operation itself is asked with")


class Note(BaseModel):
    """Why a draft is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    note: Words


class DraftShape(BaseModel):
    """A draft: who prepared it, and what became of it. Accounts are named by their ids alone."""

    id: str
    operation: str
    state: State
    prepared_by: str
    prepared_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str


class DraftsShape(BaseModel):
    """A page of drafts, the newest first; the header Link names the next one."""

    drafts: list[DraftShape]


class LookedShape(DraftShape):
    """A draft with what was prepared, and what the account that looks would have recorded.

    Once it is decided, what was prepared is gone, and `events` are those that were recorded.
    """

    prepared: dict[str, Any] | None
    events: list[RecordedEvent]
    refused: str = Field(description="why nothing would be recorded, or empty")


def told(draft: Draft) -> dict[str, object]:
    """Return what is said of a draft."""
    decided = draft.state != WAITING
    return {
        "id": draft.id,
        "operation": draft.operation,
        "state": draft.state,
        "prepared_by": draft.prepared_by,
        "prepared_at": rfc3339(draft.prepared_at),
        "decided_by": draft.decided_by if decided else None,
        "decided_at": rfc3339(draft.decided_at),
        "note": draft.note,
    }


@router.post(
    PLACE, status_code=201, response_model=DraftShape,
    responses={200: {"model": DraftShape, "description": "Prepared before, under the same key"},
               **documented(400, 401, 403, 404, 409, 422, 429)},
)  # fmt: skip
def prepare_draft(home: Home, acting: Person, key: Key, prepared: Prepared) -> Response:
    """Prepare something for another account of the organisation to record."""
    operation = BY_NAME.get(prepared.operation)
    if operation is None:
        raise NoSuchOperation(prepared.operation)
    try:
        body = operation.body.model_validate(prepared.body)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    draft, new = drafting.prepare(home, acting, operation, body, key)
    headers = {**PRIVATE, "Location": f"{PLACE}/{draft.id}"}
    return JSONResponse(told(draft), 201 if new else 200, headers)


@router.get(PLACE, responses={200: {"model": DraftsShape}, **documented(400, 401, 404, 422)})
def list_drafts(
    request: Request,
    home: Home,
    acting: Person,
    state: State | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    after: Annotated[str | None, Query(pattern=ID)] = None,
) -> Response:
    """List the drafts of the account's organisation that it may look at, the newest first."""
    found = drafting.listed(home, acting, state, after, limit)
    wanted = f"&state={state}" if state else ""
    more = f"{PLACE}?limit={limit}{wanted}&after={found[-1].id}" if len(found) == limit else None
    return document(request, {"drafts": [told(one) for one in found]}, more, PRIVATE)


@router.get(
    PLACE + "/{name}",
    responses={200: {"model": LookedShape}, **documented(400, 401, 404, 409, 422)},
)
def show_draft(home: Home, acting: Person, today: Today, name: DraftId) -> Response:
    """Tell what was prepared, and what this account would have recorded by it."""
    looked = drafting.look(home, acting, name, today)
    origin = home.recorder.origin()
    said = {
        **told(looked.draft),
        "prepared": looked.body,
        "events": [facts_of(event, origin) for event in looked.events],
        "refused": looked.refused,
    }
    return JSONResponse(said, 200, PRIVATE)


@router.post(
    PLACE + "/{name}/record", status_code=201, response_model=RecordedShape,
    responses={200: {"model": RecordedShape, "description": "Nothing new was recorded"},
               **documented(400, 401, 403, 404, 409, 422, 429)},
)  # fmt: skip
def record_draft(home: Home, acting: Person, today: Today, name: DraftId) -> Response:
    """Record what another account prepared; asked again, it gives the same answer."""
    return answered(home, drafting.record(home, acting, name, today), dry_run=False)


DECIDED: dict[int | str, Any] = {
    200: {"model": DraftShape},
    **documented(400, 401, 403, 404, 409, 422, 429),
}


@router.post(PLACE + "/{name}/refuse", responses=DECIDED)
def refuse_draft(home: Home, acting: Person, name: DraftId, said: Note) -> Response:
    """Refuse what another account prepared, and say why."""
    return JSONResponse(told(drafting.refuse(home, acting, name, said.note)), 200, PRIVATE)


@router.post(PLACE + "/{name}/withdraw", responses=DECIDED)
def withdraw_draft(home: Home, acting: Person, name: DraftId) -> Response:
    """Take back what the same account prepared."""
    return JSONResponse(told(drafting.withdraw(home, acting, name)), 200, PRIVATE)
