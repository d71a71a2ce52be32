"""Shares of amounts, and where they are rounded."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.deduction.amounts import share_half_up, total
from ledger.money import MINOR_MAX, Money


def test_no_amounts_add_up_to_nothing() -> None:
    assert total([]) == Money(0)


def test_half_a_fen_goes_up_where_the_banks_rule_would_go_down() -> None:
    assert share_half_up(Money.parse("100.15"), Decimal("0.30")) == Money.parse("30.05")


def test_less_than_half_a_fen_goes_down() -> None:
    assert share_half_up(Money.parse("333.37"), Decimal("0.12")) == Money.parse("40.00")


@settings(max_examples=60)
@given(st.integers(0, MINOR_MAX), st.sampled_from(["0.12", "0.30", "0.03", "0.45"]))
def test_a_share_is_the_nearest_fen_and_never_below_a_tie(fen: int, rate: str) -> None:
    exact = Fraction(fen) * Fraction(rate)
    share = share_half_up(Money(fen), Decimal(rate)).minor
    assert Fraction(-1, 2) < share - exact <= Fraction(1, 2)
