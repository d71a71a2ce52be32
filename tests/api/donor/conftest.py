"""One ledger with receipts for all tests of donors, two donors' accounts, and a clock to turn."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.people.passwords import Passwords
from api.settings import Settings
from api.wiring import House
from tests.api.donor.holding import Donor, Given, given
from tests.api.people.portal import Browser, Clock, portal


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def home(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> Iterator[House]:
    """Open a house whose charity has taken gifts, paid some of it out and made out receipts."""
    folder = tmp_path_factory.mktemp("donors")
    settings = Settings(folder / "var", database_url, f"t_{uuid.uuid4().hex[:16]}")
    house = House(settings, create=True, clock=clock)
    yield house
    house.close()


@pytest.fixture(scope="module")
def ledger(home: House) -> Given:
    return given(home)


@pytest.fixture(scope="module")
def app(home: House, ledger: Given) -> FastAPI:
    """Serve it; hashes are made with little work, as no test is about their cost."""
    assert ledger.gifts
    made = portal(home)
    made.state.people.passwords = Passwords(PasswordHasher(1, 8, 1))
    return made


@pytest.fixture
def donor(home: House, app: FastAPI, clock: Clock) -> Donor:
    """Sign a donor in that no other test uses."""
    return Donor.signed_in(home, app, Browser(app))


@pytest.fixture
def other(home: House, app: FastAPI, clock: Clock) -> Donor:
    """Sign another donor in."""
    return Donor.signed_in(home, app, Browser(app))
