"""Passkeys, as a first factor and as a second one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.wiring import House
from tests.api.people.authenticator import Authenticator
from tests.api.people.portal import PASSWORD, Browser, Clock

ORIGIN = "http://localhost:8000"


@pytest.fixture
def here(app: FastAPI) -> Browser:
    """A browser under a name that passkeys may be bound to."""
    return Browser(app, ORIGIN)


@pytest.fixture
def key(login: str) -> Authenticator:
    return Authenticator(id=login.encode())


def asked(browser: Browser, path: str, body: dict[str, Any], csrf: str = "") -> httpx.Response:
    headers = {"sec-fetch-site": "same-origin", "x-csrf-token": csrf}
    return browser.ask("POST", path, json=body, headers=headers)


def enrolled(browser: Browser, key: Authenticator, login: str) -> httpx.Response:
    browser.sign_in(login)
    csrf = browser.csrf()
    given = asked(browser, "/account/passkeys/options", {"password": PASSWORD}, csrf).json()
    body = {"challenge": given["challenge"], "credential": key.make(given["options"])}
    return asked(browser, "/account/passkeys", {**body, "name": "电脑"}, csrf)


def used(
    browser: Browser, key: Authenticator, path: str, csrf: str = "", **more: str
) -> httpx.Response:
    given = asked(browser, f"{path}/options", {}, csrf).json()
    body = {"challenge": given["challenge"], "credential": key.answer(given["options"]), **more}
    return asked(browser, path, body, csrf)


def test_a_passkey_signs_in_and_counts_as_two_factors(
    here: Browser, app: FastAPI, key: Authenticator, login: str
) -> None:
    assert enrolled(here, key, login).json() == {"next": "/account"}
    assert "电脑" in here.get("/account").text

    other = Browser(app, ORIGIN)
    answer = used(other, key, "/sign-in/passkey", next="/funds")

    assert answer.json() == {"next": "/funds"}
    form = {"name": "x", "days": "1", "scopes": "read"}
    assert other.send("/account/tokens", form).status_code == 200, "it is confirmed"


def test_a_passkey_that_verified_nobody_is_no_first_factor(
    here: Browser, app: FastAPI, key: Authenticator, login: str
) -> None:
    key.verifies = False
    enrolled(here, key, login)
    other = Browser(app, ORIGIN)

    assert used(other, key, "/sign-in/passkey").status_code == 409
    assert "session" not in other.cookies


def test_a_passkey_is_a_second_factor_after_the_password(
    here: Browser, app: FastAPI, key: Authenticator, login: str
) -> None:
    key.verifies = False
    enrolled(here, key, login)
    other = Browser(app, ORIGIN)
    assert other.sign_in(login).headers["location"].startswith("/sign-in/second")

    answer = used(other, key, "/sign-in/second/passkey", other.csrf("/sign-in/second"))

    assert answer.json() == {"next": "/account"}
    assert other.get("/account").status_code == 200


def test_an_answer_counts_once(here: Browser, app: FastAPI, key: Authenticator, login: str) -> None:
    enrolled(here, key, login)
    other = Browser(app, ORIGIN)
    given = asked(other, "/sign-in/passkey/options", {}).json()
    body = {"challenge": given["challenge"], "credential": key.answer(given["options"])}

    assert asked(other, "/sign-in/passkey", body).status_code == 200
    other.cookies.clear()
    assert asked(other, "/sign-in/passkey", body).status_code == 409


@pytest.mark.parametrize(
    "changed",
    [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"count": -1}],
)
def test_a_passkey_of_elsewhere_or_a_copy_of_one_is_refused(
    here: Browser, app: FastAPI, key: Authenticator, login: str, changed: dict[str, Any]
) -> None:
    key.count = 5
    enrolled(here, key, login)
    other = Browser(app, ORIGIN)

    assert used(other, replace(key, **changed), "/sign-in/passkey").status_code == 409


def test_another_key_under_the_same_name_is_refused(
    here: Browser, app: FastAPI, key: Authenticator, login: str
) -> None:
    enrolled(here, key, login)

    assert (
        used(Browser(app, ORIGIN), Authenticator(id=key.id), "/sign-in/passkey").status_code == 409
    )


@pytest.mark.parametrize("said", [{}, {"id": 5}, {"id": "x\x00"}, {"id": "e30", "response": []}])
def test_what_is_no_answer_is_refused(app: FastAPI, said: dict[str, Any]) -> None:
    other = Browser(app, ORIGIN)
    given = asked(other, "/sign-in/passkey/options", {}).json()
    body = {"challenge": given["challenge"], "credential": said}

    assert asked(other, "/sign-in/passkey", body).status_code == 409


def test_no_passkey_is_added_to_a_session_that_somebody_found(
    here: Browser, key: Authenticator, login: str
) -> None:
    here.sign_in(login)

    answer = asked(here, "/account/passkeys/options", {"password": "wrong"}, here.csrf())

    assert answer.status_code == 409


def test_a_passkey_is_removed_with_a_factor_shown_lately(
    here: Browser, key: Authenticator, login: str, home: House, clock: Clock
) -> None:
    enrolled(here, key, login)
    (kept,) = home.accounts.passkeys(home.accounts.named(login).id)
    form = {"passkey": kept.id}
    clock.turn(minutes=16)
    assert "/account/confirm" in here.send("/account/passkeys/end", form).headers["location"]
    used(here, key, "/sign-in/second/passkey", here.csrf())

    assert here.send("/account/passkeys/end", form).headers["location"] == "/account"
    assert home.accounts.passkeys(home.accounts.named(login).id) == []
    assert list(home.accounts.findings()) == []
