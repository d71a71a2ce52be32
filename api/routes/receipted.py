"""Leads from the link on a receipt to where its gift went; of several gifts, to each of them.

What it shows is in the public log: the receipt's number, amount and gifts. Whether a receipt in
hand is that one, the five boxes tell (api.routes.receipts); nobody is named here.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.commands.asking import as_of
from api.kept_answers import PublicRead
from api.problems import documented
from api.public_house import PublicHouse
from api.public_page import past_document, past_page
from api.public_stories import stories
from api.routes.as_of import Links, Then, at
from api.routes.fact_shapes import ReceiptedShape
from api.routes.house import Home
from ledger.domain import receipt_life, receipts
from ledger.domain.events import ReceiptEvent
from ledger.domain.receipt_life import Receipt
from projections import directory
from projections.directory import DIRECTORY
from projections.runner import Position
from projections.trace_queries import NotTraceable

Id = Annotated[
    str, Path(pattern=r"^[0-9]{8}-[0-9]{10}$", description="code and number of a receipt")
]

router = APIRouter(tags=["public"], route_class=PublicRead)


@router.get("/receipts/{receipt}", include_in_schema=False)
def receipted_page(request: Request, home: Home, past: Then, receipt: Id) -> Response:
    """Lead to where the one gift of a receipt went, or list the gifts that it was made out for."""
    found = _found(home, receipt, at(past))
    if len(found.lines) == 1:
        return RedirectResponse(Links(past)(f"/trace/gift/{found.lines[0].gift}"), 303)
    said = {
        "found": found, "position": home.runner.reached(DIRECTORY, at(past)),
        "names": directory.names(home.runner, at(past)),
    }  # fmt: skip
    return past_page(request, "receipted.html", home, past, said)


@router.get(
    "/api/v1/receipts/{receipt}/gifts", response_model=ReceiptedShape, responses=documented(404)
)
def receipted(request: Request, home: Home, past: Then, receipt: Id) -> Response:
    """List the gifts that a receipt was made out for; each of them can be traced."""
    position = home.runner.reached(DIRECTORY, at(past))
    found = _found(home, receipt, at(past))
    data = {
        "as_of": as_of(position),
        "code": found.code,
        "number": found.number,
        "charity": found.organisation,
        "issued_on": found.issued_on.isoformat(),
        "unit": found.amount.currency,
        "amount": found.amount.decimal(),
        "void": found.red is not None,
        "gifts": [
            {
                "gift": one.gift, "given_on": one.gift_on.isoformat(),
                "amount": one.amount.decimal(),
            }
            for one in found.lines
        ],
    }  # fmt: skip
    return past_document(request, data, past)


def _found(home: PublicHouse, receipt: str, then: Position | None) -> Receipt:
    """Return what the log says of a receipt; NotTraceable when it says nothing."""
    stream, found = receipts.stream(*receipt.split("-")), None
    for _, event in stories(home, [stream], then).get(stream, ()):
        if isinstance(event, ReceiptEvent):
            found = receipt_life.evolve(found, event)
    if found is None:
        raise NotTraceable("receipt", receipt)
    return found
