"""Allocations (拨付): from fund to fund, through organisations and tiers; never new money."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.bindings import check_target
from ledger.domain.events import FundsAllocated
from ledger.domain.funds import Fund, FundIsClosed, Inflows, check_room, check_within
from ledger.domain.goods import Amount
from ledger.domain.values import account
from ledger.errors import Refused


class SameFund(Refused):
    """An allocation leads from one fund to another one."""

    def __init__(self, fund: str) -> None:
        super().__init__(f"fund {fund} can't be allocated to itself")


def allocate(
    fund: Fund, inflows: Inflows, to_fund: Fund, amount: Amount, decided_by: str, at: datetime
) -> FundsAllocated:
    """Decide that money or goods move to another fund, of the same or another organisation.

    A closed fund may still pass on what reached it late, but nothing reaches a closed fund.
    """
    if fund.id == to_fund.id:
        raise SameFund(fund.id)
    if to_fund.closed:
        raise FundIsClosed(to_fund.id)
    check_within(fund, inflows, amount)
    check_room(to_fund.id, inflows, amount.unit, amount.units)
    check_target(fund, to_fund)
    return FundsAllocated(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        to_fund=to_fund.id,
        amount=amount,
        decided_by=account(decided_by),
    )
