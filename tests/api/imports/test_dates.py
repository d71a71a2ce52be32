from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.cells import Cell, CellUnreadable
from api.imports.dates import (
    EXCEL_EPOCH,
    Period,
    find_dates,
    find_period,
    is_date_alone,
    read_clock,
    read_date,
    serial_date,
)

DAYS = st.dates(date(1949, 1, 1), date(2100, 12, 31))


@given(DAYS)
def test_a_day_is_read_from_every_way_of_writing_it(day: date) -> None:
    ways: list[Cell] = [
        day, datetime(day.year, day.month, day.day, 23, 59),  # noqa: DTZ001 a sheet knows no zone
        day.isoformat(), f"{day:%Y.%m.%d}", f"{day:%Y/%m/%d}", f"{day.year}-{day.month}-{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", int(f"{day:%Y%m%d}"),
        float((day - EXCEL_EPOCH).days), (day - EXCEL_EPOCH).days + 0.75,
        str((day - EXCEL_EPOCH).days), f"{day} 12:30:05", f"{day}T12:30:05+08:00",
        f"{day.year}年{day.month}月{day.day}日 12时30分", f"'{day}", f"{day:%Y%m%d}123000",
    ]  # fmt: skip
    assert {read_date(way) for way in ways} == {day}


@pytest.mark.parametrize("cell", ["", "/", "\u200b"])
def test_no_date_is_none(cell: str) -> None:
    assert read_date(cell) is None


@pytest.mark.parametrize(
    "cell",
    ["2020-02-30", "2020.1-2", "1月22日", "2020.1", "20-1-22", "截至28日", True, 5.0, 20209999,
     float("nan"), "2020-01-22-2020-01-28"],
)  # fmt: skip
def test_what_is_no_full_day_is_refused(cell: Cell) -> None:
    with pytest.raises(CellUnreadable, match="日期读不懂"):
        read_date(cell)


@pytest.mark.parametrize("cell", ["1948-12-31", date(2101, 1, 1), "21010101"])
def test_a_day_out_of_any_sane_range_is_refused(cell: Cell) -> None:
    with pytest.raises(CellUnreadable, match="日期不在1949年至2100年之间"):
        read_date(cell)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.datetimes(), st.booleans()))
def test_whatever_a_cell_holds_is_a_day_none_or_refused_with_a_reason(cell: Cell) -> None:
    try:
        day, reason = read_date(cell), "日期"
    except CellUnreadable as refusal:
        day, reason = None, str(refusal)
    assert day is None or date(1949, 1, 1) <= day <= date(2100, 12, 31)
    assert reason.startswith("日期")


def test_full_dates_are_found_in_prose_and_others_left() -> None:
    text = "截至1月26日，2020年1月30日及2020.2.3收到8550.11万元（账户20200203、2020-13-01）"
    assert set(find_dates(text)) == {date(2020, 1, 30), date(2020, 2, 3)}


@pytest.mark.parametrize("text", ["（1月29日）", "1月22日—1月28日", "2020年2月2日", "2020-01-29"])
def test_a_line_may_hold_a_date_and_nothing_else(text: str) -> None:
    assert is_date_alone(text)
    assert not is_date_alone(f"{text}甲")


def test_only_a_number_of_our_days_is_taken_for_a_day_without_format() -> None:
    assert serial_date(43860.0) == date(2020, 1, 30)
    assert [serial_date(cell) for cell in (True, "43860", 5.0, 99999.0, float("nan"))] == [None] * 5


@pytest.mark.parametrize(
    ("lines", "year", "month"),
    [
        (["2020年1月捐赠公示"], 2020, 1),
        (["某会", "2020年1月22日—1月28日"], 2020, 1),
        (["20200122-20200128"], 2020, 1),
        (["2020.01"], 2020, 1),
        (["2020"], 2020, None),
        (["2020年1月22日—2月3日"], 2020, None),
        (["2019年12月", "2020年1月"], None, None),
        (["第2020号", "1月"], None, None),
    ],
)
def test_the_lines_above_give_a_year_and_month_only_if_they_name_one(
    lines: list[str], year: int | None, month: int | None
) -> None:
    assert find_period(lines) == Period(year, month)


@pytest.mark.parametrize("text", ["1月22日", "01-22", "1/22", "22日", "22号", "1月22日 10:30"])
def test_a_day_without_its_year_is_read_within_the_period(text: str) -> None:
    assert read_date(text, Period(2020, 1)) == date(2020, 1, 22)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("1月22日", Period()),
        ("22日", Period(2020)),
        ("22", Period(2020, 1)),
        ("2月30日", Period(2020, 2)),
        ("13-01", Period(2020, 1)),
    ],
)
def test_a_day_that_the_period_leaves_open_is_refused(text: str, period: Period) -> None:
    with pytest.raises(CellUnreadable, match="日期读不懂"):
        read_date(text, period)


def test_a_time_of_day_is_read_beside_its_day_or_alone() -> None:
    assert read_clock("2020-01-22 10:30:05") == time(10, 30, 5)
    assert read_clock("9:05") == time(9, 5)
    assert read_clock(datetime.combine(date(2020, 1, 22), time(8))) == time(8)
    nothing: list[Cell] = ["2020-01-22", "25:00", 5.0, date(2020, 1, 22)]
    assert [read_clock(cell) for cell in nothing] == [None] * 4
