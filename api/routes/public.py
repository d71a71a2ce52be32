"""What anyone may read without an account: funds, statements and traces, as pages and as JSON.

Reading changes nothing. What is shown is what the read models hold at this moment, each number with
the size and time of the log it was taken at; the integrator brings them up to what is new. Nothing
here opens the vault, so no private person can be named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from api import erasure_marks, gift_page
from api import fund_page as page_of_fund
from api.commands.asking import PERSON, as_of, balance_json, trace_json
from api.commands.reporting import correction_json
from api.correction_words import in_words
from api.kept_answers import PublicRead
from api.languages import language_of
from api.problems import KINDS, documented
from api.public_house import PublicHouse
from api.public_page import past_document
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
from api.routes.as_of import A_DAY, Links, Past, Then, at, shown
from api.routes.house import Home
from api.routes.log import newest
from api.routes.receipts import Today
from api.routes.shapes import FundsShape, StatementShape, TraceShape
from ledger.domain.axis import RULE
from ledger.domain.goods import amount_of
from ledger.proof.encoding import b64
from projections import directory, journal_queries, statements, trace_queries
from projections.directory import FundEntry
from projections.journal_queries import Correction
from projections.runner import Position
from projections.statements import Payment
from projections.trace_queries import Balance, NotTraceable, Trace

PAGE, PAGE_MAX = 25, 100
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

ID = r"^[0-9A-Za-z_.-]{1,100}$"

Id = Annotated[str, Path(pattern=ID)]
After = Annotated[str | None, Query(pattern=ID, description="go on after this fund")]
Before = Annotated[int | None, Query(ge=0, le=2**62, description="go on before this entry")]
Skip = Annotated[int, Query(ge=0, le=2**31, description="segments to pass over")]
Unit = Annotated[str | None, Query(max_length=500, description="currency or item to follow")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/", include_in_schema=False)
def front_page(request: Request, home: Home, past: Then, after: After = None) -> Response:
    """Show what this is, every fund's totals, and how far the log has come."""
    entries, next_fund = _entries(home, past, after, PAGE)
    balances, position = _balances(home, past)
    seen = newest(home.log)
    said = {
        "funds": [(entry, balances.get(entry.fund, [])) for entry in entries],
        "next_fund": next_fund,
        "organisations": directory.names(home.runner, at(past)),
        "position": position,
        "checkpoint": seen,
        "root": b64(seen.root) if seen else "",
        "origin": home.recorder.origin(),
        "states": home.states(),
    }
    return _page(request, "home.html", home, past, "/", said)


@router.get("/funds/{fund}", include_in_schema=False)
def fund_page(
    request: Request, home: Home, past: Then, day: Today, fund: Id, before: Before = None
) -> Response:
    """Show a fund's statement: what came in, what was paid to whom, and by which rule."""
    entry = _entry(home, past, fund)
    gifts, position = statements.gift_counts(home.runner, fund, at(past))
    payments, older = statements.payments(home.runner, fund, PAGE, before, at(past))
    balances = _balances(home, past, fund)[0].get(fund, [])
    language = language_of(request)
    said = {
        "entry": entry,
        "organisations": directory.names(home.runner, at(past)),
        "funds": _fund_names(home, past),
        "balances": balances,
        "gifts": gifts,
        "payments": payments,
        "proofs": page_of_fund.proofs(home, payments, at(past)),
        "uses": directory.uses(home.runner, fund, at(past)),
        "corrections": _corrections(home, past, fund),
        "more": page_of_fund.gathered(home, entry, balances, language, day, at(past)),
        "older": older,
        "newer": before is not None,
        "position": position,
        "private": PRIVATE,
        "rule": RULE_WORDS,
        **WORDS,
    }
    return _page(request, "fund.html", home, past, f"/funds/{fund}", said)


@router.get("/trace", include_in_schema=False)
def find(
    past: Then,
    id: Annotated[str, Query(max_length=200)],  # noqa: A002 the form's field
) -> Response:
    """Lead from an id typed into the form to its page."""
    asked = id.strip()
    kind = asked.partition("-")[0]
    folder = {"fund": "/funds", "disbursement": "/trace/disbursement"}.get(kind, "/trace/gift")
    return RedirectResponse(Links(past)(f"{folder}/{quote(asked, safe='')}"), 303)


