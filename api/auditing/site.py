"""What a site tells the public of its funds, to be held against what its log adds up to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from api.auditing.totals import SUMS, Totals, decimals
from api.mirroring.fetching import Client
from ledger.errors import Unreadable

PAGE_MAX, PAGES_MAX = 2**22, 10_000
FUNDS = "api/v1/funds"
NEXT = re.compile(r'<([^<>]*)>\s*;\s*rel="next"')


class SiteUnreadable(Unreadable):
    """A site's answer is not what its interface promises."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} does not answer as a donation ledger does ({why})")


class SiteAhead(Unreadable):
    """A site speaks of entries that this copy of the log does not hold."""

    def __init__(self, site: int, log: int) -> None:
        super().__init__(
            f"the site shows {site} entries, this log ends at {log}: mirror it again, then audit"
        )


Told = dict[str, dict[str, str]]
"""unit -> what is said of it: decimal strings by name."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of funds as the site shows them at a size of its log."""

    size: int
    funds: dict[str, Told]


def shown_by(site: str, log: int, client: Client) -> list[Page]:
    """Return what a site shows of all its funds, as of no more entries than the log has.

    A site that is further on is asked for how it stood at the end of this log.
    """
    pages = list(_pages(site, {"limit": 100}, client))
    if max(page.size for page in pages) > log:
        pages = list(_pages(site, {"limit": 100, "as_of": log}, client))
    if (size := max(page.size for page in pages)) > log:
        raise SiteAhead(size, log)
    return pages


def _pages(site: str, asked: dict[str, int], client: Client) -> Iterator[Page]:
    url: str | None = f"{site.rstrip('/')}/{FUNDS}?{urlencode(asked)}"
    for _ in range(PAGES_MAX):
        assert url is not None
        fetched = client.get(url, PAGE_MAX)
        yield _page(url, fetched.body)
        if (url := _next(site, url, fetched.link)) is None:
            return
    raise SiteUnreadable(site, f"it has more than {PAGES_MAX} pages of funds")


def _next(site: str, url: str, link: str) -> str | None:
    found = NEXT.search(link)
    if found is None:
        return None
    onward: str = urljoin(url, found[1])
    if urlsplit(onward)[:2] != urlsplit(site)[:2]:
        raise SiteUnreadable(url, f"its next page is on another site, {onward}")
    return onward


def _page(url: str, body: bytes) -> Page:
    try:
        data: Any = json.loads(body)
        size = data["as_of"]["size"]
        funds = {one["fund"]: _told(one["balances"]) for one in data["funds"]}
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise SiteUnreadable(url, f"{type(error).__name__}: {error}") from None
    if type(size) is not int or size < 0:
        raise SiteUnreadable(url, f"it stands at {size!r} entries")
    return Page(size, funds)


def _told(balances: Any) -> Told:
    return {str(one["unit"]): {name: str(one[name]) for name in SUMS} for one in balances}


def differences(pages: list[Page], at: dict[int, Totals]) -> Iterator[str]:
    """Yield every number of a site that is not what its log adds up to, and every fund it hides.

    Each page is held against the log as it stood when the page was made.
    """
    for size in sorted({page.size for page in pages} - at.keys()):
        yield f"site: it stands at {size} entries, up to which this log can't be read"
    readable = [page for page in pages if page.size in at]
    for page in readable:
        for fund, told in page.funds.items():
            yield from _of_fund(fund, told, at[page.size])
    shown = {fund for page in pages for fund in page.funds}
    first = at[min(page.size for page in readable)] if readable else Totals(0)
    for fund in sorted(first.holders.keys() - shown):
        yield f"site: fund {fund} is not shown as of {first.size} entries, the log opened it"


def _of_fund(fund: str, told: Told, totals: Totals) -> Iterator[str]:
    ours = {unit: decimals(s, unit) for (of, unit), s in totals.sums.items() if of == fund}
    if fund not in totals.holders:
        yield f"site: fund {fund} is shown as of {totals.size} entries, the log never opened it"
    for unit in sorted(told.keys() | ours.keys()):
        for name in SUMS:
            theirs, mine = (said.get(unit, {}).get(name, "0") for said in (told, ours))
            if theirs != mine and not _nothing(theirs, mine):
                yield (
                    f"site: fund {fund} {unit}: {name} is {theirs}, the log gives {mine}, "
                    f"as of {totals.size} entries"
                )


def _nothing(*amounts: str) -> bool:
    """Tell whether all are zero: what moved nothing need not be shown."""
    return all(amount and not amount.strip("0.") for amount in amounts)
