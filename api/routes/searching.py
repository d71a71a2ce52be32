"""Search over charities, funds, names given, places and payments; its state is the address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api import charity_words, finding
from api.kept_answers import PublicRead
from api.open_data import csv_answer
from api.problems import documented
from api.public_house import PublicHouse
from api.public_page import past_document, past_page
from api.public_words import PRIVATE
from api.routes.as_of import Links, Then, at
from api.routes.house import Home
from api.routes.public_shapes import SearchShape
from projections import directory, public_queries
from projections.fund_rows import LOT, newest
from projections.public_index import PUBLIC_INDEX
from projections.public_queries import Asked, Found
from projections.runner import Position

PAGE, PAGE_MAX = 25, 100
CURSOR = r"^[0-4]\.[0-9]{1,18}$"

Text = Annotated[str | None, Query(max_length=200, description="any part of a name, purpose or id")]
Kind = Annotated[
    Literal["", "charity", "fund", "naming", "place", "payment"] | None, Query(description="sort")
]
Charity = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z]{0,32}$", description="credit code")]
Year = Annotated[str | None, Query(pattern=r"^([0-9]{4})?$", description="year of the day")]
Band = Annotated[
    Literal["", "to-1000", "1000-10000", "10000-100000", "100000-1000000", "from-1000000"] | None,
    Query(description="yuan, from and below"),
]
Place = Annotated[
    str | None, Query(pattern=r"^([0-9]{6}([0-9]{3}){0,2})?$", description="place, and within it")
]
After = Annotated[str | None, Query(pattern=CURSOR, description="go on after this one")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"], route_class=PublicRead)
files = APIRouter(include_in_schema=False)
"""What is sent in parts, and not kept."""


def wanted(
    q: Text = None,
    kind: Kind = None,
    charity: Charity = None,
    year: Year = None,
    band: Band = None,
    place: Place = None,
) -> Asked:
    """Read what is looked for; a field left empty in the form is any."""
    text = (q or "").strip() or None
    since = int(year) if year and year != "0000" else None
    return Asked(text, kind or None, charity or None, since, band or None, place or None)


Wanted = Annotated[Asked, Depends(wanted)]


@router.get("/search", include_in_schema=False)
def search_page(
    request: Request, home: Home, past: Then, wanted: Wanted, after: After = None
) -> Response:
    """Show what was found, how much of which sort, and how to narrow it."""
    gift = finding.gift_page(home, wanted.text, at(past))
    if gift is not None:
        return RedirectResponse(Links(past)(gift), 303)
    found, more, position = public_queries.search(home.runner, wanted, PAGE, after, at(past))
    kept = state(wanted)
    said = {
        "wanted": kept,
        "without": lambda sort: {n: v for n, v in kept.items() if n != sort},
        "with_one": lambda sort, value: {**kept, sort: value},
        "found": found, "more": more, "position": position,
        "facets": public_queries.facets(home.runner, wanted, at(past)),
        "names": directory.names(home.runner, at(past)),
        "funds": {fund.fund: fund.name for fund in directory.funds(home.runner, at=at(past))},
        "words": finding, "kind_words": charity_words.KINDS,
        "private": PRIVATE, "newer": after is not None,
    }  # fmt: skip
    return past_page(request, "search.html", home, past, said, **kept)


@files.get("/search.csv")
def search_rows(request: Request, home: Home, past: Then, wanted: Wanted) -> Response:
    """Give all that was found as CSV."""
    position = at(past) or newest(home.runner, PUBLIC_INDEX)
    rows = (finding.found_json(one) for one in _all(home, wanted, position))
    return csv_answer(request, "search", finding.COLUMNS, rows, position)


@router.get("/api/v1/search", response_model=SearchShape, responses=documented(404))
def search(
    request: Request,
    home: Home,
    past: Then,
    wanted: Wanted,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """Search charities, funds, names given, places and payments by any part of what they say."""
    found, more, position = public_queries.search(home.runner, wanted, limit, after, at(past))
    facets = public_queries.facets(home.runner, wanted, at(past))
    data = finding.search_json(found, facets, position)
    return past_document(request, data, past, after=more, limit=limit, **state(wanted))


def state(wanted: Asked) -> dict[str, object]:
    """Return what is looked for as parameters of an address."""
    told = {"q": wanted.text, **asdict(wanted)}
    return {name: value for name, value in told.items() if value is not None and name != "text"}


def _all(home: PublicHouse, wanted: Asked, position: Position) -> Iterator[Found]:
    after: str | None = None
    while True:
        found, after, _ = public_queries.search(home.runner, wanted, LOT, after, position)
        yield from found
        if after is None:
            return
