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


_SELECT = "SELECT id, fund, payee, amount, unit, purpose, leaf FROM disbursements WHERE "


def payment(runner: Runner, name: str) -> Proposed | None:
    """Return a payment as it was proposed, whatever became of it; None where there is none."""
    with runner.reading(TRACES) as (connection, _):
        found = connection.execute(_SELECT + "id = %s", [name]).fetchone()
    return Proposed(**found) if found else None


def proposed(runner: Runner, funds: Sequence[str], most: int) -> list[Proposed]:
    """Return the payments of these funds that wait for approval, the newest first."""
    condition = "fund = ANY(%s) AND status = 'proposed' ORDER BY leaf DESC LIMIT %s"
    with runner.reading(TRACES) as (connection, _):
        found = connection.execute(_SELECT + condition, [list(funds), most]).fetchall()
    return [Proposed(**row) for row in found]
