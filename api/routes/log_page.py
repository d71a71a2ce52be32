"""The log as a page: how far it has come, who witnessed it, and an entry to check for yourself.

The checking itself is done by the visitor's own browser (api/pages/assets/log.js) or command line:
what a server says of its own log proves nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from api import log_places
from api.log_places import LISTED, EntryUnknown
from api.problems import documented
from api.public_house import PublicHouse
from api.rendering import document, page
from api.routes.house import Home
from ledger.proof.encoding import b64
from ledger.proof.policy import Policy
from ledger.proof.tiles import WIDTH, entries_path
from ledger.store.places import Place

router = APIRouter(tags=["log"])

Asked = Annotated[str, Query(max_length=200)]
Id = Annotated[str, Path(pattern=r"^[0-9A-Za-z_.-]{1,200}$")]
First = Annotated[int, Query(ge=1, le=2**62, description="number in the story to begin with")]
Keys = Annotated[bool, Query(description="only what an organisation says of itself and its keys")]


class EntryPlaceShape(BaseModel):
    """An entry: its index in the log, the fact it states, its number in its story."""

    index: int
    topic: str
    version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A witness of the policy, and when it cosigned the newest checkpoint, if it did."""

    name: str
    kind: str
    line: str
    at: datetime | None


@router.get("/log", include_in_schema=False)
def log_page(request: Request, home: Home, entry: Asked = "") -> Response:
    """Show the newest checkpoint, its witnesses, how to check them, and where an entry lies."""
    states, asked = home.states(), entry.strip()
    places = _places(home, asked)
    said = {
        **_checkpoint(home),
        "origin": home.recorder.origin(),
        "states": states,
        "asked": asked,
        "places": [(each, _bundle(each, states.published)) for each in places[:LISTED]],
        "more": len(places) > LISTED,
        "address": f"{request.base_url}log",
    }
    return page(request, "log.html", said, status=404 if asked and not places else 200)


@router.get(
    "/log/places/{id}", response_model=list[EntryPlaceShape], responses=documented(400, 404)
)
def places(
    request: Request,
    home: Home,
    id: Id,  # noqa: A002 the path's word
    first: First = 1,
    keys: Keys = False,  # noqa: FBT002 a parameter of the address
) -> Response:
    """List where in the log the entries of a story lie: of a gift, a receipt, an organisation."""
    found = log_places.find(home, id, first, keys=keys)
    more = None
    if len(found) > LISTED:
        more = f"/log/places/{id}?first={found[LISTED].version}{'&keys=true' if keys else ''}"
    return document(request, [asdict(place) for place in found[:LISTED]], more)


def _places(home: PublicHouse, asked: str) -> list[Place]:
    """Return the entries asked for; none where there are none, which the page then says."""
    try:
        return log_places.find(home, asked) if asked else []
    except EntryUnknown:
        return []


def _bundle(place: Place, published: int) -> str | None:
    """Return the path of the bundle that holds an entry; None as long as it is not published."""
    if place.index >= published:
        return None
    number = place.index // WIDTH
    return entries_path(number, min(WIDTH, published - number * WIDTH))


def _checkpoint(home: PublicHouse) -> dict[str, Any]:
    """Return what the page says of the newest checkpoint; its note is None before the first."""
    seen, kept = home.log.shown(), home.checkpoints.newest()
    if seen is None:
        return {"checkpoint": None, "note": None, "signed_at": None, "needed": None, "seen": []}
    note, policy = home.log.note(), home.public_policy()
    return {
        "checkpoint": seen,
        "root": b64(seen.root),
        "note": note,
        "vkey": home.log.vkey().line,
        "signed_at": kept and kept.signed_at,
        "needed": policy and policy.needed(),
        "seen": _seen(policy, note) if policy else [],
    }


def _seen(policy: Policy, note: str) -> list[Seen]:
    times = policy.cosigners(note)
    return [
        Seen(each.name, each.key.kind, each.key.line, _moment(times.get(each.name)))
        for each in policy.witnesses
    ]


def _moment(posix_s: int | None) -> datetime | None:
    return None if posix_s is None else datetime.fromtimestamp(posix_s, UTC)
