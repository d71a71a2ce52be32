"""What somebody tries who has no account, or only half of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.people import registering
from api.people.dependencies import UPLOADS
from api.wiring import House
from tests.api.people.portal import (
    PASSWORD,
    WHO,
    Browser,
    Clock,
    account,
    code,
    with_code,
)

SECRET = "a-secret-that-somebody-chose-beforehand-0123"  # noqa: S105 of an attack


def test_a_session_never_goes_on_under_a_secret_known_before(
    browser: Browser, login: str, app: FastAPI
) -> None:
    browser.cookies.set("session", SECRET, "127.0.0.1")
    browser.sign_in(login)

    assert browser.session != SECRET
    fixed = Browser(app)
    fixed.cookies.set("session", SECRET, "127.0.0.1")
    assert fixed.get("/account").status_code == 303


def test_signing_in_ends_the_session_that_the_browser_came_with(
    browser: Browser, login: str, home: House, app: FastAPI
) -> None:
    account(home, app, f"{login}-evil", "clerk")
    browser.sign_in(f"{login}-evil")
    planted = browser.copy()

    browser.post("/sign-in", {"csrf": browser.csrf(), "login": login, "password": PASSWORD})

    assert login in browser.get("/account").text
    assert planted.get("/account").status_code == 303


def test_a_second_factor_gives_the_session_another_secret(
    browser: Browser, login: str, clock: Clock
) -> None:
    secret, _ = with_code(browser, clock, login)
    clock.turn(minutes=20)
    stolen = browser.copy()

    browser.send("/account/confirm", {"code": code(secret, clock)}, "/account/confirm")

    assert browser.get("/account").status_code == 200
    assert stolen.get("/account").status_code == 303


@pytest.mark.parametrize("sent", [None, "", "wrong", "é"])
def test_a_form_without_the_token_of_the_session_is_refused(
    browser: Browser, login: str, sent: str | None
) -> None:
    browser.sign_in(login)

    form = {} if sent is None else {"csrf": sent}

    assert browser.post("/sign-out", form).status_code == 403
    assert browser.post("/sign-out", {}, x_csrf_token="no").status_code == 403  # noqa: S106 a wrong token
    assert browser.get("/account").status_code == 200


def test_a_token_of_another_session_is_refused(browser: Browser, login: str, app: FastAPI) -> None:
    browser.sign_in(login)
    other = Browser(app)
    other.sign_in(login)

    assert browser.post("/sign-out", {"csrf": other.csrf()}).status_code == 403
    assert browser.post("/sign-out", {"csrf": browser.csrf()}).status_code == 303


def test_the_token_may_stand_in_a_header_in_place_of_the_form(browser: Browser, login: str) -> None:
    browser.sign_in(login)

    assert browser.post("/sign-out", {}, x_csrf_token=browser.csrf()).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "http://127.0.0.1:8000"},
    ],
)
def test_a_page_of_others_sends_no_form_even_with_the_token(
    browser: Browser, login: str, headers: dict[str, str]
) -> None:
    browser.sign_in(login)

    assert browser.post("/sign-out", {"csrf": browser.csrf()}, **headers).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8001", "["])
def test_a_page_of_others_signs_nobody_in(browser: Browser, login: str, origin: str) -> None:
    form = {"login": login, "password": PASSWORD}

    answer = browser.ask("POST", "/sign-in", data=form, headers={"origin": origin})

    assert answer.status_code == 403
    assert "session" not in browser.cookies


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(
    browser: Browser, login: str
) -> None:
    form = {"login": login, "password": PASSWORD}

    answer = browser.ask("POST", "/sign-in", data=form, headers={"origin": "http://127.0.0.1:8000"})

    assert answer.status_code == 303


def routes_of(holder: Any) -> Iterator[APIRoute]:
    """Return every route, also of routers in routers."""
    for route in holder.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)


def test_every_address_that_changes_something_is_guarded(
    browser: Browser, login: str, app: FastAPI
) -> None:
    browser.sign_in(login)
    unsafe = [
        (method, route.path)
        for route in routes_of(app)
        for method in (route.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    ]

    assert ("POST", "/sign-out") in unsafe
    for method, path in unsafe:
        if path in UPLOADS:
            continue
        answer = browser.ask(method, path, headers={"sec-fetch-site": "same-origin"})
        assert answer.status_code == 403, path


def test_a_disabled_account_is_out_at_once(browser: Browser, login: str, home: House) -> None:
    browser.sign_in(login)
    registering.disable(home, login, WHO)

    assert browser.get("/account").status_code == 303
    assert browser.sign_in(login).status_code == 422


def test_a_session_that_outlived_the_disabling_of_its_account_is_not_taken(
    browser: Browser, login: str, home: House
) -> None:
    browser.sign_in(login)
    home.accounts.change(home.accounts.named(login).id, WHO, "disabled", state="disabled")

    assert browser.get("/account").status_code == 303


def test_other_roles_sign_out_and_end_tokens(browser: Browser, login: str, home: House) -> None:
    browser.sign_in(login)
    owner = home.accounts.named(login)
    _, secret = registering.make_token(home, owner, "x", ["clerk"], 1, WHO)

    registering.give_roles(home, login, ["auditor"], WHO)

    assert browser.get("/account").status_code == 303
    bearer = {"authorization": f"Bearer {secret}"}
    assert browser.ask("GET", "/account", headers=bearer).status_code == 401


def test_wrong_passwords_make_an_account_wait_longer_and_longer(
    browser: Browser, login: str, clock: Clock
) -> None:
    browser.address = "127.0.0.88"
    waits = []
    for _ in range(9):
        while (answer := browser.sign_in(login, "wrong")).status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            clock.turn(seconds=waits[-1])

    assert waits == [1, 2, 4]
    assert browser.sign_in(login).status_code == 429, "the right one waits too"
    clock.turn(seconds=8)
    assert browser.sign_in(login).status_code == 303


def test_the_longest_wait_is_a_quarter_of_an_hour_and_a_day_forgets(
    browser: Browser, login: str, clock: Clock, app: FastAPI
) -> None:
    attempts = app.state.people.attempts
    for _ in range(40):
        attempts.begin(f"login {login}", 5)
        clock.turn(seconds=900)

    clock.turn(days=1)

    assert browser.sign_in(login, "wrong").status_code == 422
    assert browser.sign_in(login).status_code == 303


def test_many_names_from_one_address_wait_too(browser: Browser, login: str) -> None:
    browser.address = "2001:db8:1:2::7"
    answers = [browser.sign_in(f"guess-{n}", "wrong").status_code for n in range(31)]
    assert answers == [422] * 31

    browser.address = "2001:db8:1:2:ffff::9"
    assert browser.sign_in(login).status_code == 429, "one network is one address"
    browser.address = "2001:db8:1:3::7"
    assert browser.sign_in(login).status_code == 303


def test_codes_are_not_guessed_without_end(
    browser: Browser, login: str, clock: Clock, app: FastAPI
) -> None:
    secret, _ = with_code(browser, clock, login)
    clock.turn(minutes=1)
    other = Browser(app)
    other.sign_in(login)
    form = {"csrf": other.csrf("/sign-in/second"), "next": ""}
    answers = [
        other.post("/sign-in/second", {**form, "code": "000000"}).status_code for _ in range(7)
    ]

    assert answers == [422] * 6 + [429]
    right = {**form, "code": code(secret, clock)}
    assert other.post("/sign-in/second", right).status_code == 429


def test_a_code_works_once(browser: Browser, login: str, clock: Clock, app: FastAPI) -> None:
    secret, _ = with_code(browser, clock, login)
    clock.turn(minutes=1)
    form = {"code": code(secret, clock)}
    first, second = Browser(app), Browser(app)
    first.sign_in(login)
    second.sign_in(login)

    assert first.send("/sign-in/second", form, "/sign-in/second").status_code == 303
    assert second.send("/sign-in/second", form, "/sign-in/second").status_code == 422
    earlier = {"code": pyotp.TOTP(secret).at(clock.now - timedelta(seconds=30))}
    assert second.send("/sign-in/second", earlier, "/sign-in/second").status_code == 422


def test_a_recovery_code_works_once(
    browser: Browser, login: str, clock: Clock, app: FastAPI
) -> None:
    _, recovery = with_code(browser, clock, login)
    assert len(set(recovery)) == 10
    form = {"code": recovery[3].upper().replace("-", " ")}
    for status in (303, 422):
        other = Browser(app)
        other.sign_in(login)
        assert other.send("/sign-in/second", form, "/sign-in/second").status_code == status


def test_a_found_session_adds_no_factor_without_the_password(
    browser: Browser, login: str, clock: Clock
) -> None:
    browser.sign_in(login)

    for password in ("", "wrong"):
        refused = browser.send("/account/code/begin", {"password": password})
        assert "当前密码不对" in refused.text
    browser.cookies.clear()
    with_code(browser, clock, login)
    clock.turn(minutes=16)
    refused = browser.send("/account/code/begin", {"password": PASSWORD})
    assert refused.status_code == 422, "where there is a factor, the password is not enough"


def test_a_secret_begun_by_another_is_not_taken(
    browser: Browser, login: str, home: House, app: FastAPI
) -> None:
    browser.sign_in(login)
    name = app.state.people.challenges.give("totp", "0123456789 ABCDEFGHIJKLMNOP")

    answer = browser.send("/account/code", {"challenge": name, "code": "000000"})

    assert answer.status_code == 422
    assert not home.accounts.named(login).secret


@pytest.mark.parametrize(
    "asked",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "/%0d%0aLocation:x\r\n", "javascript:alert(1)", " //evil.example", "/\t/e"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(browser: Browser, login: str, asked: str) -> None:
    answer = browser.sign_in(login, after=asked)

    assert answer.headers["location"] == "/account"


def test_nobody_confirms_without_a_factor(browser: Browser, login: str) -> None:
    browser.sign_in(login)

    assert "需要第二要素" in browser.get("/account/confirm").text
    assert browser.send("/account/confirm", {"code": "000000"}).status_code == 422
    led = browser.send("/account/tokens", {"name": "x", "scopes": "read"})
    assert led.headers["location"] == "/account/confirm?next=%2Faccount"


def test_a_shown_factor_counts_a_quarter_of_an_hour(
    browser: Browser, login: str, clock: Clock
) -> None:
    with_code(browser, clock, login)
    form = {"name": "script", "days": "30", "scopes": "clerk"}
    assert browser.send("/account/tokens", form).status_code == 200

    clock.turn(minutes=15)

    assert browser.send("/account/tokens", form).status_code == 303


def test_an_address_forwarded_by_the_asker_is_not_believed(browser: Browser, login: str) -> None:
    browser.address = "127.0.0.99"
    form = {"login": "nobody", "password": "wrong"}
    for n in range(31):
        browser.post("/sign-in", form | {"login": f"n-{n}"}, x_forwarded_for=f"10.0.0.{n}")

    assert browser.post("/sign-in", form, x_forwarded_for="10.0.1.1").status_code == 429


def test_rows_put_in_behind_our_back_are_not_believed(
    browser: Browser, login: str, home: House
) -> None:
    browser.sign_in(login)
    schema = home.settings.schema
    statement = f"UPDATE {schema}.accounts SET roles = '{{administrator}}' WHERE login = '{login}'"  # noqa: S608 of an attack
    with home.database.writing() as connection:
        connection.execute(statement.encode())

    assert browser.get("/account").status_code == 303
    assert browser.get("/").status_code == 200, "for the rest the browser is a stranger's"
    named = home.accounts.means.table("accounts").findings()
    assert [one.endswith("is not what was written") for one in named] == [True]
    undo = statement.replace("administrator", "clerk")
    with home.database.writing() as connection:
        connection.execute(undo.encode())
    assert list(home.accounts.findings()) == []


def test_rows_of_before_put_back_are_found(home: House, login: str) -> None:
    table = home.accounts.means.table("accounts")
    old = home.accounts.named(login)
    registering.disable(home, login, WHO)
    with home.database.writing() as connection:
        table.put(connection, old)

    found = list(home.accounts.findings())

    assert found == [f"accounts: the row {old.id} is not as its last change left it"]
    with home.database.writing() as connection:
        table.put(connection, replace(old, state="disabled", invited="", invited_until=None))
    assert list(home.accounts.findings()) == []
