from __future__ import annotations

import json

import pytest

from api.imports.tables import read_sheet
from api.imports.texts import read_delimited, read_json

GIFTS = [{"捐赠人": "甲", "金额": "5.00"}, {"捐赠人": "乙", "金额": 6.5}]
AS_LISTS = [["捐赠人", "金额"], ["甲", "5.00"], ["乙", 6.5]]


@pytest.mark.parametrize(
    "told",
    [
        GIFTS,
        {"data": GIFTS},
        {"code": 0, "rows": GIFTS, "pages": [1, 2]},
        {"list": GIFTS, "columns": [{"a": 1}]},
        {"whatever": GIFTS},
        AS_LISTS,
        {"data": AS_LISTS},
    ],
)
def test_json_is_read_as_objects_or_as_lists_and_wrapped_once(told: object) -> None:
    sheet = read_json(json.dumps(told), "名单")
    assert sheet is not None
    (table,) = read_sheet(sheet, "auto", None).tables
    assert [(r.party, r.amount.decimal()) for r in table.rows] == [("甲", "5.00"), ("乙", "6.50")]


@pytest.mark.parametrize(
    "told",
    [{}, [], 5, {"a": GIFTS, "b": GIFTS}, {"data": {"rows": GIFTS}}, {"data": GIFTS, "rows": GIFTS},
     [1, 2], [GIFTS[0], 5]],
)  # fmt: skip
def test_json_with_no_list_or_two_of_them_is_something_else(told: object) -> None:
    assert read_json(json.dumps(told), "名单") is None


def test_blanks_after_a_closing_quote_are_no_part_of_the_value() -> None:
    sheet = read_delimited('"捐赠人"\t,"金额"\t\r\n"甲, 乙"\t,"5.00" \r\n', "名单")
    assert [list(row) for row in sheet.rows] == [["捐赠人", "金额"], ["甲, 乙", "5.00"]]


def test_tabs_after_each_value_do_not_make_tabs_the_delimiter() -> None:
    sheet = read_delimited("捐赠人\t,金额\t,日期\t\r\n甲\t,5.00\t,2020-01-01\t\r\n", "名单")
    assert len(sheet.rows[0]) == 3
