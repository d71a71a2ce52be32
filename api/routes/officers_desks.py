"""The pages that officers and clerks start from: tax, names, organisations, their own charity."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import charity_words
from api.desk.overview import SUPERVISION, check_charity, check_government
from api.desk.own_charity import funds_of, gifts_of
from api.desk.supervised import supervised
from api.people.dependencies import Person
from api.public_words import KIND_WORDS
from api.rendering import page
from api.routes import naming_desk, tax_desk
from api.routes.desk import PRIVATE
from api.routes.jobs import Home
from api.routes.writing import Today
from projections import directory

Leaf = Annotated[int | None, Query(ge=0, le=2**62)]
DayBefore = Annotated[date | None, Query()]

router = APIRouter(include_in_schema=False)
for _desk in (tax_desk, naming_desk):
    router.include_router(_desk.router)


@router.get("/desk/organisations")
def organisations(
    request: Request, home: Home, acting: Person, today: Today, after: Leaf = None
) -> Response:
    """List organisations with their eligibility of today and the receipt numbers they have left."""
    check_government(acting, "the list of organisations", SUPERVISION)
    lines, more = supervised(home, acting, today, after)
    shown = {"lines": lines, "more": more, "on": today, "kinds": charity_words.KINDS}
    return page(request, "desk/organisations.html", shown, headers=PRIVATE)


@router.get("/desk/charity")
def own_charity(
    request: Request, home: Home, acting: Person, day: DayBefore = None, leaf: Leaf = None
) -> Response:
    """Show the funds of the account's own charity, and which of its newest gifts lack something."""
    check_charity(acting)
    before = None if day is None or leaf is None else (day, leaf)
    funds = funds_of(home, acting)
    shown = {
        "name": directory.names(home.runner).get(acting.organisation, acting.organisation),
        "uscc": acting.organisation,
        "funds": funds,
        "gifts": gifts_of(home, acting, before),
        "fund_names": {line.fund.fund: line.fund.name for line in funds},
        "kind_words": KIND_WORDS,
        "older": before is not None,
    }
    return page(request, "desk/charity.html", shown, headers=PRIVATE)
