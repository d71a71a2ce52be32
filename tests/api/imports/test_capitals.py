from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.amounts import Unit, read_amount
from api.imports.capitals import read_capitals
from ledger.money import Money
from tests.conftest import SHARED

CASES = SHARED / "domain" / "rmb_uppercase_cases.json"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("壹仟元整", "1000.00"),
        ("人民币壹万贰仟元整", "12000.00"), ("壹拾万柒仟元零伍角叁分", "107000.53"),
        ("壹拾万零柒仟元伍角叁分", "107000.53"),
        ("壹仟陆佰捌拾元叁角贰分", "1680.32"), ("贰圆正", "2.00"),
        ("人民币:壹億零伍佰萬元整", "105000000.00"), ("伍分", "0.05"), ("叁角", "0.30"),
    ],
)  # fmt: skip
def test_an_amount_in_capital_words_alone_is_read(text: str, amount: str) -> None:
    assert read_amount(text, Unit("CNY", 4)) == Money.parse(amount)


@pytest.mark.parametrize(
    "text",
    ["壹仟元", "拾元整", "壹仟壹元整", "壹佰零零壹元整", "壹分整", "元整", "整", "一千元整",
     "贰两元整",
     "壹万万元整", "玖玖元整", "", "壹元壹元整", "壹佰仟元整"],
)  # fmt: skip
def test_words_that_break_the_rule_are_no_amount(text: str) -> None:
    assert read_capitals(text) is None


@given(st.text(alphabet="零壹贰叁玖拾佰仟万亿元角分整正人民币", max_size=12))
def test_what_is_read_is_never_read_two_ways(text: str) -> None:
    fen = read_capitals(text)
    assert fen is None or fen >= 0
    assert fen is None or read_capitals(f"{text}{text}") is None


@pytest.mark.shared
def test_every_published_spelling_is_read() -> None:
    if not CASES.is_file():
        pytest.skip("the published spellings do not lie beside this repository")
    cases = json.loads(CASES.read_text("utf-8"))["cases"]
    assert len(cases) > 20
    for case in cases:
        for text in (case["canonical"], case["with_prefix"], *case["accepted"]):
            assert read_capitals(text) == Money.parse(case["amount"]).minor, case["id"]
