"""Names given in thanks, for who decides on them: those that wait, and one with all there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import naming_page, naming_words
from api.desk.choices import CHOICES
from api.desk.overview import CHARITY, COUNTY, check_government, forms
from api.desk.telling import FOLLOWING, MAIN
from api.jobs.roles import RoleMissing
from api.people.dependencies import Person
from api.rendering import page
from api.routes.desk import PRIVATE
from api.routes.jobs import Home
from api.routes.writing import Today
from api.wiring import House
from ledger.application.asked import Asked
from ledger.application.streams import NamingUnknown
from ledger.domain.acting import Acting
from ledger.domain.organisations import AUTHORITY
from ledger.money import Money
from projections import directory
from projections.directory import DIRECTORY
from projections.namings import NAMINGS, NameEntry, names

SUBMITTED, REVIEWED = "submitted", "under review"
STANDING = ("in force", "suspended")
GROUPS: Mapping[str, tuple[str, str]] = {
    SUBMITTED: ("待政府批准", "Waiting for government"),
    REVIEWED: ("复核中", "Under review"),
    "standing": ("生效或暂停", "In force or suspended"),
    "others": ("办理中与已终止", "In preparation, or ended"),
}
FOR_GOVERNMENT = (SUBMITTED, REVIEWED, "standing")

STEPS: Mapping[str, tuple[str, ...]] = {
    "proposed": ("wish", "screen", "fund", "consent", "submit", "enter", "withdraw"),
    SUBMITTED: ("approve", "reject", "withdraw"),
    "approved": ("enter", "withdraw"),
    "in force": ("suspend", "revoke", "expire", "withdraw"),
    "suspended": ("resume", "revoke", "withdraw"),
}
"""What can be done at each status; the ledger decides, whatever is shown."""

WORDS = {**FOLLOWING, **MAIN}

router = APIRouter(include_in_schema=False)


def concerned(acting: Person) -> Acting:
    """Return the account that acts, if it is a county approver's or works at a charity's desk."""
    if acting.organisation == AUTHORITY:
        check_government(acting, "names given in thanks", COUNTY)
    elif not CHARITY & acting.roles:
        raise RoleMissing("names given in thanks", CHARITY | COUNTY)
    return acting


Concerned = Annotated[Acting, Depends(concerned)]


@router.get("/desk/names")
def list_names(request: Request, home: Home, acting: Concerned) -> Response:
    """List names as they stand; the texts stay sealed."""
    for view in (NAMINGS, DIRECTORY):
        home.runner.follow(view)
    government = acting.organisation == AUTHORITY
    found = names(home.runner, None if government else acting.organisation)
    listed: dict[str, list[NameEntry]] = {name: [] for name in GROUPS}
    for entry in found:
        listed[_group(entry)].append(entry)
    shown = {
        "groups": [(GROUPS[n], listed[n]) for n in (FOR_GOVERNMENT if government else GROUPS)],
        "charities": directory.names(home.runner),
        "statuses": naming_words.STATUS,
        "choices": CHOICES,
        "forms": forms(acting, ["namings-propose"]),
    }
    return page(request, "desk/names.html", shown, headers=PRIVATE)


def _group(entry: NameEntry) -> str:
    if entry.under_review:
        return REVIEWED
    if entry.status in STANDING:
        return "standing"
    return SUBMITTED if entry.status == SUBMITTED else "others"


@router.get("/desk/naming/{naming}")
def name_page(
    request: Request, home: Home, acting: Concerned, today: Today, naming: str
) -> Response:
    """Show all that is known of a name; the vault notes that this account read it."""
    _check_own(home, acting, naming)
    found = naming_page.page(home.of_request(Asked(acting)), naming, today)
    shown = {
        "found": found,
        "names": naming_words,
        "choices": CHOICES,
        "steps": [(step, WORDS[f"{step['fact']}.v1"]) for step in found["history"]],
        "forms": forms(acting, _operations(found), **_filled(naming, found)),
        "minor": lambda text, unit: Money.parse(text, unit).minor,
        "date": date.fromisoformat,
    }
    return page(request, "desk/naming.html", shown, headers=PRIVATE)


def _check_own(home: House, acting: Acting, naming: str) -> None:
    """Refuse another charity's name as if there were none."""
    proposed = home.ledger.streams.naming(naming)
    if acting.organisation not in (AUTHORITY, proposed.organisation):
        raise NamingUnknown(naming)


def _operations(found: Mapping[str, object]) -> list[str]:
    steps = STEPS.get(str(found["status"]), ())
    review = ("review",) if found["under_review"] else ()
    return [f"namings-{step}" for step in (*steps, *review)]


def _filled(naming: str, found: Mapping[str, object]) -> dict[str, str]:
    """Return what forms can be filled in with; never the text, which no address may hold."""
    asked = found["submitted"]
    authority = {"authority": str(asked["authority"])} if isinstance(asked, dict) else {}
    return {"naming": naming, **authority}
