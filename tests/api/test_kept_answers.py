"""Answers of public reads are kept while nothing they rest on moved, and never longer."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import cast

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.kept_answers import ENTRY_BYTES, Kept, Key, Shelf
from api.public_house import PublicHouse
from api.settings import Settings
from api.standings import CHECKED_S, Standings
from api.wiring import House
from ledger.store.database import DatabaseUnreachable
from tests.api.portal import Broken, charity_at_work
from tests.houses import give


@dataclass
class Told:
    """A charity's portal, and a watch and a calendar that move when the test says so."""

    house: House
    fund: str
    gift: str
    paid: str
    size: int
    now: float = 0.0
    day: date = date(2026, 11, 22)

    def __post_init__(self) -> None:
        home = cast("PublicHouse", self.house)
        watch = Standings(home, lambda: self.now, lambda: self.day)
        self.keeping = create_app(home, standings=watch)
        self.forgetful = create_app(home, kept_bytes=0)

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """Ask the portal for a path."""
        return asked(self.keeping, path, method, **headers)

    def reads(self, path: str, **headers: str) -> bool:
        """Tell whether the database is asked anything for an answer."""
        before = self._lent()
        assert self.get(path, **headers).status_code in {200, 304}
        return self._lent() > before

    def _lent(self) -> int:
        return self.house.database.pool.get_stats()["requests_num"]

    def pages(self) -> list[str]:
        """Return addresses of every kind of public read."""
        return [
            "/", f"/?as_of={self.size}", "/?after=" + self.fund, f"/funds/{self.fund}",
            f"/funds/{self.fund}?before=9", f"/trace/gift/{self.gift}", "/problems/unknown",
            f"/trace/gift/{self.gift}?unit=CNY&skip=1", f"/trace/disbursement/{self.paid}",
            "/api/v1/funds", "/api/v1/funds?limit=1", f"/api/v1/funds/{self.fund}",
            f"/api/v1/funds/{self.fund}?limit=1&as_of={self.size}",
            f"/api/v1/gifts/{self.gift}/trace", f"/api/v1/disbursements/{self.paid}/trace?limit=1",
        ]  # fmt: skip


