"""Operations on gifts: recorded, returned, corrected, claimed by their donors."""

from __future__ import annotations

from typing import Literal

from api import importing
from api.arguments import amount
from api.operations.fields import (
    Amount,
    Count,
    Digest,
    Id,
    MaybeAmount,
    MaybeDay,
    MaybeDigest,
    MaybeId,
    MaybeWords,
    Unit,
    Words,
    titled,
)
from api.operations.operation import Body, Operation, Request
from api.operations.reasons import PUBLIC_NOTE, REASON, Reason, correction
from api.operations.settling import Settle, settlement
from ledger.application import ReceiveGift, ReceiveGoods
from ledger.domain import events as facts
from ledger.domain.goods import Quantity, item
from ledger.money import Money


class GiftOfMoney(Body):
    """A gift of money as it came in."""

    fund: Id = titled("资金", "Fund")
    amount: Amount = titled("金额", "Amount")
    unit: Unit = titled("币种", "Currency", default="CNY")
    donor: MaybeWords = titled("捐赠人（空：待认领）", "Donor (empty: in suspense)", default=None)
    received_on: MaybeDay = titled("到账日期", "Day received", default=None)
    rate: MaybeWords = titled(
        "汇率 CUR:RATE:PER:DATE:SOURCE", "Rate CUR:RATE:PER:DATE:SOURCE", default=None
    )
    pledge: MaybeId = titled("所履行的认捐", "Pledge that it keeps", default=None)
    note: MaybeWords = titled("备注（不公开）", "Note (not public)", default=None)


def receive_money(request: Request, body: GiftOfMoney) -> None:
    """Record a gift of money."""
    currency, rate = importing.exchange_of(body.rate) if body.rate else (body.unit, None)
    received = ReceiveGift(
        amount=Money.parse(body.amount, currency),
        donor=body.donor,
        received_on=body.received_on,
        date_basis="given" if body.received_on else "none",
        exchange=rate,
        note=body.note,
    )
    ledger = request.house.ledger
    if body.pledge:
        ledger.pledges.receive(request.charity, body.fund, received, body.pledge)
    else:
        ledger.gifts.receive_gifts(request.charity, body.fund, [received])


class GiftInKind(Body):
    """A gift in kind: one line of goods."""

    fund: Id = titled("资金", "Fund")
    item: Words = titled("品名", "Item")
    specification: MaybeWords = titled("规格", "Specification", default=None)
    quantity: Count = titled("数量", "Quantity")
    unit: Unit = titled("单位（个、箱、股）", "Unit (个, 箱, 股)")
    kind: Literal["goods", "shares", "property"] = titled("类别", "Kind", default="goods")
    value: MaybeAmount = titled("价值（元）", "Value (yuan)", default=None)
    basis: Literal["none", "invoice", "customs", "market", "appraisal"] = titled(
        "计价依据", "Basis of the value", default="none"
    )
    evidence: MaybeDigest = titled("计价凭证", "Proof of the value", default=None)
    donor: MaybeWords = titled("捐赠人（空：待认领）", "Donor (empty: in suspense)", default=None)
    received_on: MaybeDay = titled("接收日期", "Day received", default=None)
    note: MaybeWords = titled("备注（不公开）", "Note (not public)", default=None)


def receive_goods(request: Request, body: GiftInKind) -> None:
    """Record a gift in kind; without proof of its value it bears no receipt of an amount."""
    line = facts.GoodsLine(
        quantity=Quantity(body.quantity, item(body.item, body.specification, body.unit).code),
        written=f"{body.quantity}{body.unit}",
        conversion=None,
        value=Money.parse(body.value) if body.value else None,
        basis=body.basis,
        evidence=body.evidence,
    )
    received = ReceiveGoods(
        lines=[line],
        donor=body.donor,
        received_on=body.received_on,
        date_basis="given" if body.received_on else "none",
        kind=body.kind,
        note=body.note,
    )
    request.house.ledger.gifts.receive_gifts(request.charity, body.fund, [received])


class ReturnedGift(Body):
    """What of a gift goes back to its donor, and what becomes of its receipt."""

    gift: Id = titled("捐赠编号", "Gift")
    amount: Amount = titled("退还金额或数量", "Amount or quantity returned")
    unit: MaybeWords = titled(
        "币种或品目（空：该捐赠的）", "Unit (empty: the gift's)", default=None
    )
    note: Words = titled("原因（公开，勿写个人信息）", "Why (public; no personal data)")
    settle: Settle = titled("票据处理", "The receipt", default="none")


def return_gift(request: Request, body: ReturnedGift) -> None:
    """Give unspent money or goods of a gift back to its donor, and settle its receipt."""
    ledger = request.house.ledger
    unit = body.unit or ledger.streams.gift(body.gift).units[0]
    ledger.corrections.return_gift(
        body.gift, amount(body.amount, unit), body.note, request.by,
        settlement(request, body.settle),
    )  # fmt: skip


class ReversedGift(Body):
    """A gift that was recorded by mistake."""

    gift: Id = titled("捐赠编号", "Gift")
    reason: Reason = REASON
    note: Words = PUBLIC_NOTE
    settle: Settle = titled("票据处理", "The receipt", default="none")


def reverse_gift(request: Request, body: ReversedGift) -> None:
    """Reverse a gift that was recorded by mistake; the right one is a gift of its own."""
    request.house.ledger.corrections.reverse_gift(
        body.gift, correction(request, body), settlement=settlement(request, body.settle)
    )


class IdentifiedDonor(Body):
    """Whose a gift in suspense was."""

    gift: Id = titled("捐赠编号", "Gift")
    donor: Words = titled("捐赠人", "Donor")
    evidence: Digest = titled("证明文件", "Document that proves it")


def identify_donor(request: Request, body: IdentifiedDonor) -> None:
    """Record whose a gift in suspense was."""
    request.house.ledger.gifts.identify_donor(body.gift, body.donor, body.evidence)


OPERATIONS = (
    Operation("gifts", "receive", "登记捐款", "Record a gift of money", facts.GiftReceived,
              GiftOfMoney, receive_money),
    Operation("gifts", "receive-goods", "登记捐物", "Record a gift in kind", facts.GoodsReceived,
              GiftInKind, receive_goods),
    Operation("gifts", "identify", "认领捐赠人", "Identify a donor", facts.DonorIdentified,
              IdentifiedDonor, identify_donor, lambda body: body.gift),
    Operation("gifts", "return", "退赠", "Return a gift", facts.GiftReturned, ReturnedGift,
              return_gift),
    Operation("gifts", "reverse", "冲正捐赠", "Reverse a gift", facts.GiftReversed, ReversedGift,
              reverse_gift),
)  # fmt: skip
