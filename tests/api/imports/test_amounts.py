from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.amounts import (
    CURRENCY_WORDS,
    Unit,
    find_unit,
    looks_numeric,
    read_amount,
    read_currency,
    read_figure,
)
from api.imports.cells import Cell, CellUnreadable
from ledger.money import MINOR_MAX, PLACES, Money

YUAN, WAN = Unit(), Unit("CNY", 4)


def test_every_currency_of_the_ledger_has_words() -> None:
    assert CURRENCY_WORDS.keys() == PLACES.keys()


@given(st.integers(min_value=1, max_value=10**15 - 1))
def test_an_amount_written_as_text_comes_back_to_the_fen(minor: int) -> None:
    money = Money(minor)
    whole, _, rest = money.decimal().partition(".")
    for text in (money.decimal(), f"\u00a0 ¥{int(whole):,}.{rest} 元\u200b", f"'{whole}.{rest}"):
        assert read_amount(text, YUAN) == money


@given(st.integers(min_value=1, max_value=10**15 - 1))
def test_an_amount_kept_as_a_binary_number_comes_back_to_the_fen(minor: int) -> None:
    assert read_amount(float(Decimal(minor).scaleb(-2)), YUAN) == Money(minor)


@given(st.integers(min_value=1, max_value=10**10), st.integers(min_value=1, max_value=9))
def test_a_third_decimal_is_refused_and_never_rounded(minor: int, mil: int) -> None:
    value = Decimal(minor * 10 + mil).scaleb(-3)
    for cell in (float(value), str(value)):
        with pytest.raises(CellUnreadable, match="金额小数位太多"):
            read_amount(cell, YUAN)


@given(st.integers(min_value=1, max_value=10**9))
def test_ten_thousands_are_scaled_exactly(minor: int) -> None:
    assert read_amount(str(Decimal(minor).scaleb(-6)), WAN) == Money(minor)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates()))
def test_whatever_a_cell_holds_is_an_amount_above_zero_or_refused_with_a_reason(cell: Cell) -> None:
    try:
        minor, reason = read_amount(cell, YUAN).minor, "金额"
    except CellUnreadable as refusal:
        minor, reason = 1, str(refusal)
    assert 0 < minor <= MINOR_MAX
    assert reason.startswith(("金额", "没有金额"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (38422322.23999998, "38422322.24 CNY"),
        (4761028.68000006, "4761028.68 CNY"),
        ("\u00a0 \u00a0 40,000,000.00\u00a0", "40000000.00 CNY"),
        ("￥１２，３４５.６０元", "12345.60 CNY"),
        ("RMB 100", "100.00 CNY"),
        ("人民币100元整", "100.00 CNY"),
        ("+5.00", "5.00 CNY"),
        (".5", "0.50 CNY"),
        ("1 000 000.5", "1000000.50 CNY"),
        ("3.3133万元", "33133.00 CNY"),
        ("US$ 30,133.00", "30133.00 USD"),
        ("$5", "5.00 USD"),
        ("50万美元", "500000.00 USD"),
        ("100 港币", "100.00 HKD"),
        ("JPY 1000", "1000 JPY"),
        ("90071992547409.91", "90071992547409.91 CNY"),
    ],
)
def test_amounts_are_read_as_people_write_them(cell: Cell, expected: str) -> None:
    assert str(read_amount(cell, YUAN)) == expected


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "没有金额"),
        ("-", "没有金额"),
        (0, "金额为零"),
        ("0.00", "金额为零"),
        (-5.0, "金额为负数：-5"),
        ("-5.00", "金额为负数：-5.00"),
        ("−5", "金额为负数"),
        ("(5.00)", "金额为负数"),
        ("¥-3", "金额为负数"),
        (0.005, "金额小数位太多"),
        ("0.000000001", "金额小数位太多"),
        ("1.234.567", "小数点多于一个"),
        ("1,23", "有歧义"),
        ("1,2345", "有歧义"),
        ("1.234,56", "有歧义"),
        ("5.", "有歧义"),
        ("1e5", "科学计数法"),
        ("1.2E+05", "科学计数法"),
        ("壹佰元", "金额不是数字"),
        ("约100", "金额不是数字"),
        ("10²", "金额不是数字"),
        ("2020-01-22", "金额不是数字"),
        (float("nan"), "金额不是数字"),
        (float("inf"), "金额不是数字"),
        (True, "金额栏里是是/否"),
        (date(2020, 1, 22), "金额栏里是日期"),
        ("90071992547409.92", "金额太大"),
        (1e300, "金额太大"),
        ("9" * 61, "金额太大"),
    ],
)
def test_what_is_no_plain_amount_is_refused_with_its_own_reason(cell: Cell, reason: str) -> None:
    with pytest.raises(CellUnreadable, match=reason):
        read_amount(cell, YUAN)