def asked(app: FastAPI, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask an application for a path."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers=named)

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def told(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Open a charity at work to the public."""
    settings = Settings(
        data=tmp_path_factory.mktemp("kept"), database_url=database_url,
        schema=f"t_{uuid.uuid4().hex[:16]}",
    )  # fmt: skip
    with closing(House(settings, create=True)) as house:
        fund, gifts, paid, _ = charity_at_work(house)
        yield Told(house, fund, gifts[0], paid, house.recorder.size())


def test_a_kept_answer_is_the_one_made_anew_to_the_byte(told: Told) -> None:
    for path in told.pages():
        for cookie in ({}, {"cookie": "lang=en"}):
            first, again = told.get(path, **cookie), told.get(path, **cookie)
            fresh = asked(told.forgetful, path, **cookie)
            assert first.status_code == again.status_code == fresh.status_code == 200
            assert first.content == again.content == fresh.content
            assert first.headers.raw == again.headers.raw
            assert set(again.headers.items()) - set(fresh.headers.items()) <= {
                ("etag", again.headers["etag"])
            }
            assert set(fresh.headers.items()) <= set(again.headers.items())


def test_the_database_is_not_asked_for_an_answer_that_is_kept(told: Told) -> None:
    for path in told.pages():
        told.get(path)
    assert not any(told.reads(path) for path in told.pages())


def test_what_this_process_recorded_is_shown_at_once(told: Told) -> None:
    told.get("/api/v1/funds")
    before = told.get("/").text
    give(told.house, told.fund, "1.00")

    assert told.get("/").text != before, "the front page says how many entries are sequenced"
    assert told.reads("/api/v1/funds")
    was = told.get("/api/v1/funds").json()
    told.house.publish()
    assert told.get("/api/v1/funds").json()["as_of"]["size"] > was["as_of"]["size"]


def test_what_another_process_recorded_is_shown_when_the_standing_is_too_old(told: Told) -> None:
    before = told.get("/api/v1/funds").json()
    with closing(House(told.house.settings)) as other:
        give(other, told.fund, "1.00")
        other.publish()

    assert told.get("/api/v1/funds").json() == before
    told.now += CHECKED_S
    assert told.get("/api/v1/funds").json() == before
    told.now += 0.01
    assert told.get("/api/v1/funds").json()["as_of"]["size"] > before["as_of"]["size"]


def test_an_old_standing_that_has_not_moved_lets_answers_be_given_on(told: Told) -> None:
    first = told.get("/api/v1/funds")
    told.now += 2 * CHECKED_S
    assert told.reads("/api/v1/funds"), "the standing is asked for"
    assert not told.reads("/api/v1/funds")
    assert told.get("/api/v1/funds").headers.raw == first.headers.raw


def test_another_day_or_a_view_built_anew_is_another_standing(told: Told) -> None:
    told.get("/")
    told.day, told.now = date(2026, 11, 23), told.now + 2 * CHECKED_S
    assert told.reads("/")
    assert not told.reads("/")

    before = told.house.runner.standing()
    told.house.runner.rebuild(keep=True)
    after = told.house.runner.standing()
    assert [size for _, size in after] == [size for _, size in before]
    assert all(one[0] != other[0] for one, other in zip(before, after, strict=True))


def test_immutable_answers_of_the_past_are_given_whatever_moved(told: Told) -> None:
    data, shown = f"/api/v1/funds?as_of={told.size}", f"/?as_of={told.size}"
    first = told.get(data)
    told.get(shown)
    give(told.house, told.fund, "1.00")
    told.house.publish()

    assert not told.reads(data)
    assert told.get(data).headers.raw == first.headers.raw
    assert told.reads(shown), "what is said around the numbers of a page may change"


def test_a_reader_with_a_name_is_answered_by_itself(told: Told) -> None:
    for path in ("/", "/api/v1/funds"):
        told.get(path)
        for named in (
            {"authorization": "Bearer x"}, {"cookie": "session=x"}, {"cookie": "lang=fr"},
            {"cookie": "lang=en; session=x"},
        ):  # fmt: skip
            assert told.reads(path, **named)
            assert told.reads(path, **named)


def test_answers_in_two_languages_and_under_two_addresses_are_kept_apart(told: Told) -> None:
    chinese, english = told.get("/"), told.get("/", cookie="lang=en")
    assert chinese.headers["content-language"] != english.headers["content-language"]
    assert told.get("/").content == chinese.content
    assert told.get("/", cookie="lang=en").content == english.content
    assert told.get("/api/v1/funds?limit=1").headers.raw is not None
    assert told.get("/api/v1/funds?limit=2").request.url.query == b"limit=2"
    assert told.reads("/", host="elsewhere")


def test_the_answer_that_remembers_a_language_is_made_each_time(told: Told) -> None:
    for _ in range(2):
        assert "lang=en" in told.get("/?lang=en").headers["set-cookie"]
        assert told.reads("/?lang=en")


@pytest.mark.parametrize("path", ["/", "/api/v1/funds"])
def test_who_has_an_answer_already_is_told_so(told: Told, path: str) -> None:
    whole = told.get(path)
    tag = whole.headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        same = told.get(path, if_none_match=known)
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"] == tag
        assert "content-length" not in same.headers
    assert told.get(path, if_none_match='"other"').content == whole.content
    assert not told.reads(path, if_none_match=tag)


def test_a_condition_is_seen_to_when_the_answer_was_not_kept_yet(told: Told) -> None:
    path = f"/api/v1/funds/{told.fund}?limit=7"
    tag = asked(told.forgetful, path).headers["etag"]
    fresh = asked(told.forgetful, path, if_none_match=tag)

    same = told.get(path, if_none_match=tag)

    assert (same.status_code, dict(same.headers)) == (304, dict(fresh.headers))
    assert told.get(path).status_code == 200
    assert not told.reads(path)


def test_head_is_answered_from_what_get_left(told: Told) -> None:
    whole = told.get("/api/v1/funds")
    head = told.get("/api/v1/funds", "HEAD")
    assert head.headers["etag"] == whole.headers["etag"]
    assert not told.reads("/api/v1/funds")


def test_neither_problems_nor_what_is_no_public_read_is_kept(told: Told) -> None:
    assert told.get("/funds/fund-none").status_code == 404
    before = told.house.database.pool.get_stats()["requests_num"]
    assert told.get("/funds/fund-none").status_code == 404
    assert told.house.database.pool.get_stats()["requests_num"] > before
    assert told.reads("/readyz")
    assert told.reads("/readyz")
    tag = told.get("/log/checkpoint").headers["etag"]
    assert told.get("/log/checkpoint", if_none_match=tag).status_code == 304
    assert told.get("/api/v1/funds", "POST").status_code == 405


def test_where_the_standing_cannot_be_told_the_answer_says_why() -> None:
    app = create_app(cast("PublicHouse", Broken(DatabaseUnreachable("away"))))
    for _ in range(2):
        assert asked(app, "/").status_code == 503
        assert asked(app, "/healthz").status_code == 200


def test_the_shelf_holds_what_was_asked_for_last_and_no_more_than_its_room() -> None:
    def answer(body: bytes) -> Kept:
        return Kept(None, [(b"etag", b'"1"')], body, b'"1"')

    def key(path: str) -> Key:
        return "http", path, b"", b"", "zh"

    one = answer(b"x" * 1000)
    assert one.size == ENTRY_BYTES + 1000 + 7
    shelf = Shelf(3 * one.size)
    for path in ("a", "b", "c"):
        shelf.keep(key(path), one)
    assert shelf.find(key("a")) is one
    shelf.keep(key("d"), one)
    assert [path for path in "abcd" if shelf.find(key(path))] == ["a", "c", "d"]

    shelf.keep(key("d"), answer(b""))
    assert shelf.used == 2 * one.size + ENTRY_BYTES + 7
    shelf.keep(key("e"), answer(b"x" * 3 * one.size))
    assert shelf.used == 0
    assert shelf.find(key("e")) is None
