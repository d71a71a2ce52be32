"""The pages of names given in thanks: what is public of each, and what never is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from api.settings import Settings
from api.wiring import House
from ledger.domain.small_cells import FEWER
from tests.api.portal import Get, reading, words
from tests.api.thanked import DONOR, ENDS, Thanked, thanked
from tests.conftest import OTHER_USCC, USCC
from tests.ledger.domain.naming_given import COUNTY
from tests.ledger.named import TEXT


@pytest.fixture(scope="module")
def told(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thanked]:
    settings = Settings(
        data=tmp_path_factory.mktemp("thanked"), database_url=database_url,
        schema=f"t_{uuid.uuid4().hex[:16]}",
    )  # fmt: skip
    with closing(House(settings, create=True)) as house:
        yield thanked(house)


@pytest.fixture(scope="module")
def get(told: Thanked) -> Get:
    return reading(told.house)


def data(get: Get, path: str) -> Any:
    answer = get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_name_in_force_tells_for_what_by_whom_and_on_which_basis(get: Get, told: Thanked) -> None:
    name = told.stands.name
    said = data(get, f"/namings/{name}")

    assert (said["status"], said["shown_today"], said["under_review"]) == ("in force", True, False)
    assert (said["charity"], said["fund"], said["thing"]) == (USCC, told.stands.fund, "building")
    assert said["approval"] == {
        "authority": COUNTY, "number": "示政函〔2026〕1号", "on": "2026-11-21",
    }  # fmt: skip
    assert (said["first_day"], said["last_day"]) == ("2026-11-21", "2031-11-20")
    assert said["beneficiary"] == "示范县第一小学"
    basis = said["basis"]
    assert (basis["gifts"], basis["received"], basis["needed"], basis["met"]) == (
        1, "600.00", "500.00", True,
    )  # fmt: skip
    assert [step["fact"] for step in said["history"]] == [
        "naming-proposed.v1", "naming-funding-tested.v1", "naming-submitted.v1",
        "naming-approved.v1", "naming-entered.v1",
    ]  # fmt: skip
    page = get(f"/namings/{name}").text
    for part in (COUNTY, "示政函〔2026〕1号", "2026年11月21日", "示范县第一小学", "600.00"):
        assert part in page
    for step in said["history"]:
        assert f'href="/log?entry={step["entry"]}#check-it"' in page


STATES = {
    "proposed": "proposed", "rejected": "rejected", "revoked": "revoked",
    "declined": "not taken up", "withdrawn": "withdrawn", "many": "proposed",
    "suspended": "suspended",
}  # fmt: skip


@pytest.mark.parametrize("how", ENDS)
def test_each_stage_has_a_page_in_both_languages(get: Get, told: Thanked, how: str) -> None:
    path = f"/namings/{told.others[how]}"
    said = data(get, path)

    assert (said["status"], said["shown_today"]) == (STATES[how], False)
    for page in (get(path), get(f"{path}?lang=en")):
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
    assert "not used in public" in words(page.text)


def test_why_a_name_was_refused_suspended_or_revoked_is_told(get: Get, told: Thanked) -> None:
    refused = data(get, f"/namings/{told.others['rejected']}")
    assert refused["rejection"] == {"authority": COUNTY, "reason": "与地名规划不符"}
    assert "未获批准：与地名规划不符" in words(get(f"/namings/{told.others['rejected']}").text)
    for how, why in (("revoked", "工程撤销"), ("suspended", "核查中")):
        assert data(get, f"/namings/{told.others[how]}")["ground"] == why
        assert why in get(f"/namings/{told.others[how]}").text


def test_gifts_of_a_small_group_are_neither_counted_nor_added_up_without_consent(
    get: Get, told: Thanked
) -> None:
    withdrawn = data(get, f"/namings/{told.others['withdrawn']}")["basis"]
    assert (withdrawn["gifts"], withdrawn["received"]) == (FEWER, None)
    page = words(get(f"/namings/{told.others['withdrawn']}").text)
    assert "捐赠笔数 少于 3" in page
    assert "600.00" not in page
    many = data(get, f"/namings/{told.others['many']}")["basis"]
    assert (many["gifts"], many["received"]) == (3, "600.00")


def test_no_page_of_a_name_tells_its_words_its_donor_a_gift_or_a_wish(
    get: Get, told: Thanked
) -> None:
    gifts = told.stands.gifts
    for name in (told.stands.name, *told.others.values()):
        for path in (f"/namings/{name}", f"/api/v1/namings/{name}", f"/namings/{name}?lang=en"):
            text = get(path).text
            assert not {TEXT, DONOR, "王某某", *gifts} & set(re.findall(r"[\w-]+", text)), path
            assert not re.search(r"gift-[0-9a-f]|示范\d号楼|declined|不愿意|naming-wish", text), (
                path
            )


def test_the_list_is_of_all_of_a_charity_or_of_a_fund_newest_first(get: Get, told: Thanked) -> None:
    every = data(get, "/namings?limit=100")["namings"]
    assert [one["naming"] for one in every] == [
        *reversed([told.others[how] for how in ENDS]), told.stands.name,
    ]  # fmt: skip
    of_fund = data(get, f"/namings?fund={told.stands.fund}")["namings"]
    assert [one["naming"] for one in of_fund] == [told.stands.name]
    assert len(data(get, f"/namings?charity={USCC}")["namings"]) == len(every)
    assert data(get, f"/namings?charity={OTHER_USCC}")["namings"] == []
    assert "还没有冠名的记录。" in get(f"/namings?charity={OTHER_USCC}").text
    page = get(f"/namings?fund={told.stands.fund}").text
    assert f'href="/namings/{told.stands.name}"' in page


def test_the_list_is_read_page_by_page(get: Get, told: Thanked) -> None:
    path, seen = f"/api/v1/namings?limit=3&charity={USCC}", []
    while path:
        answer = get(path)
        seen += [one["naming"] for one in answer.json()["namings"]]
        path = answer.headers.get("link", "<>")[1:].partition(">")[0]
        assert not path or f"charity={USCC}" in path
    assert len(seen) == len(set(seen)) == len(ENDS) + 1


def test_a_long_list_leads_on_to_older_names(
    get: Get, told: Thanked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.namings.PAGE", 7)
    first = reading(told.house)("/namings").text
    (older,) = re.findall(r'href="(/namings\?before=\d+)"', first)
    second = get(older).text
    assert told.stands.name in second
    assert 'href="/namings">← 最新' in second


def test_a_name_of_the_past_stands_as_it_stood_then(get: Get, told: Thanked) -> None:
    name = told.stands.name
    then = data(get, f"/namings/{name}?as_of={told.half}")

    assert (then["status"], then["shown_today"]) == ("approved", False)
    assert then["as_of"]["size"] == told.half
    listed = data(get, f"/namings?as_of={told.half}")["namings"]
    assert [one["naming"] for one in listed] == [name]
    later = told.others["revoked"]
    for path in (f"/namings/{later}", f"/api/v1/namings/{later}"):
        assert get(f"{path}?as_of={told.half}").status_code == 404


def test_what_is_no_name_has_no_page(get: Get, told: Thanked) -> None:
    for other in ("naming-unknown", told.stands.fund, told.stands.gifts[0]):
        assert get(f"/namings/{other}").status_code == 404
        assert get(f"/api/v1/namings/{other}").status_code == 404


def test_fund_charity_and_search_lead_to_names(get: Get, told: Thanked) -> None:
    fund, name = told.stands.fund, told.stands.name
    page = get(f"/funds/{fund}").text
    assert f'href="/namings/{name}"' in page
    assert f'href="/namings?fund={fund}"' in page
    assert f'href="/namings?charity={USCC}"' in get(f"/charities/{USCC}").text
    found = data(get, "/search?kind=naming&limit=100")["found"]
    assert {one["url"] for one in found} == {
        f"/namings/{one}" for one in (name, *told.others.values())
    }
