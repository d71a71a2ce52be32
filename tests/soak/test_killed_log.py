"""Integrator, database and web server are killed 200 times under load: the log stays one log."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from api.audit import audit_database
from api.settings import Settings
from api.wiring import House
from ledger import codec
from ledger.domain.events import GiftReceived
from ledger.proof import merkle, tiles
from ledger.store import embedded
from tests.houses import general_fund, register
from tests.soak.following import Follower
from tests.soak.killing import BATCH, CONTEXT, Site, integrate, serve, write

KILLS = 200
LONGEST_S = 360.0
MOMENTS_S = (0.05, 2.0)
"""Between two kills: from less than a start takes to enough for several rounds of publishing."""

INTEGRATOR, WEB, DATABASE = 30, 25, 8
"""How often each is hit: a database takes seconds to come back, the others do not."""

pytestmark = pytest.mark.soak


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Give a ledger an embedded server of its own, and a port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path / "var"
    yield Settings(data=folder, port=port)
    embedded.stop(folder)
    shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)


def begun(settings: Settings) -> tuple[str, Follower]:
    """Found the ledger; return a fund to give to, and a stranger who knows the log's key."""
    house = House(settings, create=True)
    try:
        register(house)
        fund = general_fund(house)
        house.publish()
        return fund, Follower(f"http://127.0.0.1:{settings.port}", house.trust().log)
    finally:
        house.close()


def killed_again_and_again(site: Site, chance: Random) -> None:
    """Kill until there were enough, or the time is over."""
    end = monotonic() + LONGEST_S
    while sum(site.killed.values()) < KILLS and monotonic() < end:
        site.work(chance.uniform(*MOMENTS_S))
        site.kill_one(chance, DATABASE)


def test_a_log_killed_two_hundred_times_loses_doubles_and_forks_nothing(
    settings: Settings,
) -> None:
    seed = int(os.environ.get("SOAK_SEED", "20261122"))
    sys.stdout.write(f"seed {seed}; again with: SOAK_SEED={seed}\n")
    CONTEXT.set_forkserver_preload(["tests.soak.killing"])
    fund, follower = begun(settings)
    site = Site(settings, fund)
    for name in ("first integrator", "second integrator"):
        site.add(name, INTEGRATOR, integrate)
    site.add("web server", WEB, serve)
    for name in ("first writer", "second writer"):
        site.add(name, 1, write, fund)

    follower.start()
    try:
        killed_again_and_again(site, Random(seed))  # noqa: S311 chance that can be repeated
    finally:
        follower.stop()
        site.end()

    said = f"{site.killed}, {len(site.acknowledged)} acknowledged, {follower.proved} proved"
    sys.stdout.write(said + "\n")
    assert sum(site.killed.values()) == KILLS, said
    assert follower.wrong == []
    assert follower.proved > KILLS / 10, said
    assert len(site.acknowledged) > KILLS, said
    check(settings, site, follower)


def check(settings: Settings, site: Site, follower: Follower) -> None:
    """Hold everything that was seen on the way against the log as it is in the end.

    1. The audit finds nothing.
    2. Every checkpoint that anybody saw is the tree's of its size.
    3. Every acknowledged gift is there once; a commit is there as a whole or not at all.
    """
    house = House(settings)
    try:
        house.publish()
        assert audit_database(house).findings == []  # 1
        size = house.recorder.size()
        hashes = tiles.TileHashes(house.log.read, size)
        for seen in follower.seen.values():  # 2
            assert merkle.root(seen.size, hashes.subtree) == seen.root
        gifts = gifts_in(house, size)  # 3
        assert set(gifts.values()) == {1}
        assert set(site.acknowledged) <= set(gifts)
        assert len(site.acknowledged) == len(set(site.acknowledged))
        assert len(gifts) % len(BATCH) == 0
    finally:
        house.close()


def gifts_in(house: House, size: int) -> Counter[str]:
    """Count the gifts in the published entries, by stream; no two entries are the same bytes."""
    bundles = (tiles.entries_path(*place) for place in tiles.entry_bundles(size))
    entries = [entry for path in bundles for entry in tiles.unpack_entries(house.log.read(path))]
    assert len(set(entries)) == len(entries) == size
    events = [codec.read(entry, house.recorder.origin())[1] for entry in entries]
    return Counter(event.originator_id for event in events if isinstance(event, GiftReceived))
