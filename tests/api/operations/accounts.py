"""Accounts that operate on a ledger in tests, and what uses an operation for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from api.operations import BY_NAME
from api.operations.running import Call, Outcome, Use
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.organisations import AUTHORITY
from tests.conftest import USCC

TODAY = date(2026, 11, 22)


def account(number: int, organisation: str, *roles: str) -> Acting:
    """Return an account that has shown its second factor."""
    return Acting(f"{number:010x}", organisation, frozenset(roles), confirmed=True)


CLERK = account(1, USCC, "clerk")
REVIEWER = account(2, USCC, "reviewer")
ADMINISTRATOR = account(3, USCC, "administrator")
AUDITOR = account(4, USCC, "auditor")
TAX = account(5, AUTHORITY, "tax-officer")
FINANCE = account(6, AUTHORITY, "finance-officer")
COUNTY = account(7, AUTHORITY, "county-approver")
COUNTY_TOO = account(8, AUTHORITY, "county-approver")
DONOR = account(12, "", "donor")


@dataclass(frozen=True)
class Operating:
    """A house whose operations accounts use."""

    house: House

    def use(self, who: Acting, name: str, /, *, call: Call | None = None, **body: Any) -> Outcome:
        """Use an operation with this body."""
        operation = BY_NAME[name]
        asked = operation.body.model_validate(body)
        return Use(self.house, who, operation, asked, call or Call(TODAY)).run()

    def topics(
        self, who: Acting, name: str, /, *, call: Call | None = None, **body: Any
    ) -> list[str]:
        """Use an operation; return the topics of what was recorded."""
        return [event.TOPIC for event in self.use(who, name, call=call, **body).events]

    def stream(self, who: Acting, name: str, /, **body: Any) -> str:
        """Use an operation; return the stream of the first event recorded."""
        return str(self.use(who, name, **body).events[0].originator_id)
