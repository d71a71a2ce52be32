"""Answers of public reads, kept in memory and given again while what they rest on has not moved.

An answer is kept under its whole address and language, with the standing that it was made at
(api/standings.py). It is given again only at that standing; what calls itself immutable, always.
Only routes that declare themselves public reads are kept (`PublicRead`), and only for requests that
name nobody: no Authorization, no cookie but the reader's language.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, wraps
from hashlib import sha256
from typing import Any

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import ASKED, CHINESE, LANGUAGES
from api.standings import Standing, Standings

KEPT_BYTES = 64 * 2**20
"""What is kept at the most, headers and bodies together."""
LARGEST = 2**20
"""A larger answer is not kept."""
ENTRY_BYTES = 1000
"""About what an answer takes beside its bytes."""
KEEPING = "keeping"
"""Where the scope of a request says that its answer may be kept."""

READERS = 3
"""Threads that make answers at once. While one waits for the database another works; five make a
fourth fewer answers than three, for they take the interpreter from each other (docs/benchmarks.md).
"""

START, BODY = "http.response.start", "http.response.body"
OK, NOT_MODIFIED = 200, 304
OWN = {b"private", b"no-store"}
"""Said of an answer that is for one reader, or for once."""
OF_A_BODY = {b"content-length", b"content-type"}

_LIMITER: RunVar[CapacityLimiter | None] = RunVar("readers", None)

Headers = Sequence[tuple[bytes, bytes]]
Key = tuple[str, str, bytes, bytes, str]
"""Scheme, path, query, host and language."""


@dataclass(slots=True)
class Keeping:
    """That an answer on its way may be kept; its route says at which standing it is made."""

    standings: Standings
    standing: Standing | None = None


class PublicRead(APIRoute):
    """A route whose answer depends on its address, the language and the read models alone.

    All that it reads it sees in one snapshot, on one connection, and its answer may be kept. Its
    function takes the house as `home` and is no coroutine.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, _in_one_snapshot(endpoint), **given)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the standing before anything is read (ASGI 3); conditions are seen to at the end."""
        keeping: Keeping | None = scope.get(KEEPING)
        if keeping is not None:
            keeping.standing = await keeping.standings.now()
        if keeping is not None and keeping.standing is not None:
            asked = scope["headers"]
            scope["headers"] = [each for each in asked if each[0] != b"if-none-match"]
        await super().handle(scope, receive, send)


def _in_one_snapshot(endpoint: Callable[..., Response]) -> Callable[..., Any]:
    if hasattr(endpoint, "__wrapped__"):
        return endpoint  # a router that is taken into another makes its routes again

    @wraps(endpoint)
    async def answer(**asked: Any) -> Response:
        made = partial(_made, endpoint, asked)
        return await to_thread.run_sync(made, limiter=readers())

    return answer


def _made(endpoint: Callable[..., Response], asked: Mapping[str, Any]) -> Response:
    if "home" not in asked:
        return endpoint(**asked)
    with asked["home"].runner.sitting():
        return endpoint(**asked)


def readers() -> CapacityLimiter:
    """Return what lets in so many threads at once; each event loop has its own."""
    found = _LIMITER.get(None)
    if found is None:
        found = CapacityLimiter(READERS)
        _LIMITER.set(found)
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it went out, and the standing it holds at; None: at any."""

    standing: Standing | None
    headers: Headers
    body: bytes
    tag: bytes

    @property
    def size(self) -> int:
        """Return about how many bytes it takes."""
        return ENTRY_BYTES + len(self.body) + sum(len(n) + len(v) for n, v in self.headers)


@dataclass(slots=True)
class Shelf:
    """The answers that are kept, the one asked for longest ago first; at most `room` bytes."""

    room: int
    used: int = 0
    _kept: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)

    def find(self, key: Key) -> Kept | None:
        """Return what is kept under a key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, answer: Kept) -> None:
        """Keep an answer in place of an older one; those not asked for longest make room."""
        self._drop(self._kept.pop(key, None))
        self._kept[key] = answer
        self.used += answer.size
        while self.used > self.room:
            self._drop(self._kept.popitem(last=False)[1])

    def _drop(self, gone: Kept | None) -> None:
        self.used -= gone.size if gone is not None else 0


class KeptAnswers:
    """Gives kept answers (ASGI 3), and keeps those that may be; stands outside all the rest."""

    def __init__(self, app: ASGIApp, standings: Standings, room: int = KEPT_BYTES) -> None:
        self._app = app
        self._standings = standings
        self._shelf = Shelf(room)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or let the portal answer and keep that."""
        key = key_of(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        kept = self._shelf.find(key)
        if kept is not None and await self._holds(kept):
            await give(kept, scope, send)
            return
        keeping = Keeping(self._standings)
        passed = self._through(key, keeping, scope, send)
        await self._app({**scope, KEEPING: keeping}, receive, passed)

    async def _holds(self, kept: Kept) -> bool:
        return kept.standing is None or kept.standing == await self._standings.now()

    def _through(self, key: Key, keeping: Keeping, scope: Scope, send: Send) -> Send:
        """Return what passes an answer on, and keeps it if it may be kept."""
        begun: list[Message] = []

        async def through(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            if begun:
                start = begun.pop()
                answer = kept_of(start, message, keeping.standing)
                if answer is not None:
                    if answer.size <= LARGEST:
                        self._shelf.keep(key, answer)
                    await give(answer, scope, send)
                    return
                await send(start)
            await send(message)

        return through


def key_of(scope: Scope) -> Key | None:
    """Return what an answer is kept under; None where this request is to be answered by itself."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return None
    host, language = b"", CHINESE
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"authorization":
            return None
        elif name == b"cookie":
            cookie, _, language = value.decode("latin-1").partition("=")
            if cookie != ASKED or language not in LANGUAGES:
                return None
    return scope["scheme"], scope["path"], scope["query_string"], host, language


def kept_of(start: Message, body: Message, standing: Standing | None) -> Kept | None:
    """Return an answer as it is kept; None if it is one reader's own, or comes in parts.

    One without an entity tag gets one.
    """
    if standing is None or start["status"] != OK or body["type"] != BODY or body.get("more_body"):
        return None
    headers = dict(start["headers"])
    said = headers.get(b"cache-control", b"")
    varies = headers.get(b"vary", b"").lower()
    if b"set-cookie" in headers or varies not in {b"", b"cookie"} or OWN & words(said):
        return None
    data: bytes = body.get("body", b"")
    tag = headers.get(b"etag") or b'"%s"' % sha256(data).hexdigest()[:32].encode()
    always = b"immutable" in words(said)
    return Kept(None if always else standing, [*(headers | {b"etag": tag}).items()], data, tag)


async def give(kept: Kept, scope: Scope, send: Send) -> None:
    """Give an answer, or say that the reader has it already (RFC 9110 13.1.2)."""
    asked = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    known = {one.removeprefix(b"W/") for one in words(asked)}
    if known & {kept.tag.removeprefix(b"W/"), b"*"}:
        headers = [each for each in kept.headers if each[0] not in OF_A_BODY]
        await send({"type": START, "status": NOT_MODIFIED, "headers": headers})
        await send({"type": BODY, "body": b""})
        return
    await send({"type": START, "status": OK, "headers": [*kept.headers]})
    await send({"type": BODY, "body": kept.body})


def words(header: bytes) -> set[bytes]:
    """Return the members of a list in a header (RFC 9110 5.6.1)."""
    return {one.strip() for one in header.split(b",")}
