"""What a person, and an administrator, does on the pages of accounts."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from api.people import registering
from api.wiring import House
from tests.api.people.portal import PASSWORD, WHO, Browser, Clock, account, code, with_code

NEW = "another quite long phrase"
SHOWN = re.compile(r"<code>(dl_[A-Za-z0-9_-]+)</code>")
LINK = re.compile(r"<code>http://127\.0\.0\.1:8000(/invitation/[A-Za-z0-9_-]+)</code>")


def asked(browser: Browser, secret: str, path: str = "/account") -> int:
    return browser.ask("GET", path, headers={"authorization": f"Bearer {secret}"}).status_code


def test_a_changed_password_ends_every_other_session(
    browser: Browser, login: str, app: FastAPI
) -> None:
    other = Browser(app)
    other.sign_in(login)
    browser.sign_in(login)
    before = browser.copy()

    form = {"password": PASSWORD, "new": NEW, "again": NEW}
    assert browser.send("/account/password", form).status_code == 303

    assert browser.get("/account").status_code == 200
    assert before.get("/account").status_code == other.get("/account").status_code == 303
    assert other.sign_in(login).status_code == 422
    assert other.sign_in(login, NEW).status_code == 303


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"password": "wrong", "new": NEW, "again": NEW}, "当前密码不对"),
        ({"password": PASSWORD, "new": NEW, "again": NEW + "x"}, "两次输入的新密码不一样"),
        ({"password": PASSWORD, "new": "short", "again": "short"}, "须 12 至 256 个字符"),
        ({"password": PASSWORD, "new": "password1234", "again": "password1234"}, "常见词"),
    ],
)
def test_a_password_is_changed_knowing_the_old_one_to_a_good_one(
    browser: Browser, login: str, form: dict[str, str], says: str
) -> None:
    browser.sign_in(login)

    answer = browser.send("/account/password", form)

    assert answer.status_code == 422
    assert says in answer.text
    assert NEW not in answer.text


def test_signing_out_everywhere_ends_all_and_one_by_one_ends_one(
    browser: Browser, login: str, app: FastAPI, home: House
) -> None:
    other, third = Browser(app), Browser(app)
    for one in (browser, other, third):
        one.sign_in(login)
    own = app.state.people.sessions.find(other.session)
    browser.send("/account/sessions/end", {"session": own.token})
    assert [b.get("/account").status_code for b in (browser, other, third)] == [200, 303, 200]

    browser.send("/account/sessions/end", {})
    assert [b.get("/account").status_code for b in (browser, other, third)] == [303] * 3


def test_nobody_ends_the_session_of_another(
    browser: Browser, login: str, app: FastAPI, home: House
) -> None:
    account(home, app, f"{login}-b", "clerk")
    other = Browser(app)
    other.sign_in(f"{login}-b")
    browser.sign_in(login)

    theirs = app.state.people.sessions.find(other.session).token
    browser.send("/account/sessions/end", {"session": theirs})

    assert other.get("/account").status_code == 200


def test_a_token_is_shown_once_and_may_do_no_more_than_its_scopes(
    browser: Browser, home: House, app: FastAPI, clock: Clock, login: str
) -> None:
    name = f"{login}-both"
    account(home, app, name, "clerk", "reviewer")
    with_code(browser, clock, name)
    made = browser.send("/account/tokens", {"name": "bank", "days": "30", "scopes": "clerk"})
    secret = SHOWN.findall(made.text)[0]
    assert secret not in browser.get("/account").text

    acting = app.state.people  # how a token acts is what routes are told
    from api.people.who import by_token  # noqa: PLC0415 asked as the middleware does

    who = by_token(acting.accounts, secret)
    assert who is not None
    assert (who.acting.roles, who.acting.confirmed) == (frozenset({"clerk"}), False)
    assert asked(browser, secret) == 401, "pages of an account are for the person"
    clock.turn(days=30)
    assert by_token(acting.accounts, secret) is None


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "x", "days": "30", "scopes": "reviewer"}, "不能超出账号的职责"),
        ({"name": "x", "days": "30"}, "不能超出账号的职责"),
        ({"name": "", "days": "30", "scopes": "read"}, "令牌要有名称"),
        ({"name": "x", "days": "0", "scopes": "read"}, "令牌要有名称"),
        ({"name": "x", "days": "367", "scopes": "read"}, "令牌要有名称"),
    ],
)
def test_no_token_is_wider_or_longer_than_it_may_be(
    browser: Browser, login: str, clock: Clock, form: dict[str, str], says: str
) -> None:
    with_code(browser, clock, login)

    answer = browser.send("/account/tokens", form)

    assert (answer.status_code, says in answer.text) == (422, True)


def test_a_token_that_does_not_work_never_falls_back_on_the_cookie(
    browser: Browser, login: str
) -> None:
    browser.sign_in(login)

    assert asked(browser, "dl_wrong") == 401
    assert asked(browser, "dl_wrong", "/") == 200


def test_an_ended_token_is_ended(browser: Browser, login: str, home: House, app: FastAPI) -> None:
    browser.sign_in(login)
    owner = home.accounts.named(login)
    made, secret = registering.make_token(home, owner, "x", ["read"], 1, WHO)
    people = app.state.people
    from api.people.who import by_token  # noqa: PLC0415 asked as the middleware does

    assert by_token(people.accounts, secret) is not None
    browser.send("/account/tokens/end", {"token": made.token})
    assert by_token(people.accounts, secret) is None
    assert list(home.accounts.findings()) == []


def test_a_wrong_first_code_can_be_typed_again(
    browser: Browser, login: str, clock: Clock, home: House
) -> None:
    browser.sign_in(login)
    shown = browser.send("/account/code/begin", {"password": PASSWORD}).text
    csrf = browser.csrf()
    for typed in ("000000", "abc"):
        challenge = re.findall(r'name="challenge" value="([^"]+)"', shown)[0]
        form = {"csrf": csrf, "challenge": challenge, "code": typed}
        shown = browser.post("/account/code", form).text
    secret = re.findall(r"<code>([A-Z2-7 ]{39})</code>", shown)[0].replace(" ", "")
    challenge = re.findall(r'name="challenge" value="([^"]+)"', shown)[0]

    form = {"csrf": csrf, "challenge": challenge, "code": code(secret, clock)}
    assert browser.post("/account/code", form).status_code == 200
    assert secret not in home.accounts.named(login).secret, "it is kept encrypted"


def test_recovery_codes_are_renewed_and_the_authenticator_removed(
    browser: Browser, login: str, clock: Clock, home: House
) -> None:
    with_code(browser, clock, login)
    before = home.accounts.named(login).recovery

    assert browser.send("/account/recovery", {}).status_code == 200
    assert not set(before) & set(home.accounts.named(login).recovery)
    assert browser.send("/account/code/remove", {}).status_code == 303
    assert home.accounts.named(login).secret == ""
    assert "还没有" in browser.get("/account").text


def administrator(browser: Browser, home: House, app: FastAPI, clock: Clock, login: str) -> str:
    name = f"{login}-adm"
    account(home, app, name, "administrator")
    with_code(browser, clock, name)
    return name


def test_an_administrator_invites_a_colleague_who_sets_a_password(
    browser: Browser, home: House, app: FastAPI, clock: Clock, login: str
) -> None:
    administrator(browser, home, app, clock, login)
    made = browser.send("/account/people", {"login": f"{login}-new", "roles": ["clerk"]})
    link = LINK.findall(made.text)[0]
    new = Browser(app)

    assert f"{login}-new" in new.get(link).text
    weak = new.post(link, {"password": "password1234", "again": "password1234"})
    assert weak.status_code == 422
    done = new.post(link, {"password": NEW, "again": NEW})

    assert done.headers["location"] == "/account"
    assert new.get("/account").status_code == 200
    assert Browser(app).get(link).status_code == 404, "an invitation works once"


def test_an_invitation_is_over_after_three_days(
    browser: Browser, home: House, clock: Clock, login: str
) -> None:
    _, link = registering.reset(home, login, WHO)
    clock.turn(days=3, seconds=1)

    assert browser.get(f"/invitation/{link}").status_code == 404
    assert browser.post(f"/invitation/{link}", {"password": NEW, "again": NEW}).status_code == 404


def test_an_administrator_changes_resets_and_disables_others(
    browser: Browser, home: House, app: FastAPI, clock: Clock, login: str
) -> None:
    administrator(browser, home, app, clock, login)
    page = "/account/people"

    browser.send(f"{page}/roles", {"login": login, "roles": ["clerk", "reviewer"]}, page)
    assert home.accounts.named(login).roles == ("clerk", "reviewer")
    wrong = browser.send(f"{page}/roles", {"login": login, "roles": ["tax-officer"]}, page)
    assert "职责不符" in wrong.text
    shown = browser.send(f"{page}/reset", {"login": login}, page)
    assert LINK.search(shown.text)
    assert home.accounts.named(login).password == ""
    browser.send(f"{page}/disable", {"login": login}, page)
    assert not home.accounts.named(login).active
    assert list(home.accounts.findings()) == []


def test_an_administrator_changes_neither_itself_nor_those_of_others(
    browser: Browser, home: House, app: FastAPI, clock: Clock, login: str
) -> None:
    own = administrator(browser, home, app, clock, login)
    account(home, app, f"{login}-x", "auditor", organisation="authority")
    page = "/account/people"

    assert browser.send(f"{page}/disable", {"login": f"{login}-x"}, page).status_code == 404
    assert browser.send(f"{page}/disable", {"login": own}, page).status_code == 409
    assert f"{login}-x" not in browser.get(page).text
    assert browser.send(page, {"login": login, "roles": ["clerk"]}, page).status_code == 422


def test_who_is_no_administrator_gives_no_accounts(
    browser: Browser, login: str, clock: Clock
) -> None:
    with_code(browser, clock, login)

    assert browser.get("/account/people").status_code == 409
    answer = browser.send("/account/people", {"login": "friend-1", "roles": ["clerk"]})
    assert answer.status_code == 409
