"""Every page that a link leads to, at every width and in both languages, for every kind of eyes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.accessible import faults
from tests.browser.browsing import WIDTHS, Language, Scheme, Visitor
from tests.browser.conftest import Site, Visit
from tests.browser.crawling import shape

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
"""Where people look at what the portal looks like; not kept with the sources."""

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_no_link_leads_nowhere(sample: Site) -> None:
    assert not sample.crawl.dead, "\n".join(sample.crawl.dead)
    assert len(sample.crawl.pages) > 5


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_accessible_and_fits_its_screen(
    language: Language, sample: Site, visit: Visit
) -> None:
    page = visit(sample.origin, Visitor(language))
    wrong = []
    for path, name in _named(sample.crawl.pages).items():
        wrong += _looked_at(page, path, f"{name}.{language}")
    assert not wrong, "\n".join(wrong)


def _looked_at(page: Page, path: str, name: str) -> list[str]:
    page.goto(path)
    wrong = []
    for width, size in WIDTHS.items():
        page.set_viewport_size(size)
        wrong += [f"{path} {width}: {fault}" for fault in faults(page)]
        wide = page.evaluate(TOO_WIDE)
        wrong += [f"{path} {width}: {wide} pixels too wide"] if wide > 0 else []
        page.screenshot(path=SCREENSHOTS / f"{name}.{width}.png", full_page=True)
    return wrong


def _named(paths: Sequence[str]) -> dict[str, str]:
    """Return paths with names for their pictures, which are the same at every run."""
    seen = Counter[str]()
    names = {}
    for path in paths:
        told = shape(path).replace("*", "some").replace("?", "-asked")
        name = re.sub(r"\W+", "-", told).strip("-") or "home"
        seen[name] += 1
        names[path] = f"{name}-{seen[name]}"
    return names


@pytest.mark.parametrize("scheme", ["dark"])
def test_every_page_is_accessible_in_the_dark(scheme: Scheme, sample: Site, visit: Visit) -> None:
    page = visit(sample.origin, Visitor(width="phone", scheme=scheme))
    wrong = []
    for path in sample.crawl.pages:
        page.goto(path)
        wrong += [f"{path}: {fault}" for fault in faults(page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_the_same_without_script(
    language: Language, sample: Site, visit: Visit
) -> None:
    scripted = visit(sample.origin, Visitor(language))
    plain = visit(sample.origin, Visitor(language, script=False))
    for path in sample.crawl.pages:
        with_script, without = said(scripted, path), said(plain, path)
        assert without - with_script == set(), f"{path}: script takes something away"
        assert len(without) > 2, f"{path} says next to nothing without script"


def said(page: Page, path: str) -> set[str]:
    """Return the lines of a page's main part, but for what only stands in for a script."""
    page.goto(path)
    apart = {line for one in page.locator("noscript").all() for line in _lines(one)}
    return {line for line in _lines(page.locator("main")) if line not in apart}


def _lines(part: Locator) -> set[str]:
    return {line.strip() for line in part.inner_text().splitlines() if line.strip()}
