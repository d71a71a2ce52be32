"""Files as answers: with a strong validator, and compressed for whoever accepts that."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from hashlib import sha256

from fastapi import Request, Response


def compressed(data: bytes) -> bytes:
    """Compress bytes; the same bytes always give the same."""
    return gzip.compress(data, mtime=0)


def served(
    request: Request,
    data: bytes,
    media_type: str,
    keep: str,
    *,
    zipped: bool | None = None,
    pack: Callable[[bytes], bytes] = compressed,
) -> Response:
    """Answer with bytes that are told apart by a strong validator (RFC 9110 8.8.3).

    `keep` is what caches are told. `zipped` is None for what never comes compressed: its answers do
    not vary.
    """
    tag = f'"{sha256(data).hexdigest()[:32]}{"-gzip" if zipped else ""}"'
    headers = {"Cache-Control": keep, "ETag": tag}
    if zipped is not None:
        headers["Vary"] = "Accept-Encoding"
    if _has(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
        data = pack(data)
    return Response(data, media_type=media_type, headers=headers)


def takes_gzip(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer may come compressed (RFC 9110 12.5.3)."""
    for coding in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in {"gzip", "x-gzip"}:
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0{0,3})?\s*", weight)
    return False


def _has(condition: str | None, tag: str) -> bool:
    """Tell whether If-None-Match names the tag (RFC 9110 13.1.2): weakly compared."""
    named = [one.strip().removeprefix("W/") for one in (condition or "").split(",")]
    return tag in named or "*" in named
