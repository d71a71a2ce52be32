"""The tax desk: five boxes and what the ledger knows, claims and notices, lists to check."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api.desk.overview import TAX, check_government, forms
from api.desk.tax_checks import OFFICER, FiveBoxes, on_record, receipt_now
from api.jobs.kinds import VERIFY
from api.operations.running import Call
from api.people.dependencies import Person
from api.rendering import page
from api.routes.desk import PRIVATE, Sent, sent
from api.routes.desk_jobs import explanation
from api.routes.jobs import Home, upload
from api.routes.receipts import FIELDS, BoxUnreadable, five_of, listed
from api.routes.writing import Today
from api.uploads import Form as Uploaded
from api.verifying.sheet import RESULTS
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.errors import LedgerError
from projections import directory
from projections.claims import CLAIMS, notices
from projections.directory import DIRECTORY
from receipts.elements import check_five

BOX_MAX = 40
NOTICES_SHOWN = 100

router = APIRouter(include_in_schema=False)


def officer(acting: Person) -> Acting:
    """Return the account that acts, if it is a tax officer's."""
    check_government(acting, "the tax desk", TAX)
    return acting


Officer = Annotated[Acting, Depends(officer)]
Form = Annotated[Sent, Depends(sent)]


@router.get("/desk/tax")
def tax_desk(request: Request, home: Home, acting: Officer) -> Response:
    """Show the boxes, filled in as the address says, that receipt's claims, and open notices."""
    return _page(request, home, acting, _boxes(request.query_params), {})


@router.post("/desk/tax")
def check(request: Request, home: Home, acting: Officer, form: Form, today: Today) -> Response:
    """Check the five elements of a receipt, on record as this officer's check."""
    asked = _boxes(form.typed)
    if not all(asked.values()):
        return _page(request, home, acting, asked, {"missing": True}, status=422)
    try:
        five = five_of(**asked)
    except BoxUnreadable as error:
        return _page(request, home, acting, asked, {"unreadable": error}, status=422)
    status = listed(home)
    verdict = check_five(five, status, today)
    call = Call(today, form.key or token_urlsafe(16))
    check = on_record(home, acting, FiveBoxes(**asked), verdict, status, call)
    told = {"verdict": verdict, "check": check, "freshness": status.freshness(today)}
    return _page(request, home, acting, asked, told)


@router.post("/desk/tax/list")
async def check_list(request: Request, home: Home, acting: Officer) -> Response:
    """Take in a spreadsheet or files of receipts; a job checks them, on record as its form says."""
    try:
        job = await upload(request, home, acting, VERIFY, _key)
    except LedgerError as error:
        refused, status = explanation(error)
        found = {"list_refused": refused}
        asked = _boxes({})
        return await run_in_threadpool(_page, request, home, acting, asked, found, status=status)
    return RedirectResponse(f"/desk/jobs/{job.id}", 303, PRIVATE)


def _key(form: Uploaded) -> str | None:
    return form.one("idempotency_key") or None


def _boxes(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: typed.get(name, "").strip()[:BOX_MAX] for name in FIELDS}


def _page(
    request: Request,
    home: House,
    acting: Acting,
    asked: dict[str, str],
    found: Mapping[str, object],
    *,
    status: int = 200,
) -> Response:
    home.runner.follow(CLAIMS)
    home.runner.follow(DIRECTORY)
    waiting, _ = notices(home.runner, open_only=True)
    shown = {
        "asked": asked,
        "fields": FIELDS,
        "missing": False,
        "unreadable": None,
        "verdict": None,
        "list_refused": None,
        "most": home.settings.upload_max // 2**20,
        "results": RESULTS,
        "officer": acting.as_role(OFFICER),
        "now": receipt_now(home, asked["code"], asked["number"]),
        "names": directory.names(home.runner),
        "notices": waiting[:NOTICES_SHOWN],
        "more_notices": max(0, len(waiting) - NOTICES_SHOWN),
        "forms": lambda name, **filled: forms(acting, [name], **filled),
        "key": token_urlsafe(16),
        **found,
    }
    return page(request, "desk/tax.html", shown, status=status, headers=PRIVATE)
