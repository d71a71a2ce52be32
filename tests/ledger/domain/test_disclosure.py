"""Days by which charities disclose, worked out from what is on record."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.disclosure import (
    DUTIES,
    FINAL,
    LEFT_OVER,
    QUARTERLY,
    YEARLY,
    BooksClosed,
    Due,
    Raise,
    calendar_of,
    months_after,
    source_of,
)

REGISTERED = date(2025, 3, 1)
TODAY = date(2026, 11, 22)


def raised(
    first: date | None,
    last: date | None,
    *,
    public: bool = True,
    closed_on: date | None = None,
    left_over: str | None = None,
) -> Raise:
    return Raise("fund-1", public, first, last, closed_on, left_over)


def dues(
    duty: str, *raises: Raise, closes: tuple[BooksClosed, ...] = (), today: date = TODAY
) -> list[Due]:
    found = calendar_of(REGISTERED, raises, closes, today)
    return [due for due in found if due.duty == duty]


def test_the_report_on_a_year_is_due_on_the_31st_of_may_after_it() -> None:
    of_2025, of_2026 = dues(YEARLY)
    assert (of_2025.about, of_2025.due) == ("2025", date(2026, 5, 31))
    assert (of_2026.about, of_2026.due) == ("2026", date(2027, 5, 31))
    assert "第81号" in of_2025.source
    assert (of_2025.state(TODAY), of_2026.state(TODAY)) == ("overdue", "ahead")


def test_before_2026_the_measure_named_no_day_for_it() -> None:
    found = calendar_of(date(2015, 6, 1), [], [], date(2025, 6, 1))
    assert [due.about for due in found] == [str(year) for year in range(2016, 2025)] + ["2025"]
    of_2024 = next(due for due in found if due.about == "2024")
    assert of_2024.due is None
    assert of_2024.state(date(2025, 6, 1)) == "no day"
    assert found[0].source == "慈善法（2016）第七十二条"


def test_books_closed_in_time_are_on_record_and_later_ones_are_late() -> None:
    in_time = BooksClosed(date(2025, 12, 31), date(2026, 5, 31))
    (due, _) = dues(YEARLY, closes=(BooksClosed(date(2025, 12, 30), date(2026, 1, 2)), in_time))
    assert (due.recorded, due.state(TODAY)) == (date(2026, 5, 31), "recorded")
    (due, _) = dues(YEARLY, closes=(BooksClosed(date(2026, 1, 31), date(2026, 6, 1)),))
    assert (due.recorded, due.state(TODAY)) == (date(2026, 6, 1), "late")


def test_on_the_last_day_nothing_is_overdue_yet() -> None:
    due = Due(YEARLY, "2025", date(2026, 5, 31), "", None)
    assert due.state(date(2026, 5, 31)) == "ahead"
    assert due.state(date(2026, 6, 1)) == "overdue"


def test_a_raise_of_more_than_six_months_tells_of_itself_every_three() -> None:
    long = raised(date(2026, 1, 15), date(2026, 7, 16))
    assert [due.due for due in dues(QUARTERLY, long)] == [date(2026, 4, 15), date(2026, 7, 15)]
    assert dues(QUARTERLY, raised(date(2026, 1, 15), date(2026, 7, 15))) == []
    assert dues(QUARTERLY, raised(None, date(2026, 7, 16))) == []


def test_what_runs_without_an_end_is_told_of_up_to_the_next_day_due() -> None:
    open_end = raised(date(2026, 3, 31), None)
    found = dues(QUARTERLY, open_end)
    assert [due.due for due in found] == [
        date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31),
    ]  # fmt: skip
    assert [due.state(TODAY) for due in found] == ["overdue", "overdue", "ahead"]
    assert dues(QUARTERLY, raised(date(2026, 5, 22), None)) == []


def test_a_close_within_the_three_months_is_what_was_told() -> None:
    closes = (
        BooksClosed(date(2026, 3, 31), date(2026, 4, 15)),
        BooksClosed(date(2026, 4, 30), date(2026, 5, 2)),
        BooksClosed(date(2026, 5, 31), date(2026, 6, 2)),
    )
    found = dues(QUARTERLY, raised(date(2026, 1, 15), date(2026, 12, 31)), closes=closes)
    assert [due.recorded for due in found[:3]] == [date(2026, 4, 15), date(2026, 5, 2), None]


def test_a_full_account_follows_within_three_months_of_the_end() -> None:
    short = raised(date(2026, 5, 1), date(2026, 5, 31))
    (due,) = dues(FINAL, short, closes=(BooksClosed(date(2026, 6, 30), date(2026, 7, 5)),))
    assert (due.due, due.recorded) == (date(2026, 8, 31), date(2026, 7, 5))
    assert "第七十九条" in due.source
    assert dues(FINAL, raised(date(2026, 5, 1), None)) == []
    assert dues(FINAL, raised(None, date(2026, 5, 31))) == []


def test_a_project_that_is_no_public_raise_owes_one_only_if_it_was_long() -> None:
    assert dues(FINAL, raised(date(2026, 5, 1), date(2026, 5, 31), public=False)) == []
    assert dues(FINAL, raised(date(2025, 5, 1), date(2026, 5, 31), public=False)) != []


def test_winding_up_early_is_the_end() -> None:
    wound_up = raised(
        date(2026, 1, 1), date(2026, 12, 31), closed_on=date(2026, 3, 5), left_over="as-plan"
    )
    assert dues(QUARTERLY, wound_up) == []
    assert [due.due for due in dues(FINAL, wound_up)] == [date(2026, 6, 5)]


def test_what_became_of_what_was_left_over_is_told_within_three_months_since_2026() -> None:
    def left(over: str | None, end: date) -> list[Due]:
        return dues(LEFT_OVER, raised(date(2024, 1, 1), end, closed_on=end, left_over=over))

    (due,) = left("similar-project", date(2026, 2, 1))
    assert (due.due, due.state(TODAY)) == (date(2026, 5, 1), "recorded")
    assert left("none", date(2026, 2, 1)) == []
    assert left(None, date(2026, 2, 1)) == []
    assert left("as-plan", date(2025, 9, 30)) == []
    assert dues(LEFT_OVER, raised(date(2026, 1, 1), None, left_over="as-plan")) == []


def test_before_the_charity_law_nothing_was_owed() -> None:
    early = raised(date(2015, 1, 1), date(2015, 12, 31), closed_on=date(2016, 1, 1))
    assert calendar_of(date(2014, 1, 1), [early], [], date(2015, 12, 31)) == []


def test_what_is_due_first_stands_first() -> None:
    found = calendar_of(REGISTERED, [raised(date(2026, 1, 1), date(2026, 9, 1))], [], TODAY)
    days = [due.due for due in found]
    assert days == sorted(days)  # type: ignore[type-var] # all of them are known here


def test_months_end_on_the_same_day_or_on_the_last_one() -> None:
    assert months_after(date(2025, 11, 30), 3) == date(2026, 2, 28)
    assert months_after(date(2023, 11, 30), 3) == date(2024, 2, 29)
    assert months_after(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert months_after(date(2026, 1, 31), 12) == date(2027, 1, 31)


@pytest.mark.parametrize("duty", DUTIES)
def test_every_duty_rests_on_a_text_from_its_day_on(duty: str) -> None:
    assert source_of(duty, date(2016, 8, 31)) is None
    assert source_of(duty, date(2026, 1, 1)) is not None
    if duty != LEFT_OVER:
        assert source_of(YEARLY, date(2024, 9, 5)) == "慈善法（2023）第七十八条"
        assert source_of(YEARLY, date(2024, 9, 4)) == "慈善法（2016）第七十二条"
