"""Whoever holds a receipt opens its link, on a telephone too, and sees where the money went."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.app import create_app
from api.wiring import House
from tests.api.donor.holding import Given, given
from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.looking import album
from tests.browser.serving import served


@pytest.fixture
def holder(house: House) -> Given:
    return given(house)


@pytest.fixture
def origin(house: House, holder: Given) -> Iterator[str]:
    """Serve a charity whose gifts bear receipts."""
    with served(create_app(holder.house)) as address:
        yield address


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_the_link_of_a_receipt_leads_to_where_the_gift_went(
    holder: Given, origin: str, visit: Visit, width: str
) -> None:
    page = visit(origin, Visitor("zh", "phone" if width == "phone" else "desktop", script=False))
    five = holder.five()
    page.goto(f"/receipts/{five['code']}-{five['number']}")
    assert page.url.endswith(f"/trace/gift/{holder.gifts[0]}")
    expect(page.locator("main")).to_contain_text(holder.gifts[0])


def test_the_link_of_an_annual_receipt_leads_to_each_of_its_gifts(
    holder: Given, origin: str, visit: Visit
) -> None:
    gifts, five = holder.annual()
    holder.house.publish()
    path = f"/receipts/{five['code']}-{five['number']}"
    page = visit(origin)
    page.goto("/")
    assert not album(page, path, "receipt-of-a-year")
    page.goto(path)
    links = page.locator("main table.stacks a")
    assert [link.inner_text() for link in links.all()] == gifts
    links.first.click()
    assert page.url.endswith(f"/trace/gift/{gifts[0]}")
