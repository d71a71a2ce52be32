"""What the public pages call things: in Chinese and in English, as pairs that `say` picks from."""

from __future__ import annotations

from collections.abc import Mapping

from api import correction_words
from api.commands.asking import PERSON
from ledger.domain.axis import RULE

Pair = tuple[str, str]

KIND_WORDS: Mapping[str, Pair] = {
    "general": ("一般资金", "general fund"),
    "project": ("项目资金", "project fund"),
    "enterprise": ("企业扶贫公益基金", "enterprise fund against poverty"),
    "named": ("专项基金", "named fund"),
    "brand": ("公益品牌", "charity brand"),
    "agency": ("受托代理（不计入捐赠收入）", "held for others (no gift income)"),
}
PRIVATE, RULE_WORDS = PERSON, RULE
"""Both say it in both languages: a page takes one (`one_language`)."""

COST_ENGLISH = {
    "charitable": "charitable activities",
    "management": "administration",
    "fundraising": "fundraising",
    "other": "other costs",
}
COST_WORDS = {name: (zh, COST_ENGLISH[name]) for name, zh in correction_words.COSTS.items()}

CORRECTION_ENGLISH = {
    "reversal": "gift recorded by mistake, reversed",
    "return": "given back to the donor",
    "recovery": "payment recovered or put right",
    "take-back": "allocation taken back",
    "receipt-reversal": "receipt reversed by a red receipt",
    "classification": "cost class put right",
    "use-change": "use of the fund changed",
}
CORRECTION_WORDS = {
    name: (zh, CORRECTION_ENGLISH[name]) for name, zh in correction_words.KINDS.items()
}
REASON_ENGLISH = {
    "refund": "refund",
    "duplicate": "recorded twice",
    "wrong-amount": "wrong amount",
    "wrong-fund": "wrong fund",
    "wrong-donor": "wrong donor",
    "wrong-date": "wrong date",
    "wrong-payee": "wrong payee",
    "not-received": "never received",
    "not-paid": "never paid",
    "dispute": "dispute",
    "court": "court ruling",
    "donor-consent": "donor's written consent",
    "filing": "filed with civil affairs",
}
REASON_WORDS = {name: (zh, REASON_ENGLISH[name]) for name, zh in correction_words.REASONS.items()}

STEP_WORDS: Mapping[str, Pair] = {
    "opened": ("资金开立", "Opened"),
    "bound": ("约定期间和依据", "Term and ground laid down"),
    "closed": ("结项", "Closed"),
    "use-change": ("增加用途或地区", "Use added:"),
    "allocation-in": ("由其他资金转入：", "Moved in from"),
    "allocation-out": ("转出至其他资金：", "Moved out to"),
    "take-back": ("撤回拨付：", "Allocation taken back from"),
    "given-back": ("退还拨付：", "Allocation given back to"),
    "period-closed": ("账期结账至这一天", "Books closed up to this day"),
}
"""The steps of a fund in its timeline; payments say whom they went to."""

GIFT_WORDS: Mapping[str, Pair] = {
    "received": ("收到捐赠", "Received"),
    "receipt": ("开具票据", "Receipt"),
    "receipt-reversed": ("票据已冲红", "Receipt reversed"),
    "receipt-anonymous": ("匿名捐赠，不索取票据", "Anonymous gift: no receipt is taken"),
    "receipt-declined": ("捐赠人声明不索取票据", "The donor takes no receipt"),
    "allocated": ("拨付到项目", "Allocated"),
    "disbursed": ("支出", "Disbursed"),
    "accepted": ("验收", "Accepted"),
    "returned": ("退赠", "Given back"),
    "reversed": ("误记冲正", "Reversed: recorded by mistake"),
}
"""The steps of a gift on its page."""
