"""The watch over the browser, the crawl and the checks of pages notice what they are there for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser

from tests.browser.accessible import faults
from tests.browser.browsing import Language, Visitor, visiting
from tests.browser.crawling import OF_A_SHAPE, crawled
from tests.browser.looking import TOO_WIDE, strange
from tests.browser.serving import served
from tests.browser.test_every_page import said

POLICY = {"Content-Security-Policy": "default-src 'self'; img-src *"}
PAGES = {
    "/": "<title>t</title><main><h1>Good</h1>" + "".join(
        f'<a href="/{n}">{n}</a><a href="/{n}?lang=en">English</a>' for n in range(1, 5)
    ) + '<a href="/gone">gone</a><a href="/file" download>file</a></main>',
    "/1": "<title>1</title><main><h1>One</h1></main>",
    "/2": "<title>2</title><main><h1>Two</h1></main>",
    "/3": "<title>3</title><main><h1>Three</h1></main>",
    "/outside": '<img src="http://elsewhere.invalid/x.png" alt="">',
    "/inline": "<script>document.title = 'taken over'</script>",
    "/failing": '<script src="/throws.js"></script>',
    "/part-missing": '<img src="/none.png" alt="">',
    "/unnamed": '<html lang="en"><title>t</title><main><h1>h</h1><input></main></html>',
    "/pale": '<html lang="en"><title>t</title><main><p><font color="#bbb">pale</font></p></main>',
    "/wide": '<main><table width="500"><tr><td>wide</table></main>',
    "/english": '<html lang="zh-CN"><main><p>金额</p><p>this is too much</p><code>a b c</code>',
    "/chinese": '<html lang="en"><main><h2>金额</h2><h2>Amount</h2><p>张三</p></main>',
    "/taking": "<main><p>kept</p><p id=x>taken</p><noscript>on</noscript></main>"
    '<script src="/takes.js"></script>',
}  # fmt: skip
SCRIPTS = {"throws": "throw new Error('broken')", "takes": "document.all.x.remove()"}


@pytest.fixture(scope="module")
def bad() -> Iterator[str]:
    """Serve pages on which something is wrong."""
    app = FastAPI(openapi_url=None)

    @app.get("/fault")
    def fault() -> HTMLResponse:
        return HTMLResponse("<p>a fault</p>", 500)

    @app.get("/{name}.js")
    def script(name: str) -> HTMLResponse:
        return HTMLResponse(SCRIPTS[name], media_type="text/javascript")

    @app.get("/{name:path}")
    def page(name: str) -> HTMLResponse:
        known = PAGES.get(f"/{name}")
        return HTMLResponse(known or "nothing", 200 if known else 404, POLICY)

    with served(app) as origin:
        yield origin


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/outside", r"a request left the server: http://elsewhere\.invalid/x\.png"),
        ("/inline", "the console says: .*Content Security Policy"),
        ("/failing", "a script failed: .*broken"),
        ("/part-missing", r"404 from .*/none\.png"),
        ("/fault", "500 from .*/fault"),
    ],
)
def test_the_watch_complains(path: str, complaint: str, bad: str, browser: Browser) -> None:
    with (
        pytest.raises(AssertionError, match=complaint),
        visiting(browser, bad, Visitor()) as page,
    ):
        page.goto(path, wait_until="networkidle")


def test_the_watch_does_not_complain_of_a_page_that_says_nothing_is_here(
    bad: str, browser: Browser
) -> None:
    with visiting(browser, bad, Visitor()) as page:
        answer = page.goto("/nothing")
        assert answer is not None
        assert answer.status == 404


@pytest.mark.parametrize(("path", "rule"), [("/unnamed", "label"), ("/pale", "color-contrast")])
def test_the_checker_finds_what_is_not_accessible(
    path: str, rule: str, bad: str, browser: Browser
) -> None:
    with visiting(browser, bad, Visitor()) as page:
        page.goto("/1")
        assert [one for one in faults(page) if one.startswith(rule)] == []
        page.goto(path)
        assert any(one.startswith(rule) for one in faults(page))


def test_a_page_that_must_be_scrolled_sideways_is_found(bad: str, browser: Browser) -> None:
    with visiting(browser, bad, Visitor(width="phone")) as page:
        page.goto("/wide")
        assert page.evaluate(TOO_WIDE) > 0


@pytest.mark.parametrize(
    ("path", "language", "other", "complaint"),
    [("/english", "zh", "en", "this is too much"), ("/chinese", "en", "zh", "金额")],
)
def test_what_is_said_in_the_other_language_is_found(
    path: str, language: Language, other: Language, complaint: str, bad: str, browser: Browser
) -> None:
    with visiting(browser, bad, Visitor()) as page:
        page.goto(path)
        (found,) = strange(page, language)
        assert found.endswith(f"says: {complaint}")
        (found,) = strange(page, other)
        assert " is in " in found


def test_what_a_script_takes_away_is_found(bad: str, browser: Browser) -> None:
    with visiting(browser, bad, Visitor()) as page:
        assert said(page, "/taking") == {"kept"}
    with visiting(browser, bad, Visitor(script=False)) as page:
        assert said(page, "/taking") == {"kept", "taken"}


def test_the_crawl_finds_some_pages_of_each_shape_and_the_links_that_lead_nowhere(bad: str) -> None:
    found = crawled(bad)

    assert found.pages == ["/", "/1", "/2"][: 1 + OF_A_SHAPE]
    assert found.dead == ["/gone: 404"]
