"""Pages of batches of gifts: begun with control totals, keyed, closed, printed, taken along."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.bounded_bodies import FIELDS_MAX
from api.desk import batch_closing, batch_files, batches
from api.desk.batch_rows import ReadBatch, both, read
from api.desk.batches import Batch, Kept, Row
from api.desk.draft_words import STATES
from api.desk.telling import tell
from api.languages import language_of, saying
from api.operations.batches import ROWS_MAX
from api.people.dependencies import Person
from api.problems import problem_of
from api.rendering import page
from api.routes.drafts import PRIVATE, DraftId
from api.routes.jobs import TYPES, Home
from api.routes.writing import Today
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.errors import LedgerError, Unreadable
from ledger.money import Money
from projections import directory

HEAD = ("fund", "received_on", "reference", "count", "total")
MORE = 10
"""Rows that are added at a time."""

ROWS_AT_FIRST = 10
MORE_ROWS, CLOSE, HAND, DISCARD = "more", "close", "hand", "discard"
router = APIRouter(include_in_schema=False)


class FormBroken(Unreadable):
    """A form came without parts that every batch's form has."""

    def __init__(self) -> None:
        super().__init__("this form is not whole; open the batch again and send it anew")


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: the batch in it, which button was pressed, the key of a new one."""

    batch: Batch
    step: str
    key: str


async def typed(request: Request) -> Typed:
    """Read a form; the cells of a column come one after the other, blank ones too."""
    form = await request.form(max_fields=FIELDS_MAX)
    said = {name: str(form.get(name, "")) for name in (*HEAD, "step", "idempotency_key")}
    columns = [list(map(str, form.getlist(f"row-{name}"))) for name in batches.CELLS]
    cells = zip_longest(*columns)
    revision = str(form.get("revision", "1"))
    try:
        rows = tuple(Row(**dict(zip(batches.CELLS, row, strict=True))) for row in cells)
        batch = Batch(**{name: said[name] for name in HEAD}, rows=rows, revision=int(revision))
    except ValueError:
        raise FormBroken from None
    return Typed(batch, said["step"], said["idempotency_key"])


Sent = Annotated[Typed, Depends(typed)]


@router.api_route("/desk/gifts/receive-batch", methods=["GET", "POST"])
def lead_on() -> Response:
    """Lead from the desk's menu to the page that batches are keyed on."""
    return RedirectResponse("/desk/batches", 303, PRIVATE)


@router.get("/desk/batches")
def list_batches(request: Request, home: Home, acting: Person, today: Today) -> Response:
    """List the account's open batches, and begin another."""
    batches.check_keying(acting)
    return _listed(request, home, acting, Batch(received_on=today.isoformat()), {})


@router.post("/desk/batches")
def start(request: Request, home: Home, acting: Person, sent: Sent) -> Response:
    """Begin a batch, its control totals first."""
    batches.check_keying(acting)
    keyed = read(sent.batch)
    if keyed.errors or keyed.expected is None:
        return _listed(request, home, acting, sent.batch, keyed.errors, 422)
    rows = max(ROWS_AT_FIRST, keyed.expected.count)
    draft = batches.start(home, acting, sent.batch.longer(rows), sent.key or uuid4().hex)
    return _on(draft.id)


@router.get("/desk/batches/{name}")
def show(request: Request, home: Home, acting: Person, name: DraftId) -> Response:
    """Show a batch to be keyed, or what became of it."""
    kept = batches.find(home, acting, name)
    if kept.open:
        return _grid(request, home, acting, kept, kept.batch)
    origin = home.recorder.origin()
    told = [tell(event, origin) for event in batch_closing.recorded(home, kept)]
    return page(request, "desk/batch_ended.html", {"kept": kept, "told": told}, headers=PRIVATE)


@router.post("/desk/batches/{name}")
def key(request: Request, home: Home, acting: Person, name: DraftId, sent: Sent) -> Response:
    """Save what was typed; then show it again, with more rows, or what closing would record."""
    batch = sent.batch.longer(MORE if sent.step == MORE_ROWS else 0)
    try:
        batches.save(home, acting, name, batch)
    except LedgerError as error:
        return _grid(request, home, acting, batches.find(home, acting, name), sent.batch, error)
    if sent.step == MORE_ROWS:
        return _on(name, f"#row-{len(sent.batch.rows) + 1}")
    return _on(name, f"/{CLOSE}" if sent.step == CLOSE else "")


