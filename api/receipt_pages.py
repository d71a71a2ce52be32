"""Builds a receipt's page: from its evidence, or as a draft before a number is drawn for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from api.deducting.reference import target_areas
from api.evidence import ReceiptEvidence
from api.receipt_remarks import (
    fate_words,
    is_whole,
    joined,
    original_of,
    original_words,
    part_words,
    parts_of,
)
from ledger.domain import receipt_life
from ledger.domain.events import GiftReceived, GoodsLine, GoodsReceived, ReceiptLine, ReceiptNumber
from ledger.domain.goods import item_of
from ledger.domain.organisations import Organisation
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import Asked, Kept, line
from ledger.money import Money
from receipts.page import NO_CHECK_CODE, Page, PageLine, written_days

ITEM = "货币捐赠"
IN_KIND = "实物捐赠"
HANDLER = "经办岗 clerk"
BASES = {
    "invoice": "发票",
    "customs": "报关单",
    "market": "市场价格",
    "appraisal": "评估报告",
    "none": "无",
}
HELD = {
    "anonymous": "捐赠人匿名，票据留存备查",
    "declined": "捐赠人放弃领取，票据留存备查",
}


@dataclass(frozen=True, slots=True)
class Naming:
    """Who a receipt names: the payer, and where they were given address and taxpayer number."""

    name: str
    address: str | None = None
    taxpayer: str | None = None


@dataclass(frozen=True, slots=True)
class Red:
    """A red receipt's own code and number, and its day."""

    code: str
    number: str
    on: date


def item_words(lines: Sequence[GoodsLine]) -> str:
    """Say what was given: money, or each item of a gift in kind with its quantity."""
    if not lines:
        return ITEM
    return f"{IN_KIND}：" + "；".join(str(line.quantity) for line in lines)


def eligibility_words(first: date, last: date, notice: str | None) -> str:
    """Say whether the issuer was eligible on the days of the gifts, and by which notice."""
    on = written_days(first, last)
    if notice is None:
        return f"捐赠日（{on}）受赠单位不具有公益性捐赠税前扣除资格，本票据不得用于税前扣除。"
    return f"捐赠日（{on}）受赠单位具有公益性捐赠税前扣除资格，依据：{notice}。"


def area_words(code: str) -> str:
    """Name a place by its code, and where it is one of the 832 counties by its name."""
    county = target_areas().find(code)
    return f"{county.province}{county.name}（{code}）" if county else code


def remark_words(goods: Sequence[GoodsLine]) -> str:
    """Say what must be told apart of goods: how their value is proved (domain rules 3.5)."""
    bases = dict.fromkeys(BASES[line.basis] for line in goods)
    return f"实物公允价值证明：{'、'.join(bases)}" if bases else ""


def withheld_of(receipt: Receipt) -> Money | None:
    """Return the sponsorship part of all lines, if there is any."""
    fen = sum(one.withheld.minor for one in receipt.lines if one.withheld)
    return Money(fen) if fen else None


def lines_of(receipt: Receipt, gifts: Sequence[GiftReceived | GoodsReceived]) -> list[PageLine]:
    """Return the rows of a receipt: one for each gift of money, one for each item of goods."""
    given = {gift.originator_id: gift for gift in gifts}
    return [row for said in receipt.lines for row in _rows(said, given[said.gift])]


def _rows(said: ReceiptLine, gift: GiftReceived | GoodsReceived) -> list[PageLine]:
    """Say each item's own value where these add up to what the receipt says, else the sum once."""
    if isinstance(gift, GiftReceived):
        original = original_of(said, gift) or ""
        return [_row(ITEM, "元", "1", original, said.amount, said.gift_on)]
    values = [line.value for line in gift.lines]
    if sum(value.minor for value in values if value) != said.amount.minor:
        values = [said.amount, *[None] * (len(values) - 1)]
    items = [item_of(line.quantity.item) for line in gift.lines]
    return [
        _row(item.name, item.unit, str(line.quantity.count), item.specification or "", value,
             said.gift_on)
        for line, item, value in zip(gift.lines, items, values, strict=True)
    ]  # fmt: skip


def days_of(receipt: Receipt) -> tuple[date, date]:
    """Return the first and the last day on which the gifts of a receipt were given."""
    days = [line.gift_on for line in receipt.lines]
    return min(days), max(days)


def eligibility_of(receipt: Receipt) -> str:
    """Say of all lines whether the issuer was eligible on their days, and by which notices."""
    told = dict.fromkeys((line.eligible, line.notice) for line in receipt.lines)
    if len(told) == 1:
        return eligibility_words(*days_of(receipt), receipt.lines[0].notice)
    parts = [
        _eligibility_part(notice, [n for n in receipt.lines if n.notice == notice])
        for _, notice in told
    ]
    return "；".join(parts) + "。"


def _eligibility_part(notice: str | None, lines: Sequence[ReceiptLine]) -> str:
    fen = Money(sum(line.amount.minor for line in lines)).grouped()
    if notice is None:
        return f"{len(lines)} 笔共 {fen} 元捐赠日无公益性捐赠税前扣除资格，不得扣除"
    return f"{len(lines)} 笔共 {fen} 元捐赠日有公益性捐赠税前扣除资格，依据：{notice}"


