"""What the pages of promises call things: in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from api.public_words import Pair

STATES: Mapping[str, Pair] = {
    "kept": ("已履行", "settled"),
    "open": ("履行中", "open"),
    "overdue": ("有逾期", "overdue"),
    "ended": ("已结束", "ended"),
}
DUES: Mapping[str, Pair] = {
    "paid": ("已到账", "received"),
    "written-off": ("已核销", "written off"),
    "open": ("待到账", "open"),
    "overdue": ("逾期", "overdue"),
}
EVERY: Mapping[str, Pair] = {
    "month": ("每月", "every month"),
    "quarter": ("每季度", "every quarter"),
    "year": ("每年", "every year"),
}
STEPS: Mapping[str, Pair] = {
    "pledge-made.v1": ("认捐", "Promised"),
    "recurring-agreed.v1": ("约定定期捐赠", "Recurring gift agreed"),
    "recurring-changed.v1": ("变更", "Changed"),
    "recurring-ended.v1": ("终止", "Ended"),
    "pledge-written-off.v1": ("核销", "Written off"),
}
GROUNDS: Mapping[str, Pair] = {
    "hardship": (
        "捐赠人经济状况显著恶化（慈善法第41条）",
        "the donor's hardship (Charity Law, art. 41)",
    ),
    "court": ("法院裁判", "a court's judgment"),
    "uncollectable": ("无法收取", "it can't be had"),
    "mistake": ("登记有误", "recorded by mistake"),
}
"""Why the charity no longer waits; the law has it explained in public, without the donor's name."""
