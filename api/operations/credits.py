"""Operations on whom a gift speaks for beside its donor: that is never money."""

from __future__ import annotations

from typing import Literal

from api.operations.fields import Amount, Id, MaybeId, MaybeWords, Words, titled
from api.operations.operation import Body, Operation, Request
from ledger.domain import events as facts
from ledger.money import Money

GIFT = titled("捐赠编号", "Gift")


class NewCredit(Body):
    """Whom a gift speaks for."""

    gift: Id = GIFT
    name: Words = titled("名称（不公开）", "Name (not public)")
    amount: Amount = titled("金额", "Amount")
    kind: Literal["soft", "matching", "on-behalf"] = titled("类别", "Kind", default="soft")
    matches: MaybeId = titled("所配捐的捐赠", "Gift that it matches", default=None)
    note: MaybeWords = titled("备注（不公开）", "Note (not public)", default=None)


def give(request: Request, body: NewCredit) -> None:
    """Record whom a gift speaks for."""
    currency = request.house.ledger.streams.counted_gift(body.gift).booked.currency
    request.house.ledger.credits.give(
        body.gift, body.kind, body.name, Money.parse(body.amount, currency), body.matches,
        body.note,
    )  # fmt: skip


class EndedCredit(Body):
    """A credit that stands no longer."""

    gift: Id = GIFT
    credit: Id = titled("关联编号", "Credit")
    reason: Literal["mistake", "asked-by-donor"] = titled("原因", "Reason")


def withdraw(request: Request, body: EndedCredit) -> None:
    """Record that a credit stands no longer."""
    request.house.ledger.credits.withdraw(body.gift, body.credit, body.reason)


class PassedOn(Body):
    """Who passed a gift on."""

    gift: Id = GIFT
    name: Words = titled("经由机构（个人不公开）", "Who passed it on (a person is sealed)")
    counted_before: bool = titled(
        "对方已计入其收入", "Its own totals hold this gift", default=False
    )


def conduit(request: Request, body: PassedOn) -> None:
    """Record who passed a gift on."""
    request.house.ledger.credits.name_conduit(
        body.gift, body.name, counted_before=body.counted_before
    )


OPERATIONS = (
    Operation("credits", "give", "登记捐赠关联", "Credit a gift", facts.CreditGiven, NewCredit,
              give),
    Operation("credits", "withdraw", "撤销捐赠关联", "Withdraw a credit", facts.CreditWithdrawn,
              EndedCredit, withdraw),
    Operation("credits", "conduit", "登记经由机构", "Name who passed it on", facts.ConduitNamed,
              PassedOn, conduit),
)  # fmt: skip
