"""What an administrator does with the accounts of its own organisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from api.people import registering
from api.people.addresses import HOME
from api.people.dependencies import Confirmed, PeopleHere
from api.people.house import People
from api.people.who import Who
from api.routes.people import Field, form
from ledger.domain.accounts import fitting_roles
from ledger.errors import Refused
from ledger.store.accounts import AccountUnknown
from ledger.store.accounts_tables import Account

ADMINISTRATOR = "administrator"


class NotAdministrator(Refused):
    """Accounts are given by administrators, to others."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


def administrator(who: Confirmed) -> Who:
    """Return who asks, if it may give accounts; it takes a second factor shown lately."""
    if ADMINISTRATOR not in who.acting.roles:
        raise NotAdministrator("只有管理员能开设账号 (an administrator gives accounts)")
    return who


Administrator = Annotated[Who, Depends(administrator)]
Roles = Annotated[list[str] | None, Form()]

router = APIRouter(prefix=f"{HOME}/people", include_in_schema=False)


@router.get("")
def people_page(request: Request, people: PeopleHere, who: Administrator) -> Response:
    """Show the accounts of one's organisation."""
    return _page(request, people, who)


@router.post("")
def add(
    request: Request, people: PeopleHere, who: Administrator, login: Field = "", roles: Roles = None
) -> Response:
    """Add an account, and show its invitation, once."""
    organisation, by = who.acting.organisation, who.account.login
    try:
        made, code = registering.add(people.house, login.strip(), organisation, roles or [], by)
    except Refused as error:
        return _page(request, people, who, error=error)
    return _page(request, people, who, made, code)


@router.post("/roles")
def give_roles(
    request: Request, people: PeopleHere, who: Administrator, login: Field = "", roles: Roles = None
) -> Response:
    """Give another account other roles; its sessions and tokens end."""
    theirs = _other(people, who, login)
    try:
        registering.give_roles(people.house, theirs.login, roles or [], who.account.login)
    except Refused as error:
        return _page(request, people, who, error=error)
    return _page(request, people, who)


@router.post("/disable")
def disable(
    request: Request, people: PeopleHere, who: Administrator, login: Field = ""
) -> Response:
    """Shut another account out."""
    registering.disable(people.house, _other(people, who, login).login, who.account.login)
    return _page(request, people, who)


@router.post("/reset")
def reset(request: Request, people: PeopleHere, who: Administrator, login: Field = "") -> Response:
    """Take password and factors of another account away, and show a new invitation, once."""
    theirs = _other(people, who, login)
    changed, code = registering.reset(people.house, theirs.login, who.account.login)
    return _page(request, people, who, changed, code)


def _other(people: People, who: Who, login: str) -> Account:
    """Return another account of the same organisation; those of others are unknown here."""
    found = people.accounts.named(login)
    if found.organisation != who.acting.organisation:
        raise AccountUnknown(login)
    if found.id == who.account.id:
        raise NotAdministrator(
            "不能更改自己的账号，请另一位管理员操作 "
            "(another administrator changes your own account)"
        )
    return found


def _page(
    request: Request,
    people: People,
    who: Who,
    invited: Account | None = None,
    code: str = "",
    error: Exception | None = None,
) -> Response:
    organisation = who.acting.organisation
    address = people.address(request).origin
    shown = {
        "accounts": people.accounts.all(organisation),
        "own": who.account.id,
        "organisation": organisation,
        "roles": sorted(fitting_roles(organisation)),
        "invited": invited,
        "invitation": f"{address}/invitation/{code}" if invited else "",
        "now": people.accounts.means.clock(),
    }
    return form(request, "people", shown, error)
