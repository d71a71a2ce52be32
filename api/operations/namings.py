"""Operations on names given in thanks: asked for, proved, decided, brought into force, ended."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.operations.fields import (
    Day,
    Digest,
    Id,
    MaybeAmount,
    MaybeDay,
    MaybeId,
    MaybeWords,
    Unit,
    Words,
    titled,
)
from api.operations.operation import Body, Operation, Request
from ledger.application.naming_requests import ApproveName, ProposeName, Screening
from ledger.domain import events as facts
from ledger.domain.acting import Acting
from ledger.domain.events import naming as names
from ledger.domain.naming_grant import Term
from ledger.domain.organisations import AUTHORITY
from ledger.money import Money
from projections import namings

NAMING = titled("冠名编号", "Name")
USCC = titled("批准机关信用代码", "Authority's credit code", pattern=r"^[0-9A-Z]{18}$")
SharePoints = Annotated[int, Field(ge=1, le=10_000)]


class ProposedName(Body):
    """A name that is asked for; its text is sealed and never in the public log."""

    fund: Id = titled("资金", "Fund")
    text: Words = titled("冠名全文（不公开）", "Exact text (sealed)")
    thing: Literal["project", "building", "room", "fund", "prize", "road-or-place"] = titled(
        "对象", "What is named"
    )
    form: Literal["name", "plaque"] = titled("冠名或留名", "Name or plaque", default="name")
    construction: bool = titled("为捐赠兴建", "Built for the gift", default=False)
    proposed_by: Literal["donor", "authority"] = titled("提出方", "Asked for by", default="donor")
    place: MaybeWords = titled("地区代码", "Place code", default=None)
    benefit: MaybeWords = titled(
        "另获回报（公开）", "Benefit beyond the name (public)", default=None
    )
    cost: MaybeAmount = titled("总造价", "Cost in all", default=None)
    unit: Unit = titled("币种", "Currency", default="CNY")
    gift: MaybeId = titled("捐赠编号", "Gift", default=None)
    follows: MaybeId = titled("接续的冠名", "Name that it follows", default=None)


def propose(request: Request, body: ProposedName) -> None:
    """Record that a name is asked for; nothing is promised by it."""
    asked = ProposeName(
        text=body.text,
        proposed_by=body.proposed_by,
        thing=body.thing,
        form=body.form,
        construction=body.construction,
        fund=body.fund,
        place=body.place,
        benefit=body.benefit,
        cost=Money.parse(body.cost, body.unit) if body.cost else None,
        gifts=(body.gift,) if body.gift else (),
        follows=body.follows,
    )
    request.house.ledger.naming.propose(request.charity, asked, request.by)


class Wish(Body):
    """What the donor wants."""

    naming: Id = NAMING
    wish: Literal["yes", "no", "other-name", "anonymous"] = titled("意愿", "Wish")
    document: Digest = titled("书面意愿", "Document")
    publish: bool = titled("同意公开显示", "May be shown in public", default=False)
    other: MaybeWords = titled("希望改用的名称（不公开）", "Name wanted instead (sealed)",
                               default=None)  # fmt: skip


def wish(request: Request, body: Wish) -> None:
    """Record what the donor wants."""
    request.house.ledger.naming.record_wish(
        body.naming, body.wish, body.document, publish=body.publish, other=body.other
    )


class Screened(Body):
    """A text to be set against word lists, names in use and donors not to be named."""

    naming: Id = NAMING
    person: Literal["nobody", "donor", "another-agreed", "another"] = titled(
        "所含人名", "Whose name it holds"
    )


def screen(request: Request, body: Screened) -> None:
    """Check the text of a name."""
    request.house.runner.catch_up()
    runner = request.house.runner
    against = Screening(
        person=body.person,
        taken=[name for name in namings.in_use(runner) if name != body.naming],
        withheld=namings.unnamed_gifts(runner),
    )
    request.house.ledger.naming.screen(body.naming, against)


class Funding(Body):
    """What a rule asks for, to be set against what the gifts hold."""

    naming: Id = NAMING
    rule: Id = titled("规则编号", "Rule")
    rule_from: Day = titled("规则施行日", "In force from")
    source: Words = titled("规则出处", "Source of the rule")
    share_basis_points: SharePoints | None = titled("占造价万分比", "Share of the cost, in 1/10000",
                                                    default=None)  # fmt: skip
    least: MaybeAmount = titled("最低金额", "Least amount", default=None)
    cost: MaybeAmount = titled("总造价", "Cost in all", default=None)
    unit: Unit = titled("币种", "Currency", default="CNY")


def test_funding(request: Request, body: Funding) -> None:
    """Set what the gifts hold against what a rule asks for."""
    rule = names.NamingRule(
        id=body.rule,
        from_day=body.rule_from,
        to_day=None,
        share_basis_points=body.share_basis_points,
        least=Money.parse(body.least, body.unit) if body.least else None,
        source=body.source,
    )
    cost = Money.parse(body.cost, body.unit) if body.cost else None
    request.house.ledger.naming.test_funding(body.naming, (), cost, rule, request.today)


class Consent(Body):
    """What the beneficiary says to a name."""

    naming: Id = NAMING
    beneficiary: Words = titled("受益人（不公开）", "Beneficiary (sealed)")
    document: Digest = titled("书面意见", "Document")
    given: bool = titled("同意", "Agrees", default=True)


def consent(request: Request, body: Consent) -> None:
    """Record what the beneficiary says."""
    request.house.ledger.naming.record_consent(
        body.naming, body.beneficiary, body.document, given=body.given
    )


class Submitted(Body):
    """A name that is put before government."""

    naming: Id = NAMING
    authority: str = USCC
    level: Literal["county", "city", "province", "state"] = titled("级别", "Level")


def submit(request: Request, body: Submitted) -> None:
    """Put a name before a government of county level or above."""
    request.house.ledger.naming.submit(body.naming, body.authority, body.level, request.by)


class Approved(Body):
    """A government's approval of exactly this text, for a term; two people decide it."""

    naming: Id = NAMING
    authority: str = USCC
    text: Words = titled("批准的全文（不公开）", "Text as approved (sealed)")
    number: Words = titled("批准文号", "Number of the approval")
    approved_on: Day = titled("批准日期", "Day of the approval")
    first_day: Day = titled("起", "From")
    last_day: Day = titled("止", "To")


