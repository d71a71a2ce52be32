"""Counts by organisation, as they stand and as they stood at any size of the log."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from api.settings import Settings
from api.wiring import House
from projections import tallies
from projections.runner import Position
from projections.tallies import EVERY, GIFTS, ISSUED, PAID, UNDATED, UNIDENTIFIED, Key
from tests.api.open_ledger import CODE, opened
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift


@pytest.fixture(scope="module")
def house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A ledger that goes past a milestone, and in which little is moved after it."""
    settings = Settings(
        data=tmp_path_factory.mktemp("tallies"), database_url=database_url,
        schema=f"t_{uuid.uuid4().hex[:16]}",
    )  # fmt: skip
    with closing(House(settings, create=True)) as home:
        opened(home)
        other = general_fund(home, OTHER_USCC)
        many = [replace(gift("1.00", donor=None), received_on=None)] * EVERY
        home.ledger.gifts.receive_gifts(OTHER_USCC, other, many)
        home.ledger.gifts.receive_gifts(OTHER_USCC, other, [gift("1.00")] * 3)
        home.runner.catch_up()
        yield home


def counted(house: House, size: int) -> Counter[Key]:
    """Count anew, from the first entry on."""
    found: Counter[Key] = Counter()
    for _, event in house.runner.entries(0, size):
        for key, n in tallies.counts_of(event):
            found[key] += n
    return found


def test_a_count_is_what_was_counted_at_every_size(house: House) -> None:
    end = house.recorder.size()
    assert end > EVERY + 4
    for size in (0, 1, 12, 30, EVERY - 1, EVERY, EVERY + 1, end - 2, end):
        found, position = tallies.of_all(house.runner, Position(size, None))
        assert +found == +counted(house, size), size
        assert position.size == size
    assert +tallies.of_all(house.runner)[0] == +counted(house, end)


def test_counts_of_one_organisation_hold_nothing_of_another(house: House) -> None:
    found, _ = tallies.of(house.runner, USCC)
    assert {whose for whose, _, _ in found} == {USCC}
    assert (found[USCC, GIFTS, ""], found[USCC, UNDATED, ""]) == (4, 1)
    assert (found[USCC, ISSUED, CODE], found[USCC, PAID, ""]) == (2, 5)
    other, _ = tallies.of(house.runner, OTHER_USCC, Position(house.recorder.size(), None))
    assert other[OTHER_USCC, GIFTS, ""] == EVERY + 3
    assert other[OTHER_USCC, UNIDENTIFIED, ""] == EVERY


def test_rebuilt_the_counts_are_the_same(house: House) -> None:
    names = {"tallies", "public_index", "journal"}
    rebuilt = [one for one in house.runner.rebuild(keep=False) if one.view in names]
    assert [one.equal for one in rebuilt] == [True] * 3
