"""Long jobs over HTTP: asked for with 202, looked at while they go on, their files fetched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.jobs import arguments, asking
from api.jobs.asking import NothingHandedIn
from api.jobs.kinds import EXPORT, IMPORT, PREVIEW, RECEIPTS, VERIFY, check_role
from api.jobs.task import Json
from api.jobs.telling import PLACE, JobShape, JobsShape, headers_of, listed, told
from api.jobs.worker import Worker
from api.people.dependencies import Person, check_form
from api.problems import documented
from api.rendering import document
from api.routes.writing import Key
from api.upload_types import LISTS
from api.upload_types import RECEIPTS as RECEIPT_FILES
from api.uploads import Bounds, Form, receive
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.store.job_files import FileGone
from ledger.store.jobs import Job

router = APIRouter(tags=["jobs"])

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "json": "application/json",
}
ASKED: dict[int | str, Any] = {
    202: {"model": JobShape, "description": "The job stands; Location says where to look"},
    **documented(400, 401, 403, 404, 409, 413, 415, 422, 429),
}
LOOKED: dict[int | str, Any] = {
    200: {"model": JobShape},
    **documented(400, 401, 403, 404, 409, 422, 429),
}


def house_of(request: Request) -> House:
    """Return the house that jobs are done in."""
    return cast("House", request.app.state.house)


Home = Annotated[House, Depends(house_of)]
ID = "^[0-9a-f]{32}$"
JobId = Annotated[str, PathParameter(pattern=ID)]


class Days(BaseModel):
    """Of which days' gifts receipts are made out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: date = Field(alias="from", examples=["2026-01-01"])
    last: date = Field(alias="to", examples=["2026-12-31"])
    area: str | None = Field(None, max_length=12, examples=["230123"])
    deductible: bool = Field(default=False, description="only gifts that can be deducted")


class Year(BaseModel):
    """Of which year's receipts a spreadsheet is made."""

    model_config = ConfigDict(extra="forbid")

    year: int = Field(ge=2000, le=2999, examples=[2026])


class Decisions(BaseModel):
    """What was decided of unclear rows, each as `sheet!row`; the others are held back."""

    model_config = ConfigDict(extra="forbid")

    record: list[str] = Field(default=[], max_length=10_000, examples=[["名单!12"]])
    skip: list[str] = Field(default=[], max_length=10_000)


