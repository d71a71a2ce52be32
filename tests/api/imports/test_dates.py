from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.cells import Cell, CellUnreadable
from api.imports.dates import EXCEL_EPOCH, find_dates, is_date_alone, read_date, serial_date

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
