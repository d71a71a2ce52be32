"""Signing in by an organisation's own identity provider: there, and back."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.people import cookies, oidc, signing_in
from api.people.addresses import onward
from api.people.dependencies import PeopleHere
from api.people.oidc_settings import provider
from api.routes.people import SAFE_FORMS, Next, end_before, to

COOKIE = "oidc"
LASTS_S = 600
SAID = ("state", "code", "iss", "error")
SAID_AT_MOST = 4000

router = APIRouter(prefix="/sign-in/by", include_in_schema=False)


@router.get("/{name}")
def leave(request: Request, people: PeopleHere, name: str, next: Next = None) -> Response:  # noqa: A002 its name in addresses
    """Send a browser to the provider; it must bring back what it is given in a cookie."""
    found = provider(people.house.settings.data, name)
    asked = oidc.ask(people, found, _back(request, people, name), onward(next))
    answer = RedirectResponse(asked.place, 303, SAFE_FORMS)
    cookies.give(request, answer, asked.state, COOKIE, LASTS_S)
    return answer


@router.get("/{name}/back")
def come_back(request: Request, people: PeopleHere, name: str) -> Response:
    """Take the provider's answer, and begin a session for the account that is bound to it."""
    found = provider(people.house.settings.data, name)
    asked = request.query_params
    said = {one: asked[one][:SAID_AT_MOST] for one in SAID if one in asked}
    state = cookies.given(request, COOKIE)
    came = oidc.come_back(people, found, _back(request, people, name), said, state)
    end_before(request, people)
    begun = signing_in.begin(people, came.account, strong=came.strong)
    place = f"/sign-in/second?next={quote(came.onward)}" if begun.owes_second else came.onward
    return to(request, place, begun.secret)


def _back(request: Request, people: PeopleHere, name: str) -> str:
    return f"{people.address(request).origin}/sign-in/by/{quote(name, safe='')}/back"
