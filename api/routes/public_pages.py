"""What anyone may read without an account, as pages: funds, statements and traces.

Reading changes nothing. What is shown is what the read models hold at this moment, each number with
the size and time of the log it was taken at; the integrator brings them up to what is new. Nothing
here opens the vault, so no private person can be named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api import fund_page as page_of_fund
from api import gift_page
from api.fund_page import Asked
from api.kept_answers import PublicRead
from api.languages import language_of
from api.payments_shown import payment_row
from api.problems import KINDS
from api.public_house import PublicHouse
from api.public_page import past_page
from api.public_words import (
    CORRECTION_WORDS,
    COST_WORDS,
    GIFT_WORDS,
    KIND_WORDS,
    PRIVATE,
    REASON_WORDS,
    RULE_WORDS,
    STEP_WORDS,
)
from api.rendering import page
from api.routes.as_of import Links, Past, Then, at
from api.routes.house import Home
from api.routes.log import newest
from api.routes.public import PAGE, After, Before, Id, Skip, Unit, funds_from, of_unit
from api.routes.receipts import Today
from ledger.proof.encoding import b64
from projections import directory, trace_queries
from projections.trace_queries import NotTraceable, Segment, Trace

ROWS = 100
"""Rows of a table on a page."""

WORDS = {
    "cost_words": COST_WORDS,
    "kind_words": KIND_WORDS,
    "correction_words": CORRECTION_WORDS,
    "reason_words": REASON_WORDS,
    "step_words": STEP_WORDS,
}
"""What the page of a fund calls things."""

router = APIRouter(include_in_schema=False, route_class=PublicRead)


@router.get("/")
def front_page(request: Request, home: Home, past: Then, after: After = None) -> Response:
    """Show what this is, every fund's totals, and how far the log has come."""
    found = funds_from(home, past, after, PAGE)
    seen = newest(home.log)
    said = {
        "funds": [(*held, found.balances.get(held[0].fund, [])) for held in found.funds],
        "next_fund": found.next_fund,
        "position": found.position,
        "checkpoint": seen,
        "root": b64(seen.root) if seen else "",
        "origin": home.recorder.origin(),
        "states": home.states(),
    }
    return past_page(request, "home.html", home, past, said)


@router.get("/funds/{fund}")
def fund_page(
    request: Request, home: Home, past: Then, day: Today, fund: Id, before: Before = None
) -> Response:
    """Show a fund's statement: what came in, what was paid to whom, and by which rule."""
    asked = Asked(before, language_of(request), day)
    shown = page_of_fund.gathered(home, fund, asked, at(past))
    if shown is None:
        raise NotTraceable("fund", fund)
    said = {
        "entry": shown.story.entry,
        "holder": shown.story.holder,
        "uses": shown.story.uses,
        "balances": shown.sums.balances,
        "gifts": shown.sums.gifts,
        "position": shown.sums.position,
        "payments": shown.told.payments,
        "older": shown.told.older,
        "newer": before is not None,
        "corrections": shown.told.corrections,
        "reached": shown.told.reached,
        "flow": shown.flow,
        "timeline": shown.timeline,
        "gaps": shown.unknown,
        "names": shown.names,
        "private": PRIVATE,
        "rule": RULE_WORDS,
        "payment_row": payment_row,
        **WORDS,
    }
    return past_page(request, "fund.html", home, past, said)


@router.get("/trace")
def find(
    past: Then,
    id: Annotated[str, Query(max_length=200)],  # noqa: A002 the form's field
) -> Response:
    """Lead from an id typed into the form to its page."""
    asked = id.strip()
    kind = asked.partition("-")[0]
    folder = {"fund": "/funds", "disbursement": "/trace/disbursement"}.get(kind, "/trace/gift")
    return RedirectResponse(Links(past)(f"{folder}/{quote(asked, safe='')}"), 303)


@router.get("/trace/gift/{gift}")
def gift_trace_page(
    request: Request, home: Home, past: Then, gift: Id, skip: Skip = 0, unit: Unit = None
) -> Response:
    """Show where a gift went step by step, or one item of a gift in kind."""
    found = trace_queries.trace_gift(home.runner, gift, at(past))
    shown = of_unit(found, unit, gift)
    several = [trace.unit for trace in found] if len(found) > 1 else []
    way = gift_page.way(home, gift, shown, shown.segments[skip : skip + ROWS], at(past))
    said = {
        "asked": gift, "units": several, "unit_asked": unit, "erased": way.erased,
        "erased_on": way.erased and date.fromisoformat(str(way.erased["erased_on"])),
        "steps": way.steps, "shown": way.shown, **_traced(home, past, shown, skip),
    }  # fmt: skip
    return past_page(request, "gift.html", home, past, said, unit=unit)


@router.get("/trace/disbursement/{disbursement}")
def disbursement_page(
    request: Request, home: Home, past: Then, disbursement: Id, skip: Skip = 0
) -> Response:
    """Show which gifts paid for a payment."""
    found = trace_queries.trace_disbursement(home.runner, disbursement, at(past))
    said = {"asked": disbursement, **_traced(home, past, found, skip)}
    return past_page(request, "trace.html", home, past, said)


def _traced(home: PublicHouse, past: Past | None, found: Trace, skip: int) -> Mapping[str, object]:
    """Return what the pages of traces show alike: a page of segments, and names of funds."""
    segments = found.segments[skip : skip + ROWS]
    return {
        "found": found,
        "position": found.position,
        "segments": segments,
        "skip": skip,
        "more": skip + ROWS if skip + ROWS < len(found.segments) else None,
        "spent": sum(s.end - s.start for s in found.segments),
        "funds": directory.fund_names(home.runner, _funds_of(found, segments), at(past)),
        "gift_words": GIFT_WORDS,
        "private": PRIVATE,
        "rule": RULE_WORDS,
    }


def _funds_of(found: Trace, segments: Sequence[Segment]) -> Collection[str]:
    """Return the funds that a page of a trace names."""
    return {*filter(None, [found.fund]), *(fund for one in segments for fund in one.via)}


@router.get("/problems/{name}")
def problem_page(request: Request, name: Id) -> Response:
    """Say what a kind of problem means."""
    if name not in KINDS:
        raise NotTraceable("kind of problem", name)
    shown = {"problem": KINDS[name], "detail": KINDS[name].detail or ""}
    return page(request, "problem.html", shown)
