"""One charity with a fund for all tests of a module, and its desk."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from api.settings import Settings
from api.wiring import House
from tests.api.jobs.office import Office
from tests.houses import general_fund, ready_for_receipts, register


@pytest.fixture(scope="module")
def home(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("jobs")
    settings = Settings(
        folder / "var", database_url, f"t_{uuid.uuid4().hex[:16]}", upload_max=2**20,
        request_max=2 * 2**20,
    )  # fmt: skip
    house = House(settings, create=True)
    register(house)
    ready_for_receipts(house)
    yield house
    house.close()


@pytest.fixture(scope="module")
def office(home: House) -> Office:
    return Office(home)


@pytest.fixture
def fund(home: House) -> str:
    return general_fund(home, name=f"资金{uuid.uuid4().hex[:6]}")
