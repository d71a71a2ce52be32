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
from starlette.routing import Match, Route

from api.jobs.roles import RoleMissing
from api.operations.running import KeyOfAnother
from api.people.limits import TooFast
from api.people.who import Forged, NotConfirmed, NotSignedIn
from api.rendering import HEADERS, page
from api.upload_types import UnpacksTooLarge, WrongTypeOfFile
from api.uploads import UploadTooLarge
from ledger.application.asked import ChangedMeanwhile
from ledger.domain.permissions import NotPermitted, OtherOrganisation, SecondFactorMissing
from ledger.errors import LedgerError, Refused, Unknown, Unreadable, Untrusted
from ledger.store.accounts_sessions import TooManyAttempts
from ledger.store.database import DatabaseUnreachable
from ledger.store.jobs import KeyUsedOtherwise
from ledger.store.log_objects import LogUnreachable
from projections.runner import ViewBehind

MEDIA_TYPE = "application/problem+json"
PAGES = (
    "/funds", "/trace", "/check", "/problems", "/charities", "/villages", "/search", "/data",
    "/sign-in", "/account", "/desk", "/invitation",
)  # fmt: skip
"""Where people read; elsewhere programs do, and get problem documents."""
PROGRAMS = ("/api/", "/log/")
"""Where no person reads, whatever their browser asks for."""


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
    "method", 405, "This address does not take that method", "此网址不接受这种请求方法",
    "ask with one of the methods that the Allow header names",
)  # fmt: skip
FAULT = Problem(
    "fault", 500, "A fault of ours", "系统内部错误",
    "the fault is ours and was written to the server's log",
)  # fmt: skip

NOT_PERMITTED = Problem("not-permitted", 403, "This account may not do that", "此账户无权办理")
CHANGED = Problem("changed-meanwhile", 412, "It was changed meanwhile", "期间已有变动")
KEY_USED = Problem(
    "key-used", 422, "This idempotency key is another request's", "幂等键已用于其他请求"
)

NOT_SIGNED_IN = Problem(
    "not-signed-in", 401, "This takes an account", "请先登录",
    headers={"WWW-Authenticate": "Bearer"},
)  # fmt: skip
NOT_CONFIRMED = Problem("not-confirmed", 403, "This takes a second factor", "请先用第二要素确认")
FORGED = Problem("forged", 403, "This was not sent by a page of ours", "请求不是由本站页面发出")
TOO_FAST = Problem("too-fast", 429, "Too much at once", "请求过于频繁，请稍后再试")

TOO_LARGE = Problem("too-large", 413, "It is too large to be taken in", "内容过大",
                    headers={"Connection": "close"})  # fmt: skip
WRONG_TYPE = Problem("wrong-type", 415, "Such files are not taken here", "不接受这种文件")

TABLE: Mapping[type[Exception], Problem] = {
    UploadTooLarge: TOO_LARGE,
    UnpacksTooLarge: TOO_LARGE,
    WrongTypeOfFile: WRONG_TYPE,
    KeyUsedOtherwise: KEY_USED,
    RoleMissing: NOT_PERMITTED,
    NotPermitted: NOT_PERMITTED,
    OtherOrganisation: NOT_PERMITTED,
    SecondFactorMissing: NOT_PERMITTED,
    ChangedMeanwhile: CHANGED,
    KeyOfAnother: KEY_USED,
    DatabaseUnreachable: UNREACHABLE,
    LogUnreachable: NO_LOG,
    NotReady: NOT_READY,
    ViewBehind: NOT_READY,
    Refused: REFUSED,
    Unknown: UNKNOWN,
    Untrusted: UNTRUSTED,
    Unreadable: UNREADABLE,
    LedgerError: UNREADABLE,
    NotSignedIn: NOT_SIGNED_IN,
    NotConfirmed: NOT_CONFIRMED,
    Forged: FORGED,
    TooFast: TOO_FAST,
    TooManyAttempts: TOO_FAST,
    InterfaceError: UNREACHABLE,
    OperationalError: UNREACHABLE,
    RequestValidationError: UNREADABLE,
    Exception: FAULT,
}
"""The nearest class of an error decides."""

BY_STATUS = {404: NO_SUCH_ADDRESS, 405: METHOD, 413: TOO_LARGE}
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
    return str(error.detail if isinstance(error, HTTPException) else error)


def violations(error: Exception) -> list[dict[str, str]]:
    """Return each parameter that was refused, and why."""
    if not isinstance(error, RequestValidationError):
        return []
    return [
        {"field": str(one["loc"][-1]), "reason": str(one["msg"]).lower()} for one in error.errors()
    ]


def for_people(request: Request) -> bool:
    """Tell whether a person reads the answer: on a page, or in a browser that asks for one.

    Below /api/ and /log/ it is always a program, and so it is with whoever takes anything.
    """
    path = request.url.path
    if path == "/" or path.startswith(PAGES):
        return True
    return "text/html" in request.headers.get("accept", "") and not path.startswith(PROGRAMS)


def answer(request: Request, error: Exception) -> Response:
    """Answer an error: a page for people, a problem document for programs."""
    problem = problem_of(error)
    detail = detail_of(error, problem)
    headers = {**HEADERS, "Cache-Control": "no-store", **problem.headers}
    if problem is METHOD:
        headers["Allow"] = ", ".join(methods_of(request))
    if isinstance(error, (TooFast, TooManyAttempts)):
        headers["Retry-After"] = str(error.wait_s)
    path = request.url.path
    if for_people(request):
        shown = {"problem": problem, "detail": detail}
        return page(request, "problem.html", shown, status=problem.status, headers=headers)
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


def methods_of(request: Request) -> list[str]:
    """Return the methods that an address takes (RFC 9110 10.2.1), whichever route takes each."""
    routes = (one for one in request.app.routes if isinstance(one, Route))
    here = (one for one in routes if one.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for one in here for method in one.methods or ()})


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
