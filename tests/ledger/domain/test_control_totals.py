from __future__ import annotations

import pytest

from ledger.domain.control_totals import ControlTotals, ControlTotalsDiffer
from ledger.money import CurrenciesDiffer, Money

COUNTED = ControlTotals(2, Money(10000))


def test_what_was_counted_is_agreed_to() -> None:
    COUNTED.check([Money(9999), Money(1)])
    assert ControlTotals.of([], "CNY") == ControlTotals(0, Money(0))


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        ((10000,), "2 gifts of 100.00 CNY together are expected, the rows hold 1 of 100.00 CNY"),
        ((5000, 5001), "the rows hold 2 of 100.01 CNY together; nothing was recorded"),
        ((), "the rows hold 0 of 0.00 CNY"),
    ],
)
def test_another_number_or_sum_is_refused_with_both(fen: tuple[int, ...], said: str) -> None:
    with pytest.raises(ControlTotalsDiffer, match=said) as refused:
        COUNTED.check([Money(one) for one in fen])
    assert refused.value.expected == COUNTED
    assert refused.value.found.count == len(fen)


def test_amounts_in_another_currency_do_not_count() -> None:
    with pytest.raises(CurrenciesDiffer):
        COUNTED.check([Money(9999), Money(1, "USD")])
