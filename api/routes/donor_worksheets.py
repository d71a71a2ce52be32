"""A donor's yearly worksheet, as a page, a spreadsheet and JSON; nothing that is typed is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deductibility_words import ENTERPRISE
from api.desk import my_gifts, my_gifts_boxes
from api.desk.my_gifts_claiming import check_donor
from api.desk.my_gifts_words import CELLS, HEADINGS
from api.desk.my_gifts_worksheet import BACK, CLASSIFIED_ROWS, Typed, Worksheet, work_out
from api.people.dependencies import Person
from api.problems import documented, problem_of
from api.rendering import page
from api.routes.desk import PRIVATE, Sent, sent
from api.routes.donor_desk import HOME, Donor
from api.routes.jobs import TYPES, Home
from api.routes.writing import Today
from ledger.errors import LedgerError

BOX_MAX = 30

router = APIRouter()

Form = Annotated[Sent, Depends(sent)]
Amount = Annotated[str, Field(max_length=BOX_MAX, examples=["1000000.00"])]
Year = Annotated[int, Field(ge=1994, le=2199, examples=[2026])]


class Income(BaseModel):
    """Taxable income before gifts, as a deduction case has it."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["comprehensive", "business", "classified"]
    taxable: Amount
    month: int | None = Field(None, ge=1, le=12, description="of classified income")


class WorksheetAsked(BaseModel):
    """What a year is worked out from, beside the account's own gifts."""

    model_config = ConfigDict(extra="forbid")

    year: Year
    kind: Literal["resident_individual", "enterprise"]
    profits: dict[str, Amount] = Field(default={}, max_length=BACK + 1, examples=[{"2026": "1.00"}])
    carried: dict[str, Amount] = Field(default={}, max_length=BACK)
    incomes: list[Income] = Field(default=[], max_length=20)
    first: Literal["comprehensive", "business", "classified"] = "comprehensive"

    def typed(self) -> Typed:
        """Return it as the page's boxes give it."""
        incomes = [
            {"ref": f"{one.type}-{number}", **one.model_dump(exclude_none=True)}
            for number, one in enumerate(self.incomes, 1)
        ]
        return Typed(self.year, self.kind, self.profits, self.carried, incomes, self.first)


class WorksheetShape(BaseModel):
    """The answer of the command `deduct` on the account's gifts, and what is not in it."""

    year: int
    worksheet: dict[str, Any] = Field(description="as `donation-ledger deduct --json` prints it")
    gifts: list[dict[str, Any]] = Field(description="the gifts as the case has them")
    left_out: list[dict[str, str]] = Field(description="gifts not in it, and why")


@router.post("/api/v1/me/worksheet", response_model=WorksheetShape, tags=["donor"],
             responses=documented(400, 401, 403, 413, 415, 422, 429))  # fmt: skip
def worksheet(home: Home, acting: Person, asked: WorksheetAsked) -> WorksheetShape:
    """Work out what the account's gifts of a year may be deducted; nothing is recorded or kept."""
    check_donor(acting)
    found = work_out(home, my_gifts.listed(home, acting), asked.typed())
    left_out = [{"gift": gift, "reason": en} for gift, (_, en) in found.left_out]
    return WorksheetShape(
        year=found.year, worksheet=found.told.data, gifts=list(found.gifts), left_out=left_out
    )


@router.get(f"{HOME}/worksheet", include_in_schema=False)
def worksheet_page(request: Request, home: Home, who: Donor, today: Today) -> Response:
    """Ask for the year, the kind of donor, and what the year is worked out from."""
    asked = request.query_params
    return _page(request, home, who.acting, {"year": str(today.year), **asked}, today)


@router.post(f"{HOME}/worksheet", include_in_schema=False)
def worksheet_of(request: Request, home: Home, who: Donor, form: Form, today: Today) -> Response:
    """Show the year worked out step by step, or give it as a spreadsheet."""
    typed = {name: value.strip()[:BOX_MAX] for name, value in form.typed.items()}
    if errors := my_gifts_boxes.errors_of(typed):
        return _page(request, home, who.acting, typed, today, errors=errors)
    try:
        found = work_out(home, my_gifts.listed(home, who.acting), my_gifts_boxes.read(typed))
    except LedgerError as error:
        return _page(request, home, who.acting, typed, today, error=error)
    if form.step == "xlsx":
        name = f'attachment; filename="deduction-{found.year}.xlsx"'
        headers = {"Content-Disposition": name, **PRIVATE}
        return Response(found.xlsx(), media_type=TYPES["xlsx"], headers=headers)
    return _page(request, home, who.acting, typed, today, found=found)


def _page(
    request: Request,
    home: Home,
    acting: Person,
    typed: Mapping[str, str],
    today: date,
    *,
    found: Worksheet | None = None,
    error: LedgerError | None = None,
    errors: my_gifts_boxes.Errors | None = None,
) -> Response:
    shown = {
        "typed": typed,
        "year": my_gifts_boxes.year_of(typed, today.year),
        "back": BACK,
        "cells": CELLS,
        "headings": HEADINGS,
        "rows": range(1, CLASSIFIED_ROWS + 1),
        "found": found,
        "form": found.told.sheets[0].rows if found else (),
        "classes": found.told.sheets[-1].rows if found else (),
        "error": error,
        "errors": errors or {},
        "enterprise": typed.get("kind") == ENTERPRISE,
        "funds": {one.gift.id: one.fund for one in my_gifts.listed(home, acting)},
    }
    refused = problem_of(error).status if error else 200
    status = 422 if errors or refused == 400 else refused  # noqa: PLR2004 RFC 9110 15.5.1
    return page(request, "donor_worksheet.html", shown, status=status, headers=PRIVATE)
