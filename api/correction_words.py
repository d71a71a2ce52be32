"""Tells the public of a correction in words: what was put right, why, and what stands instead."""

from __future__ import annotations

from api.units import unit_words
from ledger.domain.goods import amount_of
from projections.journal_queries import Correction

KINDS = {
    "reversal": "冲销误记的捐赠",
    "return": "向捐赠人退回捐赠",
    "recovery": "收回或更正支出",
    "take-back": "撤回误记的拨付",
    "receipt-reversal": "以红字票据冲销捐赠票据",
    "classification": "更正费用类别",
    "use-change": "变更资金用途",
}
REASONS = {
    "refund": "退款",
    "duplicate": "重复登记",
    "wrong-amount": "金额有误",
    "wrong-fund": "资金有误",
    "wrong-donor": "捐赠人有误",
    "wrong-date": "日期有误",
    "wrong-payee": "收款方有误",
    "not-received": "未实际收到",
    "not-paid": "未实际支付",
    "dispute": "争议",
    "court": "法院裁判",
    "donor-consent": "捐赠人书面同意",
    "filing": "已向民政部门备案",
}
COSTS = {
    "charitable": "慈善活动支出",
    "management": "管理费用",
    "fundraising": "募捐成本",
    "other": "其他费用",
}
BECAME = {
    "reversal": "改记为",
    "receipt-reversal": "红字票据",
    "classification": "改为",
    "use-change": "增加用途或地区",
}


def in_words(found: Correction) -> str:
    """Write a correction as one sentence for the public; an official's own words are quoted."""
    parts = [f"{found.day.year}年{found.day.month}月{found.day.day}日，{KINDS[found.kind]}"]
    if found.kind != "use-change":
        parts[0] += f" {found.id}"
    if found.amount is not None and found.unit is not None:
        parts.append(f"{amount_of(found.amount, found.unit).grouped()} {unit_words(found.unit)}")
    if found.reason:
        parts.append(f"原因：{REASONS.get(found.reason, found.reason)}")
    if found.note:
        parts.append(f"{'依据' if found.kind == 'use-change' else '说明'}：{found.note}")
    if found.was:
        parts.append(f"原为{COSTS.get(found.was, found.was)}")
    if found.became:
        parts.append(f"{BECAME[found.kind]} {COSTS.get(found.became, found.became)}")
    if found.late:
        parts.append(f"原账期已结，记入{found.booked_on.isoformat()}起的账期")
    return "；".join(parts) + "。"
