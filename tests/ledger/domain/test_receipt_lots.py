"""A lot: its blank ranges, whatever of it is drawn or lost."""

from __future__ import annotations

import pytest

from ledger.domain.receipt_lots import Lot
from tests.ledger.domain.given import CHARITY

LOT = Lot(CHARITY, 1, 10, 1)


@pytest.mark.parametrize(
    ("lot", "blank"),
    [
        (LOT, [(1, 10)]),
        (LOT.drawn(4), [(5, 10)]),
        (LOT.drawn(10), []),
        (LOT.without(1, 10), []),
        (LOT.without(1, 2), [(3, 10)]),
        (LOT.without(9, 10), [(1, 8)]),
        (LOT.without(4, 5).without(2, 2), [(1, 1), (3, 3), (6, 10)]),
        (LOT.without(4, 5).drawn(3), [(6, 10)]),
        (LOT.without(4, 5).drawn(7), [(8, 10)]),
    ],
)
def test_what_is_blank_is_neither_drawn_nor_lost(lot: Lot, blank: list[tuple[int, int]]) -> None:
    assert lot.blank() == blank
    assert lot.left == sum(last - first + 1 for first, last in blank)
    assert lot.next == (blank[0][0] if blank else 11)
