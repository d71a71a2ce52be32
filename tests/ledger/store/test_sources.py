"""Rows of lists: met again they are known, and two rows are never taken for one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.wiring import House
from ledger.application import ReceiveGift
from ledger.domain.values import Source
from ledger.store.sources import RowIdentity, same_list
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, register
from tests.invariants import check_house

Row = tuple[str | None, tuple[str, ...]]


def rows(*words: str) -> list[Row]:
    """Return rows without transaction numbers."""
    return [(None, (word, "10.00 CNY")) for word in words]


def numbered(first: int, last: int) -> list[Row]:
    return rows(*(f"row {n}" for n in range(first, last)))


def keep(house: House, fund: str, given: list[Row], charity: str = USCC) -> int:
    """Record those rows of a list that are new, as an import does; return how many were."""
    named = list(dict.fromkeys(house.sources.identify(charity, given)))
    known = house.sources.known([one.identity for one in named])
    fresh = [one for one in named if one.identity not in known]
    house.ledger.gifts.receive_gifts(charity, fund, [_gift(one) for one in fresh])
    return len(fresh)


def _gift(one: RowIdentity) -> ReceiveGift:
    source = Source(
        file="0" * 64, table=1, row=1, listing=one.listing, identity=one.identity,
        content=one.content,
    )  # fmt: skip
    return replace(gift("10.00"), source=source)


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


@pytest.mark.parametrize(
    ("met", "old", "new", "same"),
    [
        (1, 1, 1, True),  # equal lists, of any length
        (2, 2, 2, True),
        (0, 0, 0, True),
        (1, 1, 2, False),  # too short to tell
        (2, 2, 3, False),
        (1, 2, 2, False),
        (3, 3, 4, True),  # grown
        (3, 3, 300, True),
        (2, 3, 4, False),
        (4, 5, 9, True),  # corrected in one row of five
        (3, 5, 9, False),
        (4, 5, 5, True),
        (80, 100, 120, True),
        (79, 100, 120, False),
        (9, 300, 9, False),  # an excerpt, of fewer than ten rows
        (10, 300, 10, True),
        (8, 300, 10, True),
        (7, 300, 10, False),
        (4, 4, 3, False),
    ],
)
def test_a_list_is_the_same_when_four_fifths_of_the_smaller_one_are_met(
    met: int, old: int, new: int, *, same: bool
) -> None:
    assert same_list(met, old, new) is same


def test_the_same_list_again_adds_nothing(house: House, fund: str) -> None:
    assert keep(house, fund, numbered(0, 12)) == 12

    assert keep(house, fund, numbered(0, 12)) == 0
    assert keep(house, fund, numbered(0, 12)[::-1]) == 0
    check_house(house)


def test_a_list_that_grew_adds_what_is_new(house: House, fund: str) -> None:
    keep(house, fund, numbered(0, 5))

    assert keep(house, fund, numbered(0, 8)) == 3
    assert keep(house, fund, numbered(0, 8)) == 0
    assert len({row.listing for row in house.sources.all()}) == 1
    check_house(house)


def test_an_excerpt_of_ten_rows_adds_nothing(house: House, fund: str) -> None:
    keep(house, fund, numbered(0, 40))

    assert keep(house, fund, numbered(20, 30)) == 0
    check_house(house)


def test_two_small_lists_that_share_a_row_are_both_recorded(house: House, fund: str) -> None:
    assert keep(house, fund, rows("a", "b")) == 2

    assert keep(house, fund, rows("a", "c")) == 2
    assert keep(house, fund, rows("a")) == 1
    check_house(house)


def test_equal_rows_of_one_list_are_kept_apart(house: House, fund: str) -> None:
    assert keep(house, fund, rows("a", "a", "a", "b")) == 4

    assert keep(house, fund, rows("a", "b", "a", "a")) == 0
    assert keep(house, fund, rows("a", "a", "a", "a", "b")) == 1
    check_house(house)


def test_a_transaction_number_is_one_row_in_whatever_list(house: House, fund: str) -> None:
    first: list[Row] = [("4200001", ("a", "1.00 CNY")), ("4200002", ("b", "2.00 CNY"))]
    other: list[Row] = [("4200002", ("b*", "2.00 CNY")), ("4200003", ("c", "3.00 CNY"))]

    assert keep(house, fund, first) == 2
    assert keep(house, fund, other) == 1
    assert keep(house, fund, [*other, other[0]]) == 0
    check_house(house)


def test_the_same_row_of_two_charities_is_two_rows(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    other = general_fund(house, OTHER_USCC)

    assert keep(house, fund, numbered(0, 12)) == 12
    assert keep(house, other, numbered(0, 12), OTHER_USCC) == 12
    check_house(house)


def test_the_list_that_shares_most_is_the_one_that_is_met(house: House, fund: str) -> None:
    keep(house, fund, numbered(0, 10))
    keep(house, fund, [*numbered(9, 10), *numbered(50, 60)])

    assert keep(house, fund, numbered(49, 60)) == 1
    check_house(house)


def test_nothing_is_no_list(house: House) -> None:
    assert house.sources.identify(USCC, []) == []
    assert house.sources.known([]) == {}
