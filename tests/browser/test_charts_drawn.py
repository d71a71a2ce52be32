"""Charts are drawn by the browser above the tables that hold every figure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Page, expect

from api import assets
from api.charts import Bars, Month
from api.languages import saying
from api.rendering import HEADERS
from api.routes.assets import router
from api.templates import SPOKEN
from tests.browser.browsing import Visitor
from tests.browser.conftest import Site, Visit
from tests.browser.looking import look
from tests.browser.serving import served

DRAWN = "figure.chart svg path:not([fill=none])"
MONTHS = Bars("CNY", (Month("2026-09", 100, 0), Month("2026-10", 1_234_500, 700_000)))
AROUND = (
    '<!DOCTYPE html><html lang="zh-CN"><title>t</title><meta name="viewport" '
    'content="width=device-width"><main><h1>h</h1>{% include "bars.html" %}</main></html>'
)


@pytest.fixture(autouse=True)
def library() -> None:
    """Go without where set-up did not make the library."""
    if not assets.has_asset("charts-library.js"):
        pytest.skip("the charting library is not bundled: api/pages/charts/bundle.sh needs npm")


@pytest.fixture(scope="module")
def months() -> Iterator[str]:
    """Serve a page with the bars of two months, under the portal's own policy."""
    app = FastAPI(openapi_url=None)
    app.include_router(router)

    @app.get("/months")
    def bars() -> HTMLResponse:
        template = SPOKEN["zh"].from_string(AROUND)
        shown = template.render(say=saying("zh"), lang="zh", bars=MONTHS)
        return HTMLResponse(shown, headers={**HEADERS})

    with served(app) as origin:
        yield origin


def bars_drawn(page: Page) -> None:
    """Wait until a chart stands above its table."""
    page.locator(DRAWN).first.wait_for()
    expect(page.locator("figure.chart")).to_be_visible()
    expect(page.locator("figure.chart ~ .wide table, .wide table").first).to_be_visible()


def test_the_flow_of_a_fund_is_drawn_above_its_table(sample: Site, visit: Visit) -> None:
    page = visit(sample.origin, Visitor("en"))
    page.goto(next(path for path in sample.crawl.pages if path.startswith("/funds/")))
    bars_drawn(page)


def test_the_months_of_a_fund_are_drawn_as_bars_above_their_table(
    months: str, visit: Visit
) -> None:
    page = visit(months)
    page.goto("/months")
    bars_drawn(page)
    assert page.locator(DRAWN).count() >= len(MONTHS.months)
    expect(page.locator("table")).to_contain_text("12,345.00 元")
    assert look(page, "bars-of-months.zh") == []


def test_without_script_the_table_of_months_stands_alone(months: str, visit: Visit) -> None:
    page = visit(months, Visitor(script=False))
    page.goto("/months")
    expect(page.locator("figure.chart")).to_be_hidden()
    expect(page.get_by_role("rowheader", name="2026年10月")).to_be_visible()
