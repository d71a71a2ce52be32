"""Names given in thanks as anyone may see them; the words of a name stay sealed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api import public_naming, public_naming_words
from api.commands.asking import as_of
from api.kept_answers import PublicRead
from api.problems import documented
from api.public_page import past_document, past_page
from api.routes.as_of import Then, at
from api.routes.fact_shapes import NamingShape, NamingsShape
from api.routes.house import Home
from api.routes.narrowing import ID, PAGE, Asked, Limit
from projections import directory, public_facts
from projections.public_index import PUBLIC_INDEX

Id = Annotated[str, Path(pattern=ID, description="id of a name: naming-…")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/namings", include_in_schema=False)
def namings_page(request: Request, home: Home, past: Then, asked: Asked) -> Response:
    """List names given in thanks, the newest first."""
    ids, more, position = public_facts.namings(home.runner, asked, PAGE, at(past))
    listed = public_naming.described(home, ids, at(past))
    funds = {one.grant.fund for one in listed} | ({asked.fund} if asked.fund else set())
    said = {
        "listed": listed, "more": more,
        "newer": asked.before is not None, "position": position, "words": public_naming_words,
        "names": directory.names(home.runner, at(past)), **asked.kept,
        "funds": directory.fund_names(home.runner, funds, at(past)),
    }  # fmt: skip
    return past_page(request, "namings.html", home, past, said, **asked.kept)


@router.get("/namings/{naming}", include_in_schema=False)
def naming_page(request: Request, home: Home, past: Then, naming: Id) -> Response:
    """Show a name given in thanks: for what, how it stands, who approved it."""
    position = home.runner.reached(PUBLIC_INDEX, at(past))
    found = public_naming.one_of(home, naming, at(past))
    funds = directory.fund_names(home.runner, [found.grant.fund], at(past))
    said = {
        "found": found, "position": position, "words": public_naming_words, "funds": funds,
        "names": directory.names(home.runner, at(past)),
    }  # fmt: skip
    return past_page(request, "naming.html", home, past, said)


@router.get("/api/v1/namings", response_model=NamingsShape, responses=documented(404))
def namings(
    request: Request, home: Home, past: Then, asked: Asked, limit: Limit = PAGE
) -> Response:
    """List names given in thanks, of a charity, a fund or all, the newest first."""
    ids, more, position = public_facts.namings(home.runner, asked, limit, at(past))
    listed = map(public_naming.line_json, public_naming.described(home, ids, at(past)))
    data = {"as_of": as_of(position), "namings": list(listed)}
    return past_document(
        request, data, past, before=more, limit=limit, **asked.kept
    )  # fmt: skip


@router.get("/api/v1/namings/{naming}", response_model=NamingShape, responses=documented(404))
def naming(request: Request, home: Home, past: Then, naming: Id) -> Response:
    """Give all that is public of a name given in thanks."""
    position = home.runner.reached(PUBLIC_INDEX, at(past))
    found = public_naming.naming_json(public_naming.one_of(home, naming, at(past)))
    return past_document(request, {"as_of": as_of(position), **found}, past)