def test_a_cells_own_unit_goes_before_the_columns() -> None:
    assert str(read_amount("500元", WAN)) == "500.00 CNY"
    assert str(read_amount("500", WAN)) == "5000000.00 CNY"
    assert str(read_amount("5元", Unit("USD"))) == "5.00 USD"
    assert str(read_amount("$5", Unit("HKD"))) == "5.00 HKD"
    assert str(read_amount("人民币5元", Unit("USD"))) == "5.00 CNY"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("金额(元)", Unit("CNY")),
        ("捐赠额（单位：元）", Unit("CNY")),
        ("金额（美元）", Unit("USD")),
        ("金额（万美元）", Unit("USD", 4)),
        ("美元（万）", Unit("USD", 4)),
        ("amount_cny", Unit("CNY")),
        ("Amount (USD)", Unit("USD")),
        ("折算金额（万元）", Unit("CNY", 4)),
        ("金额(万元人民币)", Unit("CNY", 4)),
        ("人民币万元", Unit("CNY", 4)),
        ("金额（万）", Unit("CNY", 4)),
        ("金额（百万元）", Unit("CNY", 6)),
        ("金额（亿元）", Unit("CNY", 8)),
        ("日元", Unit("JPY")),
        ("HK$", Unit("HKD")),
        ("捐款单位", None),
        ("元月捐款", None),
        ("chfund", None),
    ],
)
def test_the_unit_of_a_column_is_in_its_header(text: str, unit: Unit | None) -> None:
    assert find_unit(text) == unit


def test_a_column_of_currencies_is_read_and_an_unknown_one_refused() -> None:
    assert [read_currency(c, "CNY") for c in ("", "/", "USD", "港币")] == [
        "CNY", "CNY", "USD", "HKD",
    ]  # fmt: skip
    with pytest.raises(CellUnreadable, match="币种不认识：贝壳"):
        read_currency("贝壳", "CNY")


def test_what_is_meant_for_a_number_is_told_from_words() -> None:
    assert all(map(looks_numeric, ("100", "1,23", "￥5元", "(5.00)", "-3", "1.2.3")))
    assert not any(map(looks_numeric, ("金额", "2020年", "约100", "", "甲")))


def test_a_code_of_a_currency_counts_where_only_a_code_can_stand() -> None:
    assert str(read_amount("NOK 100", YUAN)) == "100.00 NOK"
    assert str(read_amount("1.234 KWD", YUAN)) == "1.234 KWD"
    assert read_currency("TRY", "CNY") == "TRY"
    assert find_unit("金额（XOF）") == Unit("XOF")
    assert find_unit("ALL amounts") is None
    for no_money in ("TOP 5", "5 KGS", "5 XXX"):
        with pytest.raises(CellUnreadable):
            read_amount(no_money, YUAN)


def test_a_figure_may_be_zero_or_negative_where_an_amount_may_not() -> None:
    assert read_figure("-1,000.50", YUAN) == Money(-100050)
    assert read_figure(0.0, YUAN) == Money(0)
    with pytest.raises(CellUnreadable, match="小数位太多"):
        read_figure("-0.001", YUAN)
