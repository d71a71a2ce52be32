"""Portals for the browser: over the sample, over real lists, over an office; and who visits them.

The browser and the ledgers last as long as the tests of this folder: the browser's loop would
otherwise stand in the way of tests that run a loop of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from api import demo
from api.app import create_app
from api.jobs.worker import Worker
from api.settings import Settings
from api.wiring import House
from tests.browser import filling, offices
from tests.browser.browsing import Visitor, launched, visiting
from tests.browser.crawling import Crawl, crawled
from tests.browser.offices import Office
from tests.browser.serving import served

Visit = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Site:
    """A portal that is served: its address, the house behind it, and the receipts it issued.

    `fund` is what the fund is called that its gifts went to.
    """

    origin: str
    house: House
    fund: str
    worker: Worker
    receipts: Path
    crawl: Crawl


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run one Chromium for all tests of this folder."""
    with launched() as running:
        yield running


@pytest.fixture(scope="package")
def sample(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the sample charity."""
    yield from _site(database_url, tmp_path_factory.mktemp("sample"), filling.sample, demo.FUND)


@pytest.fixture(scope="package")
def real(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the real lists of a Red Cross society."""
    if not filling.CASH.is_dir():
        pytest.skip("the real lists do not lie beside this repository")
    yield from _site(database_url, tmp_path_factory.mktemp("real"), filling.real, filling.FUND)


@pytest.fixture(params=["sample", pytest.param("real", marks=pytest.mark.shared)])
def site(request: pytest.FixtureRequest) -> Site:
    """Serve the one, and the other."""
    found: Site = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="package")
def office(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Serve a small charity with a government, at whose desks people sit."""
    with offices.opened(database_url, _schema(), tmp_path_factory.mktemp("office")) as found:
        yield found


def _schema() -> str:
    return f"t_{uuid.uuid4().hex[:16]}"


def _site(url: str, place: Path, fill: Callable[[House, Path], None], fund: str) -> Iterator[Site]:
    house = House(Settings(data=place / "var", database_url=url, schema=_schema()), create=True)
    with ExitStack() as closing:
        closing.callback(house.close)
        fill(house, place)
        app = create_app(house)
        origin = closing.enter_context(served(app))
        yield Site(origin, house, fund, app.state.worker, place / "receipts", crawled(origin))


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Let a visitor come to an address; whatever the watch saw fails the test when it ends."""
    with ExitStack() as leaving:

        def come(origin: str, visitor: Visitor = Visitor()) -> Page:  # noqa: B008 frozen
            return leaving.enter_context(visiting(browser, origin, visitor))

        yield come
