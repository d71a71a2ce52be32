"""Operations on promises: not money, and disclosed apart."""

from __future__ import annotations

from typing import Literal

from api.operations.fields import (
    Amount,
    Count,
    Day,
    Id,
    MaybeAmount,
    MaybeDay,
    MaybeDigest,
    Unit,
    Words,
    titled,
)
from api.operations.operation import Body, Operation, Request
from ledger.domain import events as facts
from ledger.domain import schedules
from ledger.money import Money

Rhythm = Literal["month", "quarter", "year"]
PLEDGE = titled("认捐编号", "Pledge")
EVERY = titled("周期", "Every")


class NewPledge(Body):
    """A promise of a fixed sum, in equal instalments."""

    fund: Id = titled("资金", "Fund")
    donor: Words = titled("认捐人（不公开）", "Who promises (not public)")
    total: Amount = titled("认捐总额", "Total")
    unit: Unit = titled("币种", "Currency", default="CNY")
    instalments: Count = titled("期数", "Instalments", default=1)
    every: Rhythm = titled("周期", "Every", default="month")
    first_day: Day = titled("首期日期", "First day")
    agreement: MaybeDigest = titled("书面协议", "Written agreement", default=None)


def make(request: Request, body: NewPledge) -> None:
    """Record a promise of a fixed sum."""
    total = Money.parse(body.total, body.unit)
    parts = schedules.spread(total, body.instalments, body.every, body.first_day)
    request.house.ledger.pledges.make(
        request.charity, body.fund, body.donor, total, parts, body.agreement
    )


class NewRecurring(Body):
    """A donor who means to give the same again and again."""

    fund: Id = titled("资金", "Fund")
    donor: Words = titled("捐赠人（不公开）", "Donor (not public)")
    amount: Amount = titled("每期金额", "Amount each time")
    unit: Unit = titled("币种", "Currency", default="CNY")
    every: Rhythm = EVERY
    first_day: Day = titled("起始日", "First day")
    last_day: MaybeDay = titled("截止日", "Last day", default=None)


def agree(request: Request, body: NewRecurring) -> None:
    """Record a recurring gift."""
    request.house.ledger.pledges.agree(
        request.charity, body.fund, body.donor, Money.parse(body.amount, body.unit), body.every,
        body.first_day, body.last_day,
    )  # fmt: skip


class ChangedPledge(Body):
    """A recurring gift that has another amount from a day on."""

    pledge: Id = PLEDGE
    amount: MaybeAmount = titled("新金额", "New amount", default=None)
    every: Rhythm = EVERY
    from_day: Day = titled("自何日起", "From")
    reason: Literal["asked-by-donor", "payments-fail", "agreement-renewed"] = titled(
        "原因", "Reason"
    )


def change(request: Request, body: ChangedPledge) -> None:
    """Record that a recurring gift changes."""
    amount = _money(request, body.pledge, body.amount) if body.amount else None
    request.house.ledger.pledges.change(body.pledge, amount, body.every, body.from_day, body.reason)


class EndedPledge(Body):
    """A recurring gift of which nothing falls due any longer."""

    pledge: Id = PLEDGE
    from_day: Day = titled("自何日起", "From")
    reason: Literal["asked-by-donor", "payments-fail", "purpose-met", "mistake"] = titled(
        "原因", "Reason"
    )


def end(request: Request, body: EndedPledge) -> None:
    """Record that a recurring gift ends."""
    request.house.ledger.pledges.end(body.pledge, body.from_day, body.reason)


class KeptPledge(Body):
    """A part of a gift that keeps a promise, or was wrongly said to."""

    pledge: Id = PLEDGE
    gift: Id = titled("捐赠编号", "Gift")
    amount: Amount = titled("金额", "Amount")


def pay(request: Request, body: KeptPledge) -> None:
    """Record that a part of a gift keeps a promise."""
    amount = _money(request, body.pledge, body.amount)
    request.house.ledger.pledges.pay(body.pledge, body.gift, amount)


def undo(request: Request, body: KeptPledge) -> None:
    """Record that a part of a gift was meant for something else."""
    amount = _money(request, body.pledge, body.amount)
    request.house.ledger.pledges.undo(body.pledge, body.gift, amount)


class WrittenOff(Body):
    """A part of a promise that nobody waits for any longer."""

    pledge: Id = PLEDGE
    amount: Amount = titled("金额", "Amount")
    reason: Literal["hardship", "court", "uncollectable", "mistake"] = titled("原因", "Reason")
    document: MaybeDigest = titled("报告或判决", "Report or judgment", default=None)


def write_off(request: Request, body: WrittenOff) -> None:
    """Record that a part of a promise is written off."""
    amount = _money(request, body.pledge, body.amount)
    request.house.ledger.pledges.write_off(
        body.pledge, amount, body.reason, body.document, request.by
    )


def _money(request: Request, pledge: str, amount: str) -> Money:
    return Money.parse(amount, request.house.ledger.streams.pledge(pledge).currency)


def _pledge(body: ChangedPledge | EndedPledge | WrittenOff) -> str:
    return body.pledge


OPERATIONS = (
    Operation("pledges", "make", "登记认捐", "Record a pledge", facts.PledgeMade, NewPledge, make),
    Operation("pledges", "agree", "登记定期捐赠", "Record a recurring gift", facts.RecurringAgreed,
              NewRecurring, agree),
    Operation("pledges", "change", "变更定期捐赠", "Change a recurring gift",
              facts.RecurringChanged, ChangedPledge, change, _pledge),
    Operation("pledges", "end", "终止定期捐赠", "End a recurring gift", facts.RecurringEnded,
              EndedPledge, end, _pledge),
    Operation("pledges", "pay", "核销到账", "Set a gift against a pledge", facts.PledgePaid,
              KeptPledge, pay),
    Operation("pledges", "undo", "撤销核销", "Undo that", facts.PledgePaymentUndone, KeptPledge,
              undo),
    Operation("pledges", "write-off", "认捐坏账核销", "Write off", facts.PledgeWrittenOff,
              WrittenOff, write_off, _pledge),
)  # fmt: skip
