"""The web application: public pages for everybody, a desk for whoever has an account."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, cast

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse

from api import problems
from api.bounded_bodies import BoundedBodies
from api.hooks.worker import Sender
from api.jobs.worker import Worker
from api.kept_answers import KEPT_BYTES, KeptAnswers
from api.openapi import complete
from api.people import installing
from api.people.dependencies import UPLOADS
from api.public_house import PublicHouse
from api.rendering import Guarded
from api.routes import (
    assets,
    batches,
    charities,
    data_notes,
    desk,
    desk_drafts,
    desk_hooks,
    desk_jobs,
    donor_desk,
    donor_gifts,
    donor_worksheets,
    downloads,
    drafts,
    events,
    hooks,
    jobs,
    log,
    log_page,
    namings,
    officers_desks,
    operating,
    periods,
    pledges,
    public,
    public_pages,
    receipted,
    receipts,
    searching,
    villages,
    writing,
)
from api.routes.shapes import ProblemDocument, ViolationShape
from api.standings import Standings
from api.templates import PAGES
from api.wiring import House

TITLE = "善款账本 Donation Ledger"
DAY = {"Cache-Control": "public, max-age=86400"}


class Portal(FastAPI):
    """The framework's application, whose OpenAPI document also knows our problem documents."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document."""
        described = super().openapi()
        schemas = described["components"]["schemas"]
        reference = "#/components/schemas/{model}"
        shape = ProblemDocument.model_json_schema(ref_template=reference)
        shape.pop("$defs")
        schemas["ProblemDocument"] = shape
        schemas["ViolationShape"] = ViolationShape.model_json_schema()
        return complete(described)


def create_app(
    house: PublicHouse, *, kept_bytes: int = KEPT_BYTES, standings: Standings | None = None
) -> FastAPI:
    """Return the portal over an open house; whoever opened it closes it.

    At most `kept_bytes` of answers are kept in memory, 0 keeps none; `standings` tells until when.
    """
    app = Portal(
        title=TITLE,
        version=version("donation-ledger"),
        description=(
            "Public answers of a ledger, each with what it is as of, and everything that an "
            "account can have recorded."
        ),
        docs_url=None,
        redoc_url=None,
        dependencies=installing.EVERYWHERE,
    )
    app.state.house = house
    installing.install(app, house)
    app.add_middleware(Guarded)
    app.add_middleware(
        BoundedBodies,
        documents=lambda: cast("House", house).settings.upload_max,
        elsewhere=UPLOADS,
    )
    if kept_bytes:
        told = standings or Standings(house)
        app.add_middleware(KeptAnswers, standings=told, room=kept_bytes)
    problems.install(app)
    for one in (public_pages, public, receipts, receipted, log, operating):
        app.include_router(one.router)
    app.state.worker = Worker(cast("House", house))  # works once it is entered
    app.state.hooks = Sender(cast("House", house))  # sends once it is entered
    for one in (events, hooks, desk_hooks):
        app.include_router(one.router)
    app.include_router(jobs.router)
    app.include_router(desk_jobs.router)
    for own in (donor_worksheets.router, donor_desk.router, donor_gifts.router, donor_gifts.public):
        app.include_router(own)
    app.include_router(officers_desks.router)  # before the desk, whose addresses match any
    app.include_router(drafts.router)
    app.include_router(desk_drafts.router)
    app.include_router(batches.router)
    app.include_router(desk.router)
    app.include_router(writing.router)
    app.include_router(assets.router)
    app.include_router(log_page.router)
    for one in (charities, periods, namings, pledges, villages, searching, downloads, data_notes):
        app.include_router(one.router)
    app.include_router(searching.files)
    app.add_api_route("/portal.css", style, include_in_schema=False)
    app.add_api_route("/icon.svg", icon, include_in_schema=False)
    return app


def style() -> Response:
    """Give the one style sheet."""
    return FileResponse(PAGES / "portal.css", media_type="text/css", headers=DAY)


def icon() -> Response:
    """Give the icon."""
    return FileResponse(PAGES / "icon.svg", media_type="image/svg+xml", headers=DAY)
