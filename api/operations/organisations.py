"""Operations of government on organisations: eligibility, receipt numbers and their limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.operations.fields import Count, Day, MaybeDay, MaybeWords, Words, titled
from api.operations.operation import Body, Operation, Request
from ledger.domain import events as facts
from ledger.domain.eligibility import Listing
from ledger.domain.receipt_books import Loss

USCC = titled("统一社会信用代码", "Unified social credit code", pattern=r"^[0-9A-Z]{18}$")
CODE = titled("票据代码", "Receipt code", pattern=r"^[0-9]{8}$")
Number = Annotated[int, Field(ge=1, le=9_999_999_999)]


class GrantedEligibility(Body):
    """An organisation on the list of a joint notice."""

    uscc: str = USCC
    notice: Words = titled("公告文号", "Notice")
    notice_date: Day = titled("公告日期", "Day of the notice")
    applicant_kind: Literal["1", "2", "3"] = titled(
        "1 延续 2 重新取得 3 新申请", "1 renewed, 2 regained, 3 new", default="1"
    )
    level: Literal["national", "provincial", "city"] = titled("级次", "Level", default="provincial")
    first_day: MaybeDay = titled("起（空：按公告推算）", "From (empty: follows)", default=None)
    last_day: MaybeDay = titled("止（空：按公告推算）", "To (empty: follows)", default=None)
    transition: bool = titled("首批过渡名单", "A list of the first rounds", default=False)


def grant(request: Request, body: GrantedEligibility) -> None:
    """Record a period in which gifts to the organisation may be deducted."""
    listing = Listing(
        body.notice, body.notice_date, int(body.applicant_kind), body.level, body.first_day,
        body.last_day, body.transition,
    )  # fmt: skip
    request.house.ledger.organisations.list_eligible(body.uscc, listing)


class EndedEligibility(Body):
    """A cancel notice: eligibility ends with its month, and never reaches back."""

    uscc: str = USCC
    notice: Words = titled("公告文号", "Notice")
    notice_date: Day = titled("公告日期", "Day of the notice")
    ground: Literal[
        "late-report", "spending-ratio", "cost-ratio", "tax-exemption-lapsed", "penalty",
        "dishonesty-list", "rating", "benefit-to-donor", "profit-under-cover",
        "banned-advertising", "against-public-purpose", "outside-articles", "tied-beneficiary",
        "illegal-politics", "public-harm",
    ] = titled("取消事由", "Ground")  # fmt: skip


def end(request: Request, body: EndedEligibility) -> None:
    """Record a cancel notice."""
    request.house.ledger.organisations.end_eligibility(
        body.uscc, body.notice, body.notice_date, body.ground
    )


class NumberRange(Body):
    """Receipt numbers that the finance authority allots."""

    uscc: str = USCC
    code: str = CODE
    first: Number = titled("起号", "First")
    last: Number = titled("止号", "Last")


def allot(request: Request, body: NumberRange) -> None:
    """Record that receipt numbers are allotted."""
    request.house.ledger.organisations.allot_numbers(body.uscc, body.code, body.first, body.last)


class NumberLimit(Body):
    """How many numbers of a code an organisation may hold unused."""

    uscc: str = USCC
    code: str = CODE
    unused_max: Count = titled("未用上限", "Unused at most")


def limit(request: Request, body: NumberLimit) -> None:
    """Record how many numbers may be unused."""
    request.house.ledger.organisations.limit_numbers(body.uscc, body.code, body.unused_max)


class LostNumbers(Body):
    """Blank numbers of the charity's own that are lost, spoiled or handed back."""

    code: str = CODE
    first: Number = titled("起号", "First")
    last: Number = titled("止号", "Last")
    reason: Literal["lost", "spoiled", "handed-back"] = titled("原因", "Reason")
    note: Words = titled("说明（公开）", "Note (public)")
    announced: MaybeWords = titled("遗失公告", "Public notice of a loss", default=None)


def lose(request: Request, body: LostNumbers) -> None:
    """Report blank numbers that are never drawn."""
    loss = Loss(body.first, body.last, body.reason, body.note, body.announced)
    request.house.ledger.organisations.lose_numbers(request.charity, body.code, loss)


OPERATIONS = (
    Operation("eligibility", "grant", "公布扣除资格", "Grant eligibility", facts.EligibilityListed,
              GrantedEligibility, grant),
    Operation("eligibility", "end", "取消扣除资格", "Cancel eligibility", facts.EligibilityEnded,
              EndedEligibility, end),
    Operation("books", "allot", "发放票据号段", "Allot receipt numbers",
              facts.ReceiptNumbersAllotted, NumberRange, allot),
    Operation("books", "limit", "设定未用票据限量", "Limit unused numbers", facts.ReceiptLimitSet,
              NumberLimit, limit),
    Operation("books", "lose", "报告空白票据遗失", "Report blank numbers lost",
              facts.ReceiptNumbersLost, LostNumbers, lose),
)  # fmt: skip
