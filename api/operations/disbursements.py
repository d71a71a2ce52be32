"""Operations on disbursements: each step by another person, each refusal on record."""

from __future__ import annotations

from typing import Literal

from api.arguments import amount
from api.operations.fields import (
    Amount,
    Day,
    Digest,
    Id,
    MaybeAmount,
    MaybeDay,
    MaybeWords,
    Unit,
    Words,
    titled,
)
from api.operations.operation import Body, Operation, Request
from api.operations.reasons import PUBLIC_NOTE, REASON, Reason, correction
from ledger.application import PayOut
from ledger.domain import events as facts
from ledger.money import Money
from projections import trace_queries

CostClass = Literal["charitable", "management", "fundraising", "other"]
DISBURSEMENT = titled("支出编号", "Disbursement")


class NewDisbursement(Body):
    """A payee to be paid, or to be given goods from stock."""

    fund: Id = titled("资金", "Fund")
    payee: Words = titled("收款方（个人姓名不公开）", "Payee (a person's name is not public)")
    amount: Amount = titled("金额或数量", "Amount or quantity")
    unit: Unit = titled("币种或品目", "Unit", default="CNY")
    purpose: MaybeWords = titled("用途", "Purpose", default=None)
    place: MaybeWords = titled("地区代码", "Place code", default=None)
    cost_class: CostClass = titled("费用类别", "Cost class", default="charitable")


def propose(request: Request, body: NewDisbursement) -> None:
    """Ask that a payee be paid."""
    asked = PayOut(
        payee=body.payee,
        amount=amount(body.amount, body.unit),
        paid_on=None,
        purpose=body.purpose,
        place=body.place,
        cost_class=body.cost_class,
    )
    request.house.ledger.disbursements.propose(body.fund, asked, request.by)


class OneDisbursement(Body):
    """A disbursement."""

    disbursement: Id = DISBURSEMENT


def fund_of(request: Request, disbursement: str) -> str:
    """Return the fund of a disbursement."""
    request.house.runner.catch_up()
    return str(trace_queries.disbursement(request.house.runner, disbursement)["fund"])


def approve(request: Request, body: OneDisbursement) -> None:
    """Agree, as another person than who proposed it, within the limit of the role."""
    fund = fund_of(request, body.disbursement)
    request.house.ledger.disbursements.approve(fund, body.disbursement, request.by)


class PaidDisbursement(Body):
    """A disbursement that has been paid."""

    disbursement: Id = DISBURSEMENT
    paid_on: MaybeDay = titled("付款日期", "Day paid", default=None)


def pay(request: Request, body: PaidDisbursement) -> None:
    """Record that an approved disbursement has been paid."""
    fund = fund_of(request, body.disbursement)
    request.house.ledger.disbursements.pay(fund, body.disbursement, body.paid_on)


class WithdrawnDisbursement(Body):
    """A disbursement that will not be paid."""

    disbursement: Id = DISBURSEMENT
    note: Words = PUBLIC_NOTE


def withdraw(request: Request, body: WithdrawnDisbursement) -> None:
    """Record that a disbursement will not be paid; what was reserved is free again."""
    fund = fund_of(request, body.disbursement)
    request.house.ledger.disbursements.withdraw(fund, body.disbursement, body.note, request.by)


class AcceptedDisbursement(Body):
    """What was paid for is there."""

    disbursement: Id = DISBURSEMENT
    evidence: Digest = titled("验收照片或文件", "Photo or document")
    accepted_on: Day = titled("验收日期", "Day accepted")


def accept(request: Request, body: AcceptedDisbursement) -> None:
    """Record that what was paid for is there."""
    fund = fund_of(request, body.disbursement)
    request.house.ledger.disbursements.accept(
        fund, body.disbursement, [body.evidence], body.accepted_on, request.by
    )


class RecoveredDisbursement(Body):
    """What came back of a disbursement, or was a mistake."""

    disbursement: Id = DISBURSEMENT
    amount: Amount = titled("金额或数量", "Amount or quantity")
    recovered_on: MaybeDay = titled("退回日期", "Day it came back", default=None)
    reason: Reason = REASON
    note: Words = PUBLIC_NOTE


def recover(request: Request, body: RecoveredDisbursement) -> None:
    """Record that money or goods came back, or that a payment was a mistake."""
    request.house.runner.catch_up()
    found = trace_queries.disbursement(request.house.runner, body.disbursement)
    request.house.ledger.disbursements.recover(
        found["fund"], body.disbursement, amount(body.amount, found["unit"]), body.recovered_on,
        correction(request, body),
    )  # fmt: skip


class ClassifiedDisbursement(Body):
    """Which class of cost a disbursement is."""

    disbursement: Id = DISBURSEMENT
    cost_class: CostClass = titled("费用类别", "Cost class")


def classify(request: Request, body: ClassifiedDisbursement) -> None:
    """Record which class of cost a disbursement is."""
    fund = fund_of(request, body.disbursement)
    request.house.ledger.disbursements.classify(fund, body.disbursement, body.cost_class)


class Limit(Body):
    """Up to what amount a role, or one account in it, approves; without an amount, any."""

    role: Id = titled("角色或经办", "Role, or who")
    amount: MaybeAmount = titled("限额（空：不限）", "Limit (empty: none)", default=None)
    unit: Unit = titled("币种", "Currency", default="CNY")


def set_limit(request: Request, body: Limit) -> None:
    """Set up to what amount a role approves."""
    limit = Money.parse(body.amount, body.unit) if body.amount else None
    request.house.ledger.disbursements.set_limit(request.charity, body.role, limit, request.by)


OPERATIONS = (
    Operation("disbursements", "propose", "申请支出", "Propose a disbursement",
              facts.DisbursementProposed, NewDisbursement, propose, lambda body: body.fund),
    Operation("disbursements", "approve", "批准支出", "Approve a disbursement",
              facts.DisbursementApproved, OneDisbursement, approve),
    Operation("disbursements", "pay", "登记付款", "Record a payment", facts.DisbursementPaid,
              PaidDisbursement, pay),
    Operation("disbursements", "withdraw", "撤回支出", "Withdraw a disbursement",
              facts.DisbursementWithdrawn, WithdrawnDisbursement, withdraw),
    Operation("disbursements", "accept", "验收", "Accept what was paid for",
              facts.DisbursementAccepted, AcceptedDisbursement, accept),
    Operation("disbursements", "recover", "登记退回", "Record what came back",
              facts.DisbursementRecovered, RecoveredDisbursement, recover),
    Operation("disbursements", "classify", "费用归类", "Classify the cost", facts.CostClassified,
              ClassifiedDisbursement, classify),
    Operation("limits", "set", "审批限额", "Set a limit", facts.ApprovalLimitSet, Limit, set_limit),
)  # fmt: skip
