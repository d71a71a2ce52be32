"""Places as anyone may see them: what reached a village, a town, a county, and what proves it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.commands.asking import as_of
from api.kept_answers import PublicRead
from api.place_page import described, place_json
from api.problems import documented
from api.public_page import past_document, past_page
from api.routes.as_of import Then, at
from api.routes.house import Home
from api.routes.public_shapes import PlaceShape, PlacesShape
from ledger.domain.small_cells import COUNTY_DIGITS, FEWER, TOTAL
from projections import public_queries

PAGE, PAGE_MAX = 25, 100
LISTED = 100
CODE = r"^[0-9]{6}([0-9]{3}){0,2}$"

Code = Annotated[str, Path(pattern=CODE, description="place code of 6, 9 or 12 digits (GB/T 2260)")]
Before = Annotated[int | None, Query(ge=0, le=2**62, description="go on before this entry")]
After = Annotated[str | None, Query(pattern=CODE, description="go on after this place")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/villages", include_in_schema=False)
def villages_page(request: Request, home: Home, past: Then, after: After = None) -> Response:
    """List the places that funds are for, or that payments went to."""
    found, more, position = public_queries.places(home.runner, LISTED, after, at(past))
    said = {
        "places": found, "more": more, "position": position, "newer": after is not None,
        "county": COUNTY_DIGITS,
    }  # fmt: skip
    return past_page(request, "villages.html", home, past, said)


@router.get("/villages/{code}", include_in_schema=False)
def village_page(
    request: Request, home: Home, past: Then, code: Code, before: Before = None
) -> Response:
    """Show what reached a place."""
    found = described(home, code, PAGE, before, at(past))
    people = [(fund, said) for fund, said in found.people.items() if fund != TOTAL]
    said = {
        "found": found, "people": people, "people_total": found.people.get(TOTAL),
        "newer": before is not None, "position": found.position, "county": COUNTY_DIGITS,
        "fewer": FEWER,
    }  # fmt: skip
    return past_page(request, "village.html", home, past, said)


@router.get("/api/v1/places", response_model=PlacesShape, responses=documented(404))
def places(
    request: Request, home: Home, past: Then, after: After = None, limit: Limit = PAGE
) -> Response:
    """List the codes of places that funds are for or payments went to, in order."""
    found, more, position = public_queries.places(home.runner, limit, after, at(past))
    data = {"as_of": as_of(position), "places": found}
    return past_document(request, data, past, after=more, limit=limit)


@router.get("/api/v1/places/{code}", response_model=PlaceShape, responses=documented(404))
def place(
    request: Request,
    home: Home,
    past: Then,
    code: Code,
    before: Before = None,
    limit: Limit = PAGE,
) -> Response:
    """Give what reached a place, with a page of payments to organisations, newest first."""
    found = described(home, code, limit, before, at(past))
    return past_document(request, place_json(found), past, before=found.older, limit=limit)
