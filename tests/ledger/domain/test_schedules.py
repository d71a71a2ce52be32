"""When promises fall due: same day of the month or its last one, and parts that add up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.schedules import (
    LATEST,
    MONTHS,
    DayOutOfReach,
    RhythmUnknown,
    Term,
    TooManyInstalments,
    TotalTooSmall,
    months_later,
    recurring,
    rhythm,
    spread,
)
from ledger.money import Money
from tests.ledger.domain.promises import cny

TEN = cny("10.00")


def days_of(*terms: Term, last_day: date | None = None, until: str) -> list[str]:
    return [str(one.due_on) for one in recurring(terms, last_day, date.fromisoformat(until))]


def test_a_month_later_is_the_same_day_or_the_last_one() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_a_short_month_does_not_shift_the_months_after_it() -> None:
    assert days_of(Term(date(2026, 1, 31), TEN, "month"), until="2026-04-30") == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]


def test_the_day_until_which_is_asked_is_included_and_the_next_one_is_not() -> None:
    term = Term(date(2026, 1, 15), TEN, "quarter")

    assert days_of(term, until="2026-04-15") == ["2026-01-15", "2026-04-15"]
    assert days_of(term, until="2026-04-14") == ["2026-01-15"]
    assert days_of(term, until="2026-01-14") == []
    assert days_of(term, until="2020-06-01") == []


def test_nothing_falls_due_after_the_last_day() -> None:
    term = Term(date(2024, 2, 29), TEN, "year")

    assert days_of(term, last_day=date(2026, 2, 27), until="2030-01-01") == [
        "2024-02-29",
        "2025-02-28",
    ]


def test_a_term_holds_until_the_next_one_begins() -> None:
    first = Term(date(2026, 1, 10), TEN, "month")
    second = Term(date(2026, 3, 5), cny("30.00"), "quarter")

    assert days_of(first, second, until="2026-07-01") == [
        "2026-01-10",
        "2026-02-10",
        "2026-03-05",
        "2026-06-05",
    ]


def test_a_term_that_begins_on_a_due_day_takes_that_day_over() -> None:
    first = Term(date(2026, 1, 10), TEN, "month")
    second = Term(date(2026, 2, 10), cny("30.00"), "month")
    found = recurring((first, second), None, date(2026, 2, 28))

    assert [(str(one.due_on), one.amount) for one in found] == [
        ("2026-01-10", TEN),
        ("2026-02-10", cny("30.00")),
    ]


@given(
    st.integers(1, 10**13),
    st.integers(1, 400),
    st.sampled_from(sorted(MONTHS)),
    st.dates(date(1950, 1, 1), date(2030, 1, 1)),
)
def test_a_total_is_spread_to_the_last_fen(
    total: int, count: int, every: str, first_day: date
) -> None:
    try:
        found = spread(Money(total), count, every, first_day)
    except TotalTooSmall:
        assert total < count
        return
    except DayOutOfReach:
        assert first_day + timedelta(days=31 * count * MONTHS[every]) > LATEST
        return

    amounts = [one.amount.minor for one in found]
    assert sum(amounts) == total
    assert len(found) == count
    assert max(amounts) - min(amounts) <= 1
    assert amounts == sorted(amounts, reverse=True)
    assert [one.due_on for one in found] == sorted({one.due_on for one in found})


def test_a_hundred_yuan_in_three_parts() -> None:
    found = spread(cny("100.00"), 3, "month", date(2026, 1, 31))

    assert [(str(one.due_on), one.amount.decimal()) for one in found] == [
        ("2026-01-31", "33.34"),
        ("2026-02-28", "33.33"),
        ("2026-03-31", "33.33"),
    ]


@pytest.mark.parametrize("count", [0, 401])
def test_a_promise_has_instalments_and_no_more_than_an_entry_holds(count: int) -> None:
    with pytest.raises(TooManyInstalments, match=f"{count} instalments can't be recorded"):
        spread(cny("1000.00"), count, "month", date(2026, 1, 1))


def test_every_instalment_is_worth_a_fen() -> None:
    with pytest.raises(TotalTooSmall, match=r"0\.02 CNY can't be spread over 3"):
        spread(cny("0.02"), 3, "month", date(2026, 1, 1))


@pytest.mark.parametrize("first_day", [date(1949, 9, 30), date(2199, 12, 1)])
def test_promises_fall_due_in_our_times(first_day: date) -> None:
    with pytest.raises(DayOutOfReach, match="days lie between 1949-10-01 and 2199-12-31"):
        spread(cny("1.00"), 2, "month", first_day)


def test_gifts_recur_every_month_quarter_or_year() -> None:
    assert [rhythm(every) for every in MONTHS] == ["month", "quarter", "year"]
    with pytest.raises(RhythmUnknown, match="'week' is none of month, quarter, year"):
        rhythm("week")


def test_the_last_days_of_time_can_be_asked_for() -> None:
    assert days_of(Term(date(9999, 11, 30), TEN, "month"), until="9999-12-31") == [
        "9999-11-30",
        "9999-12-30",
    ]
