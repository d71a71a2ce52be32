"""Amounts: reading, writing, adding, comparing, converting."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.errors import LedgerError, Refused
from ledger.money import (
    MINOR_MAX,
    PLACES,
    AmountUnreadable,
    CurrenciesDiffer,
    CurrencyUnknown,
    Money,
    convert_half_up,
)
from tests.ledger.domain.given import UNHURRIED

minors = st.integers(-MINOR_MAX, MINOR_MAX)
amounts = st.builds(Money, minors, st.sampled_from(sorted(PLACES)))
small = st.builds(Money, st.integers(-(10**12), 10**12))


@given(amounts)
@UNHURRIED
def test_what_is_written_reads_back_as_the_same_amount(amount: Money) -> None:
    assert Money.parse(amount.decimal(), amount.currency) == amount


@given(amounts)
@UNHURRIED
def test_the_grouped_form_has_the_same_digits_in_threes(amount: Money) -> None:
    grouped = amount.grouped()

    whole, *_ = grouped.removeprefix("-").split(".")
    assert grouped.replace(",", "") == amount.decimal()
    assert [len(group) for group in whole.split(",")[1:]] == [3] * whole.count(",")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("362638873.00", "CNY", 36_263_887_300),
        ("0.01", "CNY", 1),
        ("-0.50", "CNY", -50),
        ("7", "CNY", 700),
        ("7.1", "CNY", 710),
        ("7.1000", "CNY", 710),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("0000000000000001", "CNY", 100),
        ("-0", "CNY", 0),
    ],
)
def test_a_plain_decimal_is_read(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("1.005", "CNY", "CNY has 2 decimals"),
        ("0.5", "JPY", "JPY has 0 decimals"),
        ("1.0000000000000000000000000000000000001", "CNY", "CNY has 2 decimals"),
        ("", "CNY", "write digits with at most one point"),
        ("1,000.00", "CNY", "write digits with at most one point"),
        ("1e3", "CNY", "write digits with at most one point"),
        ("+1", "CNY", "write digits with at most one point"),
        (" 1", "CNY", "write digits with at most one point"),
        ("1.", "CNY", "write digits with at most one point"),
        (".5", "CNY", "write digits with at most one point"),
        ("NaN", "CNY", "write digits with at most one point"),
        ("１２", "CNY", "write digits with at most one point"),
        ("9999999999999999", "CNY", "more than 15 digits"),
        ("99999999999999999999.00", "CNY", "more than 15 digits"),
        ("-99999999999999999", "JPY", "more than 15 digits"),
        ("99999999999999999.", "CNY", "write digits with at most one point"),
    ],
)
def test_what_the_currency_cannot_hold_exactly_is_refused(
    text: str, currency: str, why: str
) -> None:
    with pytest.raises(AmountUnreadable, match=why) as refusal:
        Money.parse(text, currency)

    assert isinstance(refusal.value, Refused)
    assert isinstance(refusal.value, LedgerError)


@given(st.text(max_size=40))
@UNHURRIED
@example("0" * 17)
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    try:
        read = Money.parse(text)
    except AmountUnreadable:
        return
    assert Decimal(text) == Decimal(read.decimal())


def test_a_currency_outside_the_list_is_refused_with_what_a_code_looks_like() -> None:
    with pytest.raises(CurrencyUnknown, match="'XXX' is no code of ISO 4217, such as CNY or USD"):
        Money.parse("1", "XXX")
    with pytest.raises(CurrencyUnknown, match="'RMB'"):
        Money(1, "RMB")


@pytest.mark.parametrize("minor", [MINOR_MAX + 1, -MINOR_MAX - 1])
def test_an_amount_that_json_cannot_keep_is_refused(minor: int) -> None:
    with pytest.raises(AmountUnreadable, match=f"'{minor}' is no amount of money"):
        Money(minor)


@given(small, small, small)
@UNHURRIED
def test_amounts_add_up_in_any_order(a: Money, b: Money, c: Money) -> None:
    assert (a + b) + c == a + (b + c) == c + b + a
    assert a - b == a + -b
    assert (a < b) == (a.minor < b.minor)
    assert (a <= b) == (a.minor <= b.minor)


def test_amounts_in_two_currencies_are_neither_added_nor_compared() -> None:
    yuan, yen = Money(1), Money(1, "JPY")

    for meet in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrenciesDiffer, match="amount in CNY can't be set against one in JPY"):
            meet(yuan, yen)


def test_an_amount_names_its_currency() -> None:
    assert str(Money(-123_456)) == "-1234.56 CNY"
    assert str(Money(5)) == "0.05 CNY"
    assert Money(123_456_789, "JPY").grouped() == "123,456,789"
    assert Money(-123_456).grouped() == "-1,234.56"


@pytest.mark.parametrize(
    ("amount", "currency", "rate", "quote_unit", "booked"),
    [
        ("20000", "USD", "7.1217", 1, "142434.00"),  # domain rules, case E27
        ("100.15", "CNY", "0.3", 1, "30.05"),  # case P14: half even would give 30.04
        ("10000", "JPY", "4.7035", 100, "470.35"),
        ("1", "JPY", "4.7035", 100, "0.05"),
        ("1", "JPY", "0.5", 100, "0.01"),  # half a fen goes up
        ("1", "JPY", "0.49999999", 100, "0.00"),
        ("0.01", "USD", "0.5", 1, "0.01"),
        ("0.03", "USD", "0.5", 1, "0.02"),
        ("12345678901.23", "USD", "99.99999999", 1, "1234567889999.54"),
    ],
)
def test_foreign_money_is_booked_half_a_fen_going_up(
    amount: str, currency: str, rate: str, quote_unit: int, booked: str
) -> None:
    given_amount = Money.parse(amount, currency)

    assert convert_half_up(given_amount, Decimal(rate), quote_unit) == Money.parse(booked)


@given(
    st.integers(1, 10**13),
    st.sampled_from(sorted(PLACES)),
    st.integers(1, 9_999_999_999),
    st.sampled_from([1, 100]),
)
@UNHURRIED
def test_booking_is_the_exact_product_rounded_once(
    minor: int, currency: str, rate_e8: int, quote_unit: int
) -> None:
    numerator = minor * rate_e8 * 100
    denominator = 10 ** PLACES[currency] * 10**8 * quote_unit
    exact = (2 * numerator + denominator) // (2 * denominator)

    if exact > MINOR_MAX:
        with pytest.raises(AmountUnreadable):
            convert_half_up(Money(minor, currency), Decimal(rate_e8).scaleb(-8), quote_unit)
    else:
        booked = convert_half_up(Money(minor, currency), Decimal(rate_e8).scaleb(-8), quote_unit)
        assert booked == Money(exact)


def test_money_can_be_booked_in_another_currency_than_yuan() -> None:
    assert convert_half_up(Money.parse("7.00"), Decimal("21.5"), 1, "JPY") == Money(151, "JPY")