def approve(request: Request, body: Approved) -> None:
    """Record that a government approved a name."""
    said = ApproveName(
        text=body.text,
        authority=body.authority,
        number=body.number,
        approved_on=body.approved_on,
        term=Term(body.first_day, body.last_day),
        decided_by=request.first_by,
        countersigned_by=request.by,
    )
    request.house.ledger.naming.approve(body.naming, said)


class Rejected(Body):
    """A government's refusal of a name; two people decide it."""

    naming: Id = NAMING
    authority: str = USCC
    reason: Words = titled("理由（公开）", "Reason (public)")


def reject(request: Request, body: Rejected) -> None:
    """Record that a government refused a name."""
    request.house.ledger.naming.reject(
        body.naming, body.authority, body.reason, request.first_by, request.by
    )


class Entered(Body):
    """A name that comes into force."""

    naming: Id = NAMING
    first_day: MaybeDay = titled("起（空：按批准）", "From (empty: as approved)", default=None)
    last_day: MaybeDay = titled("止（空：按批准）", "To (empty: as approved)", default=None)


def enter(request: Request, body: Entered) -> None:
    """Bring a name into force, as another person than who proposed it."""
    term = Term(body.first_day, body.last_day) if body.first_day and body.last_day else None
    request.house.ledger.naming.enter(body.naming, term, request.today, request.by)


class Grounded(Body):
    """A name, and why it is suspended or revoked."""

    naming: Id = NAMING
    ground: Words = titled("事由（公开）", "Ground (public)")


def suspend(request: Request, body: Grounded) -> None:
    """Take a name from public pages for now."""
    request.house.ledger.naming.suspend(
        body.naming, body.ground, request.by, as_authority=_authority(request.acting)
    )


def revoke(request: Request, body: Grounded) -> None:
    """Take a name back, for good; its history stays."""
    request.house.ledger.naming.revoke(
        body.naming, body.ground, request.by, as_authority=_authority(request.acting)
    )


