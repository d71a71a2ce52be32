"""The catalog of refusals in words for people: Chinese first, the detail in English behind it."""

from __future__ import annotations

from api import book_words, naming_words, promise_words, receipt_refusal_words
from ledger.domain.bindings import OffPurpose, OtherRecipient, OutOfTerm
from ledger.domain.corrections import SpentAlready
from ledger.domain.disbursements import AboveLimit, RecoveryTooLarge, SamePerson, WrongMoment
from ledger.domain.funds import AmountNotPositive, BalanceTooSmall, FundIsClosed
from ledger.domain.gifts import (
    AgencyMoney,
    AlreadyReceipted,
    DayUnknown,
    DonorNotIdentified,
    FundOfAnotherCharity,
    GiftTooLarge,
    GiftWasReturned,
    GiftWasReversed,
    NameWasErased,
    NoValuationEvidence,
    PartlyReturned,
    RateUnknown,
    ReceiptStands,
)
from ledger.domain.gifts_in_kind import QuantityTooLarge
from ledger.domain.goods import ItemMalformed, ItemNamesPerson
from ledger.domain.receipt_books import NumbersUsedUp
from ledger.errors import LedgerError
from receipts.layout import TextDoesNotFit
from receipts.pdf import GlyphMissing

CHINESE: dict[type[LedgerError], str] = {
    AboveLimit: "超过审批人的审批限额",
    AgencyMoney: "受托代理款物，不开具捐赠票据",
    FundIsClosed: "资金已结项",
    GiftWasReversed: "捐赠记录已冲正，不开具票据",
    ItemMalformed: "品名、规格或单位不能登记",
    ItemNamesPerson: "品名或规格中有电话或证件号码，品名会公开，请删去",
    NoValuationEvidence: "实物捐赠没有公允价值证明，不开具票据",
    OtherRecipient: "受托代理款物只能拨给指定受益人",
    OutOfTerm: "不在资金限定的期间内",
    PartlyReturned: "实物捐赠已部分退回，请冲正后按留存部分重新登记",
    QuantityTooLarge: "数量过大，请核对单位",
    ReceiptStands: "票据仍然有效，请先说明票据如何处理",
    RecoveryTooLarge: "退回数额超过该笔支出",
    SpentAlready: "已经支出或转出，请先冲回相应支出或拨付",
    WrongMoment: "该笔支出不在可办理此步骤的状态",
    AlreadyReceipted: "已开具过票据",
    AmountNotPositive: "金额必须大于零",
    BalanceTooSmall: "资金余额不足",
    DayUnknown: "捐赠日期不详，不能开具票据",
    DonorNotIdentified: "捐赠人待认领，不能开具票据",
    FundOfAnotherCharity: "不是本单位的捐赠",
    GiftWasReturned: "捐赠已全部退回，不开具票据",
    GiftTooLarge: "金额过大，请核对单位",
    GlyphMissing: "姓名中有字库缺少的字",
    NameWasErased: "捐赠人姓名已按规定删除或限制使用",
    NumbersUsedUp: "票据号码已用完",
    OffPurpose: "与资金限定的用途或地区不符",
    RateUnknown: "外币捐赠未登记汇率，不能开具票据",
    SamePerson: "提出人与审批人不能是同一人",
    TextDoesNotFit: "姓名过长，票面容纳不下",
    **book_words.REFUSALS,
    **naming_words.REFUSALS,
    **promise_words.REFUSALS,
    **receipt_refusal_words.REFUSALS,
}


def in_words(error: LedgerError) -> str:
    """Return what a clerk reads: the Chinese of the refusal's class, then its own message."""
    chinese = CHINESE.get(type(error))
    return f"{chinese} ({error})" if chinese else str(error)


def in_short(error: LedgerError) -> str:
    """Return the words that all refusals of one class share, for counting."""
    return CHINESE.get(type(error), str(error))