def page_of(
    found: ReceiptEvidence,
    funds: Mapping[str, str],
    qr: str,
    known: Receipt | None = None,
    *,
    copy: bool = False,
    red: Red | None = None,
    portal: str | None = None,
) -> Page:
    """Build the page of a receipt that was made out; its name must not be erased.

    `known` is what has become of it since, which the page says. With `red` it is the page of the
    red receipt that voids this one. `portal` is the address that people open, if there is one:
    the page then bears the link with which the donor follows where the gift went.
    """
    receipt, gift = receipt_life.evolve(None, found.receipt), found.gift
    known = known or receipt
    first, last = days_of(receipt)
    goods = [item for g in found.gifts if isinstance(g, GoodsReceived) for item in g.lines]
    rows = lines_of(receipt, found.gifts)
    page = Page(
        code=receipt.code,
        number=receipt.number,
        check_code=found.names["check_code"],
        issued_on=receipt.issued_on,
        payer=found.names["name"],
        recipient=found.issuer.name,
        recipient_uscc=found.issuer.id,
        gift_on=first,
        gift_until=last,
        item=item_words(gift.lines if isinstance(gift, GoodsReceived) else ()),
        fund="、".join(dict.fromkeys(funds[g.fund] for g in found.gifts)),
        amount=receipt.amount,
        original=original_of(receipt.lines[0], gift) if len(rows) == 1 else None,
        remark=joined(fate_words(known), remark_words(goods), parts_of(receipt, found.gifts)),
        eligibility=eligibility_of(receipt),
        handler=HANDLER,
        origin=found.bundle.origin,
        leaf=found.leaf,
        log_size=found.log_size,
        event_hash=found.event_hash,
        qr=qr,
        specimen=receipt.specimen,
        payer_address=found.names.get("address"),
        payer_uscc=found.names.get("taxpayer"),
        lines=tuple(rows) if len(rows) > 1 or goods else (),
        members=tuple(map(_member, found.members)),
        area=area_words(receipt.area) if receipt.area else None,
        replaces=_name(receipt.replaces),
        copy=copy,
        held=HELD[receipt.held] if receipt.held else None,
        withheld=withheld_of(receipt),
        official=_name(known.official),
        void=known.red is not None,
        exchanged=known.paper is not None,
        link=link_of(portal, receipt.code, receipt.number),
    )
    return page if red is None else _red(page, red)


def link_of(portal: str | None, code: str, number: str) -> str | None:
    """Return the public address that leads from a receipt to its gifts (api.routes.receipted)."""
    return f"{portal}/receipts/{code}-{number}" if portal else None


def _red(page: Page, red: Red) -> Page:
    """Turn a page into that of the red receipt: its own number, every amount below zero.

    It has no check code: the printed code is that of the receipt it reverses.
    """
    lines = tuple(replace(n, amount=-n.amount if n.amount else None) for n in page.lines)
    return replace(
        page, code=red.code, number=red.number, check_code=NO_CHECK_CODE, issued_on=red.on,
        amount=-page.amount, lines=lines, members=(), withheld=None, held=None, official=None,
        red=True, replaces=f"{page.code} {page.number}",
    )  # fmt: skip


def _name(number: ReceiptNumber | None) -> str | None:
    return f"{number.code} {number.number}" if number else None


def _member(told: str) -> tuple[str, Money]:
    name, _, share = told.rpartition("\t")
    return name, Money.parse(share)


def draft_of(
    kept: Kept, naming: Naming, issuer: Organisation, funds: Mapping[str, str], asked: Asked,
    origin: str, portal: str | None = None,
) -> Page:  # fmt: skip
    """Build the page that a gift's receipt would have, with noughts for what is not known yet."""
    gift, said = kept.gift, line(kept, issuer, asked)
    whole = is_whole(said, gift.booked)
    part = "" if whole else part_words(gift.given, gift.exchange, gift.booked)
    return Page(
        code="0" * 8,
        number="0" * 10,
        check_code="0" * 6,
        issued_on=asked.issued_on,
        payer=naming.name,
        recipient=issuer.name,
        recipient_uscc=issuer.id,
        gift_on=said.gift_on,
        item=item_words(gift.lines),
        fund=funds[gift.fund],
        amount=said.amount,
        original=original_words(gift.given, gift.exchange) if whole else None,
        remark=joined(remark_words(gift.lines), part),
        eligibility=eligibility_words(said.gift_on, said.gift_on, said.notice),
        handler=HANDLER,
        origin=origin,
        leaf=0,
        log_size=1,
        event_hash="0" * 64,
        qr="0",
        specimen=True,
        payer_address=naming.address,
        payer_uscc=naming.taxpayer,
        area=area_words(asked.area) if asked.area else None,
        replaces="0" * 8 + " " + "0" * 10 if gift.red else None,
        held=HELD[gift.waived] if gift.waived else None,
        withheld=said.withheld,
        link=link_of(portal, "0" * 8, "0" * 10),
    )


def _row(
    name: str, unit: str, quantity: str, standard: str, amount: Money | None, on: date
) -> PageLine:
    return PageLine(code="", name=name, unit=unit, quantity=quantity, standard=standard,
                    amount=amount, gift_on=on)  # fmt: skip
