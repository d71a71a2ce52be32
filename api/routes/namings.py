"""Names given in thanks as anyone may see them; the words of a name stay sealed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import public_naming, public_naming_words
from api.commands.asking import as_of
from api.kept_answers import PublicRead
from api.problems import documented
from api.public_page import past_document, past_page
from api.routes.as_of import Then, at
from api.routes.fact_shapes import NamingShape, NamingsShape
from api.routes.house import Home
from projections import directory, public_facts
from projections.public_index import PUBLIC_INDEX

PAGE, PAGE_MAX = 25, 100
ID = r"^[0-9A-Za-z_.-]{1,100}$"

Id = Annotated[str, Path(pattern=ID, description="id of a name: naming-…")]
Charity = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z]{1,32}$", description="credit code")]
Fund = Annotated[str | None, Query(pattern=ID, description="id of a fund: fund-…")]
Before = Annotated[int | None, Query(ge=0, le=2**62, description="go on before this entry")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/namings", include_in_schema=False)
def namings_page(
    request: Request,
    home: Home,
    past: Then,
    charity: Charity = None,
    fund: Fund = None,
    before: Before = None,
) -> Response:
    """List names given in thanks, the newest first."""
    ids, more, position = public_facts.namings(home.runner, charity, fund, PAGE, before, at(past))
    said = {
        "listed": public_naming.described(home, ids, at(past)), "more": more,
        "newer": before is not None, "position": position, "words": public_naming_words,
        "names": directory.names(home.runner, at(past)), "charity": charity, "fund": fund,
        "funds": {one.fund: one.name for one in directory.funds(home.runner, at=at(past))},
    }  # fmt: skip
    return past_page(request, "namings.html", home, past, said, charity=charity, fund=fund)


@router.get("/namings/{naming}", include_in_schema=False)
def naming_page(request: Request, home: Home, past: Then, naming: Id) -> Response:
    """Show a name given in thanks: for what, how it stands, who approved it."""
    with home.runner.reading(PUBLIC_INDEX, at(past)) as (_, position):
        pass
    found = public_naming.one_of(home, naming, at(past))
    holder = found.grant.organisation
    funds = {one.fund: one.name for one in directory.funds(home.runner, holder, at(past))}
    said = {
        "found": found, "position": position, "words": public_naming_words, "funds": funds,
        "names": directory.names(home.runner, at(past)),
    }  # fmt: skip
    return past_page(request, "naming.html", home, past, said)


@router.get("/api/v1/namings", response_model=NamingsShape, responses=documented(404))
def namings(
    request: Request,
    home: Home,
    past: Then,
    charity: Charity = None,
    fund: Fund = None,
    before: Before = None,
    limit: Limit = PAGE,
) -> Response:
    """List names given in thanks, of a charity, a fund or all, the newest first."""
    ids, more, position = public_facts.namings(home.runner, charity, fund, limit, before, at(past))
    listed = map(public_naming.line_json, public_naming.described(home, ids, at(past)))
    data = {"as_of": as_of(position), "namings": list(listed)}
    return past_document(
        request, data, past, before=more, limit=limit, charity=charity, fund=fund
    )  # fmt: skip


@router.get("/api/v1/namings/{naming}", response_model=NamingShape, responses=documented(404))
def naming(request: Request, home: Home, past: Then, naming: Id) -> Response:
    """Give all that is public of a name given in thanks."""
    with home.runner.reading(PUBLIC_INDEX, at(past)) as (_, position):
        pass
    found = public_naming.naming_json(public_naming.one_of(home, naming, at(past)))
    return past_document(request, {"as_of": as_of(position), **found}, past)
