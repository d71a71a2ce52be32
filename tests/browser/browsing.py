"""A real browser for the tests, and a watch over all it does: whom it asks, what it says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    WebError,
    expect,
    sync_playwright,
)

from tests.foreign.asking import missing

Language = Literal["zh", "en"]
Scheme = Literal["light", "dark"]

PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
WIDTHS = {"phone": PHONE, "desktop": DESKTOP}

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip
"""The last one: no name outside this machine has an address."""

WAIT_MS = 30_000
"""How long is waited for what comes at once on an idle machine; the tests may run on a busy one."""


@contextmanager
def launched() -> Iterator[Browser]:
    """Run the system's Chromium, without a window, with a profile of its own."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("Chromium", "on Debian: apt-get install chromium")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes: how wide the screen is, in which language and colours, and whether scripts run."""

    language: Language = "zh"
    width: Literal["phone", "desktop"] = "desktop"
    scheme: Scheme = "light"
    script: bool = True


class Watch:
    """What went wrong while a visitor looked around at one address."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Listen to everything that happens in a context."""
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", self._error)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != (
            self.origin
        ):
            self.complaints.append(f"a request left the server: {request.url}")

    def _response(self, response: Response) -> None:
        """A page may be refused (404 is an answer); a part of a page may not be missing."""
        worst = 500 if response.request.is_navigation_request() else 400
        if response.status >= worst:
            self.complaints.append(f"{response.status} from {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"the console says: {message.text}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"a script failed: {error.error}")


@contextmanager
def visiting(browser: Browser, origin: str, visitor: Visitor) -> Iterator[Page]:
    """Open an empty profile for a visitor; fail at the end if the watch has anything to say."""
    context = browser.new_context(
        base_url=origin,
        viewport=WIDTHS[visitor.width],
        color_scheme=visitor.scheme,
        java_script_enabled=visitor.script,
        locale="zh-CN" if visitor.language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT_MS)
    context.add_cookies([{"name": "lang", "value": visitor.language, "url": origin}])
    watch = Watch(origin)
    watch.over(context)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert not watch.complaints, "\n".join(watch.complaints)
