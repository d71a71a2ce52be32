"""The one table from errors to statuses, and how an error is shown (RFC 9457, or a page)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from api.desk.my_gifts_claiming import NoDonorsAccount
from api.jobs.roles import RoleMissing
from api.operations.running import KeyOfAnother
from api.people.limits import TooFast
from api.people.who import Forged, NotConfirmed, NotSignedIn
from api.problem_kinds import (
    CHANGED,
    FAULT,
    FORGED,
    KEY_USED,
    METHOD,
    NO_LOG,
    NO_SUCH_ADDRESS,
    NOT_CONFIRMED,
    NOT_PERMITTED,
    NOT_READY,
    NOT_SIGNED_IN,
    REFUSED,
    TOO_FAST,
    TOO_LARGE,
    UNKNOWN,
    UNREACHABLE,
    UNREADABLE,
    UNTRUSTED,
    WRONG_TYPE,
    Problem,
)
from api.rendering import HEADERS, page
from api.upload_types import UnpacksTooLarge, WrongTypeOfFile
from api.uploads import UploadTooLarge
from api.words import CHINESE
from ledger.application.asked import ChangedMeanwhile
from ledger.domain.permissions import (
    NotPermitted,
    NotTheDonor,
    OtherOrganisation,
    SecondFactorMissing,
)
from ledger.errors import LedgerError, Refused, Unknown, Unreadable, Untrusted
from ledger.store.accounts_sessions import TooManyAttempts
from ledger.store.database import DatabaseUnreachable
from ledger.store.jobs import KeyUsedOtherwise
from ledger.store.log_objects import LogUnreachable
from projections.runner import ViewBehind

MEDIA_TYPE, HTML = "application/problem+json", "text/html"
PAGES = (
    "/funds", "/trace", "/check", "/problems", "/charities", "/villages", "/search", "/data",
    "/namings", "/pledges", "/sign-in", "/account", "/desk", "/invitation",
)  # fmt: skip
"""Where people read; elsewhere programs do, and get problem documents."""
PROGRAMS = ("/api/", "/log/")
"""Where no person reads, whatever their browser asks for."""
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


class NotReady(Unreadable):
    """The portal can't answer yet."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not ready: {why}")


TABLE: Mapping[type[Exception], Problem] = {
    UploadTooLarge: TOO_LARGE,
    UnpacksTooLarge: TOO_LARGE,
    WrongTypeOfFile: WRONG_TYPE,
    KeyUsedOtherwise: KEY_USED,
    RoleMissing: NOT_PERMITTED,
    NotPermitted: NOT_PERMITTED,
    NotTheDonor: NOT_PERMITTED,
    NoDonorsAccount: NOT_PERMITTED,
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


def explained(error: LedgerError) -> dict[str, object]:
    """Return what a form says of a refusal: its kind, the catalog's words, the technical ones."""
    problem = problem_of(error)
    said = detail_of(error, problem)
    return {"problem": problem, "chinese": in_chinese(error), "detail": said}


def in_chinese(error: Exception) -> str:
    """Return what the catalog says of the error's own class; empty where only its kind is known."""
    return CHINESE.get(type(error), "") if isinstance(error, LedgerError) else ""


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
        shown = {"problem": problem, "detail": detail, "chinese": in_chinese(error)}
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
    routes: Sequence[BaseRoute] = request.app.routes

    def takes(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in routes)

    return [method for method in METHODS if takes("GET" if method == "HEAD" else method)]


def install(app: FastAPI) -> None:
    """Let every error of the table be answered by it."""
    for kind in (*TABLE, HTTPException):
        app.add_exception_handler(kind, answer)


def documented(*statuses: int, media: str = MEDIA_TYPE) -> dict[int | str, dict[str, Any]]:
    """Describe problem answers for the OpenAPI document: these, and any other.

    Below the addresses of `PAGES` a problem is a page, `HTML`.
    """
    schema: dict[str, str] = {"$ref": "#/components/schemas/ProblemDocument"}
    content = {media: {"schema": {"type": "string"} if media == HTML else schema}}
    return {
        **{s: {"description": HTTPStatus(s).phrase, "content": content} for s in statuses},
        "default": {"description": "Any other problem", "content": content},
    }
