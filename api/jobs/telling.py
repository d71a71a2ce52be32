"""How a job is told to programs: its state and progress, what came out, where to fetch it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from api.jobs import asking
from api.wiring import House
from ledger.store.jobs import UNFINISHED, Job

PLACE = "/api/v1/jobs"


class ProgressShape(BaseModel):
    """Units done and units there are; a total of 0 is not known yet."""

    done: int = Field(ge=0)
    total: int = Field(ge=0)


class FileShape(BaseModel):
    """A file that came out, and where to fetch it until the job expires."""

    name: str = Field(examples=["errors.xlsx"])
    href: str


class JobShape(BaseModel):
    """A long job; `result` is what the command line prints, or `{"error": sentence}`."""

    id: str
    kind: str = Field(examples=["import", "import-preview", "receipts", "verification"])
    state: str = Field(
        examples=["queued", "running", "awaiting-approval", "done", "failed", "cancelled"]
    )
    created: str = Field(description="RFC 3339 UTC")
    changed: str
    expires: str = Field(description="until then result and files are kept")
    account: str = Field(description="who asked for it")
    approver: str | None = Field(description="who agreed to it, where a second person must")
    progress: ProgressShape
    result: dict[str, Any] | None
    files: list[FileShape]


class JobsShape(BaseModel):
    """Jobs of the organisation, the newest first, without their results."""

    jobs: list[JobShape]


def told(house: House, job: Job) -> dict[str, Any]:
    """Return a job with its result and its files."""
    files = asking.files_of(house, job.id) if job.state not in ("queued", "running") else []
    return _said(job) | {
        "result": asking.result_of(house, job.id),
        "files": [{"name": f, "href": f"{PLACE}/{job.id}/files/{f}"} for f in files],
    }


def listed(job: Job) -> dict[str, Any]:
    """Return a job as a line of a list."""
    return _said(job) | {"result": None, "files": []}


def headers_of(job: Job) -> dict[str, str]:
    """Return where a job is, and when to look again while it goes on."""
    again = {"Retry-After": "2"} if job.state in UNFINISHED else {}
    return {"Location": f"{PLACE}/{job.id}", "Cache-Control": "no-store", **again}


def _said(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "created": job.created.isoformat(),
        "changed": job.changed.isoformat(),
        "expires": job.expires.isoformat(),
        "account": job.account,
        "approver": job.approver,
        "progress": {"done": job.done, "total": job.total},
    }
