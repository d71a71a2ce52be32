"""The catalog of refusals in words for people: Chinese first, the detail in English behind it."""

from __future__ import annotations

from ledger.domain.funds import AmountNotPositive, BalanceTooSmall, OffPurpose, SamePerson
from ledger.domain.gifts import (
    AlreadyReceipted,
    DayUnknown,
    DonorNotIdentified,
    FundOfAnotherCharity,
    GiftTooLarge,
    GiftWasReturned,
    NameWasErased,
    RateUnknown,
)
from ledger.domain.receipt_books import NumbersUsedUp
from ledger.errors import LedgerError
from receipts.layout import TextDoesNotFit
from receipts.pdf import GlyphMissing

CHINESE: dict[type[LedgerError], str] = {
    AlreadyReceipted: "已开具过票据",
    AmountNotPositive: "金额必须大于零",
    BalanceTooSmall: "资金余额不足",
    DayUnknown: "捐赠日期不详，不能开具票据",
    DonorNotIdentified: "捐赠人待认领，不能开具票据",
    FundOfAnotherCharity: "不是本单位的捐赠",
    GiftWasReturned: "捐赠已全部退回，不开具票据",
    GiftTooLarge: "金额过大，请核对单位",
    GlyphMissing: "姓名中有字库缺少的字",
    NameWasErased: "捐赠人姓名已依申请删除",
    NumbersUsedUp: "票据号码已用完",
    OffPurpose: "与资金限定的用途或地区不符",
    RateUnknown: "外币捐赠未登记汇率，不能开具票据",
    SamePerson: "提出人与审批人不能是同一人",
    TextDoesNotFit: "姓名过长，票面容纳不下",
}


def in_words(error: LedgerError) -> str:
    """Return what a clerk reads: the Chinese of the refusal's class, then its own message."""
    chinese = CHINESE.get(type(error))
    return f"{chinese} ({error})" if chinese else str(error)


def in_short(error: LedgerError) -> str:
    """Return the words that all refusals of one class share, for counting."""
    return CHINESE.get(type(error), str(error))
