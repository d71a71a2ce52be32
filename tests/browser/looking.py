"""Looks at a page as people at a telephone and at a desk see it, and keeps pictures of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.accessible import faults, pale
from tests.browser.browsing import PHONE, WIDTHS, Language

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
"""Where people look at what the portal looks like; not kept with the sources."""

QUALITY = 80
"""Of a picture, of 100: it is written in half the time that one without loss takes."""

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SPOKEN: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}

STRANGE = {
    "zh": """() => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        while (texts.nextNode()) {
            const at = texts.currentNode.parentElement;
            if (at.closest("code, pre, script, style, noscript, [lang=en]")) continue;
            if (!at.checkVisibility()) continue;
            const said = texts.currentNode.data.trim();
            if (/[a-z]{2,}[,;:]?( [A-Za-z]{2,}[,;:]?){2,}/i.test(said)) found.push(said);
        }
        return found;
    }""",
    "en": """() => [...document.querySelectorAll(
        "h2, h3, th[scope=col], dt, label, legend, button, summary, caption, header nav a, .links a"
    )]
        .filter(one => !one.matches("h2:has(a), h3:has(a)"))
        .filter(one => one.checkVisibility() && !one.closest("[lang=zh-CN], [lang=zh]"))
        .map(one => one.innerText.replace(/\\(.*?\\)/g, ""))
        .filter(said => /\\p{Script=Han}/u.test(said))""",
}
"""Finds sentences in English on a Chinese page; words of ours in Chinese on an English one."""


def look(page: Page, name: str, *, checked: bool = True) -> list[str]:
    """Take pictures of the page as it stands, at both widths; return what is wrong with it.

    `checked` tells whether axe looks too: what it finds does not depend on the language. It looks
    at the colours of the light on the large screen, at those of the dark on the small one.
    """
    before, wrong = page.viewport_size, []
    for width, size in WIDTHS.items():
        page.set_viewport_size(size)
        found = faults(page, colours=size != PHONE) if checked else []
        wide = page.evaluate(TOO_WIDE)
        found += [f"{wide} pixels too wide"] if wide > 0 else []
        picture = SCREENSHOTS / f"{name}.{width}.jpg"
        page.screenshot(path=picture, full_page=True, type="jpeg", quality=QUALITY)
        found += in_the_dark(page) if checked and size == PHONE else []
        wrong += [f"{page.url} {width}: {fault}" for fault in found]
    if before is not None:
        page.set_viewport_size(before)
    return wrong


def in_the_dark(page: Page) -> list[str]:
    """Return what can't be read on a page while the light is out."""
    page.emulate_media(color_scheme="dark")
    found = pale(page)
    page.emulate_media(color_scheme="light")
    return [f"in the dark: {fault}" for fault in found]


def strange(page: Page, language: Language) -> list[str]:
    """Return what stands on a page in the language that was not asked for."""
    told = page.locator("html").get_attribute("lang")
    if told != SPOKEN[language]:
        return [f"{page.url} is in {told}"]
    found: list[str] = page.evaluate(STRANGE[language])
    return [f"{page.url} in {language} says: {said}" for said in found]


def album(page: Page, path: str, name: str) -> list[str]:
    """Look at the page of an address in both languages; return what is wrong with it."""
    wrong = []
    for language in SPOKEN:
        speak(page, language)
        answer = page.goto(path)
        assert answer is not None
        settled(page)
        wrong += [f"{path}: {answer.status}"] if answer.status >= 400 else []
        wrong += look(page, f"{name}.{language}", checked=language == "zh")
        wrong += strange(page, language)
    speak(page, "zh")
    return wrong


def settled(page: Page) -> None:
    """Wait until the scripts of a page have done: the log's check, the drawing of a chart."""
    if page.locator("#steps").count():
        page.locator("#steps[data-done]").wait_for()
    expect(page.locator("figure.chart[hidden]")).to_have_count(0)


def speak(page: Page, language: Language) -> None:
    """Ask for pages in a language from now on."""
    parts = urlsplit(page.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    page.context.add_cookies([{"name": "lang", "value": language, "url": origin}])
