from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring import House
from ledger.proof import checkpoint, merkle, tiles
from ledger.store.log_folder import paths
from tests.api.portal import Get, reading
from tests.houses import general_fund, give, register


def test_the_published_log_is_served_whole_and_verifies(
    house: House, get: Get, tmp_path: Path
) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, *["1.00"] * 300)
    house.publish()
    seen = checkpoint.open_signed(get("/log/checkpoint").text, house.trust().log)

    hashes = tiles.TileHashes(lambda path: get(f"/log/{path}").content, seen.size)

    assert merkle.root(seen.size, hashes.subtree) == seen.root
    assert get("/log/vkey").text == f"{house.trust().log.line}\n"
    assert {get(f"/log/{path}").status_code for path in paths(seen.size)} == {200}


def test_tiles_may_be_kept_for_ever_and_the_checkpoint_only_for_seconds(get: Get) -> None:
    tile, seen = get("/log/tile/0/000.p/1"), get("/log/checkpoint")

    assert tile.headers["content-type"] == "application/octet-stream"
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert seen.headers["content-type"] == "text/plain; charset=utf-8"
    assert seen.headers["cache-control"] == "public, max-age=5"


@pytest.mark.parametrize(
    "path",
    [
        "/log/tile/../../trust.json",
        "/log/tile/%2e%2e/%2e%2e/trust.json",
        "/log/tile/..%2f..%2fpassphrase",
        "/log/tile//etc/passwd",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256",
        "/log/tile/0/000.p",
        "/log/tile/64/000",
        "/log/tile/0/000%0a",
        "/log/tile/0/000%00",
        "/log/tile/0/x000",
        "/log/.lock",
        "/log/keys/log.key",
    ],
)
def test_nothing_but_the_layout_of_the_log_is_served(get: Get, path: str) -> None:
    answer = get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_health_readiness_and_counts_are_told(house: House, get: Get) -> None:
    size = house.recorder.size()

    assert get("/healthz").text == "ok\n"
    ready = f"ready: {size} sequenced, {size} integrated, {size} published\n"
    assert get("/readyz").text == ready
    lines = get("/metrics").text.splitlines()
    assert f"donation_ledger_events {size}" in lines
    assert f"donation_ledger_integrated_size {size}" in lines
    assert f"donation_ledger_published_size {size}" in lines
    for view in house.runner.views:
        assert f'donation_ledger_view_position{{view="{view.name}"}} {size}' in lines


@pytest.fixture(scope="module")
def grown(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Open a ledger whose log was published at a size below 256, and at one above."""
    folder = tmp_path_factory.mktemp("grown")
    home = House(Settings(folder / "var", database_url, f"t_{uuid.uuid4().hex[:16]}"), create=True)
    register(home)
    fund = general_fund(home)
    give(home, fund, *["1.00"] * 40)
    home.publish()
    give(home, fund, *["1.00"] * 240)
    home.publish()
    yield home
    home.close()


def test_partial_tiles_of_any_width_are_the_beginning_of_the_full_one(grown: House) -> None:
    get = reading(grown)
    full = get("/log/tile/0/000").content
    entries = tiles.unpack_entries(get("/log/tile/entries/000").content)
    stored = grown.checkpoints.all()[-2].size

    assert (len(full), len(entries)) == (8192, 256)
    for width in (1, stored, 255):
        assert get(f"/log/tile/0/000.p/{width}").content == full[: 32 * width]
        bundle = get(f"/log/tile/entries/000.p/{width}").content
        assert tiles.unpack_entries(bundle) == entries[:width]
    for missing in ("0/001", "0/001.p/255", "entries/001.p/255", "1/000.p/2", "63/000"):
        assert get(f"/log/tile/{missing}").status_code == 404
        assert f"tile/{missing} is missing" in get(f"/log/tile/{missing}").json()["detail"]


def test_a_cache_that_holds_a_file_is_told_so(grown: House) -> None:
    get, head = reading(grown), reading(grown, "HEAD")
    paths_kept = ("checkpoint", "vkey", "tile/0/000", "tile/entries/000", "tile/entries/000.p/3")
    for path in (*paths_kept, f"checkpoints/{grown.checkpoints.all()[0].size}"):
        first = get(f"/log/{path}")
        assert head(f"/log/{path}").headers == first.headers, "HEAD is GET without the content"
        tag = first.headers["etag"]
        for told in (tag, f'"x", W/{tag}', "*"):
            again = get(f"/log/{path}", If_None_Match=told)
            assert (again.status_code, again.content) == (304, b""), (path, told)
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == first.headers["cache-control"]
        assert get(f"/log/{path}", If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coded"),
    [
        ("gzip", True), ("br, gzip;q=0.5", True), ("x-gzip", True), ("identity", False),
        ("gzip;q=0", False), ("gzip; q=0.000, br", False), ("", False),
    ],
)  # fmt: skip
def test_bundles_come_compressed_for_those_who_ask_and_hashes_never(
    accepted: str, grown: House, *, coded: bool
) -> None:
    get = reading(grown)
    plain = get("/log/tile/entries/000", Accept_Encoding="identity")
    bundle = get("/log/tile/entries/000", Accept_Encoding=accepted)
    hashes = get("/log/tile/0/000", Accept_Encoding=accepted)

    assert bundle.content == plain.content, "the client has unpacked it"
    assert (bundle.headers.get("content-encoding") == "gzip") == coded
    assert (bundle.headers["etag"] != plain.headers["etag"]) == coded
    assert bundle.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    if coded:
        assert int(bundle.headers["content-length"]) < len(plain.content)
    assert "content-encoding" not in hashes.headers
    assert "vary" not in hashes.headers


def test_every_published_checkpoint_stays_readable(grown: House) -> None:
    get = reading(grown)
    listed = get("/log/checkpoints").json()
    sizes = [one["size"] for one in listed]

    assert sizes == [one.size for one in reversed(grown.checkpoints.all())]
    assert len(sizes) == 3
    for one in listed:
        note = get(one["checkpoint"])
        assert checkpoint.open_signed(note.text, grown.trust().log).size == one["size"]
        assert note.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert one["signed_at"] <= one["published_at"]
        assert one["published_at"].endswith("Z")
    assert get(listed[0]["checkpoint"]).text == get("/log/checkpoint").text
    below = get(f"/log/checkpoints?before={sizes[0]}")
    assert [one["size"] for one in below.json()] == sizes[1:]
    assert "link" not in below.headers
    assert get("/log/checkpoints?before=-1").status_code == 400
    unknown = get(f"/log/checkpoints/{sizes[0] - 1}")
    assert unknown.status_code == 404
    assert "/log/checkpoints lists those that were" in unknown.json()["detail"]


def test_a_long_list_of_checkpoints_names_its_next_page(grown: House) -> None:
    get = reading(grown)
    newest = grown.checkpoints.all()[-1]
    more = range(newest.size + 1, newest.size + 120)
    for size in more:
        grown.checkpoints.keep(size, newest.note, newest.signed_at, newest.signed_at)
    try:
        first = get("/log/checkpoints")
        assert len(first.json()) == 100
        (after,) = re.findall("<(.*)>", first.headers["link"])
        assert after == f"/log/checkpoints?before={first.json()[-1]['size']}"
        assert [one["size"] for one in get(after).json()][:2] == [more[18], more[17]]
    finally:
        with grown.database.writing() as connection:
            where = "DELETE FROM {table} WHERE size > %s"
            connection.execute(grown.checkpoints._statement(where), [newest.size])
