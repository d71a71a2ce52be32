"""One house with accounts for all tests of a module, and a clock of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.people.passwords import Passwords
from api.settings import Settings
from api.wiring import House
from tests.api.people.portal import Browser, Clock, account, portal
from tests.houses import register


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def home(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> Iterator[House]:
    """Open a house with a charity and a few accounts."""
    folder = tmp_path_factory.mktemp("people")
    settings = Settings(folder / "var", database_url, f"t_{uuid.uuid4().hex[:16]}")
    house = House(settings, create=True, clock=clock)
    register(house)
    yield house
    house.close()


@pytest.fixture(scope="module")
def app(home: House) -> FastAPI:
    """Serve it; hashes are made with little work, as no test is about their cost."""
    made = portal(home)
    made.state.people.passwords = Passwords(PasswordHasher(1, 8, 1))
    return made


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    return Browser(app)


@pytest.fixture
def login(home: House, app: FastAPI) -> str:
    """Give an account of a clerk that no other test uses."""
    name = f"clerk-{uuid.uuid4().hex[:8]}"
    account(home, app, name, "clerk")
    return name
