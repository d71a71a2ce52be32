"""What anyone may read without an account, as JSON: funds, statements and traces.

The same as on the pages (api/routes/public_pages.py). Nothing here opens the vault, so no private
person can be named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import erasure_marks
from api.commands.asking import PERSON, as_of, balance_json, trace_json
from api.commands.reporting import correction_json
from api.correction_words import in_words
from api.kept_answers import PublicRead
from api.problems import documented
from api.public_house import PublicHouse
from api.public_page import past_document
from api.routes.as_of import Past, Then, at
from api.routes.house import Home
from api.routes.shapes import FundsShape, StatementShape, TraceShape
from ledger.domain.axis import RULE
from ledger.domain.goods import amount_of
from projections import directory, fund_story, journal_queries, statements, trace_queries
from projections.directory import FundEntry
from projections.journal_queries import Correction
from projections.runner import Position
from projections.statements import Payment
from projections.trace_queries import Balance, NotTraceable, Trace

PAGE, PAGE_MAX = 25, 100
ROWS = 100
"""Corrections in a statement."""

ID = r"^[0-9A-Za-z_.-]{1,100}$"

Id = Annotated[str, Path(pattern=ID)]
After = Annotated[str | None, Query(pattern=ID, description="go on after this fund")]
Before = Annotated[int | None, Query(ge=0, le=2**62, description="go on before this entry")]
Skip = Annotated[int, Query(ge=0, le=2**31, description="segments to pass over")]
Unit = Annotated[str | None, Query(max_length=500, description="currency or item to follow")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="rows at most")]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/api/v1/funds", response_model=FundsShape, responses=documented(404))
def funds(
    request: Request, home: Home, past: Then, after: After = None, limit: Limit = PAGE
) -> Response:
    """List the funds with what each received, moved, paid and kept."""
    found = funds_from(home, past, after, limit)
    listed = [_fund_json(entry, found.balances.get(entry.fund, [])) for entry, _ in found.funds]
    data = {"as_of": as_of(found.position), "funds": listed}
    return past_document(request, data, past, after=found.next_fund, limit=limit)


@router.get("/api/v1/funds/{fund}", response_model=StatementShape, responses=documented(404))
def statement(
    request: Request, home: Home, past: Then, fund: Id, before: Before = None, limit: Limit = PAGE
) -> Response:
    """Give a fund's statement with a page of its payments, newest first."""
    told = fund_story.story(home.runner, fund, at(past))
    if told is None:
        raise NotTraceable("fund", fund)
    sums = statements.sums(home.runner, fund, at(past))
    payments, older = statements.payments(home.runner, fund, limit, before, at(past))
    data = _fund_json(told.entry, sums.balances) | {
        "as_of": as_of(sums.position),
        "rule": RULE,
        "gifts": [
            {"unit": g.unit, "gifts": g.gifts, "amount": amount_of(g.amount, g.unit).decimal()}
            for g in sums.gifts
        ],
        "uses": [asdict(use) for use in told.uses],
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
    found = of_unit(trace_queries.trace_gift(home.runner, gift, at(past)), unit, gift)
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


def of_unit(found: Sequence[Trace], unit: str | None, gift: str) -> Trace:
    """Pick the trace of one unit; the first if none is named."""
    named = [trace for trace in found if unit in (None, trace.unit)]
    if not named:
        raise NotTraceable(f"{unit} of gift", gift)
    return named[0]


@dataclass(frozen=True, slots=True)
class Funds:
    """A page of funds with their holders' names, what they hold, and the fund to go on after."""

    funds: Sequence[tuple[FundEntry, str]]
    next_fund: str | None
    balances: Mapping[str, Sequence[Balance]]
    position: Position


def funds_from(home: PublicHouse, past: Past | None, after: str | None, limit: int) -> Funds:
    """Return the funds that were opened after one, or the first of all; raise NotTraceable."""
    if after is not None:
        _entry(home, past, after)
    shown, next_fund = directory.page(home.runner, limit, after, at(past))
    ids = [entry.fund for entry, _ in shown]
    found, position = trace_queries.balances(home.runner, ids, at(past))
    by_fund: dict[str, list[Balance]] = {}
    for one in found:
        by_fund.setdefault(one.fund, []).append(one)
    return Funds(shown, next_fund, by_fund, position)


def _entry(home: PublicHouse, past: Past | None, fund: str) -> FundEntry:
    entry = directory.fund(home.runner, fund, at(past))
    if entry is None:
        raise NotTraceable("fund", fund)
    return entry


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
