"""What all public reads share: conditions, stamps, and pages that lead on."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import httpx
import pytest

from api.app import create_app
from api.public_house import PublicHouse
from api.settings import Settings
from api.wiring import House
from tests.api.open_ledger import VILLAGE, OpenLedger, opened
from tests.api.portal import Broken, Get
from tests.api.thanked import promised
from tests.conftest import USCC
from tests.ledger.named import named


@pytest.fixture(scope="module")
def told(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenLedger]:
    settings = Settings(
        data=tmp_path_factory.mktemp("reads"), database_url=database_url,
        schema=f"t_{uuid.uuid4().hex[:16]}",
    )  # fmt: skip
    with closing(House(settings, create=True)) as house:
        yield opened(house)


@pytest.fixture(scope="module")
def known(told: OpenLedger) -> dict[str, str]:
    """Return what in a path can be found, by the parameter's name."""
    name = named(told.house, "600.00").name
    pledges, _ = promised(told.house, told.fund)
    return {
        "fund": told.fund, "gift": told.gifts[0], "disbursement": told.paid[0], "uscc": USCC,
        "last": "2026-10-31", "naming": name, "pledge": pledges["fixed"], "code": VILLAGE,
        "receipt": "23050126-0000000001",
    }  # fmt: skip


DOCUMENT: dict[str, Any] = create_app(cast("PublicHouse", Broken())).openapi()
READS = {
    path: asked["get"]
    for path, asked in DOCUMENT["paths"].items()
    if "get" in asked and "as_of" in {one["name"] for one in asked["get"].get("parameters", ())}
}
NEEDS_MORE = {"/api/v1/receipts/check"}
"""It answers of one receipt, which has to be named."""
ASKED = sorted({path for path in READS if "{form}" not in path} - NEEDS_MORE)
FILES = sorted(
    path.replace("{form}", form) for path in READS if "{form}" in path for form in ("csv", "json")
)


def reader(house: House, kept_bytes: int) -> Get:
    app = create_app(cast("PublicHouse", house), kept_bytes=kept_bytes)

    def get(path: str, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
                named = {name.replace("_", "-"): said for name, said in headers.items()}
                return await client.get(path, headers=named)

        return asyncio.run(ask())

    return get


@pytest.mark.parametrize("kept_bytes", [0, 2**20])
@pytest.mark.parametrize("path", [*ASKED, *FILES, "/search.csv"])
def test_who_has_an_answer_already_is_told_so_and_as_of_when(
    told: OpenLedger, known: dict[str, str], path: str, kept_bytes: int
) -> None:
    get, asked = reader(told.house, kept_bytes), path.format(**known)
    first = get(asked)
    assert first.status_code == 200, first.text

    tag = first.headers["etag"]
    for said in (tag, f'"other", {tag}', f"W/{tag.removeprefix('W/')}", "*"):
        again = get(asked, if_none_match=said)
        assert (again.status_code, again.content) == (304, b""), said
        assert again.headers["etag"] == tag
        assert again.headers["ledger-as-of"] == first.headers["ledger-as-of"]
    other = get(asked, if_none_match='"other"')
    assert (other.status_code, other.headers["etag"]) == (200, tag)
    assert re.fullmatch(r"\d+; \S+Z", first.headers["ledger-as-of"])


@pytest.mark.parametrize("path", FILES)
def test_the_tag_of_a_download_is_of_its_address_and_its_size(
    told: OpenLedger, known: dict[str, str], path: str
) -> None:
    get, asked = reader(told.house, 0), path.format(**known)
    now, then = get(asked), get(f"{asked}?as_of={told.sizes[0]}")

    assert then.headers["ledger-as-of"].startswith(f"{told.sizes[0]}; ")
    assert now.headers["etag"] != then.headers["etag"]
    assert get(asked, if_none_match=then.headers["etag"]).status_code == 200
    tags = {get(one.format(**known)).headers["etag"] for one in FILES}
    assert len(tags) == len(FILES)


@pytest.mark.parametrize("path", FILES)
def test_a_download_has_the_media_type_and_the_shape_that_the_document_tells(
    told: OpenLedger, known: dict[str, str], path: str
) -> None:
    answer = reader(told.house, 0)(path.format(**known))
    described = READS[re.sub(r"\.(csv|json)$", ".{form}", path)]["responses"]["200"]["content"]

    assert set(described) == {"text/csv", "application/json"}
    assert answer.headers["content-type"].partition(";")[0] in described
    shape = answer.headers["link"].partition(">")[0].removeprefix("<")
    assert reader(told.house, 0)(shape).headers["content-type"] == "application/schema+json"


def test_every_list_has_a_limit_a_cursor_and_a_link_to_the_next_page() -> None:
    reads = {path: said["get"] for path, said in DOCUMENT["paths"].items() if "get" in said}
    for path, read in reads.items():
        if path.startswith("/api/v1/"):
            asked = {one["name"] for one in read.get("parameters", ())}
            assert ("limit" in asked) == bool(asked & {"after", "before", "skip"}), path
            told = "Link" in read["responses"]["200"].get("headers", ())
            assert told == ("limit" in asked), path


def test_the_list_of_places_is_read_page_by_page(told: OpenLedger) -> None:
    get, path, seen = reader(told.house, 0), "/api/v1/places?limit=1", []
    while path:
        answer = get(path)
        seen += answer.json()["places"]
        path = answer.headers.get("link", "<>")[1:].partition(">")[0]
    assert seen == sorted(set(seen))
    assert VILLAGE in seen
    assert 'href="/api/v1/places"' in get("/villages").text
