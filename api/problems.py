"""The one table from errors to statuses, and how an error is shown (RFC 9457, or a page)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from eventsourcing.persistence import InterfaceError, OperationalError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.rendering import HEADERS, page
from ledger.errors import LedgerError, Refused, Unknown, Unreadable, Untrusted
from ledger.store.database import DatabaseUnreachable
from ledger.store.log_objects import LogUnreachable
from projections.runner import ViewBehind

MEDIA_TYPE = "application/problem+json"
PAGES = ("/funds", "/trace", "/check", "/problems")
"""Where people read; elsewhere programs do, and get problem documents."""


class NotReady(Unreadable):
    """The portal can't answer yet."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not ready: {why}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: its stable name, status and titles; `detail` replaces the error's own."""

    name: str
    status: int
    title: str
    chinese: str
    detail: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


UNREACHABLE = Problem(
    "unavailable",
    503,
    "The ledger can't be reached right now",
    "账本暂时无法访问",
    "the database does not answer; nothing is wrong with your request, try again soon",
    {"Retry-After": "10"},
)
NO_LOG = Problem(
    "log-unavailable", 503, "The published log can't be read right now", "公开账本暂时无法读取",
    "where the log lies does not answer; nothing is wrong with your request, try again soon",
    {"Retry-After": "10"},
)  # fmt: skip
NOT_READY = Problem("not-ready", 503, "The ledger is not ready yet", "账本尚未就绪")
REFUSED = Problem("refused", 409, "A rule of the ledger says no", "账本规则不允许")
UNKNOWN = Problem("unknown", 404, "Nothing is known under that name", "账本中没有这一项")
UNTRUSTED = Problem("untrusted", 422, "Evidence does not check out", "证据核对不上")
UNREADABLE = Problem("unreadable", 400, "The request can't be understood", "无法理解这个请求")
NO_SUCH_ADDRESS = Problem(
    "no-such-address", 404, "There is no such address here", "没有这个网址",
    "there is nothing at this address; the front page leads to all that is shown",
)  # fmt: skip
METHOD = Problem(
    "method", 405, "This address can only be read", "此网址只能查看",
    "this address is there to be read (GET), nothing can be sent to it",
)  # fmt: skip
FAULT = Problem(
    "fault", 500, "A fault of ours", "系统内部错误",
    "the fault is ours and was written to the server's log",
)  # fmt: skip

TABLE: Mapping[type[Exception], Problem] = {
    DatabaseUnreachable: UNREACHABLE,
    LogUnreachable: NO_LOG,
    NotReady: NOT_READY,
    ViewBehind: NOT_READY,
    Refused: REFUSED,
    Unknown: UNKNOWN,
    Untrusted: UNTRUSTED,
    Unreadable: UNREADABLE,
    LedgerError: UNREADABLE,
    InterfaceError: UNREACHABLE,
    OperationalError: UNREACHABLE,
    RequestValidationError: UNREADABLE,
    Exception: FAULT,
}
"""The nearest class of an error decides."""

BY_STATUS = {404: NO_SUCH_ADDRESS, 405: METHOD}
"""What the framework itself refuses."""

KINDS = {problem.name: problem for problem in (*TABLE.values(), *BY_STATUS.values())}


def problem_of(error: Exception) -> Problem:
    """Return the kind of an error."""
    if isinstance(error, HTTPException):
        return BY_STATUS.get(error.status_code, UNREADABLE)
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


def detail_of(error: Exception, problem: Problem) -> str:
    """Say what was wrong; never what only the operator should read."""
    if problem.detail is not None:
        return problem.detail
    if isinstance(error, RequestValidationError):
        return "; ".join(f"{v['field']}: {v['reason']}" for v in violations(error))
    return str(error)


def violations(error: Exception) -> list[dict[str, str]]:
    """Return each parameter that was refused, and why."""
    if not isinstance(error, RequestValidationError):
        return []
    return [
        {"field": str(one["loc"][-1]), "reason": str(one["msg"]).lower()} for one in error.errors()
    ]


def answer(request: Request, error: Exception) -> Response:
    """Answer an error: a page for people, a problem document for programs."""
    problem = problem_of(error)
    detail = detail_of(error, problem)
    headers = {**HEADERS, "Cache-Control": "no-store", **problem.headers}
    path = request.url.path
    if path == "/" or path.startswith(PAGES):
        shown = {"problem": problem, "detail": detail}
        return page("problem.html", shown, status=problem.status, headers=headers)
    document: dict[str, object] = {
        "type": f"/problems/{problem.name}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": path,
    }
    if found := violations(error):
        document["violations"] = found
    return JSONResponse(document, problem.status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of the table be answered by it."""
    for kind in (*TABLE, HTTPException):
        app.add_exception_handler(kind, answer)


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Describe problem answers for the OpenAPI document: these, and any other."""
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    content = {MEDIA_TYPE: {"schema": schema}}
    return {
        **{s: {"description": HTTPStatus(s).phrase, "content": content} for s in statuses},
        "default": {"description": "Any other problem", "content": content},
    }