@router.get("/trace/gift/{gift}", include_in_schema=False)
def gift_trace_page(
    request: Request, home: Home, past: Then, gift: Id, skip: Skip = 0, unit: Unit = None
) -> Response:
    """Show where a gift went step by step, or one item of a gift in kind."""
    found = trace_queries.trace_gift(home.runner, gift, at(past))
    shown = _of_unit(found, unit, gift)
    several = [trace.unit for trace in found] if len(found) > 1 else []
    erased = _erased(home, past, gift)
    said = {
        "what": "gift", "asked": gift, "units": several, "unit_asked": unit, "erased": erased,
        "erased_on": erased and date.fromisoformat(str(erased["erased_on"])),
        "steps": gift_page.steps(home, gift, shown, shown.segments[skip : skip + ROWS], at(past)),
    }  # fmt: skip
    return _trace_page(request, "gift.html", home, past, shown, said, skip)


def _of_unit(found: Sequence[Trace], unit: str | None, gift: str) -> Trace:
    """Pick the trace of one unit; the first if none is named."""
    named = [trace for trace in found if unit in (None, trace.unit)]
    if not named:
        raise NotTraceable(f"{unit} of gift", gift)
    return named[0]


@router.get("/trace/disbursement/{disbursement}", include_in_schema=False)
def disbursement_page(
    request: Request, home: Home, past: Then, disbursement: Id, skip: Skip = 0
) -> Response:
    """Show which gifts paid for a payment."""
    found = trace_queries.trace_disbursement(home.runner, disbursement, at(past))
    said: dict[str, object] = {"what": "disbursement", "asked": disbursement, "unit_asked": None}
    return _trace_page(request, "trace.html", home, past, found, said, skip)


def _trace_page(
    request: Request,
    template: str,
    home: PublicHouse,
    past: Past | None,
    found: Trace,
    asked: Mapping[str, object],
    skip: int,
) -> Response:
    said = {
        **asked,
        "found": found,
        "position": found.position,
        "segments": found.segments[skip : skip + ROWS],
        "skip": skip,
        "more": skip + ROWS if skip + ROWS < len(found.segments) else None,
        "spent": sum(s.end - s.start for s in found.segments),
        "funds": _fund_names(home, past),
        "gift_words": GIFT_WORDS,
        "private": PRIVATE,
        "rule": RULE_WORDS,
    }
    path = f"/trace/{asked['what']}/{asked['asked']}"
    return _page(request, template, home, past, path, said, unit=asked["unit_asked"])


def _page(
    request: Request,
    template: str,
    home: PublicHouse,
    past: Past | None,
    path: str,
    said: Mapping[str, object],
    **kept: object,
) -> Response:
    """Return a page that can look back from `path`, asking for `kept` parameters again."""
    looked_back = shown(home, past, path, **kept)
    return page(request, template, {**said, **looked_back}, headers=A_DAY if past else None)


@router.get("/problems/{name}", include_in_schema=False)
def problem_page(request: Request, name: Id) -> Response:
    """Say what a kind of problem means."""
    if name not in KINDS:
        raise NotTraceable("kind of problem", name)
    shown = {"problem": KINDS[name], "detail": KINDS[name].detail or ""}
    return page(request, "problem.html", shown)


@router.get("/api/v1/funds", response_model=FundsShape, responses=documented(404))
def funds(
    request: Request, home: Home, past: Then, after: After = None, limit: Limit = PAGE
) -> Response:
    """List the funds with what each received, moved, paid and kept."""
    entries, next_fund = _entries(home, past, after, limit)
    balances, position = _balances(home, past)
    listed = [_fund_json(entry, balances.get(entry.fund, [])) for entry in entries]
    data = {"as_of": as_of(position), "funds": listed}
    return past_document(request, data, past, after=next_fund, limit=limit)


@router.get("/api/v1/funds/{fund}", response_model=StatementShape, responses=documented(404))
def statement(
    request: Request, home: Home, past: Then, fund: Id, before: Before = None, limit: Limit = PAGE
) -> Response:
    """Give a fund's statement with a page of its payments, newest first."""
    entry = _entry(home, past, fund)
    gifts, position = statements.gift_counts(home.runner, fund, at(past))
    payments, older = statements.payments(home.runner, fund, limit, before, at(past))
    data = _fund_json(entry, _balances(home, past, fund)[0].get(fund, [])) | {
        "as_of": as_of(position),
        "rule": RULE,
        "gifts": [
            {"unit": g.unit, "gifts": g.gifts, "amount": amount_of(g.amount, g.unit).decimal()}
            for g in gifts
        ],
        "uses": [asdict(use) for use in directory.uses(home.runner, fund, at(past))],
        "corrections": list(map(_correction_json, _corrections(home, past, fund))),
        "payments": [_payment_json(p) for p in payments],
    }
    return past_document(request, data, past, before=older, limit=limit)


