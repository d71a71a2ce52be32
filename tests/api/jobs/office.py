"""A charity's desk asked over HTTP in this process, with a worker that works when told to."""

from __future__ import annotations

import asyncio
import uuid
from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.jobs.worker import Worker
from api.people.dependencies import person
from api.people.limits import Limits
from api.wiring import House
from ledger.domain.acting import Acting
from tests.conftest import OTHER_USCC, USCC

CLERK = Acting("c1e4c00000", USCC, frozenset({"clerk"}))
REVIEWER = Acting("4e51e30000", USCC, frozenset({"reviewer"}), confirmed=True)
BOTH = Acting("b074700000", USCC, frozenset({"clerk", "reviewer"}), confirmed=True)
STRANGER = Acting("57a9e40000", OTHER_USCC, frozenset({"clerk", "reviewer"}), confirmed=True)
DONOR = Acting("d0404d0000", "", frozenset({"donor"}))

A_MINUTE_S = 60
"""What passes from one request to the next, so that no limit of a stranger's is met."""

CSV = "捐赠人,金额（元）,捐赠日期\n"
PAID = "收款单位,支出金额（元）,支出日期\n示范县第一小学,30.00,2026-11-01\n"


class Office:
    """The portal over a house; `acting` is who asks."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.app: FastAPI = create_app(house)
        self.app.state.people.limits = Limits(count(0, A_MINUTE_S).__next__)
        self.acting = CLERK
        self.app.dependency_overrides[person] = lambda: self.acting

    @property
    def worker(self) -> Worker:
        """The worker, which has no thread here."""
        found: Worker = self.app.state.worker
        return found

    def ask(
        self, method: str, path: str, acting: Acting | None = None, **given: Any
    ) -> httpx.Response:
        """Ask as an account; a POST to programs' addresses gets a new key unless one is given."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} | given.pop("headers", {})
        before, self.acting = self.acting, acting or self.acting

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
                return await client.request(method, path, headers=headers, **given)

        try:
            return asyncio.run(send())
        finally:
            self.acting = before

    def done(self, asked: httpx.Response) -> dict[str, Any]:
        """Let the worker do what was asked for; return the job as it is then."""
        assert asked.status_code == 202, asked.text
        self.worker.run_waiting()
        found: dict[str, Any] = self.ask("GET", asked.headers["Location"]).json()
        return found

    def file(self, job: dict[str, Any], name: str) -> bytes:
        """Fetch a file that came out of a job."""
        (href,) = [one["href"] for one in job["files"] if one["name"] == name]
        got = self.ask("GET", href)
        assert got.status_code == 200, got.text
        assert got.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        return got.content


def sent(text: str, name: str = "名单.csv") -> dict[str, Any]:
    """Describe a file to be sent."""
    return {"files": [("file", (name, text.encode()))]}
