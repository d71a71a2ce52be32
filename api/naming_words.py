"""The catalog of names given in thanks: what things, steps and findings are called."""

from __future__ import annotations

from ledger.domain import naming_refusals as refusals
from ledger.domain import naming_support as support
from ledger.domain.benefits import BenefitNegative, BenefitUnvalued, GiftIsSponsorship
from ledger.domain.events.base import Event
from ledger.domain.events.naming import (
    NamingApproved,
    NamingConsentRecorded,
    NamingEntered,
    NamingExpired,
    NamingFundingTested,
    NamingProposed,
    NamingRejected,
    NamingResumed,
    NamingReviewClosed,
    NamingReviewOpened,
    NamingRevoked,
    NamingScreened,
    NamingSubmitted,
    NamingSuspended,
    NamingWishRecorded,
    NamingWithdrawn,
)
from ledger.errors import LedgerError

STATUS = {
    "proposed": "已提出",
    "submitted": "已报送审批",
    "approved": "已批准",
    "in force": "生效中",
    "suspended": "已暂停",
    "declined": "捐赠人不愿冠名",
    "renamed": "捐赠人另提名称",
    "rejected": "未获批准",
    "revoked": "已撤销",
    "expired": "已到期",
    "withdrawn": "同意已撤回",
}
THINGS = {
    "project": "项目",
    "building": "建筑物",
    "room": "房间",
    "fund": "资金",
    "prize": "奖项",
    "road-or-place": "道路或地名",
}
FORMS = {"name": "冠名", "plaque": "留名"}
WISHES = {"yes": "愿意", "no": "不愿意", "other-name": "另提名称", "anonymous": "匿名"}
FINDINGS = {
    "banned-product": "含烟草或禁止宣传的产品",
    "state-leader": "含国家领导人姓名",
    "foreign-name": "地名不得用外国名称",
    "company-name": "地名不得用企业名称",
    "advertising": "含广告用语",
    "superlative": "含绝对化用语",
    "personality-rights": "未经他人同意使用其姓名",
    "anonymity": "含不愿公开的捐赠人姓名",
    "name-taken": "名称已被使用",
}
OUTCOMES = {"kept": "保留", "revoked": "撤销", "expired": "已到期", "withdrawn": "同意已撤回"}
RECEIPTS = {"whole": "全额开具", "split": "扣除回报后开具", "blocked": "不得开具"}
STEPS: dict[type[Event], str] = {
    NamingProposed: "提出",
    NamingWishRecorded: "记录捐赠人意愿",
    NamingScreened: "名称审查",
    NamingFundingTested: "核对到账资金",
    NamingConsentRecorded: "受益人意见",
    NamingSubmitted: "报送审批",
    NamingApproved: "批准",
    NamingRejected: "不予批准",
    NamingEntered: "生效",
    NamingSuspended: "暂停",
    NamingResumed: "恢复",
    NamingRevoked: "撤销",
    NamingExpired: "到期",
    NamingWithdrawn: "撤回同意",
    NamingReviewOpened: "因退款启动复核",
    NamingReviewClosed: "复核结束",
}
SHOWN_ERASED = "（名称文字已按规定删除 erased）"

REFUSALS: dict[type[LedgerError], str] = {
    BenefitNegative: "回报不能为负数，没有请写 0.00",
    BenefitUnvalued: "捐赠人取得的回报尚未估价，不能开具票据",
    GiftIsSponsorship: "捐赠人取得的回报不低于捐赠额，属于赞助，不开具捐赠票据",
    refusals.ActsOnAnothersName: "不是本单位提出或批准的冠名",
    refusals.AnonymousDonor: "捐赠人要求匿名，须有新的书面意愿",
    refusals.AnotherAuthority: "不是受理审批的机关",
    refusals.ApprovalNeeded: "须经县级以上人民政府批准",
    refusals.ApprovalNotNeeded: "无须政府审批，可直接生效",
    refusals.BelowThreshold: "实际到账资金未达到冠名要求",
    refusals.BeneficiaryRefused: "受益人不同意",
    refusals.BenefitNotRecorded: "捐赠人另有回报，请先登记其价值",
    refusals.ConsentMissing: "尚未取得受益人同意",
    refusals.CostNotPositive: "总造价必须大于零",
    refusals.CostUnknown: "按比例核算须填写总造价",
    refusals.DonorDeclined: "捐赠人不愿冠名，到此为止",
    refusals.FundingNotTested: "尚未核对到账资金",
    refusals.GiftNamedTwice: "同一笔捐赠不能重复计算",
    refusals.LanguageMalformed: "语言标签无法识别",
    refusals.MayNameAPerson: "公开内容不得出现个人姓名",
    refusals.NamingEnded: "该冠名已经终止，请重新提出",
    refusals.NoReview: "没有待定的复核",
    refusals.NotCountyGovernment: "审批机关须为县级以上人民政府",
    refusals.NotInForce: "该冠名不在生效中",
    refusals.NotScreened: "名称尚未审查",
    refusals.OutsideTerm: "不在冠名期限内",
    refusals.RuleMalformed: "资金要求的规定无法使用",
    refusals.RuleNotInForce: "所引规定当日未生效",
    refusals.SamePerson: "须由两人分别办理",
    refusals.ScreenFailed: "名称未通过审查",
    refusals.ShareMalformed: "比例须在 0.01% 至 100% 之间",
    refusals.TermMalformed: "冠名期限无法使用",
    refusals.TermRuns: "冠名期限未满",
    refusals.TextDiffers: "名称文字不一致，改动须重新提出",
    refusals.WishNotRecorded: "尚未征求捐赠人意愿",
    refusals.WishStands: "该意愿已登记",
    refusals.WordUnknown: "用词不在规定范围内",
    refusals.WrongStep: "当前状态不能办理此步骤",
    support.GiftOfAnotherFund: "捐赠不在提出冠名的资金内",
    support.GoodsCarryNoName: "实物捐赠不计入冠名资金",
    support.NameStands: "名称仍在使用，请先终止冠名再删除",
    support.NameTextErased: "名称文字已按规定删除，请重新提出",
    support.NoPowerOverNames: "本账本的主管机关没有审批冠名的权限",
}
"""Refusals of what section 4 of the rules forbids; the catalog of all takes them in."""
