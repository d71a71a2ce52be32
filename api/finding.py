"""What was found, worded for people, for programs and as rows; ids lead straight to their pages."""

from __future__ import annotations

from collections.abc import Mapping

from api.commands.asking import as_of
from api.public_house import PublicHouse
from api.public_words import Pair
from ledger.domain.goods import amount_of
from projections import trace_queries
from projections.public_queries import Facets, Found
from projections.runner import Position
from projections.trace_queries import NotTraceable

KINDS: Mapping[str, Pair] = {
    "charity": ("单位", "organisation"),
    "fund": ("资金、项目", "fund or project"),
    "naming": ("冠名", "name given"),
    "place": ("地区", "place"),
    "payment": ("支出", "payment"),
}
BANDS: Mapping[str, Pair] = {
    "to-1000": ("不足 1,000 元", "below CNY 1,000"),
    "1000-10000": ("1,000 元至 1 万元", "CNY 1,000 to 10,000"),
    "10000-100000": ("1 万元至 10 万元", "CNY 10,000 to 100,000"),
    "100000-1000000": ("10 万元至 100 万元", "CNY 100,000 to 1 million"),
    "from-1000000": ("100 万元以上", "CNY 1 million and above"),
}
"""Each from the first amount on, and below the second."""

THINGS: Mapping[str, Pair] = {
    "project": ("项目", "project"),
    "building": ("建筑物", "building"),
    "room": ("房间", "room"),
    "fund": ("资金", "fund"),
    "prize": ("奖项", "prize"),
    "road-or-place": ("道路或地名", "road or place"),
}
"""What may bear a name; the name itself is not looked for here."""

COLUMNS = ("kind", "id", "charity", "fund", "title", "words", "place", "date", "amount", "unit",
           "url")  # fmt: skip


def address(found: Found) -> str:
    """Return the page of what was found."""
    match found.kind:
        case "charity":
            return f"/charities/{found.id}"
        case "place":
            return f"/villages/{found.id}"
        case "naming":
            return f"/namings/{found.id}"
        case "payment":
            return f"/trace/disbursement/{found.id}"
        case _:
            return f"/funds/{found.fund}"


def found_json(found: Found) -> dict[str, object]:
    """Return one thing for programs."""
    known = found.amount is not None and found.unit is not None
    return {
        "kind": found.kind,
        "id": found.id,
        "charity": found.charity,
        "fund": found.fund,
        "title": found.title,
        "words": found.words,
        "place": found.place,
        "date": found.day.isoformat() if found.day else None,
        "amount": amount_of(found.amount or 0, found.unit or "").decimal() if known else None,
        "unit": found.unit,
        "url": address(found),
    }


def search_json(found: list[Found], facets: Facets, position: Position) -> dict[str, object]:
    """Return a page of what was found for programs."""
    counted = {"total": facets.total, "all_counted": facets.all_counted, **facets.counts}
    return {"as_of": as_of(position), "facets": counted, "found": list(map(found_json, found))}


def gift_page(home: PublicHouse, text: str | None, at: Position | None) -> str | None:
    """Return the page of the gift whose whole id was asked for; gifts are found no other way."""
    asked = (text or "").strip()
    if not asked.startswith("gift-"):
        return None
    try:
        trace_queries.trace_gift(home.runner, asked, at)
    except NotTraceable:
        return None
    return f"/trace/gift/{asked}"
