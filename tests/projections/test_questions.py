"""Several questions asked as one are answered as each of them alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.wiring import House
from projections import fund_page, fund_story
from projections.fund_page import Room
from projections.questions import Question, ask, ask_together
from projections.traces import TRACES
from tests.api.open_ledger import opened

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
    room = Room(payees, 2, 2, 2)
    for fund in (ledger.fund, ledger.project):
        told = fund_story.story(house.runner, fund)
        for unit in ("CNY", "USD"):
            assert told is not None
            now = fund_page.beside(house.runner, told, unit, room)
            then = fund_page.beside(house.runner, told, unit, room, position)
            with house.runner.sitting():
                assert fund_page.beside(house.runner, told, unit, room) == now
            assert (now.reached, now.paid, now.tallies) == (then.reached, then.paid, then.tallies)
            assert sorted(now.steps, key=repr) == sorted(then.steps, key=repr)
            assert fund_page.beside(house.runner, told, None, room).paid == []
