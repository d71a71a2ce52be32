"""All pages that links lead to from the front page, as far as a stranger may go."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

OF_A_SHAPE = 2
"""Pages of one shape that are looked at: one fund is built like the next."""

PAGES_MAX = 60
IDENTIFIER = re.compile(r"[\w.-]*\d[\w.-]*")


class Links(HTMLParser):
    """Where the links of a page lead; a form is not a link."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, unless it is there to be downloaded."""
        known = dict(attrs)
        if tag == "a" and known.get("href") and "download" not in known:
            self.targets.append(str(known["href"]))


@dataclass(frozen=True, slots=True)
class Crawl:
    """The paths of pages that were found, and the links that led nowhere."""

    pages: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


def crawled(origin: str) -> Crawl:
    """Follow links from the front page on, breadth first, to some pages of each shape."""
    found, seen = Crawl(), Counter[str]()
    waiting, queued = deque(["/"]), {"/"}
    with httpx.Client(base_url=origin, follow_redirects=True, timeout=30) as client:
        while waiting and len(found.pages) < PAGES_MAX:
            path = waiting.popleft()
            if seen[shape(path)] >= OF_A_SHAPE:
                continue
            seen[shape(path)] += 1
            answer = client.get(path)
            if answer.status_code >= 400:
                found.dead.append(f"{path}: {answer.status_code}")
            elif answer.headers["content-type"].startswith("text/html"):
                found.pages.append(path)
                new = [t for t in _onward(origin, path, answer.text) if t not in queued]
                waiting.extend(dict.fromkeys(new))
                queued.update(new)
    return found


def _onward(origin: str, path: str, text: str) -> list[str]:
    """Return the paths on this server that a page leads to; the other language is not another."""
    absolute = [urldefrag(urljoin(origin + path, target)).url for target in Links(text).targets]
    here = [url.removeprefix(origin) or "/" for url in absolute if url.startswith(f"{origin}/")]
    return [one for one in here if "lang=" not in urlsplit(one).query]


def shape(path: str) -> str:
    """Return a path with its names and numbers taken out: pages of one template have one shape.

    What is asked for behind a question mark, in whichever combination, makes one more.
    """
    parts = urlsplit(path)
    named = "/".join("*" if IDENTIFIER.fullmatch(part) else part for part in parts.path.split("/"))
    return f"{named}?" if parts.query else named
