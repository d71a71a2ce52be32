"""What anyone may read without an account: funds, statements and traces, as pages and as JSON.

Reading changes nothing. What is shown is what the read models hold at this moment, each number with
the size and time of the log it was taken at; the integrator brings them up to what is new. Nothing
here opens the vault, so no private person can be named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.commands.asking import PERSON, as_of, balance_json, trace_json
from api.commands.reporting import correction_json
from api.correction_words import COSTS, in_words
from api.problems import KINDS, documented
from api.rendering import document, page
from api.routes.house import Home, PublicHouse
from api.routes.log import newest
from api.routes.shapes import FundsShape, StatementShape, TraceShape
from ledger.domain.axis import RULE
from ledger.domain.goods import amount_of
from ledger.proof.encoding import b64
from projections import directory, journal_queries, statements, trace_queries
from projections.directory import FundEntry
from projections.runner import Position
from projections.statements import Payment
from projections.trace_queries import Balance, NotTraceable, Trace

PAGE, PAGE_MAX = 25, 100
ROWS = 100
"""Rows of a table on a page."""

ID = r"^[0-9A-Za-z_.-]{1,100}$"

Id = Annotated[str, Path(pattern=ID)]
After = Annotated[str | None, Query(pattern=ID, description="go on after this fund")]
Before = Annotated[int | None, Query(ge=0, le=2**62, description="go on before this entry")]
Skip = Annotated[int, Query(ge=0, le=2**31, description="segments to pass over")]
Unit = Annotated[str | None, Query(max_length=500, description="currency or item to follow")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"])


@router.get("/", include_in_schema=False)
def front_page(home: Home, after: After = None) -> Response:
    """Show what this is, every fund's totals, and the newest checkpoint."""
    entries, next_fund = _entries(home, after, PAGE)
    balances, position = _balances(home)
    seen = newest(home.log)
    shown = {
        "funds": [(entry, balances.get(entry.fund, [])) for entry in entries],
        "next_fund": next_fund,
        "organisations": directory.names(home.runner),
        "position": position,
        "checkpoint": seen,
        "root": b64(seen.root) if seen else "",
        "origin": home.recorder.origin(),
    }
    return page("home.html", shown)


@router.get("/funds/{fund}", include_in_schema=False)
def fund_page(home: Home, fund: Id, before: Before = None) -> Response:
    """Show a fund's statement: what came in, what was paid to whom, and by which rule."""
    entry = _entry(home, fund)
    gifts, position = statements.gift_counts(home.runner, fund)
    payments, older = statements.payments(home.runner, fund, PAGE, before)
    shown = {
        "entry": entry,
        "organisations": directory.names(home.runner),
        "balances": _balances(home, fund)[0].get(fund, []),
        "gifts": gifts,
        "payments": payments,
        "uses": directory.uses(home.runner, fund),
        "corrections": list(
            map(in_words, journal_queries.corrections(home.runner, fund)[0][:ROWS])
        ),
        "cost_words": COSTS,
        "kind_words": KIND_WORDS,
        "older": older,
        "newer": before is not None,
        "position": position,
        "person": PERSON,
        "rule": RULE,
    }
    return page("fund.html", shown)


@router.get("/trace", include_in_schema=False)
def find(id: Annotated[str, Query(max_length=200)]) -> Response:  # noqa: A002 the form's field
    """Lead from an id typed into the form to its page."""
    asked = id.strip()
    kind = asked.partition("-")[0]
    folder = {"fund": "/funds", "disbursement": "/trace/disbursement"}.get(kind, "/trace/gift")
    return RedirectResponse(f"{folder}/{quote(asked, safe='')}", 303)


@router.get("/trace/gift/{gift}", include_in_schema=False)
def gift_page(home: Home, gift: Id, skip: Skip = 0, unit: Unit = None) -> Response:
    """Show where a gift went, or one item of a gift in kind."""
    found = trace_queries.trace_gift(home.runner, gift)
    units = [trace.unit for trace in found]
    return _trace_page(home, _of_unit(found, unit, gift), "gift", gift, skip, units)


def _of_unit(found: Sequence[Trace], unit: str | None, gift: str) -> Trace:
    """Pick the trace of one unit; the first if none is named."""
    named = [trace for trace in found if unit in (None, trace.unit)]
    if not named:
        raise NotTraceable(f"{unit} of gift", gift)
    return named[0]


@router.get("/trace/disbursement/{disbursement}", include_in_schema=False)
def disbursement_page(home: Home, disbursement: Id, skip: Skip = 0) -> Response:
    """Show which gifts paid for a payment."""
    found = trace_queries.trace_disbursement(home.runner, disbursement)
    return _trace_page(home, found, "disbursement", disbursement, skip)


def _trace_page(
    home: PublicHouse, found: Trace, what: str, asked: str, skip: int, units: Sequence[str] = ()
) -> Response:
    shown = {
        "units": units if len(units) > 1 else (),
        "what": what,
        "asked": asked,
        "found": found,
        "segments": found.segments[skip : skip + ROWS],
        "skip": skip,
        "more": skip + ROWS if skip + ROWS < len(found.segments) else None,
        "spent": sum(s.end - s.start for s in found.segments),
        "funds": {f.fund: f.name for f in directory.funds(home.runner)},
        "person": PERSON,
        "rule": RULE,
    }
    return page("trace.html", shown)


