"""An amount has one canonical form in words, and every allowed spelling reads back to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refused
from ledger.money import Money
from receipts.words import (
    LARGEST_FEN,
    AmountHasNoWords,
    WordsUnreadable,
    parse_rmb_words,
    rmb_words,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "rmb_uppercase_cases.json"
CASES = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
SIGNS = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整正"

amounts = st.integers(0, LARGEST_FEN) | st.integers(0, 10**6).map(lambda yuan: yuan * 10**6)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_bank_rules_examples_are_written_and_read(case: dict[str, str]) -> None:
    fen = Money.parse(case["amount"]).minor

    assert rmb_words(fen) == case["canonical"]
    assert rmb_words(fen, prefixed=True) == case["with_prefix"]
    for accepted in case["accepted"]:
        assert parse_rmb_words(accepted) == fen
        assert parse_rmb_words("人民币" + accepted) == fen


@given(amounts)
def test_what_is_written_reads_back_to_the_same_fen(fen: int) -> None:
    assert parse_rmb_words(rmb_words(fen)) == fen
    assert parse_rmb_words(rmb_words(fen, prefixed=True)) == fen


@given(amounts, st.data())
def test_one_sign_less_or_changed_never_reads_as_the_same_amount(
    fen: int, data: st.DataObject
) -> None:
    words = rmb_words(fen)
    place = data.draw(st.integers(0, len(words) - 1))
    sign = data.draw(st.sampled_from(("", *SIGNS)))
    changed = words[:place] + sign + words[place + 1 :]
    try:
        read = parse_rmb_words(changed)
    except WordsUnreadable:
        return
    assert read != fen or changed == words or {words[place], sign} <= {*"零整正", ""}


@given(st.text(SIGNS, max_size=24))
def test_any_text_is_refused_or_is_a_spelling_of_what_it_reads_as(text: str) -> None:
    try:
        fen = parse_rmb_words(text)
    except WordsUnreadable:
        return
    assert parse_rmb_words(rmb_words(fen)) == fen
    assert text.replace("零", "").rstrip("整正") == rmb_words(fen).replace("零", "").rstrip("整")


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (100_005_000_00, "壹亿零伍仟元整"),
        (1_000_050_000_000_00, "壹万亿零伍仟万元整"),
        (10_500_000_000_000_00, "壹拾万伍仟亿元整"),
        (107_000_53, "壹拾万柒仟元零伍角叁分"),
        (90_071_992_547_409_91, "玖拾万零柒佰壹拾玖亿玖仟贰佰伍拾肆万柒仟肆佰零玖元玖角壹分"),
        (LARGEST_FEN, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)  # fmt: skip
def test_zeros_between_groups_are_one_sign(fen: int, words: str) -> None:
    assert rmb_words(fen) == words


def test_the_zero_after_ten_thousand_is_the_writers_choice() -> None:
    assert parse_rmb_words("壹拾万零柒仟元伍角叁分") == 107_000_53
    assert parse_rmb_words("壹拾万柒仟元零伍角叁分") == 107_000_53
    with pytest.raises(WordsUnreadable):
        parse_rmb_words("壹拾万零柒仟元零伍角叁分")


@pytest.mark.parametrize(
    "text",
    [
        "", "人民币", "元", "整", "零", "一百元整", "两元整", "拾元整", "壹佰元", "壹佰圆整",
        "人民币 壹元整", "壹元整 ", "壹佰壹元整", "壹佰零零壹元整", "壹万壹元整", "叁佰元肆分",
        "叁佰元零肆分整", "零元伍角整", "壹仟壹仟元整", "壹亿亿元整", "壹万万元整", "壹兆元整",
        "壹分整", "零分", "壹元零角伍分", "壹佰万亿零元整", "壹壹元整", "100元整", "¥1.00",
    ],
)  # fmt: skip
def test_what_the_rule_does_not_allow_is_refused(text: str) -> None:
    with pytest.raises(WordsUnreadable, match="no amount in capital words, such as 壹佰捌拾捌元"):
        parse_rmb_words(text)


@pytest.mark.parametrize("fen", [-1, LARGEST_FEN + 1])
def test_an_amount_outside_the_words_is_refused(fen: int) -> None:
    with pytest.raises(AmountHasNoWords, match=f"^{fen} fen can't be written in words") as refusal:
        rmb_words(fen)
    assert isinstance(refusal.value, Refused)
