from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import witnesses
from api.settings import Settings
from api.times import time_words
from api.wiring import House
from tests.api.portal import Get, charity_at_work, reading
from tests.api.witnessed_log import keys, listening, witness_of
from tests.conftest import USCC
from tests.houses import register


@dataclass(frozen=True, slots=True)
class Worked:
    """A ledger at work, and what was recorded in it."""

    house: House
    get: Get
    fund: str
    gift: str
    payment: str


@pytest.fixture(scope="module")
def worked(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    folder = tmp_path_factory.mktemp("worked")
    house = House(Settings(folder, database_url, f"t_{uuid.uuid4().hex[:16]}"), create=True)
    fund, gifts, payment, _ = charity_at_work(house)
    yield Worked(house, reading(house), fund, gifts[0], payment)
    house.close()


def test_the_page_tells_the_newest_checkpoint_and_how_to_check_it(worked: Worked) -> None:
    size = worked.house.recorder.size()
    for language, words in (
        ("zh", "在您自己的浏览器里核对"),
        ("en", "Check it in your own browser"),
    ):
        page = worked.get(f"/log?lang={language}")
        assert page.status_code == 200
        assert words in page.text
        assert f"<td>{size}</td>" in page.text
        assert worked.house.trust().log.line in page.text
        assert "donation-ledger audit --log http://portal/log" in page.text
        assert "<noscript>" in page.text
    assert worked.get("/log/").headers["location"] == "http://portal/log"


def test_before_the_first_checkpoint_the_page_says_so(house: House, get: Get) -> None:
    (house.log.folder / "checkpoint").unlink()

    assert "尚未公布检查点" in get("/log").text
    assert "尚未公布</td>" in get("/log?entry=0").text


def test_an_entry_is_found_by_index_id_and_the_number_of_a_receipt(worked: Worked) -> None:
    places = worked.get(f"/log/places/{worked.gift}").json()
    assert [(place["topic"], place["version"]) for place in places] == [("gift-received.v1", 1)]
    index = places[0]["index"]
    stored = worked.house.recorder.log(index, index + 1)[0]
    assert stored.stream == worked.gift

    for asked in (worked.gift, f" {worked.gift} ", str(index)):
        page = worked.get(f"/log?entry={asked}").text
        assert f'data-index="{index}"' in page
        assert "gift-received.v1" in page
        assert f"/log/tile/entries/000.p/{worked.house.recorder.size()}" in page
    paid = worked.get(f"/log?entry={worked.payment}").text
    assert "disbursement-proposed.v1" in paid
    assert "disbursement-paid.v1" in paid


def test_what_is_not_in_the_log_is_said_to_be_unknown_not_forged(worked: Worked) -> None:
    for asked in ("gift-0", "disbursement-0", "12345678 1234567890", "999999", "<b>x</b>"):
        page = worked.get(f"/log?entry={asked}")
        assert page.status_code == 404
        assert "查不到不等于伪造" in page.text
        assert "<b>x</b>" not in page.text
        assert "data-index" not in page.text
    assert worked.get("/log/places/gift-0").status_code == 404


def test_an_organisations_keys_are_told_apart_from_what_else_it_says(worked: Worked) -> None:
    story = f"/log/places/organisation-{USCC}"
    everything, told = worked.get(story).json(), worked.get(f"{story}?keys=true").json()
    later = worked.get(f"{story}?first=2").json()

    assert {place["topic"] for place in told} == {"organisation-registered.v1", "key-registered.v1"}
    assert [place for place in everything if place in told] == told
    assert later == everything[1:]
    assert worked.get(f"{story}?first=0").status_code == 400


def test_a_long_story_names_its_next_page(worked: Worked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.log_places.LISTED", 1)
    monkeypatch.setattr("api.routes.log_page.LISTED", 1)
    story = f"/log/places/organisation-{USCC}"
    first = worked.get(story)
    told = worked.get(f"{story}?keys=true")

    assert len(first.json()) == 1
    assert first.headers["link"] == f'<{story}?first=2>; rel="next"'
    assert told.headers["link"] == f'<{story}?first=2&keys=true>; rel="next"'
    assert worked.get(f"{story}?first=2").json()[0]["version"] == 2
    assert "只列出最早的 1 条" in worked.get(f"/log?entry=organisation-{USCC}").text


def test_the_page_names_the_witnesses_and_when_each_saw_the_checkpoint(
    house: House, tmp_path: Path
) -> None:
    log, now = house.trust().log, int(time.time())
    lines = [f"log {log.line}\n"]
    with ExitStack() as open_now:
        for number, name in enumerate(("alpha", "beta")):
            url = open_now.enter_context(listening(witness_of(tmp_path / name, name, log, at=now)))
            lines.append(f"witness {name} {keys(name).public[number].line} {url}\n")
        lines.append(f"witness gamma {keys('gamma').public[0].line}\n")
        policy = "".join([*lines, "group two 2 alpha beta gamma\nquorum two\n"])
        witnesses.install(house.settings.data, policy.encode(), log)
        witnessed = House(house.settings)
        register(witnessed)
        witnessed.publish()
    page = reading(witnessed)("/log?lang=en").text
    witnessed.close()

    assert "2 of (alpha, beta, gamma)" in page
    for name, kind in (("alpha", "ed25519"), ("beta", "ml-dsa-44"), ("gamma", "ed25519")):
        assert f'data-name="{name}" data-kind="{kind}"' in page
    assert page.count(time_words(datetime.fromtimestamp(now, UTC), "en")) >= 2
    assert page.count("did not sign") == 1
