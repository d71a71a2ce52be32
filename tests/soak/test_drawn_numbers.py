"""Fifty processes draw receipt numbers and are killed at random: no hole, no repeat, no orphan."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from random import Random

import pytest

from api.settings import Settings
from api.wiring import House
from ledger.domain.receipt_books import Loss
from ledger.store import embedded
from projections import receipt_numbers, receipt_register
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.soak.issuing import Crowd

CODE = "23050126"
PROCESSES, EACH, KILLS = 50, 4, 50

pytestmark = pytest.mark.soak


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Found a ledger on a server of its own, with room for all these processes and those killed."""
    roomy = [s for s in embedded.SETTINGS if not s.startswith("max_connections")]
    monkeypatch.setattr(embedded, "SETTINGS", (*roomy, "max_connections=300"))
    url = embedded.ensure(tmp_path / "server")
    with closing(House(Settings(tmp_path / "var", url, "drawn"), create=True)) as home:
        yield home
    embedded.stop(tmp_path / "server")
    shutil.rmtree((tmp_path / "server" / "postgres").resolve(), ignore_errors=True)


def test_fifty_processes_killed_at_random_draw_every_number_once(house: House) -> None:
    register(house)
    fund, count = general_fund(house), PROCESSES * EACH
    gifts = give(house, fund, *(f"{n}.00" for n in range(1, count + 1)))
    ready_for_receipts(house, numbers=count + 100)
    house.ledger.organisations.lose_numbers(USCC, CODE, Loss(41, 50, "spoiled", "受潮"))
    get_context("forkserver").set_forkserver_preload(["tests.soak.issuing"])
    tasks = [gifts[first : first + EACH] for first in range(0, count, EACH)]
    crowd = Crowd(house.settings, CODE, tasks, KILLS)

    crowd.run(Random(20261122))  # noqa: S311 chance that can be repeated, no secret

    assert crowd.killed == KILLS
    house.publish()
    (lot,) = receipt_numbers.register(house.runner, USCC)
    assert (lot.issued, lot.lost, lot.unused) == (count, 10, 90)
    found = receipt_register.of(house.runner, USCC, CODE)
    assert found.adds_up
    borne = [line.first for line in found.lines if line.fate == "issued"]
    assert borne == [*range(1, 41), *range(51, count + 11)], "without hole or repeat"
    bears = [house.ledger.streams.gift(gift).receipt for gift in gifts]
    assert sorted(b for b in bears if b) == [(CODE, f"{n:010d}") for n in borne]
    assert house.ledger.streams.book(CODE).left(USCC) == 90
    check_house(house)
