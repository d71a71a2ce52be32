"""Data notes: what each organisation's data leave open, counted, and its overdue disclosures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import charity_words
from api.charity_page import CharityPage, described
from api.kept_answers import PublicRead
from api.public_house import PublicHouse
from api.public_page import past_page
from api.routes.as_of import Then, at
from api.routes.house import Home
from ledger.domain.disclosure import Due
from projections import public_queries, tallies
from projections.runner import Position
from projections.tallies import Key

PAGE = 10

After = Annotated[int | None, Query(ge=0, le=2**62, description="go on after this entry")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@dataclass(frozen=True, slots=True)
class Notes:
    """What an organisation's data leave open.

    `numbers_missing` are receipts drawn under a code beyond what was allotted: a mismatch.
    """

    page: CharityPage
    gifts: int
    undated: int
    unidentified: int
    unproved: int
    paid: int
    paid_undated: int
    unaccepted: int
    no_place: int
    no_purpose: int
    mismatches: tuple[str, ...]
    overdue: tuple[Due, ...]


@router.get("/data/notes", include_in_schema=False)
def notes_page(request: Request, home: Home, past: Then, after: After = None) -> Response:
    """Show what is missing in the data of each organisation."""
    found, more, position = public_queries.charities(home.runner, PAGE, after, at(past))
    said = {
        "notes": [_noted(home, one.id, at(past)) for one in found],
        "words": charity_words, "more": more, "newer": after is not None, "position": position,
    }  # fmt: skip
    return past_page(request, "data_notes.html", home, past, said)


def _noted(home: PublicHouse, uscc: str, at: Position | None) -> Notes:
    page = described(home, uscc, at)
    counted, _ = tallies.of(home.runner, uscc, at)
    n = Counter({what: found for (_, what, code), found in counted.items() if not code})
    return Notes(
        page=page,
        gifts=n[tallies.GIFTS],
        undated=n[tallies.UNDATED],
        unidentified=n[tallies.UNIDENTIFIED],
        unproved=n[tallies.UNPROVED],
        paid=n[tallies.PAID],
        paid_undated=n[tallies.PAID_UNDATED],
        unaccepted=n[tallies.PAID] - n[tallies.ACCEPTED],
        no_place=public_queries.without(home.runner, uscc, "place", at),
        no_purpose=public_queries.without(home.runner, uscc, "words", at),
        mismatches=_mismatches(uscc, counted),
        overdue=tuple(due for due in page.duties if due.state(page.on) in {"overdue", "late"}),
    )


def _mismatches(uscc: str, counted: Counter[Key]) -> tuple[str, ...]:
    """Return the receipt codes of which more numbers were used than were allotted."""
    used = (tallies.ISSUED, tallies.RED, tallies.LOST)
    codes = sorted({code for _, _, code in counted if code})
    return tuple(
        code
        for code in codes
        if sum(counted[uscc, what, code] for what in used) > counted[uscc, tallies.ALLOTTED, code]
    )
