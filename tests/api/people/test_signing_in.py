"""Signing in, staying in and leaving."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.people.passwords import Passwords
from api.settings import Settings
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

VALUE = re.compile(r' value="[^"]*"')


def test_whoever_has_the_password_is_in(browser: Browser, login: str) -> None:
    answer = browser.sign_in(login)

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert login in browser.get("/account").text


def test_a_page_of_an_account_leads_to_signing_in_and_back(browser: Browser, login: str) -> None:
    led = browser.get("/account?x=1")

    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=%2Faccount%3Fx%3D1")
    assert browser.sign_in(login, after="/account?x=1").headers["location"] == "/account?x=1"


def test_whoever_is_in_goes_on_from_the_page_for_signing_in(browser: Browser, login: str) -> None:
    browser.sign_in(login)

    assert browser.get("/sign-in?next=/funds").headers["location"] == "/funds"


@pytest.mark.parametrize("asked", ["no-such-clerk", "", "CLERK\x00"])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    browser: Browser, login: str, asked: str
) -> None:
    browser.address = "127.0.0.77"
    wrong = browser.sign_in(login, "not the password")
    unknown = browser.sign_in(asked, "not the password")

    assert wrong.status_code == unknown.status_code == 422
    assert VALUE.sub("", wrong.text) == VALUE.sub("", unknown.text)
    assert browser.get("/account").status_code == 303


def test_what_was_typed_stays_and_the_password_does_not(browser: Browser, login: str) -> None:
    shown = browser.sign_in(login, "not the password", after="/funds").text

    assert f'value="{login}"' in shown
    assert 'name="next" value="/funds"' in shown
    assert "not the password" not in shown
    assert 'role="alert">登录名或密码不对，或账号已停用</p>' in shown


def test_the_pages_are_in_english_for_who_reads_english(browser: Browser) -> None:
    browser.get("/sign-in?lang=en")
    shown = browser.sign_in("nobody", "x").text

    assert "wrong name or password, or no such account</p>" in shown
    assert "登录名或密码" not in shown


def test_whoever_signs_out_is_out_also_with_a_copy_of_the_cookie(
    browser: Browser, login: str
) -> None:
    browser.sign_in(login)
    copy = browser.copy()

    answer = browser.send("/sign-out", {})

    assert answer.headers["location"] == "/sign-in"
    assert "session" not in browser.cookies
    assert copy.get("/account").status_code == 303


def test_a_session_ends_when_it_is_not_used_and_when_it_is_old(
    browser: Browser, login: str, clock: Clock
) -> None:
    browser.sign_in(login)
    for _ in range(12):
        clock.turn(minutes=59)
        assert browser.get("/account").status_code == 200
    clock.turn(minutes=59)
    assert browser.get("/account").status_code == 303, "twelve hours are over"

    browser.sign_in(login)
    clock.turn(minutes=60)
    assert browser.get("/account").status_code == 303, "an hour without use is over"


def test_signing_in_with_a_second_factor_takes_both(
    browser: Browser, login: str, clock: Clock, app: FastAPI
) -> None:
    secret, _ = with_code(browser, clock, login)
    clock.turn(seconds=30)
    other = Browser(app)

    half = other.sign_in(login, after="/funds")
    assert half.headers["location"] == "/sign-in/second?next=%2Ffunds"
    assert other.get("/account").status_code == 303, "half is not in"
    assert other.get("/sign-in").status_code == 200

    before = other.session
    shown = other.send("/sign-in/second", {"code": "000000"}, "/sign-in/second")
    assert (shown.status_code, other.session) == (422, before)
    done = other.send(
        "/sign-in/second", {"code": code(secret, clock), "next": "/funds"}, "/sign-in/second"
    )
    assert done.headers["location"] == "/funds"
    assert other.get("/account").status_code == 200


def test_a_half_session_lasts_ten_minutes(browser: Browser, login: str, clock: Clock) -> None:
    with_code(browser, clock, login)
    clock.turn(minutes=1)
    browser.send("/sign-out", {})
    browser.sign_in(login)
    clock.turn(minutes=10)

    assert browser.get("/sign-in/second").headers["location"] == "/sign-in"


def test_nobody_shows_a_second_factor_without_a_first(browser: Browser, login: str) -> None:
    assert browser.get("/sign-in/second").headers["location"] == "/sign-in"
    browser.sign_in(login)
    assert browser.get("/sign-in/second").headers["location"] == "/sign-in"


def test_a_password_hashed_with_less_work_is_hashed_anew(
    browser: Browser, login: str, home: House, app: FastAPI
) -> None:
    cheap = Passwords(PasswordHasher(1, 16, 1)).make(PASSWORD)
    home.accounts.change(home.accounts.named(login).id, WHO, "set", password=cheap)

    browser.sign_in(login)

    assert home.accounts.named(login).password.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert browser.get("/account").status_code == 200


def test_an_account_has_at_most_twenty_sessions(
    login: str, app: FastAPI, home: House, clock: Clock
) -> None:
    people, one = app.state.people, home.accounts.named(login).id
    first = people.sessions.open(one, stage="open", confirmed=False)
    for _ in range(20):
        clock.turn(seconds=1)
        last = people.sessions.open(one, stage="open", confirmed=False)

    assert people.sessions.find(first) is None
    assert people.sessions.find(last) is not None
    assert len(people.sessions.of(one)) == 20


def test_cookies_are_for_this_host_alone_and_for_no_script(home: House, login: str) -> None:
    from api.app import create_app  # noqa: PLC0415 another portal over the same ledger

    settings = Settings(
        home.settings.data, home.settings.database_url, home.settings.schema,
        address="https://ledger.example.org",
    )  # fmt: skip
    house = House(settings, clock=home.accounts.means.clock)
    secure = create_app(house)
    secure.state.people.passwords = Passwords(PasswordHasher(1, 8, 1))
    browser = Browser(secure, "https://ledger.example.org")
    try:
        given = browser.sign_in(login).headers["set-cookie"]
        assert browser.get("/account").status_code == 200
        browser.cookies.set("session", browser.cookies["__Host-session"])
        del browser.cookies["__Host-session"]
        assert browser.get("/account").status_code == 303, "the plain name counts nowhere else"
    finally:
        house.close()

    name, *attributes = given.split("; ")
    assert name.startswith("__Host-session=")
    assert set(attributes) == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}


def test_without_an_address_the_host_header_makes_no_plain_cookie(app: FastAPI, login: str) -> None:
    browser = Browser(app, "http://ledger.example.org")

    given = browser.sign_in(login).headers["set-cookie"]

    assert given.startswith("__Host-session=")
    assert "; Secure" in given


def test_pages_of_an_account_are_kept_by_no_cache(browser: Browser, login: str) -> None:
    browser.sign_in(login)

    assert browser.get("/account").headers["cache-control"] == "no-store"
    assert browser.get("/").headers["cache-control"] == "no-store"
    assert browser.get("/sign-in").headers["referrer-policy"] == "same-origin"


def test_an_auditor_of_the_authority_signs_in(browser: Browser, home: House, app: FastAPI) -> None:
    account(home, app, "auditor-1", "auditor", organisation="authority")

    browser.sign_in("auditor-1")

    assert "审计" in browser.get("/account").text
