"""One ledger with a charity at work, and who wants to be told of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from api.settings import Settings
from api.wiring import House
from tests.api.hooks.receiving import Receiver, receiving
from tests.api.hooks.telling import NOON, Clock, Telling
from tests.houses import general_fund, give, register


@pytest.fixture(scope="module")
def ledger(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, str, Clock]]:
    clock, schema = Clock(NOON), f"t_{uuid.uuid4().hex[:16]}"
    settings = Settings(
        tmp_path_factory.mktemp("hooks") / "var", database_url, schema, hooks_loopback=True
    )
    house = House(settings, create=True, clock=clock)
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00", "2.00", "3.00")
    house.publish()
    yield house, fund, clock
    house.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def telling(ledger: tuple[House, str, Clock], receiver: Receiver) -> Iterator[Telling]:
    house, fund, clock = ledger
    clock.now = NOON
    one = Telling(house, fund, clock, receiver)
    yield one
    for hook in house.hooks.all():
        house.hooks.remove(hook.id)
