"""What anybody does to be somebody: sign in, show a second factor, accept an invitation, leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.people import cookies, signing_in
from api.people.addresses import HOME, onward, place_of
from api.people.dependencies import PeopleHere as Here
from api.people.dependencies import SignInFirst
from api.people.oidc_settings import ProvidersUnreadable, providers
from api.people.who import Who, is_open
from api.rendering import page
from ledger.errors import Refused
from ledger.store.accounts_sessions import TooManyAttempts

SAFE_FORMS = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
"""A browser then says of a form where it comes from, and keeps no copy of the page."""

Field = Annotated[str, Form(max_length=1000)]
Next = Annotated[str | None, Query(max_length=1000)]

router = APIRouter(include_in_schema=False)


def form(
    request: Request,
    template: str,
    shown: Mapping[str, object] | None = None,
    error: Exception | None = None,
) -> Response:
    """Return the page of a form, again with what was wrong when it was refused."""
    given = {"error": str(error) if error else "", **(shown or {})}
    status, headers = (200 if error is None else 422), dict(SAFE_FORMS)
    if isinstance(error, TooManyAttempts):
        status, headers["Retry-After"] = 429, str(error.wait_s)
    return page(request, f"people/{template}.html", given, status=status, headers=headers)


def to(request: Request, place: str, secret: str | None = None) -> Response:
    """Lead on to a page of ours, with another secret where the session has one."""
    answer = RedirectResponse(place, 303, SAFE_FORMS)
    if secret is not None:
        cookies.give(request, answer, secret)
    return answer


@router.get("/sign-in")
def sign_in_page(request: Request, people: Here, next: Next = None) -> Response:  # noqa: A002 its name in addresses
    """Show the form for signing in; whoever is in goes on."""
    if request.state.acting is not None:
        return to(request, onward(next))
    return _sign_in(request, people, next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    people: Here,
    login: Field = "",
    password: Field = "",
    next: Field = "",  # noqa: A002 its name in addresses
) -> Response:
    """Sign in with a password; a second factor may be owed after it."""
    try:
        begun = signing_in.by_password(people, login, password, place_of(request))
    except Refused as error:
        return _sign_in(request, people, next, login, error)
    end_before(request, people)
    place = onward(next)
    if begun.owes_second:
        return to(request, f"/sign-in/second?{_next(place)}", begun.secret)
    return to(request, place, begun.secret)


@router.get("/sign-in/second")
def second_page(request: Request, next: Next = None) -> Response:  # noqa: A002 its name in addresses
    """Ask for the second factor that a session owes."""
    _owing(request)
    return form(request, "second", {"next": onward(next), "action": "/sign-in/second"})


@router.post("/sign-in/second")
def second(request: Request, people: Here, code: Field = "", next: Field = "") -> Response:  # noqa: A002 its name in addresses
    """Take a one-time code or a recovery code."""
    return take_code(request, people, _owing(request), code, next)


def take_code(request: Request, people: Here, who: Who, code: str, after: str) -> Response:
    """Take a code, and lead on with a new secret; show the form again when it does not fit."""
    try:
        secret = signing_in.by_code(people, who, code, place_of(request))
    except Refused as error:
        shown = {"next": onward(after), "action": request.url.path}
        return form(request, "second", shown, error)
    return to(request, onward(after), secret)


@router.post("/sign-out")
def sign_out(request: Request, people: Here) -> Response:
    """End this session."""
    end_before(request, people)
    answer = to(request, "/sign-in")
    cookies.take_back(request, answer)
    return answer


@router.get("/invitation/{code}")
def invitation_page(request: Request, people: Here, code: str) -> Response:
    """Show whom an invitation is for, and ask for a password."""
    account = signing_in.invited(people, code[:100])
    return form(request, "invitation", {"login": account.login})


@router.post("/invitation/{code}")
def accept(
    request: Request, people: Here, code: str, password: Field = "", again: Field = ""
) -> Response:
    """Set the first password, and begin a session."""
    account = signing_in.invited(people, code[:100])
    try:
        same(password, again)
        secret = signing_in.accept(people, code, password)
    except Refused as error:
        return form(request, "invitation", {"login": account.login}, error)
    end_before(request, people)
    return to(request, HOME, secret)


class NotTheSame(Refused):
    """A new password was typed in two ways."""

    def __init__(self) -> None:
        super().__init__("两次输入的新密码不一样 (the new password was typed in two ways)")


def same(password: str, again: str) -> None:
    """Refuse a new password that was not typed twice alike."""
    if password != again:
        raise NotTheSame


def _sign_in(
    request: Request,
    people: Here,
    after: str | None,
    login: str = "",
    error: Exception | None = None,
) -> Response:
    shown = {
        "next": onward(after),
        "login": login[:64],
        "providers": _providers(people),
    }
    return form(request, "sign_in", shown, error)


def _providers(people: Here) -> list[str]:
    """Return the names of the providers; a file that can't be read keeps nobody else out."""
    try:
        return [one.name for one in providers(people.house.settings.data)]
    except ProvidersUnreadable:
        return []


def _owing(request: Request) -> Who:
    """Return who has signed in by half; lead anybody else to where signing in begins."""
    who: Who | None = request.state.who
    if who is None or is_open(who):
        raise SignInFirst("/sign-in")
    return who


def end_before(request: Request, people: Here) -> None:
    """End the session that the browser came with: nobody goes on under a secret known before."""
    who: Who | None = request.state.who
    if who is not None and who.session is not None:
        people.sessions.end(who.account.id, who.session.token)


def _next(place: str) -> str:
    return urlencode({"next": place})
