"""Operations of the tax bureau on receipts: deducted once, released, corrected after a notice."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.operations.fields import Amount, Id, MaybeWords, Words, titled
from api.operations.operation import Body, Operation, Request
from api.operations.receipts import CODE, NUMBER
from ledger.application.claims import ClaimReceipt
from ledger.domain import events as facts
from ledger.domain.events import ReceiptNumber
from ledger.money import Money

CLAIM = titled("勾选编号", "Claim")


class NewClaim(Body):
    """A receipt that a taxpayer deducts in a tax year."""

    code: str = CODE
    number: str = NUMBER
    taxpayer: Words = titled("纳税人识别号（不公开）", "Taxpayer number (not public)")
    name: MaybeWords = titled("纳税人名称（不公开）", "Taxpayer's name (not public)", default=None)
    year: Annotated[int, Field(ge=2008, le=2199)] = titled("扣除年度", "Tax year")
    amount: Amount = titled("金额（元）", "Amount (yuan)")
    paper_code: MaybeWords = titled("所持纸质票据代码", "Code of the paper shown", default=None)
    paper_number: MaybeWords = titled("所持纸质票据号码", "Number of the paper", default=None)


def claim(request: Request, body: NewClaim) -> None:
    """Mark a receipt as deducted: never more than its amount, never twice."""
    paper = None
    if body.paper_code and body.paper_number:
        paper = ReceiptNumber(code=body.paper_code, number=body.paper_number)
    asked = ClaimReceipt(
        taxpayer=body.taxpayer,
        year=body.year,
        amount=Money.parse(body.amount),
        officer=request.by,
        name=body.name,
        paper=paper,
    )
    request.house.ledger.claims.claim(body.code, body.number, asked)


class ReleasedClaim(Body):
    """A deduction that is taken back."""

    code: str = CODE
    number: str = NUMBER
    claim: Id = CLAIM
    reason: Words = titled("原因（公开）", "Why (public)")


def release(request: Request, body: ReleasedClaim) -> None:
    """Take a deduction back, so that its amount can be claimed again."""
    request.house.ledger.claims.release(body.code, body.number, body.claim, body.reason, request.by)


class SettledNotice(Body):
    """How the deduction of a receipt that became void was corrected."""

    code: str = CODE
    number: str = NUMBER
    claim: Id = CLAIM
    outcome: Words = titled("办结情况（公开）", "Outcome (public)")


def settle(request: Request, body: SettledNotice) -> None:
    """Record how a deduction was corrected."""
    request.house.ledger.claims.settle(body.code, body.number, body.claim, body.outcome, request.by)


OPERATIONS = (
    Operation("tax", "claim", "勾选扣除", "Claim a receipt", facts.ReceiptClaimed, NewClaim, claim),
    Operation("tax", "release", "撤销勾选", "Release a claim", facts.ClaimReleased, ReleasedClaim,
              release),
    Operation("tax", "settle", "办结提醒", "Settle a notice", facts.ClaimNoticeSettled,
              SettledNotice, settle),
)  # fmt: skip
