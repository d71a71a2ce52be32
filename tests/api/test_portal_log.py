from __future__ import annotations

from pathlib import Path

import pytest

from api.wiring import House
from ledger.proof import checkpoint, merkle, tiles
from ledger.store.log_folder import paths
from tests.api.portal import (
    Get,
)
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
        "/log/",
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
    assert get("/readyz").text == f"ready: {size} events, {size} published\n"
    lines = get("/metrics").text.splitlines()
    assert f"donation_ledger_events {size}" in lines
    assert f"donation_ledger_published_size {size}" in lines
    for view in house.runner.views:
        assert f'donation_ledger_view_position{{view="{view.name}"}} {size}' in lines
