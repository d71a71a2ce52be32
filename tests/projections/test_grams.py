"""Text is found by any part of it, however it is written."""

from __future__ import annotations

from projections.grams import LONGEST, asked, grams, plain


def test_signs_compare_without_case_width_or_spaces() -> None:
    assert plain(" ＡＢ c\u3000小 学") == "abc小学"


def test_each_sign_and_each_pair_is_kept_once() -> None:
    assert grams("小学小学", None) == ["学", "学小", "小", "小学"]
    assert grams("ab", "bc") == ["a", "ab", "b", "bc", "c"]
    assert grams(None, "") == []


def test_what_is_asked_for_is_part_of_what_holds_it() -> None:
    text = "示范县第一小学"
    for first in range(len(text)):
        for last in range(first + 1, len(text) + 1):
            assert set(asked(text[first:last])) <= set(grams(text))
    assert asked("学") == ["学"]
    assert asked(" ") == []


def test_a_question_without_end_is_cut() -> None:
    assert asked("a" * LONGEST + "bcd") == ["aa"]