@router.get("/desk/batches/{name}/close")
def close(request: Request, home: Home, acting: Person, today: Today, name: DraftId) -> Response:
    """Show what would be recorded, or on the batch itself why it can't be."""
    kept = batches.find(home, acting, name)
    if not kept.open:
        return _on(name)
    try:
        found = batch_closing.preview(home, acting, kept, today)
    except LedgerError as error:
        return _grid(request, home, acting, kept, kept.batch, error)
    origin = home.recorder.origin()
    shown = {
        "kept": kept,
        "found": found,
        "first": [tell(event, origin) for event in found.events[:1]],
        "fund": _funds(home, acting, kept.batch.fund).get(kept.batch.fund, kept.batch.fund),
        "able": batches.RECEIVE.open_to(acting),
    }
    return page(request, "desk/batch_close.html", shown, headers=PRIVATE)


@router.post("/desk/batches/{name}/{step}")
def end(
    request: Request,
    home: Home,
    acting: Person,
    today: Today,
    name: DraftId,
    step: Literal["record", "hand", "discard"],
    sent: Sent,
) -> Response:
    """Record a batch, hand it to another account, or throw it away."""
    revision = sent.batch.revision
    try:
        if step == DISCARD:
            batches.discard(home, acting, name, revision)
            return RedirectResponse("/desk/batches", 303, PRIVATE)
        if step == HAND:
            handed = batch_closing.hand_over(home, acting, name, revision, today)
            return RedirectResponse(f"/desk/drafts/{handed}", 303, PRIVATE)
        batch_closing.record(home, acting, name, revision, today)
    except LedgerError as error:
        kept = batches.find(home, acting, name)
        if kept.open:
            return _grid(request, home, acting, kept, kept.batch, error)
    return _on(name)


@router.get("/desk/batches/{name}/print")
def print_batch(
    request: Request, home: Home, acting: Person, name: DraftId, paper: Literal["a4", "a5"] = "a4"
) -> Response:
    """Show a batch as it is put on paper."""
    kept = batches.find(home, acting, name)
    origin = home.recorder.origin()
    shown = {
        "kept": kept,
        "keyed": read(kept.batch),
        "paper": paper,
        "fund": _funds(home, acting, kept.batch.fund).get(kept.batch.fund, kept.batch.fund),
        "told": [tell(event, origin) for event in batch_closing.recorded(home, kept)],
    }
    return page(request, "desk/batch_print.html", shown, headers=PRIVATE)


@router.get("/desk/batches/{name}/{file}.xlsx")
def take_along(
    request: Request,
    home: Home,
    acting: Person,
    name: DraftId,
    file: Literal["rows", "errors"],
) -> Response:
    """Give a batch as a spreadsheet: all its rows, or those to be put right."""
    kept, say = batches.find(home, acting, name), saying(language_of(request))
    if file == "errors":
        data = batch_files.wrong(read(kept.batch), say)
    elif recorded := batch_closing.recorded(home, kept):
        data = batch_files.recorded(recorded, say)
    else:
        data = batch_files.keyed(read(kept.batch), say)
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{file}-{name[:8]}.xlsx"'}
    return Response(data, headers=headers, media_type=TYPES["xlsx"])


def _funds(home: House, acting: Acting, chosen: str = "") -> dict[str, str]:
    """Return the names of the organisation's funds that are open, or that one, by id."""
    home.runner.catch_up()
    known = directory.funds(home.runner, acting.organisation)
    return {one.fund: one.name for one in known if one.closed is None or one.fund == chosen}


def _listed(
    request: Request,
    home: House,
    acting: Acting,
    batch: Batch,
    errors: object,
    status: int = 200,
) -> Response:
    shown = {
        "open": [(one, read(one.batch)) for one in batches.own(home, acting)],
        "batch": batch,
        "errors": errors,
        "funds": _funds(home, acting, batch.fund),
        "both": both,
        "most": ROWS_MAX,
        "key": uuid4().hex,
    }
    return page(request, "desk/batches.html", shown, status=status, headers=PRIVATE)


def _grid(
    request: Request,
    home: House,
    acting: Acting,
    kept: Kept,
    batch: Batch,
    error: LedgerError | None = None,
) -> Response:
    keyed: ReadBatch = read(batch)
    shown = {
        "kept": kept,
        "batch": batch,
        "keyed": keyed,
        "by_place": {one.place: one for one in keyed.rows},
        "funds": _funds(home, acting, batch.fund),
        "both": both,
        "most": ROWS_MAX,
        "error": batch_closing.sentence(error) if error else None,
        "none": Money(0),
        "states": STATES,
    }
    status = problem_of(error).status if error else 200
    return page(request, "desk/batch.html", shown, status=status, headers=PRIVATE)


def _on(name: str, to: str = "") -> Response:
    return RedirectResponse(f"/desk/batches/{name}{to}", 303, PRIVATE)
