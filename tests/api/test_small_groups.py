"""Who compares totals, filters and later answers can't tell of a group of one or two."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api.wiring import House
from ledger.application import GiveService
from ledger.domain.small_cells import FEWER, WITHHELD
from tests.conftest import OTHER_USCC, USCC
from tests.houses import register

Run = Callable[..., tuple[int, str, str]]
VILLAGE, COUNTY = "230108001201", "230108"
DAY = date(2026, 1, 5)


@pytest.fixture
def helped(house: House) -> Callable[[str, int], None]:
    """Register two charities; return what records that people of a village found work."""
    register(house)
    register(house, OTHER_USCC, "另一基金会")

    def record(charity: str, people: int, place: str = VILLAGE) -> None:
        given = GiveService(kind="jobs", people=people, minutes=0, given_on=DAY, until=DAY,
                            place=place)  # fmt: skip
        house.ledger.services.give(charity, given)
        house.publish()

    return record


def totals(run: Run, *asked: str) -> dict[str, Any]:
    code, out, err = run("service", "totals", *asked, "--json")
    assert code == 0, err
    return {t["place"]: t for t in json.loads(out)["totals"]}


def test_one_charitys_small_group_is_not_the_total_less_the_others(
    helped: Callable[..., None], command_line: Run
) -> None:
    helped(USCC, 5, COUNTY)
    helped(OTHER_USCC, 2)  # of two people only the county is named

    theirs = totals(command_line, "--charity", OTHER_USCC)[COUNTY]
    ours = totals(command_line, "--charity", USCC)[COUNTY]
    every = totals(command_line)[COUNTY]

    assert (theirs["people"], theirs["suppressed"], theirs["records"]) == (None, FEWER, None)
    hidden = [one for one in (ours, every) if one["suppressed"] == WITHHELD]
    assert len(hidden) == 1, "7 less 5 would tell"
    assert FEWER in command_line("service", "totals", "--charity", OTHER_USCC)[1].replace("\n", "")


def test_the_next_answer_less_the_one_before_tells_of_no_household_in_a_village(
    helped: Callable[..., None], command_line: Run
) -> None:
    helped(USCC, 5)
    before = totals(command_line)
    helped(USCC, 1)
    after = totals(command_line)

    assert before[VILLAGE] == after[VILLAGE], "one more person changes no village"
    assert after[COUNTY]["people"] is None
    assert after[COUNTY]["suppressed"] == FEWER