@router.get("/api/v1/gifts/{gift}/trace", response_model=TraceShape, responses=documented(404))
def gift_trace(
    request: Request,
    home: Home,
    past: Then,
    gift: Id,
    skip: Skip = 0,
    limit: Limit = PAGE,
    unit: Unit = None,
) -> Response:
    """Follow a gift, or one item of a gift in kind, to the payments it paid for."""
    found = _of_unit(trace_queries.trace_gift(home.runner, gift, at(past)), unit, gift)
    data, more = _traced(found, ("gift", gift), skip, limit)
    data["erased"] = _erased(home, past, gift)
    return past_document(request, data, past, skip=more, limit=limit, unit=unit)


@router.get(
    "/api/v1/disbursements/{disbursement}/trace",
    response_model=TraceShape,
    responses=documented(404),
)
def disbursement_trace(
    request: Request,
    home: Home,
    past: Then,
    disbursement: Id,
    skip: Skip = 0,
    limit: Limit = PAGE,
) -> Response:
    """Follow a payment back to the gifts that paid for it."""
    found = trace_queries.trace_disbursement(home.runner, disbursement, at(past))
    data, more = _traced(found, ("disbursement", disbursement), skip, limit)
    return past_document(request, data, past, skip=more, limit=limit)


def _traced(
    found: Trace, asked: tuple[str, str], skip: int, limit: int
) -> tuple[dict[str, object], int | None]:
    """Return a page of a trace, and how many segments to pass over for the next one."""
    shown = replace(found, segments=found.segments[skip : skip + limit])
    more = skip + limit if skip + limit < len(found.segments) else None
    return trace_json(shown, *asked), more


def _erased(home: PublicHouse, past: Past | None, gift: str) -> dict[str, object] | None:
    return erasure_marks.mark(home, gift, past.size if past else None)


def _fund_names(home: PublicHouse, past: Past | None) -> dict[str, str]:
    return {one.fund: one.name for one in directory.funds(home.runner, at=at(past))}


def _entries(
    home: PublicHouse, past: Past | None, after: str | None, limit: int
) -> tuple[list[FundEntry], str | None]:
    """Return a page of funds, and the fund to go on after."""
    entries = directory.funds(home.runner, at=at(past))
    start = 0 if after is None else entries.index(_entry(home, past, after)) + 1
    shown = entries[start : start + limit]
    return shown, shown[-1].fund if start + limit < len(entries) else None


def _entry(home: PublicHouse, past: Past | None, fund: str) -> FundEntry:
    for entry in directory.funds(home.runner, at=at(past)):
        if entry.fund == fund:
            return entry
    raise NotTraceable("fund", fund)


def _balances(
    home: PublicHouse, past: Past | None, fund: str | None = None
) -> tuple[dict[str, list[Balance]], Position]:
    found, position = trace_queries.balances(home.runner, fund, at(past))
    by_fund: dict[str, list[Balance]] = {}
    for one in found:
        by_fund.setdefault(one.fund, []).append(one)
    return by_fund, position


def _fund_json(entry: FundEntry, balances: Sequence[Balance]) -> dict[str, object]:
    return {
        "fund": entry.fund,
        "organisation": entry.organisation,
        "name": entry.name,
        "kind": entry.kind,
        "purpose": entry.purpose,
        "place": entry.place,
        "basis": entry.basis,
        "plan": entry.plan,
        "first_day": _iso(entry.first_day),
        "last_day": _iso(entry.last_day),
        "brand": entry.brand,
        "recipient": entry.recipient,
        "closed": entry.closed,
        "balances": [balance_json(b) for b in balances],
    }


def _iso(known: date | None) -> str | None:
    return known.isoformat() if known else None


CORRECTION = ("leaf", "kind", "id", "corrects", "amount", "unit", "day", "reason", "note")


def _corrections(home: PublicHouse, past: Past | None, fund: str) -> list[Correction]:
    return journal_queries.corrections(home.runner, fund, at=at(past), limit=ROWS)[0]


def _correction_json(one: Correction) -> dict[str, object]:
    told = correction_json(one)
    return {name: told[name] for name in CORRECTION} | {"words": in_words(one)}


def _payment_json(payment: Payment) -> dict[str, object]:
    return {
        "disbursement": payment.disbursement,
        "payee": payment.payee or PERSON,
        "amount": amount_of(payment.amount, payment.unit).decimal(),
        "unit": payment.unit,
        "purpose": payment.purpose,
        "place": payment.place,
        "date": _iso(payment.day),
        "recovered": amount_of(payment.recovered, payment.unit).decimal(),
        "accepted_on": _iso(payment.accepted_on),
        "cost_class": payment.cost_class,
    }
