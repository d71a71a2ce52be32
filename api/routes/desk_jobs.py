"""Pages of long jobs: lists are sent in, looked at row by row, decided, recorded, handed back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api.importing.recording import PAYING
from api.imports.files import KINDS as FILE_KINDS
from api.jobs import arguments, asking
from api.jobs.kinds import IMPORT, PREVIEW, RECEIPTS, VERIFY, check_role
from api.jobs.task import Json
from api.jobs.telling import told
from api.jobs.words import FILES, KINDS, ROWS, STATES
from api.people.dependencies import Person
from api.rendering import page
from api.routes.jobs import Home, JobId, upload, wake
from api.uploads import Form
from api.verifying.sheet import RESULTS
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.errors import LedgerError
from ledger.store.jobs import DONE, UNDER_WAY, UNFINISHED, WAITING, Job
from projections import directory

router = APIRouter(include_in_schema=False)

LISTED = 50
PRIVATE = {"Cache-Control": "no-store"}
BOXES = ("fund", "kind", "date", "expect_count", "expect_total")
NO_RESULT: Json = {
    "error": None, "files": [], "rows": [], "counts": {}, "reports": [], "summary": None,
}  # fmt: skip
DECISIONS = ("record", "skip", "hold")


@router.get("/desk/import")
def import_form(request: Request, acting: Person, home: Home) -> Response:
    """Show the form that lists are sent in with."""
    check_role(IMPORT, acting)
    return _form(request, acting, home, {}, None)


@router.post("/desk/import")
async def send_lists(request: Request, acting: Person, home: Home) -> Response:
    """Take lists in and show what would become of their rows; nothing is recorded yet."""
    typed: dict[str, list[str]] = {}

    def key(form: Form) -> str | None:
        return form.one("idempotency_key") or None

    try:
        job = await upload(request, home, acting, PREVIEW, key, typed)
    except LedgerError as error:
        return await run_in_threadpool(_form, request, acting, home, typed, error)
    return RedirectResponse(f"/desk/jobs/{job.id}", 303, PRIVATE)


def _form(
    request: Request,
    acting: Acting,
    home: House,
    typed: dict[str, list[str]],
    error: LedgerError | None,
) -> Response:
    home.runner.catch_up()
    refused, status = explanation(error) if error else (None, 200)
    shown = {
        "funds": directory.funds(home.runner, acting.organisation),
        "kinds": FILE_KINDS,
        "typed": {name: typed.get(name, [""])[-1] for name in BOXES},
        "key": uuid4().hex,
        "refused": refused,
        "wrong": getattr(error, "field", "file") if error else None,
        "most": home.settings.upload_max // 2**20,
        "most_together": home.settings.request_max // 2**20,
    }
    return page(request, "desk/import.html", shown, status=status, headers=PRIVATE)


def explanation(error: LedgerError) -> tuple[dict[str, object], int]:
    """Return what a form says of a refusal, and the status that it has where programs ask."""
    from api.problems import explained, problem_of  # noqa: PLC0415 they know what jobs refuse

    return explained(error), problem_of(error).status


@router.get("/desk/jobs")
def list_jobs(request: Request, acting: Person, home: Home) -> Response:
    """List the newest jobs of the organisation, those that wait for approval among them."""
    found = home.jobs.listed(acting.organisation, None, LISTED)
    jobs = [job for job in found if asking.may_see(acting, job)]
    shown = {
        "jobs": jobs, "kinds": KINDS, "states": STATES, "key": uuid4().hex,
        "desk": bool(acting.roles & {"clerk", "reviewer"}),
    }  # fmt: skip
    return page(request, "desk/jobs.html", shown, headers=PRIVATE)


@router.post("/desk/jobs/receipts")
async def bulk_receipts(request: Request, acting: Person, home: Home) -> Response:
    """Ask for the receipts of all gifts of some days."""
    form = await request.form()
    said = arguments.of_days({name: str(value) for name, value in form.items()})
    key = str(form.get("idempotency_key") or "") or None
    job = await run_in_threadpool(asking.ask, home, acting, RECEIPTS, said, [], key)
    return _on(request, job)


@router.get("/desk/jobs/{name}")
def show_job(request: Request, name: JobId, acting: Person, home: Home) -> Response:
    """Show how far a job is; it is looked at again by itself until it is done."""
    job = asking.find(home, acting, name)
    said = told(home, job)
    shown = {
        "job": job,
        "result": NO_RESULT | (said["result"] or {}),
        "checked": said["result"]["counts"] if _checked(job) else {},
        "results": RESULTS,
        "files": said["files"],
        "kinds": KINDS,
        "states": STATES,
        "rows": ROWS,
        "file_words": FILES,
        "under_way": job.state in UNDER_WAY,
        "unfinished": job.state in UNFINISHED,
        "decidable": job.kind == PREVIEW and job.state == DONE,
        "pays": _pays(said["result"] or {}),
        "waiting": job.state == WAITING,
        "own": job.account == acting.account,
        "reviewer": "reviewer" in acting.roles,
        "confirmed": acting.confirmed,
        "key": uuid4().hex,
    }
    return page(request, "desk/job.html", shown, headers=PRIVATE)


def _checked(job: Job) -> bool:
    return job.kind == VERIFY and job.state == DONE


def _pays(result: dict[str, Any]) -> bool:
    return any(kind in PAYING for file in result.get("files", ()) for kind in file["kinds"])


@router.post("/desk/jobs/{name}/record")
async def record_previewed(request: Request, name: JobId, acting: Person, home: Home) -> Response:
    """Record what a preview showed, with the decisions of its form."""
    form = await request.form()
    chosen = [str(v).partition(" ")[::2] for n, v in form.items() if n.startswith("row-")]
    by = {how: {row for said, row in chosen if said == how} for how in DECISIONS}
    key = str(form.get("idempotency_key") or "") or None
    job = await run_in_threadpool(
        asking.record_previewed, home, acting, name, by["record"], by["skip"], key
    )
    return _on(request, job)


@router.post("/desk/jobs/{name}/approve")
def approve(request: Request, name: JobId, acting: Person, home: Home) -> Response:
    """Agree, as another account, that what is shown be recorded."""
    return _on(request, asking.approve(home, acting, name))


@router.post("/desk/jobs/{name}/cancel")
def cancel(request: Request, name: JobId, acting: Person, home: Home) -> Response:
    """Cancel a job that is not finished."""
    return _on(request, asking.cancel(home, acting, name))


def _on(request: Request, job: Job) -> Response:
    wake(request)
    return RedirectResponse(f"/desk/jobs/{job.id}", 303, PRIVATE)
