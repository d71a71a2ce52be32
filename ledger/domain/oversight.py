"""Who may approve how much, and the record of what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from ledger.domain.acting import role_of
from ledger.domain.events import ApprovalLimitSet, AttemptRefused, OversightEvent
from ledger.domain.funds import Fund
from ledger.domain.goods import Amount
from ledger.domain.values import account
from ledger.errors import LedgerError, Refused
from ledger.money import Money


class OwnLimit(Refused):
    """Nobody sets the limit of their own approvals."""

    def __init__(self, role: str) -> None:
        super().__init__(f"{role} can't set its own limit; another role must")


class LimitNegative(Refused):
    """A limit is zero or more."""

    def __init__(self, limit: Money) -> None:
        super().__init__(f"a limit of {limit} can't be set; give zero or more")


@dataclass(frozen=True, slots=True)
class Oversight:
    """The limits of an organisation's roles; a role without one approves any amount."""

    organisation: str
    version: int = 0
    limits: Mapping[str, Money | None] = field(default_factory=dict)


def stream(organisation: str) -> str:
    """Return the stream of an organisation's limits."""
    return f"oversight-{organisation}"


def set_limit(
    known: Oversight, role: str, limit: Money | None, decided_by: str, at: datetime
) -> ApprovalLimitSet | None:
    """Decide up to what amount a role approves; None when it is so already."""
    if role in (decided_by, role_of(decided_by)):
        raise OwnLimit(role)
    if limit is not None and limit.minor < 0:
        raise LimitNegative(limit)
    if role in known.limits and known.limits[role] == limit:
        return None
    return ApprovalLimitSet(
        originator_id=stream(known.organisation),
        originator_version=known.version + 1,
        timestamp=at,
        actor=known.organisation,
        organisation=known.organisation,
        role=account(role),
        limit=limit,
        decided_by=account(decided_by),
    )


def limit_of(limits: Mapping[str, Money | None], by: str) -> Money | None:
    """Return up to what amount somebody approves: by a limit of their own, else by their role's."""
    return limits[by] if by in limits else limits.get(role_of(by))


def refused(
    attempt: str,
    fund: Fund,
    disbursement: str,
    amount: Amount,
    attempted: str,
    attempted_by: str,
    rule: LedgerError,
    limit: Money | None,
    at: datetime,
) -> AttemptRefused:
    """Return the fact that an attempt was refused, under the name of the rule that refused it."""
    return AttemptRefused(
        originator_id=attempt,
        originator_version=1,
        timestamp=at,
        actor=fund.organisation,
        organisation=fund.organisation,
        fund=fund.id,
        disbursement=disbursement,
        attempted=attempted,
        attempted_by=account(attempted_by),
        rule=type(rule).__name__,
        amount=amount,
        limit=limit,
    )


def evolve(known: Oversight, event: OversightEvent) -> Oversight:
    """Apply one fact."""
    match event:
        case ApprovalLimitSet():
            limits = {**known.limits, event.role: event.limit}
            return replace(known, version=event.originator_version, limits=limits)
        case AttemptRefused():
            return known
        case _:
            assert_never(event)
