"""The portal over a house, asked in this process as one account or another."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from api.app import create_app
from api.people.dependencies import ours, person
from api.routes.writing import day_now
from api.wiring import House
from ledger.domain.acting import Acting
from tests.api.operations.accounts import TODAY


class Desk:
    """What asks the portal over a house as the account in `acting`."""

    def __init__(self, house: House, acting: Acting) -> None:
        self._app = create_app(house)
        self.acting = acting
        self._app.dependency_overrides |= {
            ours: lambda: None,
            person: lambda: self.acting,
            day_now: lambda: TODAY,
        }

    def post(self, path: str, body: Any, **headers: str | bytes) -> httpx.Response:
        """Send JSON; underscores in header names stand for hyphens."""
        named = [
            (name.replace("_", "-").encode(), value.encode() if isinstance(value, str) else value)
            for name, value in headers.items()
        ]
        return self._ask("POST", path, json=body, headers=named)

    def send(self, path: str, typed: Mapping[str, str], **files: bytes) -> httpx.Response:
        """Send a form, documents among it; a redirection is not followed."""
        return self._ask("POST", path, data=dict(typed), files=files or None)

    def get(self, path: str) -> httpx.Response:
        """Ask for a page."""
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
                return await client.request(method, path, **given)

        return asyncio.run(asking())
