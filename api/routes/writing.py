"""Every operation over HTTP: `POST /api/v1/{group}/{verb}`, answered with what was recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from inspect import Parameter, Signature
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.operations import OPERATIONS
from api.operations.operation import Body, Operation
from api.operations.running import Call, Outcome, Use, facts_of
from api.people.dependencies import Person
from api.problems import documented
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.days import day_in_china
from ledger.errors import Refused, Unreadable

KEY = re.compile(r"[!-~]{1,255}")
VERSION = re.compile(r'"v([0-9]{1,18})"')
REPLAYED = "Idempotency-Replayed"


class KeyMissing(Unreadable):
    """What records something is asked for under a key (draft-ietf-httpapi-idempotency-key)."""

    def __init__(self) -> None:
        super().__init__(
            "send an Idempotency-Key header: a new random value for each request, and the same "
            "when you send it again"
        )


class KeyMalformed(Unreadable):
    """A key is 1 to 255 visible ASCII characters."""

    def __init__(self) -> None:
        super().__init__("Idempotency-Key: use 1 to 255 visible ASCII characters, such as a UUID")


class VersionMalformed(Unreadable):
    """`If-Match` names the version that a write was answered with."""

    def __init__(self) -> None:
        super().__init__('If-Match: send the ETag that you were given, such as "v17"')


class NoVersionHere(Refused):
    """Only what has one story has a version."""

    def __init__(self, name: str) -> None:
        super().__init__(f"If-Match means nothing for {name}: leave it out")


class RecordedEvent(BaseModel):
    """One event as it stands in the public log."""

    topic: str = Field(examples=["gift-received.v1"])
    stream: str = Field(examples=["gift-0b1c…"])
    version: int = Field(ge=1)
    at: str = Field(description="when it was recorded, RFC 3339 UTC")
    data: dict[str, Any] = Field(description="what it says; personal data as digests only")


class RecordedShape(BaseModel):
    """What a request had recorded, or would have with `dry_run`."""

    recorded: list[RecordedEvent]
    dry_run: bool
    again: bool = Field(description="recorded before, under the same idempotency key")


def day_now() -> date:
    """Return the day in China."""
    return day_in_china(datetime.now(UTC))


def key_of(idempotency_key: Annotated[str | None, Header()] = None) -> str:
    """Return the request's idempotency key; refuse a request without one."""
    if idempotency_key is None:
        raise KeyMissing
    if not KEY.fullmatch(idempotency_key):
        raise KeyMalformed
    return idempotency_key


def version_of(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """Return the version that `If-Match` names (RFC 9110 13.1.1)."""
    if if_match is None:
        return None
    found = VERSION.fullmatch(if_match.strip())
    if not found:
        raise VersionMalformed
    return int(found[1])


Key = Annotated[str, Depends(key_of)]
Version = Annotated[int | None, Depends(version_of)]
Today = Annotated[date, Depends(day_now)]
DryRun = Annotated[bool, Query(description="say what would be recorded; record nothing")]

router = APIRouter(tags=["writing"])


def _endpoint(operation: Operation) -> Callable[..., Response]:
    """Return the route function of an operation; its signature names the operation's body."""

    def record(**given: Any) -> Response:
        return _answer(operation, **given)

    parameters = {
        "request": Request,
        "acting": Person,
        "key": Key,
        "version": Version,
        "today": Today,
        "dry_run": DryRun,
        "body": operation.body,
    }
    kinds = [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind,
                  default=False if name == "dry_run" else Parameter.empty)
        for name, kind in parameters.items()
    ]  # fmt: skip
    vars(record)["__signature__"] = Signature(kinds, return_annotation=Response)
    return record


def _answer(
    operation: Operation,
    *,
    request: Request,
    acting: Acting,
    key: str,
    version: int | None,
    today: date,
    dry_run: bool,
    body: Body,
) -> Response:
    if version is not None and operation.subject is None:
        raise NoVersionHere(operation.name)
    house = cast("House", request.app.state.house)
    call = Call(today, key, version, dry_run)
    outcome = Use(house, acting, operation, body, call).run()
    return answered(house, outcome, dry_run=dry_run)


def answered(house: House, outcome: Outcome, *, dry_run: bool) -> Response:
    """Answer with what was recorded: 201, or 200 when nothing is new."""
    origin = house.recorder.origin()
    said = {
        "recorded": [facts_of(event, origin) for event in outcome.events],
        "dry_run": dry_run,
        "again": outcome.again,
    }
    headers = {"Cache-Control": "no-store"}
    if outcome.events:
        headers["ETag"] = f'"v{outcome.events[-1].originator_version}"'
    if outcome.again:
        headers[REPLAYED] = "true"
    new = outcome.events and not outcome.again and not dry_run
    return JSONResponse(said, 201 if new else 200, headers)


def _described(operation: Operation) -> str:
    return f"{operation.zh}\n\n{operation.run.__doc__}"


for _operation in OPERATIONS:
    router.add_api_route(
        _operation.path,
        _endpoint(_operation),
        methods=["POST"],
        name=_operation.name,
        operation_id=_operation.name.replace("-", "_"),
        summary=_operation.en,
        description=_described(_operation),
        status_code=201,
        response_model=RecordedShape,
        responses={
            200: {"model": RecordedShape, "description": "Nothing new was recorded"},
            **documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 429),
        },
    )
