"""The donor's desk: own gifts, claiming them, copies of receipts, how one is shown in public."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api import naming_words
from api.desk import my_gifts
from api.desk.my_gifts_claiming import Claimant, check_donor, claim, five_of_file
from api.desk.my_gifts_copies import copy_of
from api.donor_shown import Shown, as_would_be
from api.operations.donors import SHOW, ShownDonor
from api.operations.running import Call, Use
from api.people.addresses import place_of
from api.people.dependencies import PeopleHere, SomebodyHere, check_form
from api.people.house import People
from api.people.limits import Rate
from api.people.who import Who
from api.problems import problem_of
from api.rendering import page
from api.routes.desk import PRIVATE, Sent, sent
from api.routes.jobs import Home
from api.routes.public import ID
from api.routes.receipts import FIELDS, BoxUnreadable, five_of, listed
from api.routes.writing import Today
from api.upload_types import JSON, PDF
from api.uploads import Bounds, receive
from api.uploads import Form as Uploaded
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.donor_shown import ANONYMOUS, OWN_NAME, PEN_NAME, SHOWN, pen_name
from ledger.errors import LedgerError, Refused, Unknown, Unreadable
from receipts.elements import Five
from receipts.status import StatusList

HOME = "/desk/my-gifts"
BOX_MAX = 40
FILES = Rate(burst=10, per_s=0.1)
"""Of one account: proving a file takes the processor a while."""

FILE_MAX = 8 * 2**20

router = APIRouter(include_in_schema=False)


def donor(who: SomebodyHere) -> Who:
    """Return who asks, if it is a donor."""
    check_donor(who.acting)
    return who


Donor = Annotated[Who, Depends(donor)]
Form = Annotated[Sent, Depends(sent)]
Gift = Annotated[str, Path(pattern=ID)]


@router.get(HOME)
def gifts(request: Request, home: Home, who: Donor) -> Response:
    """List the donor's gifts with where each has gone so far."""
    shown = {
        "gifts": my_gifts.listed(home, who.acting),
        "states": my_gifts.STATES,
        "share": my_gifts.share,
        "spent": my_gifts.spent,
        "most": my_gifts.SEEN_AT_MOST,
    }
    return page(request, "donor_gifts.html", shown, headers=PRIVATE)


@router.get("/desk/gifts/show")
def lead_to_gifts(_who: Donor) -> Response:
    """Lead from the menu's form to the gifts: each has a page of its own for it, with a preview."""
    return RedirectResponse(HOME, 303, PRIVATE)


@router.get(f"{HOME}/claim")
def claim_page(request: Request, _who: Donor) -> Response:
    """Show the five boxes, filled in as far as the address says, and the box for a file."""
    return _claim_form(request, _boxes(request.query_params))


@router.post(f"{HOME}/claim")
def claim_typed(request: Request, people: PeopleHere, who: Donor, form: Form) -> Response:
    """Claim the gifts of a receipt by its five elements."""
    asked = _boxes(form.typed)
    if not all(asked.values()):
        return _claim_form(request, asked, missing=True)
    try:
        return _claimed(people, request, who, five_of(**asked))
    except BoxUnreadable as error:
        return _claim_form(request, asked, unreadable=error)
    except (Refused, Unknown) as error:
        return _claim_form(request, asked, error=error)


@router.post(f"{HOME}/claim-file")
async def claim_file(request: Request, home: Home, people: PeopleHere, who: Donor) -> Response:
    """Claim the gifts of a receipt by its own file, which proves itself; the file is not kept."""
    try:
        five = await uploaded_five(request, home, people, who)
        return await run_in_threadpool(_claimed, people, request, who, five)
    except LedgerError as error:
        nothing = _boxes({})
        return await run_in_threadpool(_claim_form, request, nothing, file_error=error)


async def uploaded_five(request: Request, home: House, people: People, who: Who) -> Five:
    """Take in one receipt's file, and return its five elements once it has proved itself."""
    people.limits.take(f"file {who.account.id}", FILES)
    with home.job_files.incoming() as folder:
        bounds = Bounds(FILE_MAX, FILE_MAX + 2**20)
        form = await receive(request, folder, bounds, frozenset({PDF, JSON}))
        check_form(request, form.one("csrf"))
        return await run_in_threadpool(_five_of, home, form)


def _five_of(home: House, form: Uploaded) -> Five:
    data = form.files[0].path.read_bytes() if form.files else b""
    return five_of_file(home, data, _published(home))


def _published(home: House) -> StatusList | None:
    try:
        return listed(home)
    except Unknown:
        return None


def _claimed(people: People, request: Request, who: Who, five: Five) -> Response:
    found = claim(people, Claimant(who.acting, place_of(request)), five)
    place = f"{HOME}/{found[0]}" if len(found) == 1 else HOME
    return RedirectResponse(place, 303, PRIVATE)


