"""Hooks over HTTP: made, looked at, paused, resumed, led back to an earlier entry, removed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.hooks import asking
from api.hooks.asking import FIRST, Asked
from api.hooks.reaching import URL_MAX
from api.hooks.shapes import HookShape, HooksShape, MadeShape
from api.hooks.telling import made, told
from api.people.dependencies import Person
from api.problems import documented
from api.routes.charities import CODE
from api.routes.jobs import Home
from api.routes.writing import Key
from ledger.store.hooks import Hook

PLACE = "/api/v1/hooks"
ID = "^[0-9a-f]{32}$"
PRIVATE = {"Cache-Control": "no-store"}
HookId = Annotated[str, Path(pattern=ID)]
After = Annotated[int, Field(ge=FIRST, le=2**53, examples=[1041])]
router = APIRouter(tags=["hooks"])


class NewHook(BaseModel):
    """Who shall be told of which published events."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=URL_MAX,
        examples=["https://books.example.org/ledger-events"],
        description="https, a host of the public internet",
    )
    topics: list[str] = Field(
        [], max_length=100, examples=[["gift-received.v1"]], description="none: all"
    )
    charity: str | None = Field(
        None, pattern=CODE, description="only what this organisation says; left out: what all say"
    )
    after: After | None = Field(
        None,
        description="begin after this entry, -1 for the first; left out: with what comes from now",
    )


class Replay(BaseModel):
    """From where on a hook is told again."""

    model_config = ConfigDict(extra="forbid")

    after: After = Field(description="the last entry that the receiver has; -1: it has none")


CHANGED: dict[int | str, Any] = {
    200: {"model": HookShape},
    **documented(400, 401, 403, 404, 409, 422, 429),
}
LOOKED: dict[int | str, Any] = {200: {"model": HookShape}, **documented(400, 401, 403, 404, 422)}


@router.post(
    PLACE, status_code=201, response_model=MadeShape,
    responses={200: {"model": MadeShape, "description": "Made before, under the same key"},
               **documented(400, 401, 403, 404, 409, 422, 429)},
)  # fmt: skip
def add_hook(home: Home, acting: Person, key: Key, new: NewHook) -> Response:
    """Let a receiver be told of published events, signed; its secret is in this answer alone."""
    asked = Asked(new.url, tuple(new.topics), new.charity or "", new.after)
    hook, secret = asking.add(home, acting, asked, key)
    headers = {**PRIVATE, "Location": f"{PLACE}/{hook.id}"}
    return JSONResponse(made(hook, secret), 201 if secret else 200, headers)


@router.get(PLACE, responses={200: {"model": HooksShape}, **documented(401, 403, 422)})
def list_hooks(home: Home, acting: Person) -> Response:
    """List the hooks of the account's organisation, the newest first."""
    return JSONResponse({"hooks": [told(one) for one in asking.listed(home, acting)]}, 200, PRIVATE)


@router.get(PLACE + "/{name}", responses=LOOKED)
def show_hook(home: Home, acting: Person, name: HookId) -> Response:
    """Tell how far a hook has come, and what its receiver answered lately."""
    return _told(asking.find(home, acting, name))


@router.post(PLACE + "/{name}/pause", responses=CHANGED)
def pause_hook(home: Home, acting: Person, name: HookId) -> Response:
    """Let nothing be sent to a hook until it is resumed; it misses nothing."""
    return _told(asking.pause(home, acting, name))


@router.post(PLACE + "/{name}/resume", responses=CHANGED)
def resume_hook(home: Home, acting: Person, name: HookId) -> Response:
    """Let a hook be told of what it missed, at once, and go on."""
    return _told(asking.resume(home, acting, name))


@router.post(PLACE + "/{name}/replay", responses=CHANGED)
def replay_hook(home: Home, acting: Person, name: HookId, replay: Replay) -> Response:
    """Let a hook be told of everything after an entry, under the same ids as before."""
    return _told(asking.replay(home, acting, name, replay.after))


@router.post(
    PLACE + "/{name}/secret",
    responses={200: {"model": MadeShape}, **documented(400, 401, 403, 404, 422, 429)},
)
def renew_secret(home: Home, acting: Person, name: HookId) -> Response:
    """Give a hook another secret; for a day both sign. It takes a person's second factor."""
    return JSONResponse(made(*asking.renew_secret(home, acting, name)), 200, PRIVATE)


@router.delete(
    PLACE + "/{name}", status_code=204, responses=documented(400, 401, 403, 404, 422, 429)
)
def remove_hook(home: Home, acting: Person, name: HookId) -> Response:
    """Remove a hook; nothing more is sent to it."""
    asking.remove(home, acting, name)
    return Response(status_code=204, headers=PRIVATE)


def _told(hook: Hook) -> Response:
    return JSONResponse(told(hook), 200, PRIVATE)
