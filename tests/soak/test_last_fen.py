"""Ten thousand times two processes want the last fen of a fund: exactly one gets it."""

from __future__ import annotations

import pytest

from api.wiring import House
from tests.invariants import check_house
from tests.ledger.test_application_last_fen import raced

LAPS, FUNDS = 50, 200

pytestmark = pytest.mark.soak


def test_ten_thousand_races_for_a_last_fen_have_one_winner_each(house: House) -> None:
    raced(house, LAPS, FUNDS, longest_s=1800)
    check_house(house)
