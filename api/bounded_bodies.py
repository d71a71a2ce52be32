"""No address takes in more than it can use, whatever a request says of its length."""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEBIBYTE = 1 << 20
SAFE = ("GET", "HEAD", "OPTIONS")
FIELDS_MAX = 2500
"""So many fields has a form at most: a batch of gifts, four to a row."""

DESK = "/desk/"
"""Where forms come with a document each."""


class BoundedBodies:
    """Ends the reading of a body that is too large with 413, before it fills memory or disk.

    A MiB is taken in, and at the desk a document of `documents()` bytes with it; what reads bodies
    `elsewhere` counts for itself.
    """

    def __init__(
        self, app: ASGIApp, documents: Callable[[], int], elsewhere: Collection[str]
    ) -> None:
        self._app = app
        self._documents = documents
        self._elsewhere = elsewhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on (ASGI 3), its body counted."""
        counted = scope["type"] == "http" and scope["method"] not in SAFE
        if not counted or scope["path"] in self._elsewhere:
            await self._app(scope, receive, send)
            return
        most, taken = self._bound(scope["path"]), 0
        declared = dict(scope["headers"]).get(b"content-length", b"")

        async def bounded() -> Message:
            nonlocal taken
            if declared.isdigit() and int(declared) > most:
                raise _too_large(most)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _too_large(most)
            return message

        await self._app(scope, bounded, send)

    def _bound(self, path: str) -> int:
        return MEBIBYTE + (self._documents() if path.startswith(DESK) else 0)


def _too_large(most: int) -> HTTPException:
    told = f"the request is larger than the {most // MEBIBYTE} MiB that this address takes in"
    return HTTPException(413, f"{told}; send less")
