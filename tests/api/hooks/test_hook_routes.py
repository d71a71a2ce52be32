"""Hooks over HTTP and as pages: who may what, what is said, and that the secret is said once."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from hashlib import sha256
from typing import Any

import httpx
import jsonschema
import pytest

from api.hooks.asking import CHANGING, LOOKING
from api.hooks.example import SECRET
from api.hooks.words import CAME, STATES, WHY
from ledger.domain.acting import ROLES
from ledger.domain.organisations import AUTHORITY
from ledger.proof.standard_webhooks import shown
from ledger.store.hooks import SILENT
from tests.api.hooks.telling import CLERK, Telling
from tests.api.operations.accounts import account
from tests.api.operations.portal import Desk
from tests.conftest import OTHER_USCC, USCC

PLACE = "/api/v1/hooks"
PAGE = "/desk/hooks"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def desk(telling: Telling) -> Desk:
    return Desk(telling.house, CLERK)


def make(desk: Desk, telling: Telling, **said: Any) -> httpx.Response:
    body = {"url": telling.receiver.url, **said}
    return desk.post(PLACE, body, Idempotency_Key=sha256(repr(said).encode()).hexdigest())


def fits(desk: Desk, answer: httpx.Response, shape: str) -> Any:
    whole = desk.get("/openapi.json").json() | {"$ref": f"#/components/schemas/{shape}"}
    jsonschema.Draft202012Validator(whole).validate(answer.json())
    return answer.json()


def test_a_hook_is_made_looked_at_paused_resumed_replayed_and_removed(
    desk: Desk, telling: Telling
) -> None:
    made = make(desk, telling, topics=["gift-received.v1"], charity=USCC, after=1)
    assert made.status_code == 201
    said = fits(desk, made, "MadeShape")
    again = make(desk, telling, topics=["gift-received.v1"], charity=USCC, after=1)
    assert (again.status_code, again.json()) == (200, said | {"secret": None})
    place = made.headers["location"]
    assert place == f"{PLACE}/{said['id']}"
    assert (said["after"], said["state"], said["charity"]) == (1, "active", USCC)

    hook = telling.house.hooks.get(said["id"])
    assert [shown(one) for one in telling.house.hooks.secrets_of(hook)] == [said["secret"]]
    telling.receiver.status = 500
    telling.deliver(hook)
    looked = fits(desk, desk.get(place), "HookShape")
    assert looked["state"] == "failing"
    assert [(one["answer"], one["leaf"] > 1) for one in looked["answers"]] == [("500", True)]
    assert desk.post(f"{place}/pause", None).json()["why"] == "asked"
    assert desk.post(f"{place}/resume", None).json()["state"] == "active"
    assert desk.post(f"{place}/replay", {"after": -1}).json()["after"] == -1
    assert desk.post(f"{place}/replay", {"after": 10**6}).status_code == 409
    assert fits(desk, desk.get(PLACE), "HooksShape")["hooks"] == [desk.get(place).json()]
    assert desk._ask("DELETE", place).status_code == 204
    assert desk.get(place).status_code == 404
    assert desk.get(PLACE).json() == {"hooks": []}


def test_a_new_hook_begins_with_what_comes_from_now_on(desk: Desk, telling: Telling) -> None:
    assert make(desk, telling).json()["after"] == telling.size - 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"url": "https://10.0.0.1/"}, 409), ({"url": "http://receiver.example/#x"}, 409),
        ({"url": ""}, 400), ({"topics": ["gift"]}, 404), ({"charity": OTHER_USCC}, 404),
        ({"after": 10**6}, 409), ({"after": -2}, 400), ({"more": 1}, 400),
    ],
)  # fmt: skip
def test_what_can_be_no_hook_is_refused(
    desk: Desk, telling: Telling, said: dict[str, Any], status: int
) -> None:
    assert make(desk, telling, **said).status_code == status
    assert telling.house.hooks.all() == []


def test_a_hook_is_asked_for_under_a_key_of_its_own(desk: Desk, telling: Telling) -> None:
    body = {"url": telling.receiver.url}
    assert desk.post(PLACE, body).status_code == 400
    assert desk.post(PLACE, body, Idempotency_Key="k" * 256).status_code == 400
    assert desk.post(PLACE, body, Idempotency_Key="k").status_code == 201
    assert desk.post(PLACE, body | {"after": 0}, Idempotency_Key="k").status_code == 422


@pytest.mark.parametrize("role", ROLES)
def test_who_may_look_and_who_may_change(desk: Desk, telling: Telling, role: str) -> None:
    hook = telling.hook()
    place, page = f"{PLACE}/{hook.id}", f"{PAGE}/{hook.id}"
    desk.acting = account(40, USCC, role)
    looking, changing = role in LOOKING, role in CHANGING
    for one in (PLACE, place, PAGE, page):
        assert desk.get(one).status_code == (200 if looking else 403), one
    assert ("<button" in main(desk.get(page))) == changing
    before = telling.now(hook)
    answers = [
        make(desk, telling, topics=["fund-closed.v1"]).status_code,
        desk.send(PAGE, {"url": telling.receiver.url, "step": "add"}).status_code,
        desk.send(PAGE, {"url": telling.receiver.url}).status_code,
        *(desk.post(f"{place}/{what}", {"after": 0}).status_code
          for what in ("pause", "resume", "replay", "secret")),
        *(desk.send(f"{page}/{what}", {"after": "0"}).status_code
          for what in ("pause", "resume", "replay", "secret")),
        desk.send(f"{page}/remove", {}).status_code,
    ]  # fmt: skip
    assert {403} != set(answers) if changing else set(answers) == {403}
    if not changing:
        assert telling.now(hook) == before
        assert desk._ask("DELETE", place).status_code == 403


def main(answer: httpx.Response) -> str:
    return answer.text.partition("<main")[2].partition("</main>")[0]


def test_for_other_organisations_a_hook_is_not_there(desk: Desk, telling: Telling) -> None:
    hook = telling.hook()
    for organisation, role in ((OTHER_USCC, "clerk"), (AUTHORITY, "finance-officer")):
        desk.acting = account(41, organisation, role)
        assert desk.get(PLACE).json() == {"hooks": []}
        for what in ("", "/pause", "/replay", "/secret"):
            answer = desk.post(f"{PLACE}/{hook.id}{what}", {"after": 0}) if what else desk.get(
                f"{PLACE}/{hook.id}"
            )  # fmt: skip
            assert answer.status_code == 404
        assert desk.get(f"{PAGE}/{hook.id}").status_code == 404
        assert hook.url not in html.unescape(desk.get(PAGE).text)


def test_another_secret_takes_a_second_factor(desk: Desk, telling: Telling) -> None:
    hook = telling.hook()
    desk.acting = replace(CLERK, confirmed=False)
    assert desk.post(f"{PLACE}/{hook.id}/secret", None).status_code == 403
    led = desk.send(f"{PAGE}/{hook.id}/secret", {})
    assert led.headers["location"] == f"/account/confirm?next=/desk/hooks/{hook.id}"
    assert telling.now(hook) == hook
    desk.acting = CLERK
    new = fits(desk, desk.post(f"{PLACE}/{hook.id}/secret", None), "MadeShape")["secret"]
    newer = desk.send(f"{PAGE}/{hook.id}/secret", {}).text
    found = [shown(one) for one in telling.house.hooks.secrets_of(telling.now(hook))]
    assert found[0] in newer
    assert found[1] == new


def test_a_hook_is_added_on_its_page_after_a_signed_example(desk: Desk, telling: Telling) -> None:
    url = telling.receiver.url
    typed = {"url": url, "charity": "ours", "start": "beginning", "topics": "gift-received.v1",
             "idempotency_key": "k1"}  # fmt: skip
    preview = html.unescape(desk.send(PAGE, {**typed, "step": "preview"}).text)
    assert telling.house.hooks.all() == []
    assert SECRET in preview
    assert '"type":"gift-received.v1"' in preview
    assert "webhook-signature" in preview
    assert url in preview
    assert 'value="gift-received.v1" checked' in preview
    added = desk.send(PAGE, {**typed, "step": "add"})
    (hook,) = telling.house.hooks.all()
    assert (hook.url, hook.topics, hook.charity, hook.next) == (
        url, ("gift-received.v1",), USCC, 0,
    )  # fmt: skip
    (secret,) = map(shown, telling.house.hooks.secrets_of(hook))
    assert secret in html.unescape(added.text)
    again = desk.send(PAGE, {**typed, "step": "add"})
    assert telling.house.hooks.all() == [hook]
    for answer in (again, desk.get(f"{PAGE}/{hook.id}"), desk.get(PAGE)):
        assert answer.status_code == 200
        assert "whsec_" not in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_without_any_such_event_there_is_no_example(desk: Desk, telling: Telling) -> None:
    typed = {"url": telling.receiver.url, "topics": "fund-closed.v1", "step": "preview"}
    assert "webhook-signature" not in desk.send(PAGE, typed).text


def test_what_is_refused_is_said_beside_what_was_typed(desk: Desk, telling: Telling) -> None:
    for step in ("preview", "add"):
        answer = desk.send(f"{PAGE}?lang=en", {"url": "https://10.0.0.1/x", "step": step})
        assert answer.status_code == 409
        assert "inside a network" in answer.text
        assert 'value="https://10.0.0.1/x"' in answer.text
        assert 'aria-describedby="wrong"' in answer.text
    typed = {"url": telling.receiver.url, "step": "add", "idempotency_key": "k" * 256}
    assert "1 to 255 characters" in desk.send(f"{PAGE}?lang=en", typed).text
    hook = telling.hook()
    for after, words in (("soon", "index of an entry"), (str(10**6), "is not published")):
        refused = desk.send(f"{PAGE}/{hook.id}/replay?lang=en", {"after": after})
        assert refused.status_code == 409
        assert words in refused.text
    assert telling.now(hook) == hook


def test_buttons_change_a_hook_and_lead_back_to_it(desk: Desk, telling: Telling) -> None:
    hook, page = telling.hook(after=2), ""
    page = f"{PAGE}/{hook.id}"
    for what, seen in (("pause", "paused"), ("resume", "active"), ("replay", "active")):
        led = desk.send(f"{page}/{what}", {"after": "-1"})
        assert (led.status_code, led.headers["location"]) == (303, page)
        assert telling.now(hook).state == seen
    assert telling.now(hook).next == 0
    gone = desk.send(f"{page}/remove", {})
    assert (gone.status_code, gone.headers["location"]) == (303, PAGE)
    assert telling.house.hooks.all() == []


def test_pages_say_each_state_and_answer_in_one_language(desk: Desk, telling: Telling) -> None:
    hook = telling.hook()
    lines = tuple(f"2026-11-22T04:00:00Z 3 {what}" for what in (*CAME, "404"))
    failing = telling.house.hooks.change(
        hook.id,
        lambda one: replace(
            one, answers=lines, failures=1, failing_since=telling.clock.now,
            try_at=telling.clock.now, next=4,
        ),
    )  # fmt: skip
    english = desk.get(f"{PAGE}/{hook.id}?lang=en").text
    assert STATES["failing"][1] in english
    assert "HTTP 404" in english
    assert all(en in html.unescape(english) for _, en in CAME.values())
    chinese = desk.get(f"{PAGE}/{hook.id}?lang=zh").text
    assert all(zh in chinese for zh, _ in CAME.values())
    telling.house.hooks.change(failing.id, lambda one: one.paused(SILENT))
    for path in (PAGE, f"{PAGE}/{hook.id}"):
        english = desk.get(f"{path}?lang=en").text
        assert WHY[SILENT][1] in english
        assert CHINESE.findall(main(desk.get(f"{path}?lang=en"))) == []
        assert WHY[SILENT][0] in desk.get(f"{path}?lang=zh").text


def test_the_desk_leads_to_hooks(desk: Desk) -> None:
    assert f'href="{PAGE}"' in desk.get("/desk").text
