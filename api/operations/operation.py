"""What an operation is: a body, the fact that it records, and the command that decides it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from api.wiring import House
from ledger.domain import permissions
from ledger.domain.acting import Acting
from ledger.domain.events import Event


class Body(BaseModel):
    """What an operation is asked with; fields that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


ROLES = (
    "reviewer", "clerk", "county-approver", "tax-officer", "finance-officer",
    "civil-affairs-officer", "administrator",
)  # fmt: skip
"""Of an account's roles, the first of these is the one it acts in."""


@dataclass(frozen=True, slots=True)
class Request:
    """One use of an operation: the house as the account may use it, who acts, on which day.

    `prepared_by` is the account that prepared it for this one to record, if another did.
    """

    house: House
    acting: Acting
    today: date
    prepared_by: Acting | None = None

    @property
    def charity(self) -> str:
        """The organisation that acts."""
        return self.acting.organisation

    @property
    def by(self) -> str:
        """How events name who did it."""
        return self.acting.as_role(*ROLES)

    @property
    def first_by(self) -> str:
        """How events name who prepared what takes two people; the same person where nobody did."""
        return (self.prepared_by or self.acting).as_role(*ROLES)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be recorded.

    `fact` is what is recorded in the first place: who may cause it may use the operation. `run`
    gives the command what the body says; `subject` names the stream whose version `If-Match` tells.
    """

    group: str
    verb: str
    zh: str
    en: str
    fact: type[Event]
    body: type[Body]
    run: Callable[[Request, Any], object]
    subject: Callable[[Any], str] | None = None

    @property
    def name(self) -> str:
        """What it is called in addresses and in the OpenAPI document: `gift-receive`."""
        return f"{self.group}-{self.verb}"

    @property
    def path(self) -> str:
        """Where programs send it."""
        return f"/api/v1/{self.group}/{self.verb}"

    def open_to(self, acting: Acting) -> bool:
        """Tell whether an account has a role for it; the ledger decides, whatever is shown."""
        return permissions.may(acting, self.fact)
