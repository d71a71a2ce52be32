"""Open data: all funds, gifts and payments as CSV or JSON, with schemas, as of any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.commands.asking import PERSON, as_of, balance_json
from api.correction_words import in_words
from api.open_data import Row, csv_answer, json_answer
from api.problems import HTML, documented
from api.public_house import PublicHouse
from api.public_page import past_page
from api.routes.as_of import Then, at
from api.routes.file_shapes import FundsFile, GiftsFile, PaymentsFile
from api.routes.house import Home
from api.routes.public_shapes import FoundShape, FundRow, GiftRowShape, PaymentRowShape
from ledger.domain.axis import RULE
from ledger.domain.goods import amount_of
from projections import directory, fund_rows, trace_queries
from projections.directory import FundEntry
from projections.fund_rows import GiftRow
from projections.journal_queries import Correction
from projections.runner import Position
from projections.statements import Payment
from projections.trace_queries import NotTraceable

ID = r"^[0-9A-Za-z_.-]{1,100}$"
SHAPES: Mapping[str, type[BaseModel]] = {
    "funds": FundRow,
    "gifts": GiftRowShape,
    "payments": PaymentRowShape,
    "search": FoundShape,
}
COLUMNS = {name: tuple(shape.model_fields) for name, shape in SHAPES.items()}
AMOUNTS = ("received", "transferred_in", "transferred_out", "disbursed", "returned", "balance",
           "reversed", "recovered")  # fmt: skip

Id = Annotated[str, Path(pattern=ID)]
Form = Annotated[Literal["csv", "json"], Path(description="which form: csv, or json")]

router = APIRouter(tags=["downloads"])


def _file(description: str) -> dict[int | str, dict[str, Any]]:
    """Describe a download for the OpenAPI document: CSV, or JSON of its model."""
    csv = {"text/csv": {"schema": {"type": "string"}}}
    known: dict[str, Any] = {"description": "Unchanged since the ETag that If-None-Match names"}
    told: dict[str, Any] = {"description": description, "content": csv}
    return {200: told, 304: known, **documented(400, 404, media=HTML)}


SCHEMA: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON Schema 2020-12",
        "content": {"application/schema+json": {"schema": {"type": "object"}}},
    },
    **documented(400, media=HTML),
}


@router.get("/data", include_in_schema=False)
def data_page(request: Request, home: Home, past: Then) -> Response:
    """List what can be downloaded, with its schemas."""
    position = at(past) or fund_rows.told(home.runner)
    said = {
        "funds": directory.funds(home.runner, at=at(past)),
        "names": directory.names(home.runner, at(past)),
        "position": position,
        "shapes": SHAPES,
    }
    return past_page(request, "data.html", home, past, said)


@router.get("/data/schema/{name}.json", response_class=Response, responses=SCHEMA)
def schema(name: Literal["funds", "gifts", "payments", "search"]) -> Response:
    """Give the JSON Schema of a line of a download; CSV has the same columns, in this order."""
    described = SHAPES[name].model_json_schema()
    return JSONResponse(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **described},
        media_type="application/schema+json",
    )


@router.get("/data/funds.{form}", response_model=FundsFile, responses=_file("All funds"))
def funds(request: Request, home: Home, past: Then, form: Form) -> Response:
    """Give all funds with what each received, moved, paid and kept."""
    position = at(past) or fund_rows.told(home.runner)
    rows = _funds(home, position)
    if form == "csv":
        return csv_answer(request, "funds", COLUMNS["funds"], rows, position)
    return json_answer(request, "funds", _stamped(position, "funds"), rows, position)


@router.get(
    "/funds/{fund}/gifts.{form}", response_model=GiftsFile, responses=_file("All gifts of a fund")
)
def gifts(request: Request, home: Home, past: Then, fund: Id, form: Form) -> Response:
    """Give all gifts of a fund, none of them with a donor."""
    position = at(past) or fund_rows.told(home.runner)
    entry = _entry(home, fund, position)
    rows = _gifts(home, fund, position)
    if form == "csv":
        return csv_answer(request, "gifts", COLUMNS["gifts"], rows, position)
    return json_answer(request, "gifts", _of_fund(home, entry, position, "gifts"), rows, position)


@router.get(
    "/funds/{fund}/payments.{form}",
    response_model=PaymentsFile,
    responses=_file("All payments of a fund"),
)
def payments(request: Request, home: Home, past: Then, fund: Id, form: Form) -> Response:
    """Give all payments of a fund, newest first; no private person is named."""
    position = at(past) or fund_rows.told(home.runner)
    entry = _entry(home, fund, position)
    rows = _payments(home, fund, position)
    if form == "csv":
        return csv_answer(request, "payments", COLUMNS["payments"], rows, position)
    return json_answer(
        request, "payments", _of_fund(home, entry, position, "payments"), rows, position
    )


def _entry(home: PublicHouse, fund: str, position: Position) -> FundEntry:
    for entry in directory.funds(home.runner, at=position):
        if entry.fund == fund:
            return entry
    raise NotTraceable("fund", fund)


def _stamped(position: Position, name: str) -> dict[str, object]:
    return {"as_of": as_of(position), "schema": f"/data/schema/{name}.json", "rule": RULE}


def _of_fund(
    home: PublicHouse, entry: FundEntry, position: Position, name: str
) -> dict[str, object]:
    """Return what goes before the rows of a fund: as of when, and its totals."""
    balances, _ = trace_queries.balances(home.runner, entry.fund, position)
    return {
        **_stamped(position, name),
        "fund": entry.fund,
        "name": entry.name,
        "balances": list(map(balance_json, balances)),
    }


def _funds(home: PublicHouse, position: Position) -> Iterator[Row]:
    names = directory.names(home.runner, position)
    balances, _ = trace_queries.balances(home.runner, None, position)
    for fund in directory.funds(home.runner, at=position):
        head: dict[str, object] = {
            "as_of": position.size,
            "fund": fund.fund,
            "organisation": fund.organisation,
            "organisation_name": names.get(fund.organisation, ""),
            "name": fund.name,
            "kind": fund.kind,
            "purpose": fund.purpose,
            "place": fund.place,
            "first_day": fund.first_day.isoformat() if fund.first_day else None,
            "last_day": fund.last_day.isoformat() if fund.last_day else None,
            "closed": fund.closed,
        }
        mine = [balance_json(one) for one in balances if one.fund == fund.fund]
        for told in mine or [{}]:
            yield head | {name: told.get(name) for name in ("unit", *AMOUNTS)}


def _gifts(home: PublicHouse, fund: str, position: Position) -> Iterator[Row]:
    for lot in fund_rows.gifts(home.runner, fund, position):
        ids = [row.gift for row in lot]
        noted = fund_rows.corrections(home.runner, fund, ids, position)
        for row in lot:
            yield _gift(row, position, noted.get(row.gift, []))


def _gift(row: GiftRow, position: Position, noted: list[Correction]) -> Row:
    return {
        "as_of": position.size,
        "gift": row.gift,
        "fund": row.fund,
        "unit": row.unit,
        "amount": amount_of(row.amount, row.unit).decimal(),
        "returned": amount_of(row.returned, row.unit).decimal(),
        "reversed": amount_of(row.reversed, row.unit).decimal(),
        "date": row.day.isoformat() if row.day else None,
        "entry": row.leaf,
        "notes": _notes(noted),
    }


def _payments(home: PublicHouse, fund: str, position: Position) -> Iterator[Row]:
    for lot in fund_rows.paid(home.runner, fund, position):
        ids = [row.disbursement for row in lot]
        noted = fund_rows.corrections(home.runner, fund, ids, position)
        for row in lot:
            yield _payment(fund, row, position, noted.get(row.disbursement, []))


def _payment(fund: str, row: Payment, position: Position, noted: list[Correction]) -> Row:
    return {
        "as_of": position.size,
        "disbursement": row.disbursement,
        "fund": fund,
        "payee": row.payee or PERSON,
        "amount": amount_of(row.amount, row.unit).decimal(),
        "recovered": amount_of(row.recovered, row.unit).decimal(),
        "unit": row.unit,
        "purpose": row.purpose,
        "place": row.place,
        "date": row.day.isoformat() if row.day else None,
        "accepted_on": row.accepted_on.isoformat() if row.accepted_on else None,
        "cost_class": row.cost_class,
        "entry": row.leaf,
        "notes": _notes(noted),
    }


def _notes(noted: list[Correction]) -> str | None:
    return " ".join(map(in_words, noted)) or None