def _claim_form(request: Request, asked: Mapping[str, str], **wrong: Any) -> Response:
    said = {"missing": False, "unreadable": None, "error": None, "file_error": None, **wrong}
    refused = next((one for one in wrong.values() if isinstance(one, LedgerError)), None)
    status = _status(refused) if refused else 422 if wrong else 200
    shown = {"asked": asked, "fields": FIELDS, "most": FILE_MAX // 2**20, **said}
    headers = dict(PRIVATE)
    if wait := getattr(refused, "wait_s", None):
        headers["Retry-After"] = str(wait)
    return page(request, "donor_claim.html", shown, status=status, headers=headers)


def _status(error: LedgerError) -> int:
    """Return the status of a form that is shown again: 422 where it could not be read."""
    status = problem_of(error).status
    return 422 if status == 400 else status  # noqa: PLR2004 RFC 9110 15.5.1


def _boxes(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: typed.get(name, "").strip()[:BOX_MAX] for name in FIELDS}


@router.get(HOME + "/{gift}")
def gift_page(request: Request, home: Home, who: Donor, gift: Gift) -> Response:
    """Show all about one of the donor's gifts."""
    return _gift_page(request, home, who.acting, gift)


def _gift_page(
    request: Request, home: House, acting: Acting, gift: str, error: LedgerError | None = None
) -> Response:
    found = my_gifts.find(home, acting, gift)
    shown = {
        "found": found,
        "gift": gift,
        "states": my_gifts.STATES,
        "receipt_states": my_gifts.RECEIPT_STATES,
        "naming_states": naming_words.STATUS,
        "share": my_gifts.share,
        "spent": my_gifts.spent,
        "error": error,
    }
    status = problem_of(error).status if error else 200
    return page(request, "donor_gift.html", shown, status=status, headers=PRIVATE)


@router.post(HOME + "/{gift}/receipt")
def receipt_copy(
    request: Request,
    home: Home,
    people: PeopleHere,
    who: Donor,
    gift: Gift,
    form: Form,
    today: Today,
) -> Response:
    """Give the PDF of a receipt again, marked as a copy."""
    number = form.typed.get("code", ""), form.typed.get("number", "")
    try:
        data = copy_of(home, people.limits, who.acting, gift, number, today)
    except Refused as error:
        return _gift_page(request, home, who.acting, gift, error)
    name = "-".join((*number, "copy.pdf"))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **PRIVATE}
    return Response(data, media_type="application/pdf", headers=headers)


@router.post(HOME + "/{gift}/release")
def release(home: Home, people: PeopleHere, who: Donor, gift: Gift) -> Response:
    """Take a gift out of the account; the ledger and what was chosen stay as they are."""
    my_gifts.check_own(home, who.acting, gift)
    people.accounts.free_gift(gift, who.account.id, who.account.id)
    return RedirectResponse(HOME, 303, PRIVATE)


@router.get(HOME + "/{gift}/shown")
def shown_page(request: Request, home: Home, who: Donor, gift: Gift) -> Response:
    """Show how the donor is shown in public now, and the choices."""
    found = my_gifts.find(home, who.acting, gift)
    return _shown_form(request, found, found.shown.kind, _pen_name(found.shown))


def _pen_name(shown: Shown) -> str:
    return shown.text or "" if shown.kind == PEN_NAME else ""


@router.post(HOME + "/{gift}/shown")
def choose_shown(
    request: Request, home: Home, who: Donor, gift: Gift, form: Form, today: Today
) -> Response:
    """Show what the public will see with a choice; record the choice when that was seen."""
    found = my_gifts.find(home, who.acting, gift)
    kind, typed = form.typed.get("shown", ""), form.typed.get("pen_name", "").strip()
    key = form.key or token_urlsafe(16)
    try:
        body = ShownDonor(gift=gift, shown=_kind(kind), pen_name=_typed_name(kind, typed))
        record = form.step == "record"
        call = Call(today, key, dry_run=not record)
        Use(home, who.acting, SHOW, body, call).run()
    except (Refused, Unreadable) as error:
        return _shown_form(request, found, kind, typed, error=error)
    if record:
        return RedirectResponse(f"{HOME}/{gift}", 303, PRIVATE)
    preview = as_would_be(kind, _would_be_text(home, who.acting, gift, kind, typed))
    return _shown_form(request, found, kind, typed, preview=preview, key=key)


class NoChoice(Unreadable):
    """None of the three ways to be shown was chosen."""

    def __init__(self) -> None:
        super().__init__("请选择一种公开方式 (choose one of the three)")


def _kind(kind: str) -> Any:
    if kind not in SHOWN:
        raise NoChoice
    return kind


def _typed_name(kind: str, typed: str) -> str | None:
    """Return the pen name, if it is asked for; what was typed for another choice means nothing."""
    return pen_name(typed) if kind == PEN_NAME else None


def _would_be_text(home: House, acting: Acting, gift: str, kind: str, typed: str) -> str | None:
    if kind == OWN_NAME:
        return my_gifts.own_name(home, acting, gift)
    return None if kind == ANONYMOUS else pen_name(typed)


def _shown_form(
    request: Request,
    found: my_gifts.WholeGift,
    kind: str,
    typed: str,
    *,
    error: LedgerError | None = None,
    preview: Shown | None = None,
    key: str | None = None,
) -> Response:
    said = {
        "found": found,
        "gift": found.mine.gift.id,
        "kind": kind,
        "typed": typed,
        "error": error,
        "preview": preview,
        "key": key or token_urlsafe(16),
    }
    status = 422 if error else 200
    return page(request, "donor_shown_choice.html", said, status=status, headers=PRIVATE)
