"""Several questions asked as one are answered as each of them alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.wiring import House
from projections import fund_page
from projections.directory import DIRECTORY
from projections.fund_page import Room
from projections.journal import JOURNAL
from projections.questions import Question, ask, ask_together
from projections.runner import ViewBehind
from projections.traces import TRACES
from tests.api.open_ledger import opened
from tests.houses import give

TYPES: dict[str, Any] = {"day": date.fromisoformat, "time": datetime.fromisoformat}


def kept(text: str, **given: object) -> Question[Sequence[dict[str, Any]]]:
    """Ask for rows as they are."""
    return Question(text, given, list, TYPES)


QUESTIONS = (
    kept("SELECT 2::bigint ^ 62 > 1 AS ok, %(day)s::date AS day, NULL::timestamptz AS time",
         day=date(2026, 11, 1)),
    kept("SELECT * FROM (SELECT 9007199254740993::bigint AS amount, 'ab%%c' AS text, NULL::date AS"
         " day, %(time)s::timestamptz AS time) AS one WHERE text LIKE 'ab%%'",
         time=datetime(2026, 11, 1, 2, 3, 4, 5, tzinfo=UTC)),
    kept("SELECT 1 AS n, NULL::date AS day, NULL::timestamptz AS time WHERE %(day)s = 'never'",
         day="now"),
)  # fmt: skip


def test_answers_have_the_types_and_values_that_they_have_alone(house: House) -> None:
    with house.runner.reading(TRACES) as (connection, _):
        alone = [ask(connection, question) for question in QUESTIONS]
        assert ask_together(connection, *QUESTIONS) == alone
    assert [len(rows) for rows in alone] == [1, 1, 0]
    assert alone[1][0]["amount"] == 9007199254740993


@pytest.mark.parametrize("payees", [0, 1, 9])
def test_what_a_fund_shows_now_is_what_it_shows_as_of_now(house: House, payees: int) -> None:
    ledger = opened(house)
    house.runner.catch_up()
    position = house.runner.reached(TRACES)
    room = Room(payees, 2, 2, 2, 2, 2)
    for fund in (ledger.fund, ledger.project):
        story, sums = fund_page.opening(house.runner, fund)
        assert story is not None
        assert (story, sums) == fund_page.opening(house.runner, fund, position)
        for unit in ("CNY", "USD"):
            now = fund_page.told(house.runner, story, unit, room)
            then = fund_page.told(house.runner, story, unit, room, at=position)
            with house.runner.sitting():
                assert fund_page.told(house.runner, story, unit, room) == now
            assert replace(now, names=(), steps=()) == replace(then, names=(), steps=())
            assert sorted(now.steps, key=repr) == sorted(then.steps, key=repr)
            assert fund_page.told(house.runner, story, None, room).paid == []


def test_no_fund_no_story(house: House) -> None:
    opened(house)
    house.runner.catch_up()
    for at in (None, house.runner.reached(TRACES)):
        story, sums = fund_page.opening(house.runner, "fund-none", at)
        assert (story, sums.balances, sums.gifts) == (None, [], [])


def test_what_is_read_together_waits_for_the_slowest_view(house: House) -> None:
    ledger = opened(house)
    house.runner.catch_up()
    give(house, ledger.fund, "1.00")
    house.runner.follow(TRACES)
    asked = house.runner.reached(TRACES)
    with (
        pytest.raises(ViewBehind, match="view journal"),
        house.runner.reading_several([TRACES, JOURNAL], asked),
    ):
        raise AssertionError


def test_a_page_of_the_past_does_not_wait_for_names(house: House) -> None:
    ledger = opened(house)
    house.runner.catch_up()
    give(house, ledger.fund, "1.00")
    for view in (*fund_page.VIEWS, DIRECTORY):
        house.runner.follow(view)
    asked = house.runner.reached(TRACES)
    story, _ = fund_page.opening(house.runner, ledger.fund, asked)
    assert story is not None
    then = fund_page.told(house.runner, story, "CNY", Room(2, 2, 2, 2, 2, 2), at=asked)
    assert then.payments
    assert not then.names
