"""Operations on accounting periods: closed, and what comes later goes to the next one."""

from __future__ import annotations

from api.operations.fields import Day, titled
from api.operations.operation import Body, Operation, Request
from ledger.domain import events as facts
from projections.journal import JOURNAL


class ClosedPeriod(Body):
    """A period up to a day."""

    last_day: Day = titled("截止日", "Last day")


def close(request: Request, body: ClosedPeriod) -> None:
    """Close a charity's books up to a day."""
    request.house.runner.catch_up()
    with request.house.runner.reading(JOURNAL) as (_, seen):
        pass
    request.house.ledger.periods.close(request.charity, body.last_day, seen.size, request.by)


OPERATIONS = (
    Operation(
        "periods", "close", "结账", "Close a period", facts.PeriodClosed, ClosedPeriod, close
    ),
)
