"""Refusals on receipt books, eligibility and keys, in words for people."""

from __future__ import annotations

from ledger.application.streams import NotACharity
from ledger.domain.document_keys import DocumentKeyWasRevoked
from ledger.domain.eligibility import (
    EligibilityOverlaps,
    NeedsNoList,
    NeverListed,
    NotAPeriodOfTransition,
    NothingToCancel,
    NotThePeriodOfNotice,
    StillBarred,
)
from ledger.domain.kinds import KindUnknown, MayNotIssue
from ledger.domain.organisations import KeyWasRevoked, NoWorkingKey
from ledger.domain.receipt_books import (
    CodesOfOtherYears,
    LossNotAnnounced,
    NumbersAlreadyAllotted,
    NumbersNotBlank,
    PassesLimit,
)
from ledger.errors import LedgerError

REFUSALS: dict[type[LedgerError], str] = {
    CodesOfOtherYears: "没有开票年度的票据代码，请先申领本年度票据",
    DocumentKeyWasRevoked: "文件签名密钥已撤销，请先更换密钥",
    EligibilityOverlaps: "与已登记的资格期间重叠",
    KeyWasRevoked: "签名密钥已撤销，请先更换密钥",
    KindUnknown: "没有这一类单位",
    LossNotAnnounced: "空白票据遗失须登报或公告声明作废",
    MayNotIssue: "乡镇、街道和村居组织不能开具公益事业捐赠票据",
    NeedsNoList: "县级以上人民政府及其部门无需列入名单",
    NeverListed: "该类单位不列入公益性捐赠税前扣除资格名单",
    NoWorkingKey: "没有可撤销的有效密钥",
    NotACharity: "不是可以开具捐赠票据的单位",
    NotAPeriodOfTransition: "不是首批衔接名单的有效期",
    NotThePeriodOfNotice: "有效期与公告日期、申请类别不符",
    NothingToCancel: "没有可取消的资格",
    NumbersAlreadyAllotted: "票据号码已领用",
    NumbersNotBlank: "不全是本单位尚未使用的空白票据号码",
    PassesLimit: "超过未用票据限量，应先用完旧票",
    StillBarred: "在不得重新确认资格的期限内",
}
