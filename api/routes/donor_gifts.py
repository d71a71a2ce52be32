"""A donor's own gifts as JSON, and how anybody checks what a donor chose to show."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.commands.asking import as_of
from api.desk import my_gifts
from api.desk.my_gifts import MyGift, WholeGift
from api.desk.my_gifts_claiming import Claimant, claim
from api.donor_shown import NOBODY, shown_of
from api.kept_answers import PublicRead
from api.people.addresses import place_of
from api.people.dependencies import PeopleHere, Person
from api.problems import documented
from api.public_page import past_document
from api.rendering import document
from api.routes.as_of import Then, at
from api.routes.house import Home as PublicHome
from api.routes.jobs import Home
from api.routes.public import ID
from api.routes.receipts import five_of
from api.routes.shapes import AsOf
from api.routes.writing import Key
from ledger.domain.goods import amount_of
from projections import trace_queries
from projections.trace_queries import Trace

MINE = "/api/v1/me/gifts"
OWN = {"Cache-Control": "no-store"}

router = APIRouter(tags=["donor"])
public = APIRouter(tags=["public"], route_class=PublicRead)

Gift = Annotated[str, Path(pattern=ID)]
Box = Annotated[str, Field(min_length=1, max_length=40)]


class FiveElements(BaseModel):
    """The five elements as they stand on a receipt."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: Box = Field(examples=["23050126"])
    number: Box = Field(examples=["0000000001"])
    check_code: Box = Field(examples=["aB3dE9"])
    issued_on: Box = Field(examples=["2026-11-22"])
    amount: Box = Field(examples=["100.00"])


class PartShape(BaseModel):
    """What was given in one unit, and what became of it."""

    unit: str
    amount: str
    spent: str
    unspent: str
    returned: str
    reversed: str


class MyGiftShape(BaseModel):
    """One of the account's gifts."""

    gift: str
    received_on: date | None
    organisation: str
    charity: str
    fund: str
    fund_name: str
    state: str = Field(examples=list(my_gifts.STATES))
    parts: list[PartShape]
    receipt: dict[str, str] | None = Field(description="code and number of the one that stands")
    trace: str = Field(description="where it went, in public")


class MyGiftsShape(BaseModel):
    """The account's gifts, the newest first."""

    gifts: list[MyGiftShape]


class ClaimedShape(BaseModel):
    """The gifts that a receipt was made out for: the account's own from now on."""

    claimed: list[str]


class ReceiptShape(BaseModel):
    """A receipt that was made out for a gift, as it is now."""

    code: str
    number: str
    issued_on: date
    amount: str
    state: str = Field(examples=list(my_gifts.RECEIPT_STATES))
    claimed: bool = Field(description="a deduction stands at the tax bureau")


class ShownShape(BaseModel):
    """How everybody sees the donor; `opening` proves `text` against the `digest` in the log."""

    kind: str = Field(examples=["anonymous", "pen-name", "own-name"])
    text: str | None
    digest: str | None
    opening: str | None
    version: int | None = Field(description="of the gift's story, where the digest stands")


class PublicShownShape(ShownShape):
    """The same, with the stamp of what was looked at."""

    as_of: AsOf


class ChangeShape(BaseModel):
    """Something recorded on a gift after it came in."""

    on: date
    what: str


class WholeGiftShape(MyGiftShape):
    """All about one of the account's gifts."""

    receipts: list[ReceiptShape]
    namings: list[str]
    changes: list[ChangeShape]
    shown: ShownShape


@router.get(MINE, responses={200: {"model": MyGiftsShape}, **documented(401, 403)})
def list_gifts(request: Request, home: Home, acting: Person) -> Response:
    """List the gifts that the account has claimed."""
    found = [_gift(one) for one in my_gifts.listed(home, acting)]
    return document(request, {"gifts": found}, headers=OWN)


@router.post(MINE, status_code=201, response_model=ClaimedShape,
             responses=documented(400, 401, 403, 409, 413, 415, 422, 429))  # fmt: skip
def claim_gifts(
    request: Request, people: PeopleHere, acting: Person, key: Key, body: FiveElements
) -> ClaimedShape:
    """Claim the gifts of a receipt by its five elements; sent again, it is answered the same.

    Claiming twice is claiming once, so that no key has to be remembered.
    """
    assert key, "a request without one was refused"
    five = five_of(**body.model_dump())
    return ClaimedShape(claimed=claim(people, Claimant(acting, place_of(request)), five))


@router.get(
    MINE + "/{gift}", responses={200: {"model": WholeGiftShape}, **documented(400, 401, 403)}
)
def show_gift(request: Request, home: Home, acting: Person, gift: Gift) -> Response:
    """Tell all about one of the account's gifts."""
    return document(request, _whole(my_gifts.find(home, acting, gift)), headers=OWN)


@router.delete(MINE + "/{gift}", status_code=204, responses=documented(400, 401, 403, 429))
def release_gift(home: Home, people: PeopleHere, acting: Person, gift: Gift) -> Response:
    """Take a gift out of the account; the ledger stays as it is."""
    my_gifts.check_own(home, acting, gift)
    people.accounts.free_gift(gift, acting.account, acting.account)
    return Response(status_code=204, headers=OWN)


@public.get(
    "/api/v1/gifts/{gift}/donor", response_model=PublicShownShape, responses=documented(404)
)
def donor_shown(request: Request, home: PublicHome, past: Then, gift: Gift) -> Response:
    """Tell how the donor of a gift chose to be shown, with what proves it against the log.

    Answers of the past are kept by their readers, and a donor may take a choice back: they tell
    of every donor as of one who never chose.
    """
    followed = trace_queries.trace_gift(home.runner, gift, at(past))
    chosen = NOBODY if past else shown_of(home, gift)
    return past_document(request, {"as_of": as_of(followed[0].position), **asdict(chosen)}, past)


def _gift(one: MyGift) -> dict[str, Any]:
    gift = one.gift
    return {
        "gift": gift.id,
        "received_on": gift.received_on and gift.received_on.isoformat(),
        "organisation": gift.organisation,
        "charity": one.charity,
        "fund": gift.fund,
        "fund_name": one.fund,
        "state": one.state,
        "parts": [_part(part) for part in one.parts],
        "receipt": dict(zip(("code", "number"), gift.receipt, strict=True))
        if gift.receipt
        else None,
        "trace": f"/trace/gift/{gift.id}",
    }


def _part(part: Trace) -> dict[str, str]:
    counted = {
        "amount": part.amount,
        "spent": my_gifts.spent(part),
        "unspent": part.unspent,
        "returned": part.returned,
        "reversed": part.reversed,
    }
    said = {name: amount_of(units, part.unit).decimal() for name, units in counted.items()}
    return {"unit": part.unit, **said}


def _whole(found: WholeGift) -> dict[str, Any]:
    return _gift(found.mine) | {
        "receipts": [_receipt(one) for one in found.receipts],
        "namings": [naming for naming, _ in found.namings],
        "changes": [{"on": c.on.isoformat(), "what": c.words[1]} for c in found.changes],
        "shown": asdict(found.shown),
    }


def _receipt(one: my_gifts.MyReceipt) -> dict[str, Any]:
    receipt = one.receipt
    return {
        "code": receipt.code,
        "number": receipt.number,
        "issued_on": receipt.issued_on.isoformat(),
        "amount": receipt.amount.decimal(),
        "state": one.state,
        "claimed": bool(receipt.claims),
    }
