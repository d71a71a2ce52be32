"""Days as people in China count them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ledger.domain.days import day_in_china


def test_a_day_begins_in_china_eight_hours_before_utc() -> None:
    assert day_in_china(datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert day_in_china(datetime(2026, 11, 20, 16, tzinfo=UTC)) == date(2026, 11, 21)


def test_the_last_moment_of_time_has_a_day() -> None:
    assert day_in_china(datetime.max.replace(tzinfo=UTC)) == date.max
