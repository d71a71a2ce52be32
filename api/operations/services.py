"""Operations on help that is neither money nor goods."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.operations.fields import (
    Count,
    Day,
    Id,
    MaybeAmount,
    MaybeDay,
    MaybeDigest,
    MaybeId,
    MaybeWords,
    titled,
)
from api.operations.operation import Body, Operation, Request
from ledger.application import GiveService
from ledger.domain import events as facts
from ledger.money import Money


class NewService(Body):
    """Help as it was given; people and hours are counted, nobody is named."""

    kind: Literal["volunteer", "professional", "training", "technology", "jobs"] = titled(
        "类别", "Kind"
    )
    people: Count = titled("人数", "People")
    minutes: Annotated[int, Field(ge=0, le=10**9)] = titled(
        "合计分钟", "Minutes of all together", default=0
    )
    given_on: Day = titled("日期", "Day")
    until: MaybeDay = titled("至", "Until", default=None)
    fund: MaybeId = titled("资金", "Fund", default=None)
    project: MaybeWords = titled("项目名称", "Project", default=None)
    place: MaybeWords = titled("地区代码", "Place code", default=None)
    value: MaybeAmount = titled(
        "专业服务估值（元）", "Worth of a professional service", default=None
    )
    basis: Literal["", "invoice", "guide-price", "market", "appraisal"] = titled(
        "计价依据", "Basis of the value", default=""
    )
    evidence: MaybeDigest = titled("计价凭证", "Proof of the value", default=None)
    provider: MaybeWords = titled("提供方（个人不公开）", "Who helped (a person is sealed)",
                                  default=None)  # fmt: skip
    note: MaybeWords = titled("备注（不公开）", "Note (not public)", default=None)


def give(request: Request, body: NewService) -> None:
    """Record help that was given."""
    request.house.ledger.services.give(
        request.charity,
        GiveService(
            kind=body.kind,
            people=body.people,
            minutes=body.minutes,
            given_on=body.given_on,
            until=body.until or body.given_on,
            fund=body.fund,
            project=body.project,
            place=body.place,
            value=Money.parse(body.value) if body.value else None,
            basis=body.basis or None,
            evidence=body.evidence,
            provider=body.provider,
            note=body.note,
        ),
    )


class CorrectedService(Body):
    """A record of help that counts no longer."""

    service: Id = titled("服务编号", "Service")
    reason: Literal["mistake", "duplicate", "did-not-happen", "evaluated-anew"] = titled(
        "原因", "Reason"
    )
    replaced_by: MaybeId = titled("代之以", "Record in its place", default=None)


def correct(request: Request, body: CorrectedService) -> None:
    """Record that a record of help counts no longer."""
    request.house.ledger.services.correct(body.service, body.reason, body.replaced_by)


OPERATIONS = (
    Operation("services", "give", "登记服务", "Record a service", facts.ServiceGiven, NewService,
              give),
    Operation("services", "correct", "更正服务", "Correct a service", facts.ServiceCorrected,
              CorrectedService, correct, lambda body: body.service),
)  # fmt: skip
