"""Facts about who may decide what, and about attempts that were refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.goods import Amount
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalLimitSet(Event):
    """A role approves disbursements up to `limit` from here on; None: without limit."""

    TOPIC: ClassVar[str] = "approval-limit-set.v1"

    organisation: str
    role: str
    limit: Money | None
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptRefused(Event):
    """Somebody tried what a rule forbids: who, what, which rule, and the limit as it then was."""

    TOPIC: ClassVar[str] = "attempt-refused.v1"

    organisation: str
    fund: str
    disbursement: str
    attempted: str
    attempted_by: str
    rule: str
    amount: Amount
    limit: Money | None
