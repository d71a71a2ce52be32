"""Every operation over HTTP, tried in every role and by a stranger where it could be recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.operations import BY_NAME, OPERATIONS
from api.operations.running import Call
from api.people.dependencies import ours, person
from api.wiring import House
from ledger.domain.acting import ROLES, Acting
from tests.api.operations import test_every_operation as told
from tests.api.operations.accounts import FINANCE, TODAY, Operating, account
from tests.conftest import OTHER_USCC, USCC
from tests.houses import register

DESK = {"clerk", "reviewer"}
REVIEWER = {"reviewer"}
WATCH = {"reviewer", "county-approver"}
MAY: dict[str, set[str]] = {
    "gifts-return": REVIEWER, "gifts-reverse": REVIEWER, "funds-change-use": REVIEWER,
    "funds-allocate": REVIEWER, "funds-take-back": REVIEWER, "funds-close": REVIEWER,
    "disbursements-approve": REVIEWER, "disbursements-recover": REVIEWER,
    "limits-set": {"administrator"}, "receipts-reverse": REVIEWER, "pledges-write-off": REVIEWER,
    "namings-approve": {"county-approver"}, "namings-reject": {"county-approver"},
    "namings-enter": REVIEWER, "namings-benefit": REVIEWER, "namings-suspend": WATCH,
    "namings-resume": WATCH, "namings-revoke": WATCH, "namings-review": WATCH,
    "periods-close": REVIEWER, "books-allot": {"finance-officer"},
    "books-limit": {"finance-officer"}, "tax-claim": {"tax-officer"},
    "tax-release": {"tax-officer"}, "tax-settle": {"tax-officer"},
    "gifts-show": {"donor"},
    "eligibility-grant": {"tax-officer", "finance-officer", "civil-affairs-officer"},
    "eligibility-end": {"tax-officer", "finance-officer", "civil-affairs-officer"},
}  # fmt: skip
"""Who may ask for what; what is not named here, both people at a charity's desk may."""

MONEY = {
    "gifts-return", "gifts-reverse", "funds-allocate", "funds-take-back", "funds-close",
    "disbursements-approve", "disbursements-pay", "disbursements-recover", "limits-set",
    "pledges-write-off",
}  # fmt: skip
"""What is recorded only after a second factor was shown."""

ELSEWHERE = (403, 404, 409)
"""What another organisation is told: not its own, not there for it, or not in that state."""


class Matrix(told.Story):
    """The story of all operations; before each is used, everybody who may not tries it too."""

    def __init__(self, house: House, app: FastAPI) -> None:
        super().__init__(house)
        vars(self).update(app=app, wrong=[])

    def use(self, who: Acting, name: str, /, **body: Any) -> Any:
        call = body.get("call") or Call(TODAY)
        Operating.use(self, who, name, **{**body, "call": replace(call, dry_run=True)})
        body.pop("call", None)
        before = self.house.recorder.size()
        self._everybody(who, name, body)
        assert self.house.recorder.size() == before, "nobody recorded anything yet"
        return super().use(who, name, call=call, **body)

    def _everybody(self, who: Acting, name: str, body: dict[str, Any]) -> None:
        may = MAY.get(name, DESK)
        assert who.roles <= may, f"{name} is used by who may"
        others = [account(100 + n, who.organisation, r) for n, r in enumerate(ROLES)]
        trying = [one for one in others if not one.roles & may]
        trying += [replace(who, roles=frozenset())]
        trying += [replace(who, confirmed=False)] if name in MONEY else []
        foreign = replace(who, organisation=OTHER_USCC)
        *answers, theirs = asyncio.run(
            posted(vars(self)["app"], name, [None, *trying, foreign], body)
        )
        expected = [401] + [403] * len(trying)
        if answers != expected or theirs not in ELSEWHERE:
            vars(self)["wrong"].append(f"{name}: {answers} {theirs}, expected {expected}")


async def posted(
    app: FastAPI, name: str, people: list[Acting | None], body: dict[str, Any]
) -> list[int]:
    """Ask for an operation as each of these (None: a stranger); return the statuses."""
    transport, path = httpx.ASGITransport(app), BY_NAME[name].path
    statuses = []
    async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
        for who in people:
            app.dependency_overrides.pop(person, None)
            if who is not None:
                app.dependency_overrides[person] = _always(who)
            answer = await client.post(path, json=body, headers={"Idempotency-Key": "k"})
            statuses.append(answer.status_code)
    return statuses


def _always(who: Acting) -> Callable[[], Acting]:
    return lambda: who


@pytest.fixture
def matrix(house: House) -> Matrix:
    """Open a ledger with a charity, whose portal believes what the tests say of who asks."""
    register(house)
    app = create_app(house)
    app.dependency_overrides[ours] = lambda: None
    return Matrix(house, app)


@pytest.mark.long
def test_who_may_not_record_something_is_refused_in_every_role(matrix: Matrix) -> None:
    matrix.use(FINANCE, "eligibility-grant", uscc=USCC, notice="示范公告2026年第1号",
               notice_date="2026-02-01", applicant_kind="3")  # fmt: skip
    matrix.use(FINANCE, "books-allot", uscc=USCC, code=told.CODE, first=1, last=40)

    told.test_every_operation_records_its_fact(matrix)

    assert not vars(matrix)["wrong"], "\n".join(vars(matrix)["wrong"])


def test_the_openapi_document_names_every_operation(house: House) -> None:
    described = create_app(house).openapi()["paths"]

    assert {operation.path for operation in OPERATIONS} <= set(described)
    for operation in OPERATIONS:
        assert {"401", "403"} <= set(described[operation.path]["post"]["responses"])
