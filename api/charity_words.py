"""What the pages of charities call things: in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from api.public_words import Pair
from ledger.domain import disclosure, kinds
from ledger.domain.deductibility import Answer
from ledger.domain.organisations import Organisation

KINDS: Mapping[str, Pair] = {
    "charity": ("慈善组织、公益性社会组织", "charity or public-benefit organisation"),
    "mass-organisation": ("公益性群众团体", "public-benefit mass organisation"),
    "institution": ("公益性事业单位", "public institution"),
    "county-government": ("县级人民政府及其部门", "county government or its department"),
    "city-government": ("市级人民政府及其部门", "city government or its department"),
    "provincial-government": ("省级人民政府及其部门", "provincial government or its department"),
    "central-government": ("中央国家机关", "central government body"),
    "authority": ("主管机关", "authority of this ledger"),
}
ISSUING: Mapping[str | None, Pair] = {
    "public-benefit": (
        "公益性社会组织为接受的捐赠开具票据",
        "it issues receipts for the gifts it takes",
    ),
    "institution": (
        "公益性事业单位为公益捐赠开具票据",
        "it issues receipts for gifts to public purposes",
    ),
    "government": (
        "县级以上人民政府在自然灾害时或应捐赠人要求开具票据",
        "it issues receipts in natural disasters, or when the donor asks",
    ),
    None: ("这类单位不开具捐赠票据", "a body of this kind issues no donation receipts"),
}
NEVER: Pair = ("这类单位从不列入名单", "a body of this kind is never listed")
ALWAYS: Pair = (
    "县级以上人民政府无需列入名单",
    "government of county level and above needs no list",
)
UNLISTED: Pair = ("当日没有名单载明其资格", "no list makes it eligible on that day")

FACTS: Mapping[str, Pair] = {
    "granted": ("取得资格", "granted"),
    "listed": ("列入名单", "listed"),
    "cancelled": ("取消资格", "cancelled"),
    "ended": ("取消资格（载明事由）", "ended, with its ground"),
}
PAYERS: Mapping[str, Pair] = {
    "enterprise": ("企业", "enterprise"),
    "resident_individual": ("居民个人", "resident individual"),
}
PURPOSES: Mapping[str, Pair] = {
    "other": ("一般公益", "general public benefit"),
    "target_area": (
        "目标脱贫地区扶贫，票据注明地区",
        "poverty relief in a target area the receipt names",
    ),
}
CLASSES: Mapping[str | None, Pair] = {
    "full": ("全额扣除", "in full"),
    "limited": ("限额扣除", "up to a limit"),
    "none": ("不得扣除", "not at all"),
    None: ("无规则", "no rule known"),
}
KEYS: Mapping[str | None, Pair] = {
    "registered": ("登记", "registered"),
    "rotated": ("更换", "rotated"),
    "revoked": ("撤销", "revoked"),
    "withdrawn": ("停用", "withdrawn"),
    None: ("有效", "works"),
}
CUSTODY: Mapping[str, Pair] = {
    "server": ("由账本服务器保管", "kept by the ledger's server"),
    "organisation": ("由单位自行保管", "kept by the organisation itself"),
}
DUTIES: Mapping[str, Pair] = {
    disclosure.YEARLY: ("年度报告", "yearly report"),
    disclosure.QUARTERLY: ("募捐或项目进展（每三个月）", "progress, every three months"),
    disclosure.FINAL: ("募捐或项目结束后的全面公开", "full account after the end"),
    disclosure.LEFT_OVER: ("剩余财产处理情况", "what became of what was left over"),
    disclosure.EVENT: ("重大事项、关联交易（三十日）", "big and related-party events, 30 days"),
}
STATES: Mapping[str, Pair] = {
    "recorded": ("账本有记录", "on record"),
    "late": ("有记录，已逾期", "on record, late"),
    "overdue": ("逾期：账本没有记录", "overdue: nothing on record here"),
    "ahead": ("未到期", "not due yet"),
    "no day": ("当时规则未定日期", "the rule then named no day"),
}


def issuing(known: Organisation) -> Pair:
    """Say why an organisation may issue receipts, or may not."""
    kind = kinds.KINDS.get(known.kind)
    return ISSUING[kind.issuing if kind else None]


def eligible(known: Organisation, answer: Answer) -> Pair:
    """Say why gifts of the day could be deducted, or could not."""
    kind = kinds.KINDS.get(known.kind)
    if kind is None or kind.listing == "never":
        return NEVER
    if kind.listing == "always":
        return ALWAYS
    if answer.period is None:
        return UNLISTED
    first, last, notice = answer.period.first_day, answer.period.last_day, answer.period.notice
    return f"{first} 至 {last}：{notice}", f"from {first} to {last}: {notice}"
