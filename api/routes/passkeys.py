"""What the script of passkeys asks: each page has a way without it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.people import cookies, passkeys, signing_in
from api.people.addresses import HOME, onward, place_of
from api.people.dependencies import Confirmed, PeopleHere, SomebodyHere
from api.people.who import NotSignedIn, Who
from api.routes.people import SAFE_FORMS, end_before, to
from api.routes.people import Field as FormField

router = APIRouter(include_in_schema=False)


class Wanted(BaseModel):
    """What is sent before the browser asks for a passkey."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field("", max_length=1000)


class Brought(BaseModel):
    """What the browser brought back."""

    model_config = ConfigDict(extra="forbid")

    challenge: str = Field(max_length=100)
    credential: dict[str, Any]
    name: str = Field("", max_length=200)
    next: str = Field("", max_length=1000)


@router.post("/sign-in/passkey/options")
def sign_in_options(request: Request, people: PeopleHere, _wanted: Wanted) -> Response:
    """Ask for a passkey of whomever."""
    return _answer(passkeys.question(people, people.address(request), None))


@router.post("/sign-in/passkey")
def sign_in(request: Request, people: PeopleHere, brought: Brought) -> Response:
    """Sign in with a passkey that verified the person."""
    place = f"place {place_of(request)}"
    people.attempts.begin(place, signing_in.FREE_OF_PLACE)
    account = passkeys.answered(people, people.address(request), None, brought.model_dump())
    people.attempts.succeeded(place, all_of_it=False)
    end_before(request, people)
    begun = signing_in.begin(people, account, strong=True)
    return _leading(request, onward(brought.next), begun.secret)


@router.post("/sign-in/second/passkey/options")
def second_options(request: Request, people: PeopleHere, _wanted: Wanted) -> Response:
    """Ask for a passkey of the account that signed in, wholly or by half."""
    return _answer(passkeys.question(people, people.address(request), _somebody(request).account))


@router.post("/sign-in/second/passkey")
def second(request: Request, people: PeopleHere, brought: Brought) -> Response:
    """Take a passkey as the second factor."""
    who = _somebody(request)
    passkeys.answered(people, people.address(request), who.account, brought.model_dump())
    assert who.session is not None, "a token shows no factor"
    return _leading(request, onward(brought.next), signing_in.confirm(people, who.session))


@router.post(f"{HOME}/passkeys/options")
def enrol_options(
    request: Request, people: PeopleHere, who: SomebodyHere, wanted: Wanted
) -> Response:
    """Say how to make a passkey, to whoever proves not just to have found an open session."""
    signing_in.check_may_enrol(people, who, wanted.password, place_of(request))
    return _answer(passkeys.enrolment(people, who.account, people.address(request)))


@router.post(f"{HOME}/passkeys")
def enrol(request: Request, people: PeopleHere, who: SomebodyHere, brought: Brought) -> Response:
    """Keep a passkey that was made; the session counts as confirmed from now on."""
    address = people.address(request)
    passkeys.enrol(people, who.account, address, brought.model_dump(), brought.name)
    assert who.session is not None, "factors are enrolled in a session"
    people.sessions.end_others(who.session)
    return _leading(request, HOME, signing_in.confirm(people, who.session))


@router.post(f"{HOME}/passkeys/end")
def end(request: Request, people: PeopleHere, who: Confirmed, passkey: FormField = "") -> Response:
    """Remove a passkey; it takes a factor shown lately."""
    people.accounts.end_passkeys(who.account.id, who.account.login, passkey)
    return to(request, HOME)


def _somebody(request: Request) -> Who:
    who: Who | None = request.state.who
    if who is None or who.session is None:
        raise NotSignedIn
    return who


def _answer(said: dict[str, object]) -> Response:
    return JSONResponse(said, headers=SAFE_FORMS)


def _leading(request: Request, place: str, secret: str) -> Response:
    answer = _answer({"next": place})
    cookies.give(request, answer, secret)
    return answer