class OneName(Body):
    """A name."""

    naming: Id = NAMING


def resume(request: Request, body: OneName) -> None:
    """Bring a suspended name back into force."""
    request.house.ledger.naming.resume(
        body.naming, request.today, request.by, as_authority=_authority(request.acting)
    )


def expire(request: Request, body: OneName) -> None:
    """Record that the term of a name is over."""
    request.house.ledger.naming.expire(body.naming, request.today)


class WithdrawnName(Body):
    """A consent that donor or beneficiary took back."""

    naming: Id = NAMING
    party: Literal["donor", "beneficiary"] = titled("何方", "Who")
    document: Digest = titled("书面撤回", "Document")


def withdraw(request: Request, body: WithdrawnName) -> None:
    """Record that a consent was taken back; that ends the name."""
    request.house.ledger.naming.withdraw(body.naming, body.party, body.document)


class Reviewed(Body):
    """How the review that a return opened ends; two people decide it."""

    naming: Id = NAMING
    outcome: Literal["kept", "revoked"] = titled("结果", "Outcome")
    reason: Words = titled("理由（公开）", "Reason (public)")


def review(request: Request, body: Reviewed) -> None:
    """Close the review of a name."""
    request.house.ledger.naming.close_review(
        body.naming, body.outcome, body.reason, request.first_by, request.by
    )


class Benefit(Body):
    """What a donor gets for a gift: that much of it bears no receipt."""

    gift: Id = titled("捐赠编号", "Gift")
    value: MaybeAmount = titled("价值（空：无法计价）", "Worth (empty: nobody can value it)",
                                default=None)  # fmt: skip
    what: Words = titled("回报内容（公开）", "What it is (public)")
    document: Digest = titled("依据文件", "Document")


def benefit(request: Request, body: Benefit) -> None:
    """Record what a donor gets for a gift."""
    unit = request.house.ledger.streams.gift(body.gift).booked.currency
    worth = Money.parse(body.value, unit) if body.value else None
    request.house.ledger.naming.record_benefit(
        body.gift, worth, body.what, request.by, body.document
    )


def _authority(acting: Acting) -> bool:
    return acting.organisation == AUTHORITY


OPERATIONS = (
    Operation("namings", "propose", "提出冠名", "Ask for a name", names.NamingProposed,
              ProposedName, propose),
    Operation("namings", "wish", "登记捐赠人意愿", "Record the donor's wish",
              names.NamingWishRecorded, Wish, wish),
    Operation("namings", "screen", "名称审查", "Screen a name", names.NamingScreened, Screened,
              screen),
    Operation("namings", "fund", "到账核对", "Test the funding", names.NamingFundingTested,
              Funding, test_funding),
    Operation("namings", "consent", "登记受益人意见", "Record the beneficiary's consent",
              names.NamingConsentRecorded, Consent, consent),
    Operation("namings", "submit", "报送政府", "Submit to government", names.NamingSubmitted,
              Submitted, submit),
    Operation("namings", "approve", "批准冠名", "Approve a name", names.NamingApproved, Approved,
              approve),
    Operation("namings", "reject", "不予批准", "Refuse a name", names.NamingRejected, Rejected,
              reject),
    Operation("namings", "enter", "冠名生效", "Bring a name into force", names.NamingEntered,
              Entered, enter),
    Operation("namings", "suspend", "暂停冠名", "Suspend a name", names.NamingSuspended, Grounded,
              suspend),
    Operation("namings", "resume", "恢复冠名", "Resume a name", names.NamingResumed, OneName,
              resume),
    Operation("namings", "revoke", "撤销冠名", "Revoke a name", names.NamingRevoked, Grounded,
              revoke),
    Operation("namings", "expire", "冠名到期", "Record the end of a term", names.NamingExpired,
              OneName, expire),
    Operation("namings", "withdraw", "撤回同意", "Record a consent taken back",
              names.NamingWithdrawn, WithdrawnName, withdraw),
    Operation("namings", "review", "复核结论", "Close a review", names.NamingReviewClosed, Reviewed,
              review),
    Operation("namings", "benefit", "登记回报", "Record a benefit", facts.BenefitRecorded, Benefit,
              benefit),
)  # fmt: skip
