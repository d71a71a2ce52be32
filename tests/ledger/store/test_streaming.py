"""Rows of a large table come a few at a time, as one snapshot has them."""

from __future__ import annotations

import tracemalloc

import pytest

from api.wiring import House
from ledger.store import streaming
from tests.houses import general_fund, give, register


def test_all_rows_come_in_whatever_number_is_taken_at_a_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "TOGETHER", 3)
    register(house)
    give(house, general_fund(house), *["1.00"] * 10)
    assert {row.digest for row in house.vault.each()} == {row.digest for row in house.vault.all()}
    assert len(house.vault.all()) == 10


def test_a_stream_sees_one_snapshot_and_two_go_on_side_by_side(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "TOGETHER", 1)
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00", "2.00")
    with house.database.sitting():
        one, two = house.vault.each(), house.vault.each()
        assert next(one) == next(two)
        give(house, fund, "3.00")
        assert len([*one, *two]) == 2


def test_rows_are_not_held_while_they_are_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "TOGETHER", 20)
    register(house)
    fund = general_fund(house)
    give(house, fund, *["1.00"] * 100)
    few = peak_of_reading(house)
    give(house, fund, *["1.00"] * 900)
    assert (peak_of_reading(house) - few) / 900 < 30, "bytes a row; a row takes over 500"


def peak_of_reading(house: House) -> int:
    """Return the most memory that reading every opening takes, in bytes."""
    with house.database.sitting():
        sum(1 for _ in house.vault.each())
        tracemalloc.start()
        sum(1 for _ in house.vault.each())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak
