"""One language is taken out of a sentence of both."""

from __future__ import annotations

from datetime import date

import pytest

from api.public_words import PRIVATE, RULE_WORDS
from api.sentences import one_language
from api.verifying.sheet import RESULTS
from ledger.money import Money
from receipts import says


@pytest.mark.parametrize(
    ("sentence", "chinese", "english"),
    [
        ("有效 valid", "有效", "valid"),
        (RULE_WORDS, "先进先出：先用指定资金，同一资金内按入账先后使用",
         "earmarked first, then first in first out"),
        (PRIVATE, "（个人，不公开）", "private person"),
        ("只有中文", "只有中文", "只有中文"),
        ("English alone", "English alone", "English alone"),
        ("示范基金会 53100000500021326D", "示范基金会 53100000500021326D",
         "示范基金会 53100000500021326D"),
        (says.list_is_older(12), "状态清单（12 条）早于本票据",
         "the status list, 12 entries, is older"),
        (f"{says.PASSED['form']}；{says.FILE_NEEDED}",
         "号码格式正确，属公益事业捐赠票据，年度相符；需要票据文件或证据文件",
         "a donation receipt's number, of its year; this needs the receipt's file"),
        (says.failed("status", says.reversed_by("23050126", "0000000003")),
         "票据状态：已由红字票据 23050126 0000000003 冲红", "reversed by that red receipt"),
        (says.passed("issuer", "示范基金会 53100000500021326D"),
         "统一社会信用代码正确，开票单位即受赠单位，有权开具；示范基金会 53100000500021326D",
         "the issuer is who got the gift, and may issue"),
        (says.eligibility_lost(date(2026, 1, 2)),
         "该单位自 2026-01-02 起丧失资格，此前捐赠不受影响",
         "eligibility was lost from that day on, which reaches no earlier gift"),
        (says.share_of_member(Money(123)), "名单所载金额 1.23 元", "the member's share"),
    ],
)  # fmt: skip
def test_each_language_is_told_alone(sentence: str, chinese: str, english: str) -> None:
    assert one_language(sentence, "zh") == chinese
    assert one_language(sentence, "en") == english


@pytest.mark.parametrize("sentence", [*RESULTS.values(), *says.PASSED.values()])
def test_what_pages_show_of_a_check_parts_cleanly(sentence: str) -> None:
    assert not any(letter.isascii() and letter.isalpha() for letter in one_language(sentence, "zh"))
    assert one_language(sentence, "en").isascii()
