"""Every page there is, at every width and in both languages, for every kind of eyes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, Locator, Page

from api.app import create_app
from tests.browser import working
from tests.browser.browsing import Language, Visitor, visiting
from tests.browser.conftest import Site, Visit
from tests.browser.crawling import shape
from tests.browser.looking import album
from tests.browser.offices import Office
from tests.browser.pages import (
    DESKS,
    ELSEWHERE,
    HALF,
    INVITATION,
    NOBODY,
    NOT_PAGES,
    PUBLIC,
    Somebody,
)

PARAMETER = re.compile(r"\{\w+(:path)?\}")


def public_paths(site: Site) -> list[str]:
    """Return the addresses of public pages: those that links lead to, and more."""
    return [*site.crawl.pages, *(path for paths in PUBLIC.values() for path in paths)]


def rarer_paths(site: Site, office: Office) -> list[str]:
    """Return addresses of pages that the office has and the sample has not."""
    known = {shape(path) for path in site.crawl.pages}
    return [path for path in office.crawl.pages if shape(path) not in known]


def looked_for(app: FastAPI) -> set[str]:
    """Return the paths of what is asked for with GET and stands in no document for programs."""
    routes = iter_route_contexts(app.routes)
    return {
        str(one.path)
        for one in routes
        if "GET" in (one.methods or ()) and not one.include_in_schema
    }


def opens(route: str, paths: Iterable[str]) -> bool:
    """Tell whether one of these addresses is of a route's form."""
    form = re.compile(PARAMETER.sub("[^/?]+", re.sub(r"\.(?!\w+\})", r"\\.", route)) + r"(\?.*)?")
    return any(form.fullmatch(path) for path in paths)


def test_no_page_is_forgotten(sample: Site, office: Office) -> None:
    there = looked_for(create_app(sample.house))
    paths = [*public_paths(sample), *rarer_paths(sample, office)]
    listed = {*DESKS, *PUBLIC, *ELSEWHERE, *NOT_PAGES}
    found = {route for route in there if opens(route, paths)}

    assert there - listed - found == set(), "nobody looks at these: add a line to pages.py"
    assert listed - there == set(), "these lines of pages.py are of no route"
    assert NOT_PAGES.keys() & found == set(), "a link leads to these as to pages"


def test_no_link_leads_nowhere(sample: Site, office: Office) -> None:
    dead = [*sample.crawl.dead, *office.crawl.dead]
    assert not dead, "\n".join(dead)
    assert len(sample.crawl.pages) > 5


def test_every_public_page_is_accessible_and_fits_its_screen(sample: Site, visit: Visit) -> None:
    page = visit(sample.origin)
    page.goto("/")
    wrong = []
    for path, name in named(public_paths(sample)).items():
        wrong += album(page, path, name)
    assert not wrong, "\n".join(wrong)


def test_every_rarer_public_page_is_accessible_and_fits_its_screen(
    sample: Site, office: Office, visit: Visit
) -> None:
    page = visit(office.origin)
    page.goto("/")
    wrong = []
    for path, name in named(rarer_paths(sample, office)).items():
        wrong += album(page, path, f"rarer-{name}")
    assert not wrong, "\n".join(wrong)


def named(paths: Iterable[str]) -> dict[str, str]:
    """Return paths with names for their pictures, which are the same at every run."""
    seen = Counter[str]()
    names = {}
    for path in paths:
        told = shape(path).replace("*", "some").replace("?", "-asked")
        name = re.sub(r"\W+", "-", told).strip("-") or "home"
        seen[name] += 1
        names[path] = f"{name}-{seen[name]}"
    return names


class People:
    """Those who look at the pages of accounts, each signed in once in a browser of its own."""

    def __init__(self, browser: Browser, office: Office, leaving: ExitStack) -> None:
        self._browser, self._office, self._leaving = browser, office, leaving
        self._pages: dict[Somebody, Page] = {}

    def page(self, who: Somebody) -> Page:
        """Return somebody's browser."""
        if who not in self._pages:
            self._pages[who] = self._come(who)
        return self._pages[who]

    def _come(self, who: Somebody) -> Page:
        visiting_now = visiting(self._browser, self._office.origin, Visitor())
        page = self._leaving.enter_context(visiting_now)
        page.goto("/")
        if who != NOBODY:
            login = f"looking-{who.login}"
            working.begin(page, self._office.house, login, who.organisation, *who.roles)
            if who.telephone:
                working.add_telephone(page)
            if who.claims:
                working.claim(page, self._office.held())
            if who == HALF:
                working.sign_out(page)
                working.type_password(page, login)
        return page


@pytest.fixture(scope="module")
def people(browser: Browser, office: Office) -> Iterator[People]:
    """Let people come to the office."""
    with ExitStack() as leaving:
        yield People(browser, office, leaving)


@pytest.mark.parametrize("route", DESKS)
def test_every_page_of_an_account_is_accessible_and_fits_its_screen(
    route: str, office: Office, people: People
) -> None:
    seen = DESKS[route]
    page = people.page(seen.who)
    if route == INVITATION:
        paths = [office.invited("somebody-new", office.charity, "clerk")]
    else:
        paths = seen.paths(office)
    wrong = []
    for number, path in enumerate(paths, 1):
        name = re.sub(r"\W+", "-", route).strip("-")
        wrong += album(page, path, f"{name}-{number}")
        assert opens(route, [page.url.removeprefix(office.origin)]), page.url
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_with_a_script_says_the_same_without_it(
    language: Language, sample: Site, visit: Visit
) -> None:
    scripted = visit(sample.origin, Visitor(language))
    plain = visit(sample.origin, Visitor(language, script=False))
    for path in sample.crawl.pages:
        without = said(plain, path)
        assert len(without) > 2, f"{path} says next to nothing without script"
        if plain.locator("script[src]").count():
            taken = without - said(scripted, path)
            assert taken == set(), f"{path}: script takes something away"


def said(page: Page, path: str) -> set[str]:
    """Return the lines of a page's main part, but for what only stands in for a script."""
    page.goto(path)
    apart = {line for one in page.locator("noscript").all() for line in _lines(one)}
    return {line for line in _lines(page.locator("main")) if line not in apart}


def _lines(part: Locator) -> set[str]:
    return {line.strip() for line in part.inner_text().splitlines() if line.strip()}
