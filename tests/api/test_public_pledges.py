"""The pages of promises: what was promised, is due and has come; never by whom."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from api.settings import Settings
from api.times import today
from api.wiring import House
from tests.api.portal import Get, reading, words
from tests.api.thanked import AGREEMENT, DONOR, promised
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, register


class Promised:
    """A fund with promises, and the size at which the first of them was published."""

    def __init__(self, house: House) -> None:
        self.house = house
        register(house)
        register(house, OTHER_USCC, "另一慈善总会")
        self.fund = general_fund(house)
        self.pledges, self.half = promised(house, self.fund)


@pytest.fixture(scope="module")
def told(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Promised]:
    settings = Settings(
        data=tmp_path_factory.mktemp("promised"), database_url=database_url,
        schema=f"t_{uuid.uuid4().hex[:16]}",
    )  # fmt: skip
    with closing(House(settings, create=True)) as house:
        yield Promised(house)


@pytest.fixture(scope="module")
def get(told: Promised) -> Get:
    return reading(told.house)


def data(get: Get, path: str) -> Any:
    answer = get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_fixed_promise_tells_what_is_due_received_and_let_go(get: Get, told: Promised) -> None:
    said = data(get, f"/pledges/{told.pledges['fixed']}")

    sums = {n: said[n] for n in ("promised", "received", "written_off", "outstanding", "ahead")}
    assert sums == {
        "promised": "100.00", "received": "25.00", "written_off": "10.00",
        "outstanding": "65.00", "ahead": "0.00",
    }  # fmt: skip
    assert (said["state"], said["recurring"], said["agreement"]) == ("overdue", False, AGREEMENT)
    first, second = said["instalments"]
    assert (first["received"], first["open"], first["state"]) == ("25.00", "15.00", "overdue")
    assert (second["written_off"], second["open"], second["state"]) == ("10.00", "50.00", "open")
    assert [one["fact"] for one in said["history"]] == [
        "pledge-made.v1", "pledge-written-off.v1",
    ]  # fmt: skip
    page = get(f"/pledges/{told.pledges['fixed']}").text
    assert "逾期" in page
    assert AGREEMENT in page
    assert "10.00 元 ，无法收取" in words(page)
    for step in said["history"]:
        assert f'href="/log?entry={step["entry"]}#check-it"' in page


def test_what_recurs_tells_its_terms_and_what_has_fallen_due(get: Get, told: Promised) -> None:
    said = data(get, f"/pledges/{told.pledges['recurring']}")

    assert [(term["every"], term["amount"]) for term in said["terms"]] == [
        ("month", "5.00"), ("quarter", "9.00"),
    ]  # fmt: skip
    assert said["recurring"]
    assert (said["promised"], said["received"], said["outstanding"]) == ("20.00", "20.00", "0.00")
    assert (said["state"], said["agreement"]) == ("open", None)
    assert {one["state"] for one in said["instalments"]} == {"paid"}
    page = words(get(f"/pledges/{told.pledges['recurring']}?lang=en").text)
    assert "every quarter from" in page
    assert "Only what has fallen due is listed." in page


def test_each_state_of_a_promise_has_its_word(get: Get, told: Promised) -> None:
    listed = {one["pledge"]: one["state"] for one in data(get, "/pledges?limit=100")["pledges"]}
    assert listed == {
        told.pledges["fixed"]: "overdue", told.pledges["recurring"]: "open",
        told.pledges["kept"]: "kept", told.pledges["ended"]: "ended",
        told.pledges["ahead"]: "open",
    }  # fmt: skip


def test_what_came_before_it_was_due_is_told_as_such(get: Get, told: Promised) -> None:
    said = data(get, f"/pledges/{told.pledges['ahead']}")
    assert (said["promised"], said["received"], said["ahead"]) == ("0.00", "3.00", "3.00")
    assert said["last_day"] == str(today() + timedelta(days=800))
    page = words(get(f"/pledges/{told.pledges['ahead']}").text)
    assert "其中提前到账 3.00 元" in page
    assert "还没有到期的款项。" in page


def test_no_page_of_a_promise_tells_who_promised_or_which_gift_came(
    get: Get, told: Promised
) -> None:
    for pledge in told.pledges.values():
        for path in (f"/pledges/{pledge}", f"/api/v1/pledges/{pledge}", "/pledges?lang=en"):
            text = get(path).text
            assert DONOR not in text
            assert not re.search(r"gift-[0-9a-f]", text), path


def test_the_list_is_of_all_of_a_charity_or_of_a_fund_page_by_page(
    get: Get, told: Promised
) -> None:
    path, seen = f"/api/v1/pledges?limit=2&fund={told.fund}", []
    while path:
        answer = get(path)
        seen += [one["pledge"] for one in answer.json()["pledges"]]
        path = answer.headers.get("link", "<>")[1:].partition(">")[0]
    assert seen == list(reversed(told.pledges.values()))
    assert len(data(get, f"/pledges?charity={USCC}")["pledges"]) == len(seen)
    assert data(get, f"/pledges?charity={OTHER_USCC}")["pledges"] == []
    assert "还没有认捐的记录。" in get(f"/pledges?charity={OTHER_USCC}").text


def test_long_lists_on_pages_lead_on(
    get: Get, told: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.pledges.PAGE", 4)
    monkeypatch.setattr("api.routes.pledges.LISTED", 1)
    fresh = reading(told.house)
    (older,) = re.findall(r'href="(/pledges\?before=\d+)"', fresh("/pledges").text)
    assert f'href="/pledges/{told.pledges["fixed"]}"' in fresh(older).text
    assert 'href="/pledges">← 最新' in fresh(older).text
    path = f"/pledges/{told.pledges['fixed']}"
    (later,) = re.findall(rf'href="({path}\?after=[0-9-]+)"', fresh(path).text)
    assert f'href="{path}">← 从头' in fresh(later).text


def test_instalments_are_read_page_by_page(get: Get, told: Promised) -> None:
    path, seen = f"/api/v1/pledges/{told.pledges['fixed']}?limit=1", []
    while path:
        answer = get(path)
        seen += [one["amount"] for one in answer.json()["instalments"]]
        path = answer.headers.get("link", "<>")[1:].partition(">")[0]
    assert seen == ["40.00", "60.00"]


def test_a_promise_of_the_past_stands_as_it_stood_then(get: Get, told: Promised) -> None:
    then = data(get, f"/pledges/{told.pledges['fixed']}?as_of={told.half}")
    assert (then["received"], then["written_off"]) == ("0.00", "0.00")
    assert then["as_of"]["size"] == told.half
    listed = data(get, f"/pledges?as_of={told.half}")["pledges"]
    assert [one["pledge"] for one in listed] == [told.pledges["fixed"]]
    assert get(f"/pledges/{told.pledges['kept']}?as_of={told.half}").status_code == 404


def test_what_is_no_promise_has_no_page(get: Get, told: Promised) -> None:
    for other in ("pledge-unknown", told.fund):
        assert get(f"/pledges/{other}").status_code == 404
        assert get(f"/api/v1/pledges/{other}").status_code == 404


def test_fund_and_charity_lead_to_their_promises(get: Get, told: Promised) -> None:
    assert f'href="/pledges?fund={told.fund}"' in get(f"/funds/{told.fund}").text
    assert f'href="/pledges?charity={USCC}"' in get(f"/charities/{USCC}").text
