"""Charities as anyone may see them: their eligibility, keys, numbers, funds, disclosures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import charity_words
from api.charity_page import charity_json, described, months
from api.commands.asking import as_of
from api.kept_answers import PublicRead
from api.organisations_seen import seen
from api.problems import documented
from api.public_house import PublicHouse
from api.public_page import past_document, past_page
from api.public_words import KIND_WORDS
from api.routes.as_of import Past, Then, at
from api.routes.house import Home
from api.routes.public_shapes import CharitiesShape, CharityShape
from api.times import today
from ledger.domain import deductibility
from ledger.domain.days import day_in_china
from projections import public_queries
from projections.public_queries import Found
from projections.runner import Position, end_of

PAGE, PAGE_MAX = 25, 100
CODE = r"^[0-9A-Za-z]{1,32}$"

Uscc = Annotated[str, Path(pattern=CODE, description="unified social credit code")]
After = Annotated[int | None, Query(ge=0, le=2**62, description="go on after this entry")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"], route_class=PublicRead)

Line = tuple[Found, bool]


@router.get("/charities", include_in_schema=False)
def charities_page(request: Request, home: Home, past: Then, after: After = None) -> Response:
    """List the charities, with whether gifts of the day to them can be deducted."""
    lines, more, position, on = _listed(home, past, after, PAGE)
    said = {
        "lines": lines, "more": more, "position": position, "on": on, "words": charity_words,
        "newer": after is not None,
    }  # fmt: skip
    return past_page(request, "charities.html", home, past, said)


@router.get("/charities/{uscc}", include_in_schema=False)
def charity_page(request: Request, home: Home, past: Then, uscc: Uscc) -> Response:
    """Show a charity."""
    found = described(home, uscc, at(past))
    names = {fund.fund: fund.name for fund, _ in found.funds}
    said = {
        "found": found, "known": found.seen.known, "fund_names": names, "words": charity_words,
        "kind_words": KIND_WORDS, "position": found.position,
        "months": None if past else months(home, uscc, found.on),
    }  # fmt: skip
    return past_page(request, "charity.html", home, past, said)


@router.get("/api/v1/charities", response_model=CharitiesShape, responses=documented(404))
def charities(
    request: Request, home: Home, past: Then, after: After = None, limit: Limit = PAGE
) -> Response:
    """List the charities, with whether gifts of the day `on` to them can be deducted."""
    lines, more, position, on = _listed(home, past, after, limit)
    listed = [
        {"uscc": one.id, "name": one.title, "kind": one.words, "eligible": eligible}
        for one, eligible in lines
    ]
    data = {"as_of": as_of(position), "on": on.isoformat(), "charities": listed}
    return past_document(request, data, past, after=more, limit=limit)


@router.get("/api/v1/charities/{uscc}", response_model=CharityShape, responses=documented(404))
def charity(request: Request, home: Home, past: Then, uscc: Uscc) -> Response:
    """Give all that is public of a charity."""
    return past_document(request, charity_json(described(home, uscc, at(past))), past)


def _listed(
    home: PublicHouse, past: Past | None, after: int | None, limit: int
) -> tuple[Sequence[Line], int | None, Position, date]:
    found, more, position = public_queries.charities(home.runner, limit, after, at(past))
    on = today() if past is None or past.position.time is None else day_in_china(past.position.time)
    known = seen(home, [one.id for one in found], end_of(at(past)))
    lines = [(one, deductibility.eligible_on(known[one.id].known, on).yes) for one in found]
    return lines, more, position, on
