"""A browser on the portal of a house with accounts, and a clock that tests turn."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
from fastapi import FastAPI

from api.app import create_app
from api.people import registering
from api.wiring import House
from tests.conftest import USCC

PASSWORD = "correct horse battery staple"  # noqa: S105 of tests
CSRF = re.compile(r'name="csrf" value="([^"]*)"')
WHO = "command/test"
ADDRESSES = ipaddress.ip_network("198.18.0.0/15").hosts()
"""Every browser comes from an address of its own."""


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        """Turn it on."""
        self.now += timedelta(**by)


@dataclass
class Browser:
    """What keeps cookies and follows nothing; says where its forms come from as browsers do."""

    app: FastAPI
    origin: str = "http://127.0.0.1:8000"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    address: str = field(default_factory=lambda: str(next(ADDRESSES)))

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Ask for a path."""

        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.address, 1))
            async with httpx.AsyncClient(
                transport=transport, base_url=self.origin, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **given)
                self.cookies = client.cookies
                return answer

        return asyncio.run(asking())

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, object], **headers: str) -> httpx.Response:
        """Send a form with exactly these fields."""
        sent = {
            "sec-fetch-site": "same-origin",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return self.ask("POST", path, data=form, headers=sent)

    def csrf(self, path: str = "/account") -> str:
        """Return what the forms of a page carry."""
        found = CSRF.search(self.get(path).text)
        assert found, "the page has a form"
        return found[1]

    def send(self, path: str, form: Mapping[str, object], page: str = "/account") -> httpx.Response:
        """Send a form as it stands on a page."""
        return self.post(path, {"csrf": self.csrf(page), **form})

    def sign_in(self, login: str, password: str = PASSWORD, after: str = "") -> httpx.Response:
        """Fill in the form for signing in."""
        return self.send(
            "/sign-in", {"login": login, "password": password, "next": after}, "/sign-in"
        )

    @property
    def session(self) -> str:
        """Return the secret of its session."""
        return str(self.cookies.get("session"))

    def copy(self) -> Browser:
        """Return another browser with the same cookies."""
        return replace(self, cookies=httpx.Cookies(self.cookies))


def portal(house: House) -> FastAPI:
    """Return the portal over a house."""
    return create_app(house)


def account(house: House, app: FastAPI, login: str, *roles: str, organisation: str = USCC) -> str:
    """Give an account with the password of the tests; return its id."""
    made, _ = registering.add(house, login, organisation, roles or ("clerk",), WHO)
    hashed = app.state.people.passwords.make(PASSWORD)
    house.accounts.change(made.id, WHO, "set", password=hashed, invited="")
    return made.id


def with_code(browser: Browser, clock: Clock, login: str) -> tuple[str, list[str]]:
    """Sign in and add an authenticator; return its secret and the recovery codes."""
    browser.sign_in(login)
    shown = browser.send("/account/code/begin", {"password": PASSWORD})
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", shown.text)
    challenge = re.search(r'name="challenge" value="([^"]+)"', shown.text)
    csrf = CSRF.search(shown.text)
    assert secret, shown.text
    assert challenge
    assert csrf
    bare = secret[1].replace(" ", "")
    form = {"csrf": csrf[1], "challenge": challenge[1], "code": code(bare, clock)}
    done = browser.post("/account/code", form)
    return bare, re.findall(r"<li><code>([a-z2-7-]{19})</code>", done.text)


def code(secret: str, clock: Clock) -> str:
    """Return what an authenticator shows now."""
    return pyotp.TOTP(secret).at(clock())
