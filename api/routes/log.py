"""The published log as static files (C2SP tlog-tiles): checkpoint, verifier key, tiles, bundles."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from api.problems import documented
from api.rendering import document
from api.routes.house import Home
from api.served_files import served, takes_gzip
from api.times import rfc3339
from ledger.proof import tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.merkle import HASH_BYTES
from ledger.store.checkpoints import Listed
from ledger.store.log_folder import LogFolder
from ledger.store.log_objects import BYTES as TILE
from ledger.store.log_objects import FOR_EVER, SHORT, TEXT, FileMissing

TILE_PATH = re.compile(
    r"(?P<full>tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3})"
    r"(\.p/(?P<width>[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
"""Paths of C2SP tlog-tiles; there is no way out of the folder in them."""

PLAIN: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}
LISTED = 100

router = APIRouter(prefix="/log", tags=["log"])

Before = Annotated[int | None, Query(ge=0, le=2**62, description="only smaller ones")]
Size = Annotated[int, Path(ge=0, le=2**62)]


class KeptShape(BaseModel):
    """A checkpoint that was published: its size, when, and where its signed note is."""

    size: int
    signed_at: str
    published_at: str
    checkpoint: str


@router.get("/checkpoint", responses={**PLAIN, **documented(404)})
def checkpoint(home: Home, request: Request) -> Response:
    """Give the newest signed checkpoint."""
    return served(request, home.log.read("checkpoint"), TEXT, SHORT)


@router.get("/vkey", responses={**PLAIN, **documented(404)})
def vkey(home: Home, request: Request) -> Response:
    """Give the verifier key line; get it from a second place too before you trust it."""
    return served(request, home.log.read("vkey"), TEXT, SHORT)


@router.get("/checkpoints", response_model=list[KeptShape], responses=documented(400))
def published_checkpoints(home: Home, request: Request, before: Before = None) -> Response:
    """List the checkpoints published so far, the newest first; Link names the next page."""
    found = home.checkpoints.listed(before, LISTED)
    more = f"/log/checkpoints?before={found[-1].size}" if len(found) == LISTED else None
    return document(request, [_shape(kept) for kept in found], more)


@router.get("/checkpoints/{size}", responses={**PLAIN, **documented(404)})
def checkpoint_of(size: Size, home: Home, request: Request) -> Response:
    """Give the checkpoint that was published when the log had that size."""
    return served(request, home.checkpoints.at(size).encode(), TEXT, FOR_EVER)


@router.get("/tile/{path:path}", responses={200: {"content": {TILE: {}}}, **documented(404)})
def tile(path: str, home: Home, request: Request) -> Response:
    """Give a tile of hashes or a bundle of entries; what is published never changes.

    A bundle is compressed for whoever accepts that; hashes do not become smaller.
    """
    asked = TILE_PATH.fullmatch(f"tile/{path}")
    if not asked:
        raise FileMissing(f"tile/{path}")
    data = _tile(home.log, asked)
    if asked["level"] != "entries":
        return served(request, data, TILE, FOR_EVER)
    return served(request, data, TILE, FOR_EVER, zipped=takes_gzip(request.headers))


def newest(log: LogFolder) -> Checkpoint | None:
    """Return the newest checkpoint, checked against the folder's key, or None before the first."""
    return log.shown()


def _shape(kept: Listed) -> dict[str, object]:
    return {
        "size": kept.size,
        "signed_at": rfc3339(kept.signed_at),
        "published_at": rfc3339(kept.published_at),
        "checkpoint": f"/log/checkpoints/{kept.size}",
    }


def _tile(log: LogFolder, asked: re.Match[str]) -> bytes:
    """Read a tile; a partial one that is not there is the beginning of the full one."""
    try:
        return log.read(asked[0])
    except FileMissing:
        if asked["width"] is None:
            raise
        full, width = _full(log, asked), int(asked["width"])
    if asked["level"] == "entries":
        return tiles.pack_entries(tiles.unpack_entries(full)[:width])
    return full[: width * HASH_BYTES]


def _full(log: LogFolder, asked: re.Match[str]) -> bytes:
    try:
        return log.read(asked["full"])
    except FileMissing:
        raise FileMissing(asked[0]) from None
