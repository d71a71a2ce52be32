"""What routes ask for: who acts, that a second factor was shown, that a form is one of ours."""

from __future__ import annotations

import hmac
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.bounded_bodies import FIELDS_MAX
from api.people.addresses import address_of, from_here, place_of
from api.people.cookies import bearer_of
from api.people.house import People, people_of
from api.people.limits import ANYBODY, SIGNED_IN
from api.people.who import Forged, NotConfirmed, NotSignedIn, Who
from ledger.domain.acting import Acting

SAFE = ("GET", "HEAD", "OPTIONS")
API = "/api/"
UPLOADS = frozenset(
    {
        "/api/v1/imports",
        "/api/v1/imports/preview",
        "/api/v1/verifications",
        "/desk/import",
        "/desk/my-gifts/claim-file",
        "/desk/tax/list",
    }
)
"""Where files are sent: such a form is read as it comes in, and its token is checked there."""


class SignInFirst(Exception):
    """A person is led to the page for signing in, and back; it is no error."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def acting_of(request: Request) -> Acting | None:
    """Return the account that acts, or None for a stranger."""
    found: Acting | None = getattr(request.state, "acting", None)
    return found


def person(request: Request) -> Acting:
    """Return the account that acts; programs get 401, people the page for signing in."""
    acting = acting_of(request)
    if acting is not None:
        return acting
    if request.url.path.startswith(API) or request.state.refusal is not None:
        raise request.state.refusal or NotSignedIn
    raise SignInFirst(f"/sign-in?next={_back(request)}")


def signed_in(request: Request) -> Who:
    """Return who asks, by a session: pages of an account are not for programs."""
    person(request)
    who: Who = request.state.who
    if who.session is None:
        raise NotSignedIn("this is for a person who signed in, not for a token")
    return who


def confirmed(request: Request, who: Annotated[Who, Depends(signed_in)]) -> Who:
    """Return who asks, if a second factor was shown lately; people are led to show it."""
    if who.acting.confirmed:
        return who
    if request.url.path.startswith(API):
        raise NotConfirmed
    raise SignInFirst(f"/account/confirm?next={_back(request)}")


async def ours(request: Request) -> None:
    """Refuse what changes something and was sent by a page that is not ours, or too fast.

    With a session: the token of its forms, in the field `csrf` or the header X-CSRF-Token. Without
    one, the browser's own word of where it comes from. A token in Authorization is not a cookie:
    no page of others can make a browser send it.
    """
    if request.method in SAFE:
        return
    people = people_of(request)
    who: Who | None = getattr(request.state, "who", None)
    if who is None:
        people.limits.take(place_of(request), ANYBODY)
    else:
        people.limits.take(who.account.id, SIGNED_IN)
    if bearer_of(request) is not None:
        return
    here = from_here(request, address_of(request, people.house.settings.address))
    if here is False or (who is None and request.headers.get("origin") == "null"):
        raise Forged
    if who is not None and not _later(request) and not _same(await _token(request), who.csrf):
        raise Forged


def check_form(request: Request, token: str) -> None:
    """Refuse a form with files (`UPLOADS`) whose field `csrf` does not hold the session's token."""
    who: Who | None = getattr(request.state, "who", None)
    asked = who is not None and bearer_of(request) is None and _later(request)
    if asked and not _same(token, who.csrf if who else ""):
        raise Forged


def _later(request: Request) -> bool:
    return request.url.path in UPLOADS and "x-csrf-token" not in request.headers


async def _token(request: Request) -> str:
    sent = request.headers.get("x-csrf-token")
    if sent is None:
        field = (await request.form(max_fields=FIELDS_MAX)).get("csrf")
        sent = field if isinstance(field, str) else ""
    return sent


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _back(request: Request) -> str:
    """Return the place to come back to: this page, or where a form was shown."""
    place = request.url.path if request.method in SAFE else "/account"
    query = f"?{request.url.query}" if request.url.query and request.method in SAFE else ""
    return quote(place + query, safe="")


def lead_on(_request: Request, error: Exception) -> Response:
    """Answer `SignInFirst` with a redirection that GET follows (RFC 9110 15.4.4)."""
    assert isinstance(error, SignInFirst), "it is registered for nothing else"
    return RedirectResponse(error.place, 303, {"Cache-Control": "no-store"})


Person = Annotated[Acting, Depends(person)]
SomebodyHere = Annotated[Who, Depends(signed_in)]
Confirmed = Annotated[Who, Depends(confirmed)]
PeopleHere = Annotated[People, Depends(people_of)]
