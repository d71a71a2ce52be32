"""What anyone may ask of a receipt: its five elements against the newest published status list.

The list is what officers check against offline; here it answers one receipt at a time. Nothing
opens the vault, and "not found" never means forged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.problems import documented
from api.public_house import PublicHouse
from api.rendering import document, page
from api.routes.house import Home
from api.routes.shapes import CheckShape
from api.verifying.sheet import RESULTS
from ledger import codec
from ledger.domain.days import day_in_china
from ledger.domain.events import ReceiptIssued, ReceiptMadeOut
from ledger.domain.receipts import stream
from ledger.errors import Refused, Unknown, Unreadable
from ledger.money import Money
from ledger.proof.notes import VerifierKey
from ledger.store.log_folder import STATUS_LIST
from ledger.store.log_objects import FileMissing
from receipts.elements import Five, check_five
from receipts.status import StatusList
from receipts.trust import Trust
from receipts.verdict import Verdict

LISTED = "application/octet-stream"
MADE_OUT = ("valid", "reversed", "replaced")
"""Results that are about a receipt whose five elements are right."""

SHORT = "public, max-age=300"
AUTHORITY_NOT_ASKED = ""
"""A status list is signed by the log's key alone."""

router = APIRouter(tags=["receipts"])


def today() -> date:
    """Return the day in China, from which the age of a status list is counted."""
    return day_in_china(datetime.now(UTC))


Box = Annotated[str, Query(max_length=40)]
Today = Annotated[date, Depends(today)]

FIELDS = {
    "code": (("票据代码", "Code"), ("8 位数字", "8 digits")),
    "number": (("票据号码", "Number"), ("10 位数字", "10 digits")),
    "check_code": (("校验码", "Check code"), ("6 位，区分大小写", "6 characters, aA differ")),
    "issued_on": (("开票日期", "Issued on"), ("2026-11-22", "2026-11-22")),
    "amount": (("金额（元）", "Amount (CNY)"), ("100.00", "100.00")),
}
"""The five boxes: what they are called, and what one looks like, in Chinese and in English."""


class BoxUnreadable(Unreadable):
    """One of the five elements is not written as it must be; `box` says which."""

    def __init__(self, box: str, why: tuple[str, str]) -> None:
        (zh, en), (_, example) = FIELDS[box]
        super().__init__(f"{zh}{why[0]} {en.lower()}: {why[1]} ({example})")
        self.box = box


class NoListPublished(Unknown):
    """No status list was published yet, so that no receipt can be told."""

    def __init__(self) -> None:
        super().__init__(
            "还没有公布票据状态清单，暂时不能在这里查验；"
            "持有 PDF 的可用 donation-ledger verify 离线查验 "
            "(no status list is published yet; a receipt's file can be verified without one)"
        )


class ListOfAnotherSize(Unknown):
    """A check was asked for as of a size of the log that the published list does not show.

    Lists are signed by day, and only the newest is kept here: a list holds what no view of the
    log can give back, the tags of check codes whose openings may be erased.
    """

    def __init__(self, asked: int, listed: int) -> None:
        super().__init__(
            f"the published status list shows the log at {listed} entries, not at {asked}: lists "
            "are signed by day and only the newest is published; verify against one you kept with "
            "donation-ledger verify --status"
        )


Size = Annotated[int | None, Query(ge=0, le=2**62, description="size that the list must show")]


def listed(home: Home, as_of: Size = None) -> StatusList:
    """Return the newest published status list, if it shows the size that was asked for."""
    status = _published(home)
    if as_of not in (None, status.as_of.size):
        raise ListOfAnotherSize(as_of or 0, status.as_of.size)
    return status


Listed = Annotated[StatusList, Depends(listed)]


@router.get("/check", include_in_schema=False)
def check_page(home: Home, status: Listed, day: Today, request: Request) -> Response:
    """Show five boxes, and what is known of the receipt that they name."""
    asked = {name: request.query_params.get(name, "").strip()[:40] for name in FIELDS}
    verdict, unreadable = None, None
    if all(asked.values()):
        try:
            verdict = check_five(five_of(**asked), status, day)
        except BoxUnreadable as error:
            unreadable = error
    shown = {
        "asked": asked,
        "fields": FIELDS,
        "missing": any(asked.values()) and not all(asked.values()),
        "unreadable": unreadable,
        "verdict": verdict,
        "gifts": _gifts(home, asked) if verdict and verdict.result in MADE_OUT else [],
        "results": RESULTS,
        "freshness": status.freshness(day),
        "size": status.as_of.size,
    }
    return page(request, "check.html", shown)


@router.get("/api/v1/receipts/check", response_model=CheckShape, responses=documented(400, 404))
def check(
    request: Request,
    status: Listed,
    day: Today,
    code: Box,
    number: Box,
    check_code: Box,
    issued_on: Box,
    amount: Box,
) -> Response:
    """Check the five elements of a receipt against the newest published status list."""
    five = five_of(code, number, check_code, issued_on, amount)
    return document(request, _json(check_five(five, status, day), status, day))


@router.get("/status-list", responses={200: {"content": {LISTED: {}}}, **documented(404)})
def status_list(home: Home) -> Response:
    """Give the newest published status list, as `verify --status` takes it."""
    headers = {"Cache-Control": SHORT}
    return Response(home.log.read(STATUS_LIST), media_type=LISTED, headers=headers)


def _gifts(home: PublicHouse, asked: Mapping[str, str]) -> list[str]:
    """Return the gifts that a receipt was made out for: whoever holds it may follow them."""
    entries = home.recorder.log_of([stream(asked["code"], asked["number"])])
    made = (codec.read(row.entry, home.recorder.origin())[1] for row in entries if row.entry)
    first = next(made, None)
    match first:
        case ReceiptMadeOut():
            return [line.gift for line in first.lines]
        case ReceiptIssued():
            return [first.gift]
        case _:
            return []


def five_of(code: str, number: str, check_code: str, issued_on: str, amount: str) -> Five:
    """Read the five boxes; refuse one that can't be read."""
    try:
        issued, paid = date.fromisoformat(issued_on), Money.parse(amount)
    except ValueError:
        raise BoxUnreadable("issued_on", ("：没有这一天", "no such day")) from None
    except Refused as error:
        raise BoxUnreadable("amount", ("：不是金额", str(error))) from None
    return Five(code=code, number=number, check_code=check_code, issued_on=issued, amount=paid)


def _published(home: PublicHouse) -> StatusList:
    try:
        data = home.log.read(STATUS_LIST)
    except FileMissing:
        raise NoListPublished from None
    return _parsed(data, home.log.vkey())


@lru_cache(maxsize=2)
def _parsed(data: bytes, log: VerifierKey) -> StatusList:
    return StatusList.parse(data, Trust(log, AUTHORITY_NOT_ASKED))


def _json(verdict: Verdict, status: StatusList, day: date) -> dict[str, object]:
    return {
        "result": verdict.result,
        "steps": [
            {"check": s.check, "step": s.step, "ok": s.ok, "asked": s.asked, "says": s.says}
            for s in verdict.steps
        ],
        "receipt": verdict.receipt,
        "as_of": {
            "day": status.as_of.day.isoformat(),
            "size": status.as_of.size,
            "valid_until": status.as_of.valid_until.isoformat(),
            "stale": status.stale(day),
        },
    }
