"""Shapes of lists that charities publish, and what once was read wrongly in each."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from api.imports.cells import Cell
from tests.api.imports.test_tables import entries, reading, refused, table

Rows = Sequence[Sequence[Cell]]
PAIR: Sequence[Cell] = ["捐赠人", "金额（元）"]
ABC: Rows = [["甲", 1], ["乙", 2], ["丙", 3]]


@pytest.mark.parametrize(
    "rows",
    [
        [PAIR, ["甲", 1], ["乙", 2], ["城关镇合计", 3], ["丙", 3], ["双桥乡小计", 3], ["总计", 6]],
        [["部门", "姓名", "金额"], ["财务部", "甲", 1], ["", "乙", 2], ["财务部小计", "", 3],
         ["市场部", "丙", 3], ["市场部小计", "", 3], ["公司合计", "", 6]],
        [["序号", "姓名", "金额"], [1, "甲", 1], [2, "乙", 2], ["财务部小计", "", 3], [3, "丙", 3]],
    ],
)  # fmt: skip
def test_a_total_named_after_a_town_or_department_is_no_gift(rows: Rows) -> None:
    found = table(rows)
    assert entries(found) == [("甲", "1.00"), ("乙", "2.00"), ("丙", "3.00")]
    assert refused(found) == []


def test_a_name_like_a_total_that_sums_up_nothing_is_handed_back() -> None:
    found = table([PAIR, *ABC, ["丁、戊合计", 500]])
    assert [row for row, _ in refused(found)] == [5]
    assert "名称像合计" in found.rejected[0].reason


def test_a_numbered_line_named_like_a_total_is_a_gift() -> None:
    found = table([["序号", "捐赠单位", "金额"], [1, "城关镇合计", 5], [2, "双桥乡合计", 5]])
    assert len(found.rows) == 2


def test_a_total_of_tables_side_by_side_is_no_gift_and_no_wrong_total() -> None:
    rows: Rows = [[*PAIR, *PAIR], ["甲", 1, "乙", 2], ["丙", 3, "", ""], ["以上合计", "", "", 6]]
    found = reading(rows).tables
    assert [entries(each) for each in found] == [[("甲", "1.00"), ("丙", "3.00")], [("乙", "2.00")]]
    named = reading([*rows[:2], ["丙", 3, "总计", 6]]).tables
    assert [each.stated_total for each in named] == [None, None]


@pytest.mark.parametrize("label", ["咨询电话", "监督举报电话", "邮编", "捐款热线："])
def test_a_telephone_below_a_list_is_no_gift(label: str) -> None:
    found = table([PAIR, *ABC, [label, 85551234]])
    assert (len(found.rows), refused(found)) == (3, [])


@pytest.mark.parametrize("flow", ["支", "付款", "转出", "/", "中性交易", "不计收支"])
def test_money_that_did_not_come_in_is_no_gift(flow: str) -> None:
    found = table([["交易对方", "收/支", "金额(元)"], ["甲", "收", 1], ["乙", flow, 2]])
    assert entries(found) == [("甲", "1.00")]
    assert [row for row, _ in refused(found)] == [3]


def test_the_column_that_adds_up_two_columns_of_amounts_is_read() -> None:
    header = ["捐赠人", "定向捐款（元）", "非定向捐款（元）", "合计（元）"]
    found = table([header, ["甲", 1, "", 1], ["乙", 2, 3, 5], ["丙", "", 4, 4]])
    assert entries(found) == [("甲", "1.00"), ("乙", "5.00"), ("丙", "4.00")]


def test_two_amounts_as_sure_as_each_other_are_handed_back() -> None:
    header = ["捐赠人", "定向捐款（元）", "非定向捐款（元）"]
    found = table([header, ["甲", 1, ""], ["乙", 2, 3], ["丁", 7, 7], ["丙", "", 4]])
    assert entries(found) == [("甲", "1.00"), ("丁", "7.00")]
    assert refused(found) == [
        (3, "一行有两个金额，不知以哪个为准：2.00 CNY、3.00 CNY"),
        (5, "没有金额"),
    ]


def test_a_standard_for_each_person_is_not_what_was_paid() -> None:
    header = ["序号", "姓名", "家庭人口", "救助标准（元/人）", "救助金额（元）"]
    found = table([header, [1, "甲", 3, 500, 1500], [2, "乙", 2, 500, 1000]])
    assert entries(found) == [("甲", "1500.00"), ("乙", "1000.00")]


def test_a_pledge_not_yet_paid_is_handed_back_even_at_the_end() -> None:
    header = ["捐赠企业", "认捐金额（元）", "到账金额（元）"]
    found = table([header, ["甲公司", 9, 9], ["乙公司", 9, ""]])
    assert refused(found) == [(3, "没有金额")]


@pytest.mark.parametrize(
    ("title", "amount"),
    [
        ("境外捐款（美元）", "5.00 USD"),
        ("2020年捐赠收入（万元）", "50000.00 CNY"),
        ("捐款名单（人民币）", "5.00 CNY"),
        ("捐款公示（十）", "5.00 CNY"),
        ("（十）", "5.00 CNY"),
        ("捐款公示（第五百期）", "5.00 CNY"),
    ],
)
def test_a_title_may_end_with_the_unit(title: str, amount: str) -> None:
    (row,) = table([[title], ["捐赠者", "金额"], ["甲", 5]]).rows
    assert str(row.amount) == amount


def test_a_total_of_what_currencies_were_converted_to_is_not_compared() -> None:
    header = ["捐赠者", "币种", "原币金额", "折合人民币（元）"]
    rows: Rows = [header, ["甲", "人民币", 10, 10], ["乙", "USD", 10, 69], ["合计", "", "", 79]]
    assert [each.stated_total for each in reading(rows).tables] == [None, None]


def test_a_breakdown_below_the_total_is_no_gift() -> None:
    header = ["序号", "姓名", "金额"]
    end: Rows = [["合计：2笔", "", 3], ["其中：微信", "", 1], ["银行转账", "", 2]]
    found = table([header, [1, "甲", 1], [2, "乙", 2], *end])
    assert len(found.rows) == 2
    assert [row for row, _ in refused(found)] == [5, 6]


def test_names_of_alumni_and_staff_are_donors() -> None:
    rows: Rows = [["校友姓名", "届别", "捐款数（元）"], ["合计", "", 3], ["甲", "98届", 3]]
    assert entries(table(rows)) == [("甲", "3.00")]
