"""Small groups: hidden, and not to be computed from totals, from filters or from later answers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.domain.small_cells import (
    FEWER,
    THRESHOLD,
    TOTAL,
    WITHHELD,
    Cell,
    Table,
    _with_totals,
    coarse,
    one_way,
    told,
    two_way,
)

MOST = 6
"""The brute force below tries hidden cells up to here: one more than the largest it is given."""


def solutions(counts: Mapping[Cell, int], table: Table) -> list[dict[Cell, int]]:
    """Return all tables that whoever reads the public one can't exclude, by trying them all."""
    sums = _with_totals(counts)
    inner = [c for c in counts if counts[c]]
    limits = []
    for cell in inner:
        said = table.cell(*cell)
        fewer, free = range(1, THRESHOLD), range(1, MOST + 1)
        limits.append([said] if isinstance(said, int) else fewer if said == FEWER else free)
    found = []
    for numbers in product(*limits):
        tried = _with_totals({**dict.fromkeys(counts, 0), **dict(zip(inner, numbers, strict=True))})
        if all(_fits(tried[cell], cell, table, sums) for cell in sums):
            found.append(tried)
    return found


def _fits(count: int, cell: Cell, table: Table, sums: Mapping[Cell, int]) -> bool:
    if sums[cell] == 0:
        return count == 0
    if cell not in table.shown:  # a total that is not public
        return True
    said = table.shown[cell]
    if isinstance(said, int):
        return count == said
    return 0 < count < THRESHOLD if said == FEWER else count > 0


counted = st.integers(0, 5)
tables = st.lists(st.lists(counted, min_size=1, max_size=2), min_size=1, max_size=2)


@settings(max_examples=60, deadline=None)
@given(tables, st.sets(st.sampled_from(["row_totals", "column_totals", "total"])))
@example([[1, 3, 4], [5, 0, 2]], set())
@example([[2], [1]], set())
@example([[1]], set())
@example([[1], [1]], set())
def test_no_hidden_cell_can_be_computed_from_what_is_shown(
    rows: list[list[int]], kept_back: set[str]
) -> None:
    width = max(map(len, rows))
    counts = {
        (str(r), str(c)): (rows[r][c] if c < len(rows[r]) else 0)
        for r in range(len(rows))
        for c in range(width)
    }
    table = two_way(counts, **dict.fromkeys(kept_back, False))
    possible = solutions(counts, table)
    assert possible, "the true table is one of them"
    for cell, said in table.shown.items():
        if isinstance(said, str):
            assert len({one[cell] for one in possible}) > 1, f"{cell} follows from the rest"
        else:
            assert said == _with_totals(counts)[cell], "what is shown is true"


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 5), min_size=1))
def test_a_list_with_its_sum_gives_no_small_group_away(counts: dict[str, int]) -> None:
    shown = one_way(counts)
    small = [name for name, count in counts.items() if 0 < count < THRESHOLD]
    assert all(shown[name] == FEWER for name in small)
    if small and isinstance(shown[TOTAL], int):
        hidden = [name for name in counts if isinstance(shown[name], str)]
        assert len(hidden) > 1, "the sum less what is shown would be the one that is hidden"


def test_a_household_hidden_in_a_village_is_not_the_county_less_the_others() -> None:
    villages = {"甲村": 12, "乙村": 1, "丙村": 7}
    shown = one_way(villages)
    assert shown["乙村"] == FEWER
    assert shown["丙村"] == WITHHELD, "20 less 12 less 7 would have been the household"
    assert (shown["甲村"], shown[TOTAL]) == (12, 20)


def test_large_groups_and_nobody_are_shown_as_they_are() -> None:
    assert one_way({"a": 3, "b": 0, "c": 40}) == {"a": 3, "b": 0, "c": 40, TOTAL: 43}
    assert one_way({"a": 3, "b": 1}, total=False) == {"a": 3, "b": FEWER}
    assert two_way({("a", "x"): 4}).cell("b", "x") == 0


def test_what_is_hidden_but_follows_is_named() -> None:
    counts = _with_totals({("a", "x"): 1, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 7})
    corner = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    words = dict.fromkeys(corner, WITHHELD) | {corner[0]: FEWER}
    assert told(counts, {corner[0]: FEWER}) == {corner[0]}
    assert told(counts, words) == set()
    del words[corner[3]]
    assert told(counts, words) == set(corner[:3]), "a row with one hidden tells it"


@pytest.mark.parametrize(
    ("people", "place"), [(1, "230108"), (2, "230108"), (3, "230108001201"), (40, "230108001201")]
)
def test_of_a_few_people_no_village_is_named(people: int, place: str) -> None:
    assert coarse("230108001201", people) == place
