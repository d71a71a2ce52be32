"""Strict reading: every surprise is one line that names the member and says what to do."""

from __future__ import annotations

import pytest

from ledger.domain.deduction import reading as read
from ledger.domain.deduction.reading import BYTES_MAX, DEPTH_MAX, MemberUnusable


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[1] 2", "not JSON"),
        (b"\xff{}", "not UTF-8"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": 1.5}', "'1.5' is not whole"),
        (b'{"a": NaN}', "'NaN' is not whole"),
        (b'{"a": -Infinity}', "'-Infinity' is not whole"),
        (b'{"a": 12345678901234567}', "is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is too large"),
        (b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1), f"more than {DEPTH_MAX} deep"),
        (b"[" * 100_000, f"more than {DEPTH_MAX} deep"),
        (b" " * (BYTES_MAX + 1), f"more than {BYTES_MAX} bytes"),
    ],
)
def test_what_is_no_plain_json_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(MemberUnusable) as refused:
        read.read_json(data, "case")
    told = str(refused.value)
    assert told.startswith("case: ")
    assert says in told
    assert "\n" not in told
    assert len(told) < 200


def test_a_mark_of_byte_order_and_the_deepest_nesting_are_taken() -> None:
    nested = b"[" * DEPTH_MAX + b"]" * DEPTH_MAX
    assert read.read_json(b"\xef\xbb\xbf" + nested, "case")


@pytest.mark.parametrize("value", ["12.345", "1,000", "1e3", "+1", "", " 1", ".5", "1.", 5, None,
                                   "１２", "12345678901234.00", True, ["1"]])  # fmt: skip
def test_an_amount_is_a_plain_string_of_yuan(value: object) -> None:
    with pytest.raises(MemberUnusable, match=r'^x: .* no amount; .* such as "120\.50"$'):
        read.signed(value, "x")


def test_an_amount_has_the_decimals_of_its_currency() -> None:
    assert read.signed("1.234", "x", "BHD").minor == 1234
    with pytest.raises(MemberUnusable, match="at most 0 decimals"):
        read.signed("1.5", "x", "JPY")


def test_a_profit_may_be_below_zero_and_nothing_else() -> None:
    assert read.signed("-0.50", "x").minor == -50
    with pytest.raises(MemberUnusable, match="below zero"):
        read.amount("-0.50", "x")
    with pytest.raises(MemberUnusable, match="is nothing"):
        read.above_zero("0.00", "x")


@pytest.mark.parametrize("value", ["2023-02-29", "2023-13-01", "20230101", "2023-1-1", 20230101,
                                   "2023-01-01T00:00", None])  # fmt: skip
def test_a_day_is_a_real_day(value: object) -> None:
    with pytest.raises(MemberUnusable, match="is no day; write it as 2026-01-31"):
        read.day(value, "x")


@pytest.mark.parametrize("value", ["0", "0.000", "1e5", "-1", "NaN", 7, "1." + "1" * 10])
def test_a_rate_is_above_zero(value: object) -> None:
    with pytest.raises(MemberUnusable, match="is no rate above zero"):
        read.factor(value, "x")


@pytest.mark.parametrize("value", ["", "  ", "a\nb", "\x1b[31m", "\ud800", 5, None, "a" * 65])
def test_a_name_is_short_and_can_be_printed(value: object) -> None:
    with pytest.raises(MemberUnusable) as refused:
        read.text(value, "x", 64)
    str(refused.value).encode()


def test_numbers_flags_lists_objects_and_words_are_what_they_must_be() -> None:
    for wrong in (True, "5", 4, 11):
        with pytest.raises(MemberUnusable, match="no whole number from 5 to 10"):
            read.whole(wrong, "x", 5, 10)
    with pytest.raises(MemberUnusable, match="neither true nor false"):
        read.flag("true", "x")
    with pytest.raises(MemberUnusable, match="is no list"):
        read.items({}, "x")
    with pytest.raises(MemberUnusable, match="more than 10000 entries"):
        read.items([0] * 10_001, "x")
    with pytest.raises(MemberUnusable, match="is no object"):
        read.by_name([], "x")
    with pytest.raises(MemberUnusable, match="'c' is unknown; write a, b"):
        read.word("c", "x", {"a", "b"})
    with pytest.raises(MemberUnusable, match="write one of those known"):
        read.word(["a"], "x", {str(n) for n in range(30)})
    with pytest.raises(MemberUnusable, match="'23' is no year"):
        read.year_name("23", "x")


def test_members_are_all_there_and_no_others() -> None:
    with pytest.raises(MemberUnusable, match="b is missing; add it"):
        read.members({"a": 1}, "x", ("a", "b"))
    with pytest.raises(MemberUnusable, match="unknown member 'd'; remove it, known: a, b"):
        read.members({"a": 1, "d": 1}, "x", ("a",), ("b",))
    with pytest.raises(MemberUnusable, match="is no object"):
        read.members("a", "x", ())


def test_what_is_shown_of_a_value_is_short() -> None:
    assert len(read.shown(["x"] * 1000)) < 50
    assert read.shown("\ud800") == r"'\ud800'"
