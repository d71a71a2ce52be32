"""The sums of a closed period are those of its rows, whatever happened before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from api.settings import Settings
from api.wiring import House
from projections import journal_queries, public_periods
from projections import runner as running
from projections.journal_queries import Row
from projections.postings import INTO
from tests.conftest import OTHER_USCC, USCC
from tests.projections.books import START, Books
from tests.projections.test_journal import LONG


@pytest.fixture
def books(settings: Settings) -> Iterator[Books]:
    with closing(House(settings, create=True, clock=lambda: START)) as house:
        yield Books(house)


def added_up(rows: list[Row]) -> Counter[tuple[str, str, str]]:
    """Add up rows by fund, unit and kind, as an accountant would from the statement."""
    sums = Counter[tuple[str, str, str]]()
    for row in rows:
        sums[row.fund, row.unit, row.kind] += row.amount
    return Counter({key: n for key, n in sums.items() if key[2] != "classification"})


def left(rows: list[Row]) -> Counter[tuple[str, str]]:
    held = Counter[tuple[str, str]]()
    for row in rows:
        if row.kind != "classification":
            held[row.fund, row.unit] += row.amount if row.kind in INTO else -row.amount
    return held


@pytest.mark.parametrize("batch", [1, 7, 5000])
def test_the_sums_of_a_period_are_those_of_its_rows(
    books: Books, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(running, "BATCH", batch)
    for act in LONG:
        books.act(*act)
    house = books.house
    house.runner.catch_up()

    compared = 0
    for holder in (USCC, OTHER_USCC):
        for period in public_periods.periods(house.runner, holder):
            sums = public_periods.sums(house.runner, holder, period)
            within, _ = journal_queries.rows(house.runner, holder, period.first, period.last)
            ever, _ = journal_queries.rows(house.runner, holder, None, period.last)
            moved = {(s.fund, s.unit, kind): n for s in sums for kind, n in s.moved.items()}
            assert moved == added_up(within)
            assert {(s.fund, s.unit): s.closing for s in sums} == left(ever)
            counted = sum(sum(s.counted.values()) for s in sums)
            assert counted == sum(row.kind != "classification" for row in within)
            compared += len(moved)
    assert compared > 5
