"""Who asks, found out before anything else is: from the session's cookie, or a token."""

from __future__ import annotations

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.people import cookies, who
from api.people.house import people_of
from api.people.who import NotSignedIn, Who
from ledger.errors import Untrusted


class SignedIn:
    """Sets `request.state.acting`, `.csrf` and `.who`; asks the database only where needed.

    A request that names nobody, or nobody any more, goes on as a stranger's. A token that does
    not work is kept as `.refusal`, for whatever needs an account: it never falls back on a cookie.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, state = Request(scope), scope.setdefault("state", {})
        state |= {"acting": None, "csrf": "", "who": None, "refusal": None}
        token, cookie = cookies.bearer_of(request), cookies.secret_of(request)
        if token is not None or cookie is not None:
            state |= await run_in_threadpool(_found, request, token, cookie)

        async def private(message: Message) -> None:
            if message["type"] == "http.response.start" and state["who"] is not None:
                _keep_private(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, private)


def _found(request: Request, token: str | None, cookie: str | None) -> dict[str, object]:
    people, found = people_of(request), None
    try:
        if token is not None:
            found = who.by_token(people.accounts, token)
        elif cookie is not None:
            found = who.by_session(people.accounts, people.sessions, cookie)
    except Untrusted:  # somebody altered the tables: the audit says where
        found = None
    refusal = NotSignedIn() if token is not None and found is None else None
    return {**_state(found), "refusal": refusal}


def _state(found: Who | None) -> dict[str, object]:
    if found is None or not who.is_open(found):
        return {"acting": None, "csrf": found.csrf if found else "", "who": found}
    return {"acting": found.acting, "csrf": found.csrf, "who": found}


def _keep_private(headers: MutableHeaders) -> None:
    """Let no cache between keep what was made for one person; assets are nobody's."""
    if headers.get("content-type", "").startswith(("text/html", "application/")):
        headers["Cache-Control"] = "no-store"
