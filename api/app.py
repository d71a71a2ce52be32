"""The web application: a public, read-only portal over one house."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse

from api import problems
from api.public_house import PublicHouse
from api.rendering import Guarded
from api.routes import log, operating, public, receipts
from api.routes.shapes import ProblemDocument, ViolationShape
from api.templates import PAGES

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
        return described


def create_app(house: PublicHouse) -> FastAPI:
    """Return the portal over an open house; whoever opened it closes it."""
    app = Portal(
        title=TITLE,
        version=version("donation-ledger"),
        description="Read-only public answers of a ledger; every number says what it is as of.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.house = house
    app.add_middleware(Guarded)
    problems.install(app)
    for router in (public.router, receipts.router, log.router, operating.router):
        app.include_router(router)
    app.add_api_route("/portal.css", style, include_in_schema=False)
    app.add_api_route("/icon.svg", icon, include_in_schema=False)
    return app


def style() -> Response:
    """Give the one style sheet."""
    return FileResponse(PAGES / "portal.css", media_type="text/css", headers=DAY)


def icon() -> Response:
    """Give the icon."""
    return FileResponse(PAGES / "icon.svg", media_type="image/svg+xml", headers=DAY)
