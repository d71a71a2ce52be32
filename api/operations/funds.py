"""Operations on funds: opened, bound, closed, and what moves between them."""

from __future__ import annotations

from typing import Literal

from api.arguments import amount
from api.operations.fields import (
    Amount,
    Count,
    Id,
    MaybeDay,
    MaybeDigest,
    MaybeWords,
    Unit,
    Words,
    titled,
)
from api.operations.operation import Body, Operation, Request
from api.operations.reasons import PUBLIC_NOTE, REASON, Reason, correction
from ledger.domain import events as facts
from ledger.domain.funds import Binding
from ledger.errors import Unreadable


class GroundUnnamed(Unreadable):
    """A change of use rests on one of two grounds."""

    def __init__(self) -> None:
        super().__init__("give either the donor's consent or the number of the filed plan")


class NewFund(Body):
    """A fund, general or bound to something."""

    name: Words = titled("名称", "Name")
    kind: Literal["general", "project", "enterprise", "named", "brand", "agency"] = titled(
        "类别", "Kind", default="general"
    )
    purpose: MaybeWords = titled("用途", "Purpose", default=None)
    place: MaybeWords = titled("地区代码", "Place code", default=None)
    basis: Literal["", "agreement", "public-raise"] = titled(
        "改变用途的依据", "Another use rests on", default=""
    )
    plan: MaybeWords = titled("募捐方案备案号", "Filing number of the plan", default=None)
    first_day: MaybeDay = titled("起始日", "First day", default=None)
    last_day: MaybeDay = titled("截止日", "Last day", default=None)
    brand: MaybeWords = titled("公益品牌", "Welfare brand", default=None)
    recipient: MaybeWords = titled("受托代理的受益人", "Recipient of agency money", default=None)


def open_fund(request: Request, body: NewFund) -> None:
    """Open a fund."""
    bound = Binding(
        body.basis or None, body.plan, body.first_day, body.last_day, body.brand, body.recipient
    )
    binding = None if bound == Binding() else bound
    request.house.ledger.funds.open_fund(
        request.charity, body.name, body.kind, body.purpose, body.place, binding
    )


class OtherUse(Body):
    """Another use of a fund, by the donor's consent or by a filing."""

    fund: Id = titled("资金", "Fund")
    purpose: MaybeWords = titled("新用途", "New purpose", default=None)
    place: MaybeWords = titled("新地区代码", "New place code", default=None)
    consent: MaybeDigest = titled("捐赠人同意书", "The donor's consent", default=None)
    filing: MaybeWords = titled("变更备案号", "Filing number", default=None)


def change_use(request: Request, body: OtherUse) -> None:
    """Record that a fund may be spent otherwise too."""
    document = body.consent or body.filing
    if document is None or (body.consent and body.filing):
        raise GroundUnnamed
    ground = "donor-consent" if body.consent else "filing"
    request.house.ledger.funds.change_use(
        body.fund, body.purpose, body.place, ground, document, request.by
    )


class ClosedFund(Body):
    """A fund in which nothing is left."""

    fund: Id = titled("资金", "Fund")
    left_over: Literal["none", "as-plan", "as-agreement", "similar-project"] = titled(
        "结余去向", "What became of the rest", default="none"
    )
    note: Words = PUBLIC_NOTE


def close_fund(request: Request, body: ClosedFund) -> None:
    """Close a fund."""
    request.house.ledger.funds.close_fund(body.fund, body.left_over, body.note, request.by)


class Allocation(Body):
    """What moves from one fund to another: never new money."""

    fund: Id = titled("拨出资金", "From fund")
    to_fund: Id = titled("拨入资金", "To fund")
    amount: Amount = titled("金额或数量", "Amount or quantity")
    unit: Unit = titled("币种或品目", "Unit", default="CNY")


def allocate(request: Request, body: Allocation) -> None:
    """Move money or goods from one fund to another."""
    moved = amount(body.amount, body.unit)
    request.house.ledger.funds.allocate(body.fund, body.to_fund, moved, request.by)


class AllocationBack(Body):
    """An allocation that was a mistake."""

    fund: Id = titled("拨出资金", "Fund that it left")
    allocation: Count = titled("拨付序号", "Number of the allocation")
    reason: Reason = REASON
    note: Words = PUBLIC_NOTE


def take_back(request: Request, body: AllocationBack) -> None:
    """Reverse an allocation, in both funds at once."""
    request.house.ledger.funds.take_back(body.fund, body.allocation, correction(request, body))


def _fund(body: OtherUse | ClosedFund | Allocation | AllocationBack) -> str:
    return body.fund


OPERATIONS = (
    Operation("funds", "open", "设立资金", "Open a fund", facts.FundOpened, NewFund, open_fund),
    Operation("funds", "change-use", "变更用途", "Change the use", facts.UseChanged, OtherUse,
              change_use, _fund),
    Operation("funds", "allocate", "拨付", "Allocate", facts.FundsAllocated, Allocation, allocate,
              _fund),
    Operation("funds", "take-back", "冲回拨付", "Take an allocation back",
              facts.AllocationTakenBack, AllocationBack, take_back, _fund),
    Operation("funds", "close", "结项", "Close a fund", facts.FundClosed, ClosedFund, close_fund,
              _fund),
)  # fmt: skip
