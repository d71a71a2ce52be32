"""The answers on eligibility in words: may it issue, was it eligible, which class has a gift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rich.table import Table

from api.answers import table
from api.deducting.reference import rule_table
from ledger.domain.deduction.cases import Gift, Window
from ledger.domain.deduction.classes import classify
from ledger.domain.deduction.table import FULL, LIMITED, NONE, NoRuleKnown
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityEnded,
    EligibilityGranted,
    EligibilityListed,
)
from ledger.domain.kinds import KINDS
from ledger.domain.organisations import EligibilityFact, Organisation
from ledger.money import Money

ENTERPRISE, PERSON = "enterprise", "resident_individual"
PAYER_WORDS = {ENTERPRISE: "企业 enterprise", PERSON: "居民个人 resident"}
PURPOSES = {
    "other": "一般公益 general",
    "target_area": "目标脱贫地区扶贫，票据注明地区 target area, named",
}
CLASS_WORDS = {
    FULL: "全额扣除 full",
    LIMITED: "限额扣除 limited",
    NONE: "不得扣除 none",
    None: "无规则 no rule known",
}
CHANNELS = {"list": "eligible_org", "always": "government", "never": "direct"}
"""What the rule table calls the way of a gift to each kind."""


KIND_WORDS = {
    "charity": "慈善组织、公益性社会组织",
    "mass-organisation": "公益性群众团体",
    "institution": "公益性事业单位",
    "county-government": "县级人民政府及其部门",
    "city-government": "市级人民政府及其部门",
    "provincial-government": "省级人民政府及其部门",
    "central-government": "中央国家机关",
}
EVENT_WORDS = {
    "granted": "取得资格",
    "listed": "列入名单",
    "cancelled": "取消资格",
    "ended": "取消资格（载明事由）",
}


def fact_words(fact: EligibilityFact) -> dict[str, object]:
    """Return what was recorded of an eligibility, for scripts."""
    match fact:
        case EligibilityGranted() | EligibilityListed():
            told: dict[str, object] = {
                "what": "granted",
                "from": _day(fact.first_day),
                "to": _day(fact.last_day),
                "notice": fact.notice,
                "applicant_kind": fact.applicant_kind,
            }
            if isinstance(fact, EligibilityListed):
                told |= {
                    "what": "listed",
                    "notice_date": _day(fact.notice_date),
                    "departments": list(fact.departments),
                    "level": fact.level,
                }
        case EligibilityCancelled():
            told = {"what": "cancelled", "notice_date": _day(fact.notice_date),
                    "effective": _day(fact.effective)}  # fmt: skip
        case EligibilityEnded():
            told = {
                "what": "ended",
                "notice": fact.notice,
                "notice_date": _day(fact.notice_date),
                "effective": _day(fact.effective),
                "ground": fact.ground,
                "barred_until": fact.barred_until and _day(fact.barred_until),
            }
    return told


def _day(day: date) -> str:
    return day.isoformat()


def class_answers(known: Organisation, on: date) -> list[dict[str, object]]:
    """Return which class gifts of a day have, by payer and purpose; it is asked of each gift.

    Of no rule known on that day there is nothing to say: None.
    """
    return [
        {"payer": who, "purpose": purpose, **_class(known, on, who, purpose)}
        for who in (ENTERPRISE, PERSON)
        for purpose in PURPOSES
    ]


def _class(known: Organisation, on: date, who: str, purpose: str) -> dict[str, object]:
    period = known.eligible_on(on)
    gift = Gift(
        id="asked",
        day=on,
        amount=Money(1),
        use=purpose,
        channel=CHANNELS[KINDS[known.kind].listing],
        voucher="donation_receipt",
        eligibility=(Window(period.first_day, period.last_day),) if period else (),
    )
    try:
        found = classify(gift, who, rule_table(), on)
    except NoRuleKnown as unknown:
        return {"class": None, "reason": str(unknown), "source": None}
    return {"class": found.treatment, "reason": found.reason, "source": found.rule.source}


def answer_tables(data: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the three answers as tables, each by itself, and the history of eligibility."""
    issue, eligible = data["may_issue"], data["eligible"]
    title = f"{data['name']}（{KIND_WORDS[data['kind']]}） {data['on']}"
    yield table(
        title,
        ("问题 question", "回答 answer", "理由 reason", "依据 source"),
        [
            ("一、能否开具捐赠票据 may it issue", *_told(issue)),
            ("二、当日有无税前扣除资格 eligible that day", *_told(eligible)),
        ],
    )
    yield table(
        "三、扣除类别 deduction class of a gift of that day",
        ("捐赠人 payer", "用途 purpose", "类别 class", "理由 reason", "依据 source"),
        [
            (PAYER_WORDS[one["payer"]], PURPOSES[one["purpose"]], CLASS_WORDS[one["class"]],
             one["reason"], one["source"])
            for one in data["class"]
        ],
    )  # fmt: skip
    rows = [
        (
            EVENT_WORDS[one["what"]],
            "；".join(f"{k} {_plain(v)}" for k, v in one.items() if k != "what"),
        )
        for one in data["history"]
    ]
    yield table("资格记录 history of eligibility", ("事项 what", "内容 details"), rows)


def _told(answer: Mapping[str, Any]) -> tuple[str, str, str]:
    return ("是 yes" if answer["yes"] else "否 no", answer["reason"], answer["source"])


def _plain(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
