"""How answers leave the portal: pages from templates, JSON with an entity tag, safe headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import LANGUAGES, language_of, other_address, remember, saying
from api.navigation import NAVIGATION, section_of
from api.templates import SPOKEN

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""On every answer that does not say otherwise."""


AS_OF = "Ledger-As-Of"


def page(
    request: Request,
    template: str,
    shown: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a page made from a template, in the reader's language; what it shows is escaped.

    Every template also gets `say(chinese, english)`, `lang` ("zh" or "en"), `person` (the account
    that acts, an `Acting`, or None) and `csrf` (the token of its session, or "").
    """
    given = {**_around(request), **shown}
    text = SPOKEN[str(given["lang"])].get_template(template).render(given)
    answer = HTMLResponse(text, status, dict(headers or {}))
    answer.headers["Content-Language"] = str(given["html_lang"])
    remember(request, answer)
    own = given["person"] is not None or "set-cookie" in answer.headers
    if own and answer.headers.get("Cache-Control") != "no-store":
        answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _around(request: Request) -> dict[str, object]:
    """Return what every template gets."""
    language = language_of(request)
    return {
        "say": saying(language),
        "lang": language,
        "html_lang": LANGUAGES[language],
        "other_language": other_address(request),
        "here": request.url.path,
        "navigation": NAVIGATION,
        "section": section_of(request.url.path),
        "person": getattr(request.state, "acting", None),
        "csrf": getattr(request.state, "csrf", ""),
    }


def document(
    request: Request,
    data: object,
    next_page: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return JSON with its entity tag (RFC 9110 8.8.3) and, in Link, the next page (RFC 8288)."""
    body = json.dumps(data, ensure_ascii=False).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, **(headers or {})}
    if next_page is not None:
        headers["Link"] = f'<{next_page}>; rel="next"'
    if knows(request, tag):
        return Response(None, 304, headers)
    return Response(body, headers=headers, media_type="application/json")


def knows(request: Request, tag: str) -> bool:
    """Tell whether the reader has what a tag stands for already (RFC 9110 13.1.2, weakly)."""
    told = request.headers.get("if-none-match", "").split(",")
    return bool({one.strip().removeprefix("W/") for one in told} & {tag.removeprefix("W/"), "*"})


def as_of_words(size: object, time: object) -> str:
    """Return what `Ledger-As-Of` says: the size of the log, and the time of its last entry."""
    return f"{size}; {time or '-'}"


class Guarded:
    """Adds the safe headers to every answer, and lets HEAD be asked wherever GET can be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on (ASGI 3); the server leaves out the body of an answer to HEAD."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        read = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
        await self._app(read, receive, guarded)
