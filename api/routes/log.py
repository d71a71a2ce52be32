"""The published log as static files (C2SP tlog-tiles): checkpoint, verifier key, tiles, bundles."""

from __future__ import annotations

import re

from fastapi import APIRouter, Response

from api.problems import documented
from api.routes.house import Home
from ledger.proof import checkpoint as checkpoints
from ledger.proof.checkpoint import Checkpoint
from ledger.store.log_folder import FileMissing, LogFolder

TEXT = "text/plain; charset=utf-8"
TILE = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=5"
TILE_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}"
    r"(\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
"""Paths of C2SP tlog-tiles; there is no way out of the folder in them."""

router = APIRouter(prefix="/log", tags=["log"])


@router.get("/checkpoint", responses={200: {"content": {"text/plain": {}}}, **documented(404)})
def checkpoint(home: Home) -> Response:
    """Give the newest signed checkpoint."""
    return Response(home.log.read("checkpoint"), media_type=TEXT, headers={"Cache-Control": SHORT})


@router.get("/vkey", responses={200: {"content": {"text/plain": {}}}, **documented(404)})
def vkey(home: Home) -> Response:
    """Give the verifier key line; get it from a second place too before you trust it."""
    return Response(home.log.read("vkey"), media_type=TEXT, headers={"Cache-Control": SHORT})


@router.get("/tile/{path:path}", responses={200: {"content": {TILE: {}}}, **documented(404)})
def tile(path: str, home: Home) -> Response:
    """Give a tile of hashes or a bundle of entries; what is published never changes."""
    asked = f"tile/{path}"
    if not TILE_PATH.fullmatch(asked):
        raise FileMissing(asked)
    return Response(home.log.read(asked), media_type=TILE, headers={"Cache-Control": FOR_EVER})


def newest(log: LogFolder) -> Checkpoint | None:
    """Return the newest checkpoint, checked against the folder's key, or None before the first."""
    if not (log.folder / "checkpoint").exists():
        return None
    return checkpoints.open_signed(log.note(), log.vkey())
