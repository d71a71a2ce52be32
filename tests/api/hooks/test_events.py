"""Published events from a cursor: every one once, in order, as hooks send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import jsonschema
import pytest

from api.routes import events
from ledger.proof import merkle
from ledger.proof.encoding import b64
from ledger.proof.tiles import unpack_entries
from tests.api.hooks.telling import Telling
from tests.api.portal import reading
from tests.conftest import USCC
from tests.houses import give

PLACE = "/api/v1/events"


@pytest.fixture
def get(telling: Telling) -> Callable[..., httpx.Response]:
    return reading(telling.house)


def told(get: Callable[..., httpx.Response], query: str = "") -> Any:
    answer = get(f"{PLACE}?{query}")
    assert answer.status_code == 200, answer.text
    described = get("/openapi.json").json()
    whole = described | {"$ref": "#/components/schemas/EventsShape"}
    jsonschema.Draft202012Validator(whole).validate(answer.json())
    return answer.json()


def test_every_event_is_had_once_by_following_the_cursor(
    telling: Telling, get: Callable[..., httpx.Response]
) -> None:
    found, after, size = [], -1, telling.size
    while after + 1 < size:
        page = told(get, f"after={after}&limit=2")
        found += page["events"]
        after = page["after"]
    assert [one["leaf"] for one in found] == list(range(size))
    at_end = told(get, f"after={after}")
    assert (at_end["events"], at_end["after"]) == ([], after)
    new = telling.give("8.00")
    assert [one["leaf"] for one in told(get, f"after={after}")["events"]] == list(range(size, new))


def test_where_few_are_wanted_a_page_may_be_empty_and_leads_on(
    telling: Telling, get: Callable[..., httpx.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LOOKED_AT", 3)
    answer = get(f"{PLACE}?topic=fund-closed.v1")
    assert (answer.json()["events"], answer.json()["after"]) == ([], 2)
    assert "after=2&" in answer.links["next"]["url"]
    last = get(f"{PLACE}?topic=fund-closed.v1&after={telling.size - 2}")
    assert (last.json()["after"], last.links) == (telling.size - 1, {})


def test_links_lead_through_all_of_them(
    telling: Telling, get: Callable[..., httpx.Response]
) -> None:
    path, found = f"{PLACE}?limit=2&topic=gift-received.v1&topic=fund-opened.v1&charity={USCC}", []
    while True:
        answer = get(path)
        found += answer.json()["events"]
        if "next" not in answer.links:
            break
        path = answer.links["next"]["url"]
    assert {one["type"] for one in found} == {"gift-received.v1", "fund-opened.v1"}
    assert {one["actor"] for one in found} == {USCC}
    assert len(found) == len({one["id"] for one in found}) >= 4


def test_it_is_what_hooks_send(telling: Telling, get: Callable[..., httpx.Response]) -> None:
    hook = telling.hook()
    telling.deliver(hook)
    assert told(get, "limit=100")["events"] == [one.said for one in telling.receiver.came]


def test_an_event_says_where_its_proof_is(
    telling: Telling, get: Callable[..., httpx.Response]
) -> None:
    one = told(get)["events"][-1]
    proof = one["proof"]
    entries = unpack_entries(get(proof["entries"]).content)
    tree = merkle.Frontier()
    for entry in entries:
        tree.append(merkle.leaf_hash(entry))
    assert b64(tree.root()) in get(proof["checkpoint"]).text
    assert proof["size"] == len(entries)
    assert one["origin"] in get(proof["checkpoint"]).text


def test_what_is_not_published_is_not_there_and_the_past_ends_where_it_did(
    telling: Telling, get: Callable[..., httpx.Response]
) -> None:
    size = telling.size
    give(telling.house, telling.fund, "9.00")
    assert told(get, f"after={size - 1}")["events"] == []
    telling.house.publish()
    assert told(get, f"after={size - 1}")["events"] != []
    past = told(get, f"after={size - 2}&as_of={size}")
    assert [one["leaf"] for one in past["events"]] == [size - 1]
    assert past["events"][0]["proof"]["size"] == past["as_of"]["size"] == size
    assert get(f"{PLACE}?after={size}&as_of={size}").status_code == 409


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("after=1000000", 409), ("after=-2", 400), ("limit=101", 400), ("topic=gift", 404),
        ("charity=a/b", 400), ("as_of=999999", 404),
    ],
)  # fmt: skip
def test_what_can_not_be_answered_is_said(
    telling: Telling, get: Callable[..., httpx.Response], query: str, status: int
) -> None:
    answer = get(f"{PLACE}?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
