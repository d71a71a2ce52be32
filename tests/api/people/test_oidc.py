"""Signing in by an organisation's own identity provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey

from api.people import registering
from api.wiring import House
from tests.api.people.portal import WHO, Browser, Clock, with_code
from tests.api.people.provider import Provider, serving


@pytest.fixture(scope="module")
def running(home: House) -> Iterator[Provider]:
    with serving(Provider()) as provider:
        (home.settings.data / "oidc-secret").write_text("s3cret\n")
        said = {"name": "基金会", "issuer": provider.address, "client_id": "ledger",
                "client_secret_file": "oidc-secret"}  # fmt: skip
        (home.settings.data / "oidc.json").write_text(json.dumps([said]))
        yield provider
        (home.settings.data / "oidc.json").unlink()


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.lies = {}
    return running


def leave(browser: Browser, provider: Provider, clock: Clock, **claims: Any) -> dict[str, str]:
    """Begin to sign in; the provider will say that it is `sub`, with these claims in its token."""
    led = browser.get("/sign-in/by/基金会?next=/funds").headers["location"]
    asked = {k: v[0] for k, v in parse_qs(urlsplit(led).query).items()}
    assert led.startswith(f"{provider.address}/authorize?")
    provider.challenge = asked["code_challenge"]
    now = int(clock().timestamp())
    provider.claims = {
        "iss": provider.address, "aud": "ledger", "sub": "248289761001", "iat": now,
        "exp": now + 300, "nonce": asked["nonce"], **claims,
    }  # fmt: skip
    return asked


def come_back(browser: Browser, **said: str) -> httpx.Response:
    return browser.ask("GET", "/sign-in/by/基金会/back", params={"code": "c0de", **said})


@pytest.fixture
def bound(home: House, provider: Provider, login: str) -> Iterator[str]:
    registering.bind_subject(home, login, f"{provider.address} 248289761001", WHO)
    yield login
    registering.bind_subject(home, login, "", WHO)


def test_who_is_bound_signs_in_and_goes_on(
    browser: Browser, provider: Provider, clock: Clock, bound: str
) -> None:
    assert "基金会" in browser.get("/sign-in").text
    asked = leave(browser, provider, clock)
    assert (
        asked["redirect_uri"] == "http://127.0.0.1:8000/sign-in/by/%E5%9F%BA%E9%87%91%E4%BC%9A/back"
    )
    assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid")

    answer = come_back(browser, state=asked["state"], iss=provider.address)

    assert (answer.status_code, answer.headers["location"]) == (303, "/funds")
    assert bound in browser.get("/account").text
    assert come_back(browser, state=asked["state"]).status_code == 422, "an answer counts once"


def test_nobody_registers_himself(browser: Browser, provider: Provider, clock: Clock) -> None:
    asked = leave(browser, provider, clock, sub="somebody-else")

    assert come_back(browser, state=asked["state"]).status_code == 409
    assert "session" not in browser.cookies


def test_a_second_factor_is_owed_unless_the_provider_took_two(
    browser: Browser, provider: Provider, clock: Clock, bound: str, app: FastAPI
) -> None:
    with_code(browser, clock, bound)
    for claims, place in (({}, "/sign-in/second?next=/funds"), ({"amr": ["pwd", "mfa"]}, "/funds")):
        other = Browser(app)
        asked = leave(other, provider, clock, **claims)
        assert come_back(other, state=asked["state"]).headers["location"] == place


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["ledger", "another"]},
        {"azp": "another"},
        {"exp": 5},
        {"exp": None},
        {"iat": 5},
        {"nonce": "of another question"},
        {"sub": ""},
        {"sub": 5},
    ],
)
def test_a_token_for_another_use_is_refused(
    browser: Browser, provider: Provider, clock: Clock, bound: str, claims: dict[str, Any]
) -> None:
    asked = leave(browser, provider, clock, **claims)

    assert come_back(browser, state=asked["state"]).status_code == 422
    assert "session" not in browser.cookies


def test_a_token_signed_by_another_key_is_refused(
    browser: Browser, provider: Provider, clock: Clock, bound: str
) -> None:
    asked = leave(browser, provider, clock)
    ours, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "k1"})
    provider.said = lambda path: Provider(provider.address, ours).said(path)  # type: ignore[method-assign]
    try:
        assert come_back(browser, state=asked["state"]).status_code == 422
    finally:
        provider.key = ours
        del provider.said


def test_an_answer_to_another_browser_signs_nobody_in(
    browser: Browser, provider: Provider, clock: Clock, bound: str, app: FastAPI
) -> None:
    asked = leave(browser, provider, clock)

    assert come_back(Browser(app), state=asked["state"]).status_code == 422
    assert come_back(browser, state="x").status_code == 422
    assert come_back(browser, state=asked["state"], iss="https://evil.example").status_code == 422


def test_an_answer_that_comes_too_late_is_refused(
    browser: Browser, provider: Provider, clock: Clock, bound: str
) -> None:
    asked = leave(browser, provider, clock)
    clock.turn(minutes=10)

    assert come_back(browser, state=asked["state"]).status_code == 422


@pytest.mark.parametrize(
    "lies",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": 5},
    ],
)
def test_a_provider_that_names_places_that_can_not_be_used_is_not_gone_to(
    browser: Browser, provider: Provider, lies: dict[str, Any]
) -> None:
    provider.lies = lies

    assert browser.get("/sign-in/by/基金会").status_code == 400


def test_no_other_provider_is_gone_to(browser: Browser, provider: Provider) -> None:
    assert browser.get("/sign-in/by/another").status_code == 404


@pytest.mark.parametrize("said", ["{", "{}", "[5]", '[{"name": "x"}]'])
def test_a_file_that_can_not_be_read_keeps_nobody_else_out(
    browser: Browser, provider: Provider, home: House, said: str
) -> None:
    path = home.settings.data / "oidc.json"
    before = path.read_text()
    path.write_text(said)
    try:
        assert browser.get("/sign-in").status_code == 200
        assert browser.get("/sign-in/by/x").status_code == 400
    finally:
        path.write_text(before)
