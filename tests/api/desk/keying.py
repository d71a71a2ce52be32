"""Batches of gifts as a clerk keys them, over the pages of the desk."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from api.desk import batches
from api.wiring import House
from ledger.domain.acting import Acting
from tests.api.operations.accounts import CLERK
from tests.api.operations.portal import Desk

PLACE = "/desk/batches"
Cells = tuple[str, str, str, str]
TWO: tuple[Cells, ...] = (("", "王某某", "60.00", ""), ("", "李某某", "40.00", "现金"))
"""Two gifts of a hundred yuan together."""


def columns(rows: Sequence[Cells]) -> dict[str, list[str]]:
    """Return the fields that a grid sends: each column's cells, one after the other."""
    return {f"row-{name}": [row[at] for row in rows] for at, name in enumerate(batches.CELLS)}


@dataclass
class Keying:
    """A ledger on which batches are keyed, as one account or another."""

    house: House
    fund: str

    def __post_init__(self) -> None:
        self.desk = Desk(self.house, CLERK)

    def start(self, who: Acting = CLERK, /, **head: str) -> str:
        """Begin a batch of two gifts of a hundred yuan, or of another head; return its id."""
        answer = self.begin(who, **head)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    def begin(self, who: Acting = CLERK, /, **head: str) -> httpx.Response:
        """Send the form that begins a batch."""
        self.desk.acting = who
        sent = {"idempotency_key": uuid.uuid4().hex, **self.head(**head)}
        return self.desk.send(PLACE, sent)

    def head(self, **head: str) -> dict[str, Any]:
        """Return the head of a batch of two gifts of a hundred yuan."""
        usual = {"fund": self.fund, "received_on": "2026-11-20", "reference": "缴款单 7",
                 "count": "2", "total": "100.00"}  # fmt: skip
        return usual | head

    def key(
        self, name: str, rows: Sequence[Cells] = TWO, step: str = "save", **head: str
    ) -> httpx.Response:
        """Send the grid of a batch as it was shown last."""
        revision = head.pop("revision", None) or self.revision(name)
        sent = {**self.head(**head), **columns(rows), "revision": revision, "step": step}
        return self.desk.send(f"{PLACE}/{name}", sent)

    def keyed(self, rows: Sequence[Cells] = TWO, **head: str) -> str:
        """Key a whole batch; return its id."""
        name = self.start(**head)
        assert self.key(name, rows, **head).status_code == 303
        return name

    def end(self, name: str, step: str, revision: str = "") -> httpx.Response:
        """Record a batch, hand it over, or throw it away."""
        said = {"revision": revision or self.revision(name)}
        return self.desk.send(f"{PLACE}/{name}/{step}", said)

    def page(self, name: str, to: str = "") -> httpx.Response:
        """Look at a batch."""
        return self.desk.get(f"{PLACE}/{name}{to}")

    def revision(self, name: str) -> str:
        """Return the revision that the page of a batch, or of its preview, holds."""
        found = re.search(r'name="revision" value="(\d+)"', self.page(name).text)
        return found[1] if found else "1"

    def size(self) -> int:
        """Return how many entries the ledger has."""
        return self.house.recorder.size()
