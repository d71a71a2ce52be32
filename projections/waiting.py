"""What waits for somebody to decide: payments that were proposed and not approved yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projections.runner import Runner
from projections.traces import TRACES


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposed payment, in smallest units; a payee of None is a person."""

    id: str
    fund: str
    payee: str | None
    amount: int
    unit: str
    purpose: str | None
    leaf: int


def proposed(runner: Runner, funds: Sequence[str], most: int) -> list[Proposed]:
    """Return the payments of these funds that wait for approval, the newest first."""
    query = (
        "SELECT id, fund, payee, amount, unit, purpose, leaf FROM disbursements"
        " WHERE fund = ANY(%s) AND status = 'proposed' ORDER BY leaf DESC LIMIT %s"
    )
    with runner.reading(TRACES) as (connection, _):
        found = connection.execute(query, [list(funds), most]).fetchall()
    return [Proposed(**row) for row in found]