def _multipart(**fields: Any) -> dict[str, Any]:
    """Describe a form with files for the OpenAPI document."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 20}
    schema = {
        "type": "object",
        "properties": {"file": files, **fields},
        "required": ["file", *(n for n, f in fields.items() if f.pop("needed", False))],
    }
    return {"requestBody": {"required": True,
                            "content": {"multipart/form-data": {"schema": schema}}}}  # fmt: skip


def _text(describes: str, *, needed: bool = False, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": describes, "needed": needed, **more}


def _import_form() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}}
    return _multipart(
        fund=_text("the fund that the gifts or payments belong to", needed=True),
        kind=_text("auto, gifts, goods-received, goods-issued, payments or disbursements"),
        date=_text("the day of rows that have none", format="date"),
        unclear=_text("hold, record or skip rows that look like a gift known before"),
        cost_class=_text("of payments"),
        expect_count=_text("a control total: how many entries"),
        expect_total={**texts, "description": "control totals: 1234.50 or USD:1234.50"},
        rate={**texts, "description": "CUR:RATE:PER:DATE:SOURCE"},
        decided={**texts, "description": "unclear rows to record, sheet!row"},
        skipped={**texts, "description": "unclear rows that are known gifts, sheet!row"},
    )


@router.post(
    "/api/v1/imports", status_code=202, response_model=JobShape, responses=ASKED,
    openapi_extra=_import_form(),
)  # fmt: skip
async def import_files(request: Request, acting: Person, home: Home, key: Key) -> Response:
    """Record the gifts and payments of lists; payments wait until another account approves."""
    return await _uploaded(request, home, acting, IMPORT, key)


@router.post(
    "/api/v1/imports/preview", status_code=202, response_model=JobShape, responses=ASKED,
    openapi_extra=_import_form(),
)  # fmt: skip
async def preview_import(request: Request, acting: Person, home: Home, key: Key) -> Response:
    """Say of each row of lists what would become of it; nothing is recorded."""
    return await _uploaded(request, home, acting, PREVIEW, key)


@router.post(
    "/api/v1/verifications", status_code=202, response_model=JobShape, responses=ASKED,
    openapi_extra=_multipart(
        taxpayer=_text("who claims: a number or a name"),
        record=_text("true puts the check on record, for a tax officer"),
    ),
)  # fmt: skip
async def verify(request: Request, acting: Person, home: Home, key: Key) -> Response:
    """Check receipts (PDF, bundle) or a spreadsheet of them against the newest status list."""
    return await _uploaded(request, home, acting, VERIFY, key)


READERS: dict[str, tuple[frozenset[str], Callable[[Form], Json]]] = {
    IMPORT: (LISTS, arguments.of_import),
    PREVIEW: (LISTS, arguments.of_import),
    VERIFY: (RECEIPT_FILES, arguments.of_verification),
}
"""Of each kind that takes files: which, and what else its form says."""


async def _uploaded(request: Request, home: House, acting: Acting, kind: str, key: str) -> Response:
    job = await upload(request, home, acting, kind, lambda _: key)
    return JSONResponse(await run_in_threadpool(told, home, job), 202, headers_of(job))


async def upload(
    request: Request,
    home: House,
    acting: Acting,
    kind: str,
    key: Callable[[Form], str | None],
    typed: dict[str, list[str]] | None = None,
) -> Job:
    """Take in a form with files and ask for the job that reads them; roles are asked first.

    What was typed is put into `typed`, to be shown again if the form is refused.
    """
    check_role(kind, acting)
    kinds, said = READERS[kind]
    bounds = Bounds(home.settings.upload_max, home.settings.request_max)
    with home.job_files.incoming() as folder:
        form = await receive(request, folder, bounds, kinds)
        check_form(request, form.one("csrf"))
        if typed is not None:
            typed.update(form.fields)
        if not form.files:
            raise NothingHandedIn
        files = [asking.uploaded(f.name, f.kind, f.sha256, f.path) for f in form.files]
        given = (home, acting, kind, said(form), files, key(form))
        job = await run_in_threadpool(asking.ask, *given)
    wake(request)
    return job


def wake(request: Request) -> None:
    """Tell the worker, if one works in this process."""
    worker: Worker = request.app.state.worker
    worker.wake()


@router.post("/api/v1/receipts/bulk", status_code=202, response_model=JobShape, responses=ASKED)
def issue_receipts(request: Request, days: Days, acting: Person, home: Home, key: Key) -> Response:
    """Make out a receipt for every gift of these days that has none; the files come as a zip."""
    said = {"from": days.first.isoformat(), "to": days.last.isoformat(), "area": days.area,
            "deductible": days.deductible}  # fmt: skip
    return _asked(request, home, asking.ask(home, acting, RECEIPTS, said, [], key))


@router.post("/api/v1/receipts/export", status_code=202, response_model=JobShape, responses=ASKED)
def export_receipts(request: Request, year: Year, acting: Person, home: Home, key: Key) -> Response:
    """Make a spreadsheet of the receipts of a year."""
    return _asked(request, home, asking.ask(home, acting, EXPORT, {"year": year.year}, [], key))


@router.get(PLACE, responses={200: {"model": JobsShape}, **documented(400, 401, 404, 422)})
def list_jobs(
    request: Request,
    acting: Person,
    home: Home,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    after: Annotated[str | None, Query(pattern=ID)] = None,
) -> Response:
    """List the jobs that the account may look at, the newest first."""
    found = home.jobs.listed(acting.organisation, after, limit)
    shown = [listed(job) for job in found if asking.may_see(acting, job)]
    more = f"{PLACE}?limit={limit}&after={found[-1].id}" if len(found) == limit else None
    return document(request, {"jobs": shown}, more, {"Cache-Control": "no-store"})


@router.get(PLACE + "/{name}", responses=LOOKED)
def show_job(name: JobId, acting: Person, home: Home) -> Response:
    """Tell how far a job is, and what came out of it."""
    return _told(home, asking.find(home, acting, name))


@router.get(PLACE + "/{name}/files/{file}", responses={
    200: {"content": {kind: {} for kind in TYPES.values()}}, **documented(401, 404, 422),
})  # fmt: skip
def fetch_file(name: JobId, file: str, acting: Person, home: Home) -> Response:
    """Give a file that came out of a job, as one to save and never to show."""
    job = asking.find(home, acting, name)
    if file not in asking.files_of(home, job.id):
        raise FileGone(file)
    headers = {
        "Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store",
    }  # fmt: skip
    data = home.job_files.chunks(job.id, f"{asking.OUT}{file}")
    return StreamingResponse(data, headers=headers, media_type=TYPES[Path(file).suffix[1:]])


@router.post(PLACE + "/{name}/approve", responses=LOOKED)
def approve(request: Request, name: JobId, acting: Person, home: Home) -> Response:
    """Agree, as a second account, that what a job's preview shows be recorded."""
    job = asking.approve(home, acting, name)
    wake(request)
    return _told(home, job)


@router.post(PLACE + "/{name}/record", status_code=202, response_model=JobShape, responses=ASKED)
def record_previewed(
    request: Request, name: JobId, decisions: Decisions, acting: Person, home: Home, key: Key
) -> Response:
    """Import what a preview showed, with what was decided of its unclear rows."""
    decided = (decisions.record, decisions.skip)
    return _asked(request, home, asking.record_previewed(home, acting, name, *decided, key))


@router.delete(PLACE + "/{name}", responses=LOOKED)
def cancel(name: JobId, acting: Person, home: Home) -> Response:
    """Cancel a job that is not finished; what it has recorded by then stays recorded."""
    return _told(home, asking.cancel(home, acting, name))


def _asked(request: Request, home: House, job: Job) -> Response:
    wake(request)
    return JSONResponse(told(home, job), 202, headers_of(job))


def _told(home: House, job: Job) -> Response:
    return JSONResponse(told(home, job), 200, headers_of(job))
