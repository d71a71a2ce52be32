"""The desk of whoever signed in: what they may have recorded, each as a form with a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from secrets import token_urlsafe
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from api.desk import drafting
from api.desk.concerned import concerned
from api.desk.forms import Typed, fields_of, read
from api.desk.overview import overview_of
from api.desk.telling import Told, tell
from api.operations import BY_NAME, open_to
from api.operations.operation import Operation
from api.operations.running import Call, Use
from api.people.dependencies import Person
from api.problems import explained
from api.rendering import page
from api.routes.writing import Today
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.drafting import may_prepare
from ledger.domain.permissions import NotPermitted, SecondFactorMissing
from ledger.errors import LedgerError, Unknown

PRIVATE = {"Cache-Control": "no-store"}
PREVIEW, RECORD, DRAFT = "preview", "record", "draft"
CHUNK = 1 << 20

GROUPS: Mapping[str, tuple[str, str]] = {
    "gifts": ("捐赠", "Gifts"),
    "funds": ("资金", "Funds"),
    "disbursements": ("支出", "Disbursements"),
    "limits": ("审批限额", "Limits"),
    "receipts": ("票据", "Receipts"),
    "pledges": ("认捐", "Pledges"),
    "credits": ("捐赠关联", "Credits"),
    "services": ("服务", "Services"),
    "namings": ("冠名", "Names"),
    "periods": ("账期", "Periods"),
    "eligibility": ("扣除资格", "Eligibility"),
    "books": ("票据领用", "Receipt books"),
    "tax": ("税务勾选", "Claims"),
}
"""What groups of operations are called."""


class NoSuchOperation(Unknown):
    """There is no form of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no operation {name}; the desk lists what there is")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: what was typed, the key of this form, which button was pressed."""

    typed: Typed
    key: str
    step: str


async def sent(request: Request) -> Sent:
    """Read a form; a document is replaced by its SHA-256 (hex), and not kept."""
    typed: dict[str, str] = {}
    async with request.form() as form:
        for name, value in form.items():
            if not isinstance(value, UploadFile):
                typed[name] = value
            elif value.filename:
                typed[name] = await _digest(value)
    return Sent(typed, typed.pop("idempotency_key", ""), typed.pop("step", PREVIEW))


async def _digest(file: UploadFile) -> str:
    summed = sha256()
    while chunk := await file.read(CHUNK):
        summed.update(chunk)
    return summed.hexdigest()


def operation_of(group: str, verb: str, acting: Person) -> Operation:
    """Return an operation that the account may use, or prepare for another account."""
    operation = BY_NAME.get(f"{group}-{verb}")
    if operation is None:
        raise NoSuchOperation(f"{group} {verb}")
    if not may_prepare(acting, operation.fact):
        raise NotPermitted(operation.fact, ())
    return operation


Named = Annotated[Operation, Depends(operation_of)]
router = APIRouter(include_in_schema=False)


@router.get("/desk")
def desk(request: Request, acting: Person) -> Response:
    """Show what the account may have recorded."""
    listed = [(GROUPS[name], list(found)) for name, found in _grouped(acting)]
    shown = {"groups": listed, "overview": overview_of(acting)}
    return page(request, "desk/menu.html", shown, headers=PRIVATE)


def _grouped(acting: Acting) -> groupby[str, Operation]:
    return groupby(open_to(acting), key=lambda one: one.group)


@router.get("/desk/{group}/{verb}")  # noqa: FAST003 the operation is named by both
def form(request: Request, operation: Named, acting: Person) -> Response:
    """Show the form of an operation, filled in as far as the address says."""
    return _form(request, operation, acting, dict(request.query_params), {})


@router.post("/desk/{group}/{verb}")
def record(
    request: Request,
    operation: Named,
    acting: Person,
    form: Annotated[Sent, Depends(sent)],
    today: Today,
) -> Response:
    """Show what would be recorded, record it, or hand it to another account."""
    body, errors = read(operation.body, form.typed)
    if body is None:
        return _form(request, operation, acting, form.typed, errors, status=422)
    house = cast("House", request.app.state.house)
    call = Call(today, form.key or token_urlsafe(16), dry_run=form.step != RECORD)
    try:
        if form.step == DRAFT:
            draft, _ = drafting.prepare(house, acting, operation, body, str(call.key))
            return RedirectResponse(f"/desk/drafts/{draft.id}", 303, PRIVATE)
        outcome = Use(house, acting, operation, body, call).run()
    except LedgerError as error:
        return _form(request, operation, acting, form.typed, {}, refused=error, status=409)
    told = [tell(event, house.recorder.origin()) for event in outcome.events]
    if form.step == RECORD and told:
        return RedirectResponse(f"/desk/recorded/{told[0].stream}/{told[0].version}", 303, PRIVATE)
    return _form(request, operation, acting, form.typed, {}, preview=told, key=call.key)


@router.get("/desk/recorded/{stream}/{version}")
def recorded(request: Request, stream: str, version: int, acting: Person) -> Response:
    """Show what was recorded, and where in the log it stands."""
    house = cast("House", request.app.state.house)
    events = house.engine.history(stream, after=version - 1)[:1]
    if not events or events[0].actor != acting.organisation:
        raise NoSuchOperation(f"{stream} {version}")
    told = tell(events[0], house.recorder.origin())
    states = house.states()
    return page(request, "desk/recorded.html", {"told": told, "states": states}, headers=PRIVATE)


def _form(
    request: Request,
    operation: Operation,
    acting: Acting,
    typed: Typed,
    errors: Typed,
    *,
    refused: LedgerError | None = None,
    preview: list[Told] | None = None,
    key: str | None = None,
    status: int = 200,
) -> Response:
    shown = {
        "operation": operation,
        "able": operation.open_to(acting),
        "fields": fields_of(operation.body, typed, errors),
        "about": concerned(request.app.state.house, acting, typed),
        "refused": refused and explained(refused),
        "confirm": isinstance(refused, SecondFactorMissing),
        "preview": preview,
        "key": key or token_urlsafe(16),
        "group": GROUPS[operation.group],
    }
    return page(request, "desk/operation.html", shown, status=status, headers=PRIVATE)
