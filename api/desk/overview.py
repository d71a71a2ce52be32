"""What an account starts from: its desk's pages by role, and forms filled in as far as known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from api.desk.choices import Pair
from api.jobs.roles import RoleMissing
from api.operations import BY_NAME
from ledger.domain.acting import Acting
from ledger.domain.organisations import AUTHORITY

CHARITY = frozenset({"clerk", "reviewer"})
TAX = frozenset({"tax-officer"})
COUNTY = frozenset({"county-approver"})
SUPERVISION = frozenset({"finance-officer", "civil-affairs-officer", "tax-officer"})
DONORS = frozenset({"donor"})
TWO = CHARITY | COUNTY | SUPERVISION | {"administrator"}
JOBS = CHARITY | TAX | {"auditor", "administrator"}


@dataclass(frozen=True, slots=True)
class Link:
    """A place of the desk, and what it is called."""

    place: str
    words: Pair


PLACES: tuple[tuple[frozenset[str], Link], ...] = (
    (CHARITY, Link("/desk/charity", ("本单位概览", "Our charity"))),
    (CHARITY, Link("/desk/batches", ("成批登记捐款", "Batches of gifts"))),
    (CHARITY, Link("/desk/import", ("导入名单", "Import lists"))),
    (DONORS, Link("/desk/my-gifts", ("我的捐赠", "My gifts"))),
    (TAX, Link("/desk/tax", ("税务查验与勾选", "Tax desk"))),
    (CHARITY | COUNTY, Link("/desk/names", ("冠名", "Names given in thanks"))),
    (SUPERVISION, Link("/desk/organisations", ("资格与票据监管", "Organisations"))),
    (TWO, Link("/desk/queue", ("待复核", "Waiting for a second person"))),
    (JOBS, Link("/desk/jobs", ("长任务", "Jobs"))),
    (JOBS | SUPERVISION, Link("/desk/hooks", ("事件通知", "Webhooks"))),
)
"""Which roles each page is for, in the order shown."""


def overview_of(acting: Acting) -> list[Link]:
    """Return the pages that an account's roles open."""
    return [link for roles, link in PLACES if roles & acting.roles]


def forms(acting: Acting, names: Iterable[str], **filled: str) -> list[Link]:
    """Return those forms that the account may use, with these fields filled in."""
    query = f"?{urlencode(filled)}" if filled else ""
    return [
        Link(f"/desk/{one.group}/{one.verb}{query}", (one.zh, one.en))
        for one in map(BY_NAME.__getitem__, names)
        if one.open_to(acting)
    ]


def check_charity(acting: Acting) -> None:
    """Refuse an account that does no charity's clerical work."""
    if acting.organisation == AUTHORITY or not CHARITY & acting.roles:
        raise RoleMissing("the desk of a charity", CHARITY)


def check_government(acting: Acting, what: str, roles: frozenset[str]) -> None:
    """Refuse an account that is not one of government in one of these roles."""
    if acting.organisation != AUTHORITY or not roles & acting.roles:
        raise RoleMissing(what, roles)
