"""Values that events carry: role names, places, exchange rates."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.values import (
    AccountMalformed,
    PlaceMalformed,
    RateMalformed,
    account,
    exchange,
    place_code,
)
from ledger.money import Money

DAY = date(2026, 10, 1)


@pytest.mark.parametrize("name", ["clerk", "clerk-2", "a", "a" * 32, "r2-d2"])
def test_a_short_role_name_may_act_in_public(name: str) -> None:
    assert account(name) == name


@pytest.mark.parametrize(
    "name", ["", "Clerk", "王某某", "clerk 2", "2clerk", "-clerk", "clerk\n", "a" * 33, "ｃlerk"]
)
def test_anything_but_a_role_name_is_refused(name: str) -> None:
    with pytest.raises(AccountMalformed, match="is not a role name such as clerk-2") as refusal:
        account(name)

    assert repr(name) in str(refusal.value)


@pytest.mark.parametrize("code", ["230108", "230108001", "230108001201"])
def test_a_place_has_6_9_or_12_digits(code: str) -> None:
    assert place_code(code) == code


@pytest.mark.parametrize("code", ["", "2301", "2301080", "23010A", "２３０１０８", "230108\n"])
def test_another_form_of_place_is_refused(code: str) -> None:
    with pytest.raises(PlaceMalformed, match="is not a code of 6, 9 or 12 digits"):
        place_code(code)


def test_a_rate_books_foreign_money_in_fen() -> None:
    per_one = exchange("7.1217", 1, "中国外汇交易中心", DAY)
    per_hundred = exchange("4.7035", 100, "中国外汇交易中心", DAY)

    assert per_one.book(Money.parse("20000", "USD")) == Money.parse("142434.00")
    assert per_hundred.book(Money.parse("10000", "JPY")) == Money.parse("470.35")


@pytest.mark.parametrize(
    ("rate", "quote_unit"),
    [
        ("0", 1),
        ("0.00", 1),
        ("-7", 1),
        ("7,1", 1),
        ("7.123456789", 1),
        ("123456789", 1),
        ("NaN", 1),
        ("1e2", 1),
        ("７.1", 1),
        ("", 1),
        ("7.1217", 10),
        ("7.1217", 0),
        ("7.1217", -1),
    ],
)
def test_a_rate_that_cannot_be_used_is_refused_with_its_figures(rate: str, quote_unit: int) -> None:
    with pytest.raises(RateMalformed, match=f"rate '.*' per {quote_unit} can't be used") as refusal:
        exchange(rate, quote_unit, "source", DAY)

    assert repr(rate) in str(refusal.value)
