"""What a person does with its own account: password, factors, tokens, sessions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import zxingcpp
from fastapi import APIRouter, Form, Request, Response
from markupsafe import Markup

from api.people import codes, cookies, registering, signing_in
from api.people.addresses import HOME, onward, place_of
from api.people.dependencies import Confirmed, PeopleHere, SomebodyHere
from api.people.house import People
from api.people.signing_in import CodeRefused
from api.people.who import Who
from api.routes.people import Field, Next, form, same, take_code, to
from ledger.domain.accounts import READ
from ledger.errors import Refused
from ledger.store.accounts_boxes import box

TOTP = "totp"
SVG = re.compile(r"<svg.*</svg>", re.DOTALL)
SIZE = re.compile(r'width="(\d+)" height="(\d+)"')
DAYS = (30, 90, 180, 365)

router = APIRouter(prefix=HOME, include_in_schema=False)

Days = Annotated[int, Form(ge=0, le=9999)]
Key = Annotated[str, Form(max_length=200)]


@router.get("")
def account_page(request: Request, people: PeopleHere, who: SomebodyHere) -> Response:
    """Show what there is to know of one's account."""
    return own_page(request, people, who)


def own_page(
    request: Request,
    people: People,
    who: Who,
    error: Exception | None = None,
    where: str = "",
    token: str = "",
) -> Response:
    """Return the page of an account; with what was wrong in which part, or a token made now."""
    accounts, account = people.accounts, who.account
    shown = {
        "account": account,
        "sessions": people.sessions.of(account.id),
        "session": who.session,
        "passkeys": accounts.passkeys(account.id),
        "tokens": accounts.tokens(account.id),
        "gifts": accounts.gifts_of(account.id),
        "scopes": [*account.roles, READ],
        "days": DAYS,
        "now": accounts.means.clock(),
        "factor": signing_in.has_factor(people, account),
        "where": where,
        "made": token,
    }
    return form(request, "account", shown, error)


@router.get("/confirm")
def confirm_page(
    request: Request,
    people: PeopleHere,
    who: SomebodyHere,
    next: Next = None,  # noqa: A002 its name in addresses
) -> Response:
    """Ask for a second factor, for what takes one; who has none is told how to get one."""
    if not signing_in.has_factor(people, who.account):
        return form(request, "no_factor")
    return form(request, "second", {"next": onward(next), "action": f"{HOME}/confirm"})


@router.post("/confirm")
def confirm(
    request: Request,
    people: PeopleHere,
    who: SomebodyHere,
    code: Field = "",
    next: Field = "",  # noqa: A002 its name in addresses
) -> Response:
    """Take a second factor in an open session."""
    return take_code(request, people, who, code, next)


@router.post("/password")
def password(
    request: Request,
    people: PeopleHere,
    who: SomebodyHere,
    password: Field = "",
    new: Field = "",
    again: Field = "",
) -> Response:
    """Change the password; every other session ends."""
    try:
        same(new, again)
        secret = signing_in.change_password(people, who, password, new, place_of(request))
    except Refused as error:
        return own_page(request, people, who, error, "password")
    return to(request, HOME, secret)


@router.post("/code/begin")
def begin_code(
    request: Request, people: PeopleHere, who: SomebodyHere, password: Field = ""
) -> Response:
    """Show a new shared secret for an authenticator; it counts once a code of it was typed."""
    try:
        signing_in.check_may_enrol(people, who, password, place_of(request))
    except Refused as error:
        return own_page(request, people, who, error, "factors")
    return _secret_page(request, people, who, codes.fresh_secret())


@router.post("/code")
def finish_code(
    request: Request, people: PeopleHere, who: SomebodyHere, challenge: Field = "", code: Field = ""
) -> Response:
    """Take the first code of a new authenticator; show the recovery codes, once."""
    kept = people.challenges.take(TOTP, challenge) or ""
    account, _, secret = kept.partition(" ")
    if account != who.account.id:
        return own_page(request, people, who, CodeRefused(), "factors")
    now_s = int(people.accounts.means.clock().timestamp())
    step = codes.step_of(secret, code, now_s)
    if step is None:
        return _secret_page(request, people, who, secret, CodeRefused())
    boxed = box(people.accounts.means, account, secret)
    return _enrolled(request, people, who, step, boxed)


def _enrolled(request: Request, people: People, who: Who, step: int, boxed: str) -> Response:
    shown, kept = codes.recovery_codes()
    what = "added an authenticator"
    people.accounts.change(who.account.id, who.account.login, what, ends=True, secret=boxed,
                           step=step, recovery=kept)  # fmt: skip
    return recovery_page(request, people, who, shown)


@router.post("/recovery")
def recovery(request: Request, people: PeopleHere, who: Confirmed) -> Response:
    """Make new recovery codes; those before count no more."""
    shown, kept = codes.recovery_codes()
    people.accounts.change(who.account.id, who.account.login, "new recovery codes", recovery=kept)
    return recovery_page(request, people, who, shown)


def recovery_page(request: Request, people: People, who: Who, shown: Sequence[str]) -> Response:
    """Show recovery codes once, in a session that counts as confirmed from now on."""
    assert who.session is not None, "factors are enrolled in a session"
    secret = signing_in.confirm(people, who.session)
    renewed = people.sessions.find(secret)
    csrf = people.sessions.csrf(renewed) if renewed else ""
    answer = form(request, "recovery", {"codes": shown, "csrf": csrf})
    cookies.give(request, answer, secret)
    return answer


@router.post("/code/remove")
def remove_code(request: Request, people: PeopleHere, who: Confirmed) -> Response:
    """Remove the authenticator and the recovery codes."""
    assert who.session is not None, "factors are removed in a session"
    people.accounts.change(who.account.id, who.account.login, "removed the authenticator",
                           ends=True, secret="", recovery=())  # fmt: skip
    return to(request, HOME, people.sessions.renew(who.session, confirmed=False))


@router.post("/tokens")
def make_token(
    request: Request,
    people: PeopleHere,
    who: Confirmed,
    name: Field = "",
    days: Days = 90,
    scopes: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make a token, and show it this once."""
    try:
        _, secret = registering.make_token(
            people.house, who.account, name.strip(), scopes or [], days, who.account.login
        )
    except Refused as error:
        return own_page(request, people, who, error, "tokens")
    return own_page(request, people, who, token=secret)


@router.post("/tokens/end")
def end_token(request: Request, people: PeopleHere, who: SomebodyHere, token: Key = "") -> Response:
    """End a token."""
    people.accounts.end_tokens(who.account.id, who.account.login, token)
    return to(request, HOME)


@router.post("/sessions/end")
def end_sessions(
    request: Request, people: PeopleHere, who: SomebodyHere, session: Key = ""
) -> Response:
    """End one session, or, without saying which, all: this one too."""
    people.sessions.end(who.account.id, session or None)
    return to(request, HOME)


def _secret_page(
    request: Request, people: People, who: Who, secret: str, error: Exception | None = None
) -> Response:
    host = people.address(request).host
    address = codes.address(secret, who.account.login, f"善款账本 {host}")
    shown = {
        "challenge": people.challenges.give(TOTP, f"{who.account.id} {secret}"),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "picture": _picture(address),
    }
    return form(request, "code", shown, error)


def _picture(text: str) -> Markup:
    """Return a QR code as the svg element that the encoder drew."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_svg()
    found = SVG.search(drawn)
    assert found is not None, "the encoder draws SVG"
    scaled = SIZE.sub(r'viewBox="0 0 \1 \2"', found[0], count=1)
    return Markup(scaled)  # noqa: S704 drawn here, and holds squares alone
