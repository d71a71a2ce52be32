"""Promises as anyone may see them: promised, due, received and let go; never by whom."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import public_pledge, public_pledge_words
from api.commands.asking import as_of
from api.kept_answers import PublicRead
from api.problems import documented
from api.public_page import past_document, past_page
from api.routes.as_of import Then, at
from api.routes.fact_shapes import PledgeShape, PledgesShape
from api.routes.house import Home
from api.routes.narrowing import ID, PAGE, Asked, Limit
from projections import directory, public_facts
from projections.pledges import PLEDGES

LISTED = 100
"""Instalments on a page."""

Id = Annotated[str, Path(pattern=ID, description="id of a promise")]
After = Annotated[date | None, Query(description="go on after the instalment of this day")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/pledges", include_in_schema=False)
def pledges_page(request: Request, home: Home, past: Then, asked: Asked) -> Response:
    """List promises, the newest first."""
    ids, more, position = public_facts.pledges(home.runner, asked, PAGE, at(past))
    listed = public_pledge.described(home, ids, at(past))
    funds = {one.pledge.fund for one in listed} | ({asked.fund} if asked.fund else set())
    said = {
        "listed": listed, "more": more,
        "newer": asked.before is not None, "position": position, "words": public_pledge_words,
        "names": directory.names(home.runner, at(past)), **asked.kept,
        "funds": directory.fund_names(home.runner, funds, at(past)),
    }  # fmt: skip
    return past_page(request, "pledges.html", home, past, said, **asked.kept)


@router.get("/pledges/{pledge}", include_in_schema=False)
def pledge_page(
    request: Request, home: Home, past: Then, pledge: Id, after: After = None
) -> Response:
    """Show a promise: what was promised, what is due, what has come."""
    position = home.runner.reached(PLEDGES, at(past))
    found = public_pledge.one_of(home, pledge, at(past))
    dues, more = public_pledge.instalments(found, LISTED, after)
    said = {
        "found": found, "position": position, "words": public_pledge_words, "dues": dues,
        "more": more, "newer": after is not None, "names": directory.names(home.runner, at(past)),
        "funds": directory.fund_names(home.runner, [found.pledge.fund], at(past)),
    }  # fmt: skip
    return past_page(request, "pledge.html", home, past, said)


@router.get("/api/v1/pledges", response_model=PledgesShape, responses=documented(404))
def pledges(
    request: Request, home: Home, past: Then, asked: Asked, limit: Limit = PAGE
) -> Response:
    """List promises, of a charity, a fund or all, the newest first."""
    ids, more, position = public_facts.pledges(home.runner, asked, limit, at(past))
    listed = map(public_pledge.line_json, public_pledge.described(home, ids, at(past)))
    data = {"as_of": as_of(position), "pledges": list(listed)}
    return past_document(
        request, data, past, before=more, limit=limit, **asked.kept
    )  # fmt: skip


@router.get("/api/v1/pledges/{pledge}", response_model=PledgeShape, responses=documented(404))
def pledge(
    request: Request, home: Home, past: Then, pledge: Id, after: After = None, limit: Limit = PAGE
) -> Response:
    """Give all that is public of a promise, with a page of its instalments."""
    position = home.runner.reached(PLEDGES, at(past))
    found = public_pledge.one_of(home, pledge, at(past))
    dues, more = public_pledge.instalments(found, limit, after)
    data = {"as_of": as_of(position), **public_pledge.pledge_json(found, dues)}
    return past_document(request, data, past, after=more, limit=limit)
