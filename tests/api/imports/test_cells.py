from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.cells import CellUnreadable, bare, clean, is_placeholder, read_serial, text_of


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_a_cleaned_text_can_be_written_as_utf_8_and_has_no_doubled_spaces(text: str) -> None:
    assert "  " not in clean(text).encode().decode()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\ufeff王\u200b*\t", "王*"),
        ("张\u3000\u00a0 三", "张 三"),
        ("某公司\n（武汉）\r\n", "某公司 （武汉）"),
        ("\u200b", ""),
        ('="00123"', "00123"),
        ("=1+1", "=1+1"),
        (1.0, "1"),
        (0.1, "0.1"),
        (7, "7"),
        (float("nan"), "nan"),
        (True, "True"),
        (date(2020, 1, 2), "2020-01-02"),
        (datetime(2020, 1, 2), "2020-01-02"),  # noqa: DTZ001 a sheet knows no zone
        (datetime(2020, 1, 2, 3, 4), "2020-01-02T03:04:00"),  # noqa: DTZ001 see above
    ],
)
def test_a_cell_reads_as_a_person_sees_it(cell: str | float | date, text: str) -> None:
    assert text_of(cell) == text


def test_the_apostrophe_that_marks_text_is_no_part_of_a_code() -> None:
    assert (bare("'0012"), bare("`0012 "), bare("0012")) == ("0012", "0012", "0012")


@pytest.mark.parametrize("text", ["", "/", "-", "——", "无"])
def test_a_stroke_says_that_there_is_nothing(text: str) -> None:
    assert is_placeholder(text)
    assert not is_placeholder("匿名")


@pytest.mark.parametrize(
    ("cell", "serial"),
    [
        ("0102202001242359400081753152                ", "0102202001242359400081753152"),
        ("'4200000512345678901234567890", "4200000512345678901234567890"),
        (12345.0, "12345"),
        (123456789012345.0, "123456789012345"),
        ("", None),
        ("/", None),
    ],
)
def test_a_transaction_number_is_text_without_its_padding(
    cell: str | float, serial: str | None
) -> None:
    assert read_serial(cell) == serial


@pytest.mark.parametrize("cell", [1e27, 1234567890123456.0, 1234567890123456, "1.0220E+27"])
def test_a_transaction_number_kept_as_a_number_has_lost_digits(cell: str | float) -> None:
    with pytest.raises(CellUnreadable, match="位数已丢失"):
        read_serial(cell)
