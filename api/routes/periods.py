"""Closed periods of a charity's books as anyone may see them: each is the same for ever."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import charity_words
from api.commands.asking import as_of
from api.kept_answers import PublicRead
from api.period_page import MOVES, described, known, line_json, period_json
from api.problems import documented
from api.public_page import past_document, past_page
from api.public_words import CORRECTION_WORDS, COST_WORDS, KIND_WORDS, REASON_WORDS
from api.routes.as_of import Then, at
from api.routes.charities import Uscc
from api.routes.fact_shapes import PeriodShape, PeriodsShape
from api.routes.house import Home
from projections import public_periods

PAGE, PAGE_MAX = 25, 100
LISTED = 100
"""Corrections on a page."""

Last = Annotated[date, Path(description="last day of the period, such as 2026-10-31")]
After = Annotated[int | None, Query(ge=0, le=2**62, description="go on after this entry")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/charities/{uscc}/periods/{last}", include_in_schema=False)
def period_page(
    request: Request, home: Home, past: Then, uscc: Uscc, last: Last, after: After = None
) -> Response:
    """Show a closed period: what came in, went out and was left, and the entry that closed it."""
    found = described(home, uscc, last, LISTED, after, at(past))
    said = {
        "found": found, "position": found.position, "moves": MOVES, "words": charity_words,
        "kind_words": KIND_WORDS, "correction_words": CORRECTION_WORDS,
        "reason_words": REASON_WORDS, "cost_words": COST_WORDS, "newer": after is not None,
    }  # fmt: skip
    return past_page(request, "period.html", home, past, said)


@router.get(
    "/api/v1/charities/{uscc}/periods", response_model=PeriodsShape, responses=documented(404)
)
def periods(
    request: Request, home: Home, past: Then, uscc: Uscc, after: After = None, limit: Limit = PAGE
) -> Response:
    """List the closed periods of a charity's books, the first one first."""
    name, position = known(home, uscc, at(past))
    found = [
        one
        for one in public_periods.periods(home.runner, uscc, at(past))
        if after is None or one.close.leaf > after
    ]
    listed = found[:limit]
    more = listed[-1].close.leaf if len(found) > limit else None
    data = {
        "as_of": as_of(position), "uscc": uscc, "name": name,
        "periods": list(map(line_json, listed)),
    }  # fmt: skip
    return past_document(request, data, past, after=more, limit=limit)


@router.get(
    "/api/v1/charities/{uscc}/periods/{last}",
    response_model=PeriodShape,
    responses=documented(404),
)
def period(
    request: Request,
    home: Home,
    past: Then,
    uscc: Uscc,
    last: Last,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """Give the sums of a closed period by fund and unit, with a page of its corrections."""
    found = described(home, uscc, last, limit, after, at(past))
    return past_document(request, period_json(found), past, after=found.more, limit=limit)