@router.get("/problems/{name}", include_in_schema=False)
def problem_page(name: Id) -> Response:
    """Say what a kind of problem means."""
    if name not in KINDS:
        raise NotTraceable("kind of problem", name)
    return page("problem.html", {"problem": KINDS[name], "detail": KINDS[name].detail or ""})


@router.get("/api/v1/funds", response_model=FundsShape, responses=documented(404))
def funds(request: Request, home: Home, after: After = None, limit: Limit = PAGE) -> Response:
    """List the funds with what each received, moved, paid and kept."""
    entries, next_fund = _entries(home, after, limit)
    balances, position = _balances(home)
    listed = [_fund_json(entry, balances.get(entry.fund, [])) for entry in entries]
    data = {"as_of": as_of(position), "funds": listed}
    return document(request, data, _next(request, limit, after=next_fund))


@router.get("/api/v1/funds/{fund}", response_model=StatementShape, responses=documented(404))
def statement(
    request: Request, home: Home, fund: Id, before: Before = None, limit: Limit = PAGE
) -> Response:
    """Give a fund's statement with a page of its payments, newest first."""
    entry = _entry(home, fund)
    gifts, position = statements.gift_counts(home.runner, fund)
    payments, older = statements.payments(home.runner, fund, limit, before)
    data = _fund_json(entry, _balances(home, fund)[0].get(fund, [])) | {
        "as_of": as_of(position),
        "rule": RULE,
        "gifts": [
            {"unit": g.unit, "gifts": g.gifts, "amount": amount_of(g.amount, g.unit).decimal()}
            for g in gifts
        ],
        "uses": [asdict(use) for use in directory.uses(home.runner, fund)],
        "corrections": _corrections_json(home, fund),
        "payments": [_payment_json(p) for p in payments],
    }
    return document(request, data, _next(request, limit, before=older))


@router.get("/api/v1/gifts/{gift}/trace", response_model=TraceShape, responses=documented(404))
def gift_trace(
    request: Request, home: Home, gift: Id, skip: Skip = 0, limit: Limit = PAGE, unit: Unit = None
) -> Response:
    """Follow a gift, or one item of a gift in kind, to the payments it paid for."""
    found = _of_unit(trace_queries.trace_gift(home.runner, gift), unit, gift)
    return _trace_document(request, found, ("gift", gift), skip, limit)


@router.get(
    "/api/v1/disbursements/{disbursement}/trace",
    response_model=TraceShape,
    responses=documented(404),
)
def disbursement_trace(
    request: Request, home: Home, disbursement: Id, skip: Skip = 0, limit: Limit = PAGE
) -> Response:
    """Follow a payment back to the gifts that paid for it."""
    found = trace_queries.trace_disbursement(home.runner, disbursement)
    return _trace_document(request, found, ("disbursement", disbursement), skip, limit)


def _trace_document(
    request: Request, found: Trace, asked: tuple[str, str], skip: int, limit: int
) -> Response:
    shown = replace(found, segments=found.segments[skip : skip + limit])
    more = skip + limit if skip + limit < len(found.segments) else None
    return document(request, trace_json(shown, *asked), _next(request, limit, skip=more))


def _next(request: Request, limit: int, **cursor: object) -> str | None:
    """Return where the next page is, or None after the last."""
    if None in cursor.values():
        return None
    return f"{request.url.path}?{urlencode({**cursor, 'limit': limit})}"


def _entries(
    home: PublicHouse, after: str | None, limit: int
) -> tuple[list[FundEntry], str | None]:
    """Return a page of funds, and the fund to go on after."""
    entries = directory.funds(home.runner)
    start = 0 if after is None else entries.index(_entry(home, after)) + 1
    shown = entries[start : start + limit]
    return shown, shown[-1].fund if start + limit < len(entries) else None


def _entry(home: PublicHouse, fund: str) -> FundEntry:
    for entry in directory.funds(home.runner):
        if entry.fund == fund:
            return entry
    raise NotTraceable("fund", fund)


def _balances(
    home: PublicHouse, fund: str | None = None
) -> tuple[dict[str, list[Balance]], Position]:
    found, position = trace_queries.balances(home.runner, fund)
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


KIND_WORDS = {
    "general": "一般资金", "project": "项目资金", "enterprise": "企业扶贫公益基金",
    "named": "专项基金", "brand": "公益品牌", "agency": "受托代理（不计入捐赠收入）",
}  # fmt: skip
CORRECTION = ("leaf", "kind", "id", "corrects", "amount", "unit", "day", "reason", "note")


def _corrections_json(home: PublicHouse, fund: str) -> list[dict[str, object]]:
    found, _ = journal_queries.corrections(home.runner, fund)
    return [
        {name: value for name, value in correction_json(one).items() if name in CORRECTION}
        | {"words": in_words(one)}
        for one in found[:ROWS]
    ]


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
