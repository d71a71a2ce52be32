"""The scripts, style sheets and fonts of the pages, from this server alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import assets
from api.served_files import served, takes_gzip
from ledger.store.log_objects import FOR_EVER

CHECKED = "no-cache"
"""Kept, but asked about each time: the address does not say which version it means."""

router = APIRouter(include_in_schema=False)

Version = Annotated[str | None, Query(max_length=64)]


@router.get("/assets/{name}")
def asset(name: str, request: Request, v: Version = None) -> Response:
    """Give a file by its name; one that is asked for by its digest may be kept for ever."""
    found = assets.find(name)
    keep = FOR_EVER if v == found.digest else CHECKED
    if not found.compressible:
        return served(request, found.data, found.media_type, keep)
    zipped = takes_gzip(request.headers)
    return served(
        request, found.data, found.media_type, keep, zipped=zipped, pack=lambda _: found.packed
    )
