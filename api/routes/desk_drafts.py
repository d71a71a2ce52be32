"""Pages of what waits for a second person: the queue, a draft beside what it would record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.desk import drafting
from api.desk.draft_words import STATES, lines, parts
from api.desk.drafting import Looked
from api.desk.telling import tell
from api.operations import BY_NAME
from api.people.dependencies import Person
from api.problems import explained, problem_of
from api.rendering import page
from api.routes.drafts import PRIVATE, DraftId
from api.routes.jobs import Home
from api.routes.writing import Today
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.permissions import SecondFactorMissing
from ledger.errors import LedgerError, Unreadable
from ledger.store.drafts import WAITING
from projections import directory, waiting

LISTED = 50
TOLD = 20
"""Events that are told of one by one."""

APPROVING = BY_NAME["disbursements-approve"]
NOTE_MAX = 500
Note = Annotated[str, Form()]
router = APIRouter(include_in_schema=False)


class NoteMissing(Unreadable):
    """Whoever refuses a draft says why."""

    def __init__(self) -> None:
        super().__init__(f"say why it is refused, in 1 to {NOTE_MAX} characters")


@router.get("/desk/queue")
def queue(request: Request, home: Home, acting: Person) -> Response:
    """Show what waits for a second person of the organisation, the newest first."""
    able = drafting.prepared_for(acting)
    funds = {one.fund: one.name for one in directory.funds(home.runner, acting.organisation)}
    payments = waiting.proposed(home.runner, list(funds), LISTED) if APPROVING in able else []
    shown = {
        "drafts": drafting.listed(home, acting, WAITING, None, LISTED),
        "operations": BY_NAME,
        "payments": payments,
        "funds": funds,
        "approving": APPROVING.open_to(acting),
        "preparable": [one for one in able if not one.open_to(acting)],
        "own": acting.account,
    }
    return page(request, "desk/queue.html", shown, headers=PRIVATE)


@router.get("/desk/drafts/{name}")
def show_draft(
    request: Request, home: Home, acting: Person, today: Today, name: DraftId
) -> Response:
    """Show what was prepared, and what this account would have recorded by it."""
    return _shown(request, home, acting, drafting.look(home, acting, name, today))


@router.post("/desk/drafts/{name}/record")
def record_draft(
    request: Request, home: Home, acting: Person, today: Today, name: DraftId
) -> Response:
    """Record what another account prepared."""
    return _decided(request, home, acting, today, name,
                    lambda: drafting.record(home, acting, name, today))  # fmt: skip


@router.post("/desk/drafts/{name}/refuse")
def refuse_draft(
    request: Request, home: Home, acting: Person, today: Today, name: DraftId, note: Note = ""
) -> Response:
    """Refuse what another account prepared."""
    return _decided(request, home, acting, today, name,
                    lambda: drafting.refuse(home, acting, name, _sentence(note)))  # fmt: skip


@router.post("/desk/drafts/{name}/withdraw")
def withdraw_draft(
    request: Request, home: Home, acting: Person, today: Today, name: DraftId
) -> Response:
    """Take back what the same account prepared."""
    return _decided(request, home, acting, today, name,
                    lambda: drafting.withdraw(home, acting, name))  # fmt: skip


def _sentence(note: str) -> str:
    if not 0 < len(note.strip()) <= NOTE_MAX:
        raise NoteMissing
    return note.strip()


def _decided(
    request: Request,
    home: House,
    acting: Acting,
    today: date,
    name: str,
    decide: Callable[[], object],
) -> Response:
    """Decide, and lead back to the draft; what is refused is said on its page."""
    try:
        decide()
    except LedgerError as error:
        return _shown(request, home, acting, drafting.look(home, acting, name, today), error)
    return RedirectResponse(f"/desk/drafts/{name}", 303, PRIVATE)


def _shown(
    request: Request, home: House, acting: Acting, looked: Looked, error: LedgerError | None = None
) -> Response:
    origin = home.recorder.origin()
    own = looked.draft.prepared_by == acting.account
    able = looked.operation.open_to(acting)
    shown = {
        "draft": looked.draft,
        "operation": looked.operation,
        "state": STATES[looked.draft.state],
        "lines": lines(looked),
        "parts": parts(looked),
        "events": [tell(event, origin) for event in looked.events[:TOLD]],
        "more": max(0, len(looked.events) - TOLD),
        "hindered": looked.hindrance and able and not own and explained(looked.hindrance),
        "refused": error and explained(error),
        "waits": looked.draft.state == WAITING,
        "own": own,
        "able": able,
        "confirm": isinstance(looked.hindrance, SecondFactorMissing),
    }
    status = problem_of(error).status if error else 200
    return page(request, "desk/draft.html", shown, status=status, headers=PRIVATE)
