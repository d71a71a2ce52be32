"""What a fund's gifts say of themselves is counted as it stands, and as it stood at any size."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.wiring import House
from ledger.money import Money
from projections import fund_tallies
from projections.fund_tallies import FUND_TALLIES, MONTH, UNCLAIMED, UNDATED, Tally
from tests.conftest import USCC
from tests.houses import general_fund, gift, register


def test_sums_stand_as_they_stood_at_every_size(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fund_tallies, "EVERY", 4)
    register(house)
    here, there = general_fund(house), general_fund(house, name="助学资金")
    stood = {}
    for number in range(7):
        day = date(2026, 1 + number % 3, 5) if number % 2 else None
        told = replace(
            gift(f"{number + 1}.00"), received_on=day, date_basis="row" if day else "none"
        )
        unclaimed = replace(told, donor=None) if number % 3 == 0 else told
        (one,) = house.ledger.gifts.receive_gifts(USCC, here, [unclaimed])
        house.ledger.gifts.receive_gifts(USCC, there, [gift("9.00")])
        if number in (0, 6):
            house.ledger.gifts.identify_donor(one, "王某某", "ab" * 32)
        house.runner.follow(FUND_TALLIES)
        size = house.recorder.size()
        stood[size] = fund_tallies.of(house.runner, here), fund_tallies.of(house.runner, there)
    house.publish()

    for size, told_then in stood.items():
        at = house.runner.position(size)
        found = fund_tallies.of(house.runner, here, at), fund_tallies.of(house.runner, there, at)
        assert found == told_then
    before = house.runner.position(min(stood) - 4)
    assert fund_tallies.of(house.runner, here, before) == []
    assert fund_tallies.of(house.runner, here) == [
        Tally(MONTH, "CNY", 4, Money.parse("16.00").minor),
        Tally(f"{MONTH}2026-01", "CNY", 1, Money.parse("4.00").minor),
        Tally(f"{MONTH}2026-02", "CNY", 1, Money.parse("2.00").minor),
        Tally(f"{MONTH}2026-03", "CNY", 1, Money.parse("6.00").minor),
        Tally(UNCLAIMED, "", 1, 0),
        Tally(UNDATED, "", 4, 0),
    ]
