from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from api.imports.cells import Cell
from api.imports.rows import MoneyTable
from api.imports.sheets import Merged, Sheet
from api.imports.tables import SheetReading, read_sheet

FULL: Sequence[Cell] = ["序号", "捐赠人", "捐赠金额（元）", "捐赠日期", "备注"]
PAIR: Sequence[Cell] = ["捐赠人", "金额（元）"]
Rows = list[Sequence[Cell]]


def reading(
    rows: Sequence[Sequence[Cell]],
    kind: str = "auto",
    merged: Sequence[Merged] = (),
    day: date | None = None,
    name: str = "Sheet1",
) -> SheetReading:
    return read_sheet(Sheet(name, rows, merged), kind, day)


def table(rows: Sequence[Sequence[Cell]], **others: Sequence[Merged]) -> MoneyTable:
    (only,) = reading(rows, **others).tables  # type: ignore[arg-type]  # keywords of `reading`
    return only


def entries(of: MoneyTable) -> list[tuple[str | None, str]]:
    return [(row.party, row.amount.decimal()) for row in of.rows]


def refused(of: MoneyTable) -> list[tuple[int, str]]:
    return [(row.row, row.reason.partition(" (")[0]) for row in of.rejected]


# Header, columns and what a row holds


def test_a_row_keeps_what_its_sheet_says() -> None:
    header = [
        "备注",
        "捐赠人",
        "",
        "捐赠金额（元）",
        "捐赠日期",
        "序号",
        "交易单号",
        "用途",
        "地区",
    ]
    row: Sequence[Cell] = ["谢谢", "甲*", "x", 5.0, "2020.01.22", 1.0, "0012  ", "防疫", "某市"]
    found = table([["某会公示"], [""], header, row])
    assert (found.header_row, found.currency, found.kind) == (3, "CNY", "gifts")
    assert found.columns == {
        "note": 1, "party": 2, "amount": 4, "date": 5, "sequence": 6, "serial": 7, "purpose": 8,
        "place": 9,
    }  # fmt: skip
    (only,) = found.rows
    assert (only.sheet, only.row, only.date_basis) == ("Sheet1", 4, "row")
    assert (only.party, str(only.amount), only.date) == ("甲*", "5.00 CNY", date(2020, 1, 22))
    assert (only.note, only.purpose, only.place) == ("谢谢", "防疫", "某市")
    assert (only.sequence, only.serial) == ("1", "0012")
    assert only.content == (
        "谢谢", "甲*", "5.00 CNY", "2020-01-22", "1", "0012", "防疫", "某市",
    )  # fmt: skip


def test_the_same_row_in_another_format_has_the_same_content() -> None:
    as_numbers: Rows = [FULL, [1.0, "甲\u200b*\t", 5.0, date(2020, 1, 22), ""]]
    as_text: Rows = [FULL, ["1", "甲*", "\u00a05.00", "2020.01.22", "\u200b"]]
    assert table(as_numbers).rows[0].content == table(as_text).rows[0].content


def test_the_title_may_stand_on_the_headers_line() -> None:
    found = table([["某会捐赠明细", "捐赠人", "金额(元)"], ["", "甲", 1.0]])
    assert entries(found) == [("甲", "1.00")]


def test_equal_rows_are_all_kept_in_their_order() -> None:
    found = table([PAIR, ["甲", 1.0], ["乙", 2.0], ["甲", 1.0]])
    assert entries(found) == [("甲", "1.00"), ("乙", "2.00"), ("甲", "1.00")]


def test_joint_donors_in_one_cell_are_one_row() -> None:
    assert entries(table([PAIR, ["甲捐款1元；乙捐款2元", 3.0]])) == [
        ("甲捐款1元；乙捐款2元", "3.00")
    ]


def test_an_amount_without_donor_is_unidentified_and_not_lost() -> None:
    found = table([PAIR, ["甲", 1.0], ["", 50.0], ["/", 3.0], ["乙", 2.0]])
    assert entries(found) == [("甲", "1.00"), (None, "50.00"), (None, "3.00"), ("乙", "2.00")]


def test_the_second_column_of_names_speaks_where_the_first_is_empty() -> None:
    found = table([["捐赠单位", "捐赠个人", "金额"], ["某公司", "", 1.0], ["", "甲", 2.0]])
    assert entries(found) == [("某公司", "1.00"), ("甲", "2.00")]


# Units and currencies


def test_a_line_above_states_the_unit_of_a_silent_header() -> None:
    for line in ("单位：万元", "（金额单位：人民币万元）", "（万元）"):
        found = table([[line], ["捐赠单位", "金额"], ["甲", 3.3133]])
        assert entries(found) == [("甲", "33133.00")]


def test_a_header_with_a_unit_goes_before_the_line_above() -> None:
    assert entries(table([["单位：万元"], PAIR, ["甲", 3.0]])) == [("甲", "3.00")]


def test_a_sheets_name_may_state_the_currency() -> None:
    (found,) = reading([["捐赠人", "金额"], ["甲", 3.0]], name="美元").tables
    assert found.currency == "USD"


def test_a_second_header_in_another_currency_starts_a_second_table() -> None:
    rows: Rows = [PAIR, ["甲", 1.0], ["", ""], ["捐赠单位及个人", "金额（美元）"], ["乙", "3.00"]]
    first, second = reading(rows).tables
    assert (entries(first), first.currency) == ([("甲", "1.00")], "CNY")
    assert (entries(second), second.currency, second.header_row) == ([("乙", "3.00")], "USD", 4)


def test_a_unit_line_between_tables_changes_the_currency_of_the_same_header() -> None:
    rows: Rows = [
        ["捐赠人", "金额"],
        ["甲", 1.0],
        [""],
        ["单位：美元"],
        ["捐赠人", "金额"],
        ["乙", 3.0],
    ]
    assert [t.currency for t in reading(rows).tables] == ["CNY", "USD"]


def test_columns_of_two_currencies_are_two_tables() -> None:
    rows: Rows = [
        ["捐赠人", "人民币（元）", "美元"],
        ["甲", 1.0, ""],
        ["乙", "", 5.0],
        ["丙", 2.0, 3.0],
        ["丁", "", ""],
        ["戊", 4.0, "x"],
        ["合计", 7.0, 8.0],
    ]
    yuan, dollars = reading(rows).tables
    assert entries(yuan) == [("甲", "1.00"), ("丙", "2.00"), ("戊", "4.00")]
    assert entries(dollars) == [("乙", "5.00"), ("丙", "3.00")]
    assert [str(t.stated_total) for t in (yuan, dollars)] == ["7.00 CNY", "8.00 USD"]
    assert (refused(yuan), refused(dollars)) == ([(5, "没有金额")], [])


def test_rows_of_several_currencies_under_one_header_are_split() -> None:
    rows: Rows = [
        ["姓名", "金额", "币种"],
        ["甲", 1.0, ""],
        ["乙", 2.0, "美元"],
        ["丙", 3.0, "贝壳"],
    ]
    yuan, dollars = reading(rows).tables
    assert (entries(yuan), entries(dollars)) == ([("甲", "1.00")], [("乙", "2.00")])
    assert refused(yuan) == [(4, "币种不认识：贝壳")]


def test_a_table_wholly_in_cells_of_another_currency_is_in_that_currency() -> None:
    found = table([["姓名", "金额"], ["甲", "$1.00"]])
    assert (found.currency, entries(found)) == ("USD", [("甲", "1.00")])


# Gifts or payments


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([["捐赠人", "金额", "接收单位"], ["甲", 1.0, "某会"]], "gifts"),
        ([["收款单位", "金额"], ["甲", 1.0]], "payments"),
        ([["date", "recipient", "amount_cny"], ["2020-01-30", "甲", "1.00"]], "payments"),
        ([["单位", "拨付金额"], ["甲", 1.0]], "payments"),
        ([["救助金发放名单"], ["姓名", "金额"], ["甲", 1.0]], "payments"),
        ([["接收使用社会捐赠"], ["姓名", "金额"], ["甲", 1.0]], "gifts"),
        ([["支出明细"], ["姓名", "收入金额"], ["甲", 1.0]], "gifts"),
        ([["交易单号", "交易金额"], ["001", 1.0]], "gifts"),
    ],
)
def test_gifts_are_told_from_payments(rows: Rows, kind: str) -> None:
    (found,) = reading(rows).tables
    assert found.kind == kind


def test_the_kind_can_be_given_and_chooses_the_party() -> None:
    rows: Rows = [["捐赠人", "收款单位", "金额"], ["甲", "某医院", 1.0]]
    gifts, payments = reading(rows, "gifts").tables[0], reading(rows, "payments").tables[0]
    assert (entries(gifts), gifts.columns["payee"]) == ([("甲", "1.00")], 2)
    assert (entries(payments), payments.columns["donor"]) == ([("某医院", "1.00")], 1)
    assert entries(reading([PAIR, ["甲", 1.0]], "payments").tables[0]) == [("甲", "1.00")]


def test_money_that_went_the_other_way_or_came_back_is_refused() -> None:
    header: Sequence[Cell] = ["交易时间", "交易对方", "收/支", "金额(元)", "当前状态"]
    rows: Rows = [
        header,
        ["2020-01-22 12:00:01", "甲", "收入", "¥10.00", "已存入"],
        ["2020-01-22 12:00:02", "乙", "支出", "¥20.00", "支付成功"],
        ["2020-01-22 12:00:03", "丙", "收入", "¥30.00", "已全额退款"],
    ]
    found = table(rows)
    assert entries(found) == [("甲", "10.00")]
    assert refused(found) == [(3, "这一行的收支方向是“支出”"), (4, "交易没有完成：已全额退款")]


def test_a_part_of_the_line_above_is_not_counted_again() -> None:
    found = table([PAIR, ["某公司", 10.0], ["其中：甲", 4.0], ["乙", 1.0]])
    assert entries(found) == [("某公司", "10.00"), ("乙", "1.00")]
    assert refused(found) == [(3, "“其中”项的金额已包含在上面的行里")]


# Totals


@pytest.mark.parametrize(
    "label",
    ["合计", "总 计", "合　计：", "共计", "累计", "Total", "合计（元）", "捐款合计", "本页小计"],
)
def test_a_total_is_no_gift_but_is_kept(label: str) -> None:
    found = reading(
        [FULL, [1, "甲", 1.0, "", ""], [2, "乙", 2.0, "", ""], ["", label, 3.0, "", ""]]
    )
    assert entries(found.tables[0]) == [("甲", "1.00"), ("乙", "2.00")]
    assert str(found.tables[0].stated_total) == "3.00 CNY"
    assert found.ignored[-1][1] == 4


def test_a_total_may_stand_in_any_cell_or_in_its_own_label() -> None:
    lasts: Rows = [["合计", "", 3.0], ["", "合计：3.00元"], ["合计", 3.0], ["", "", "合计3元"]]
    for last in lasts:
        found = table([["序号", "捐赠人", "金额"], [1, "甲", 1.0], [2, "乙", 2.0], last])
        assert (str(found.stated_total), len(found.rows)) == ("3.00 CNY", 2)


def test_a_total_above_the_rows_is_kept_too() -> None:
    found = table([PAIR, ["合计", 3.0], ["甲", 1.0], ["乙", 2.0]])
    assert (str(found.stated_total), len(found.rows)) == ("3.00 CNY", 2)


def test_a_total_that_does_not_add_up_is_stated_as_it_is() -> None:
    assert str(table([PAIR, ["甲", 1.0], ["乙", 2.0], ["合计", 4.0]]).stated_total) == "4.00 CNY"


def test_subtotals_and_a_total_so_far_do_not_speak_for_the_table() -> None:
    rows: Rows = [PAIR, ["甲", 1.0], ["小计", 1.0], ["乙", 2.0], ["小计", 2.0]]
    assert table(rows).stated_total is None
    assert table([*rows, ["截至当日累计", 900.0]]).stated_total is None
    assert str(table([*rows, ["总计", 3.0]]).stated_total) == "3.00 CNY"
    assert table([PAIR, ["甲", 1.0], ["合计", 1.5], ["乙", 2.0]]).stated_total is None


def test_a_total_without_an_amount_or_in_another_currency_states_none() -> None:
    assert table([PAIR, ["甲", 1.0], ["合计", ""]]).stated_total is None
    assert table([PAIR, ["甲", 1.0], ["合计", "$5"]]).stated_total is None


def test_the_number_of_a_line_is_not_taken_for_its_total() -> None:
    for number in (9, "9"):
        found = table([FULL, [1, "甲", 1.0, "", ""], [number, "合计", "", "", ""]])
        assert found.stated_total is None


def test_a_table_of_only_a_total_has_no_rows() -> None:
    found = table([PAIR, ["合计", 5.0]])
    assert (found.rows, str(found.stated_total)) == ((), "5.00 CNY")


def test_the_sum_of_all_rows_without_a_label_at_the_end_is_a_total() -> None:
    found = table([PAIR, ["甲", 1.0], ["乙", 2.0], ["", 3.0]])
    assert (entries(found), str(found.stated_total)) == (
        [("甲", "1.00"), ("乙", "2.00")],
        "3.00 CNY",
    )


def test_the_sum_of_all_rows_refused_ones_too_is_a_total() -> None:
    rows: Rows = [FULL, [1, "甲", 1.0, "", ""], [2, "乙", 2.0, "昨天", ""], ["", "", 3.0, "", ""]]
    found = table(rows)
    assert (entries(found), str(found.stated_total)) == ([("甲", "1.00")], "3.00 CNY")


@pytest.mark.parametrize("rows", [[["甲", 3.0], ["", 3.0]], [["甲", 1.0], ["乙", 2.0], ["", 4.0]]])
def test_another_amount_without_a_label_is_an_unidentified_gift(rows: Rows) -> None:
    found = table([PAIR, *rows])
    assert (found.rows[-1].party, len(found.rows)) == (None, len(rows))


def test_a_sum_in_a_column_without_header_is_the_total() -> None:
    beside = table([[*PAIR, ""], ["甲", 1.0, ""], ["乙", 2.0, 3.0]])
    below = table([[*PAIR, ""], ["甲", 1.0, ""], ["乙", 2.0, ""], ["", "", 3.0]])
    other = table([[*PAIR, ""], ["甲", 1.0, ""], ["乙", 2.0, -4.0], ["", "", 5.0]])
    totals = [str(found.stated_total) for found in (beside, below, other)]
    assert totals == ["3.00 CNY", "3.00 CNY", "None"]


def test_a_remark_that_adds_up_makes_no_total_of_a_gift() -> None:
    found = table([FULL, [1, "甲", 5.0, "", "共计2笔"], [2, "", 5.0, "", "合计"]])
    assert entries(found) == [("甲", "5.00")]


# Rows handed back, and lines passed over


def test_a_donor_without_amount_inside_the_table_is_handed_back() -> None:
    found = table([PAIR, ["甲", 1.0], ["乙", ""], ["丙", 2.0]])
    assert refused(found) == [(3, "没有金额")]
    assert found.rejected[0].cells == ("乙",)


def test_notes_signature_and_date_after_the_table_are_listed_and_not_rows() -> None:
    after: Rows = [
        ["", ""],
        ["注：以上为大额捐赠", ""],
        ["某会", ""],
        ["", "（公章）"],
        [date(2020, 1, 30), ""],
    ]
    found = reading([["公示"], PAIR, ["甲", 1.0], *after])
    assert [line[1:] for line in found.ignored] == [
        (1, "公示"), (5, "注：以上为大额捐赠"), (6, "某会"), (7, "（公章）"), (8, "2020-01-30"),
    ]  # fmt: skip
    assert refused(found.tables[0]) == []


@pytest.mark.parametrize(
    "last", [["某会", "2020年1月30日"], ["制表：甲", "审核：乙"], ["某会", "盖章"]]
)
def test_a_signature_may_fill_two_columns(last: Sequence[Cell]) -> None:
    found = reading([PAIR, ["甲", 1.0], last])
    assert (refused(found.tables[0]), len(found.ignored)) == ([], 1)


def test_a_last_row_with_two_columns_and_no_amount_is_handed_back() -> None:
    found = table([FULL, [1, "甲", 1.0, "", ""], [2, "乙", "", "2020.1.2", ""]])
    assert refused(found) == [(3, "没有金额")]


def test_a_wrong_amount_is_handed_back_wherever_it_stands() -> None:
    found = table([PAIR, ["甲", "-5.00"], ["乙", 1.0], ["丙", "未到账"], ["", -5.0], ["", "1,23"]])
    assert refused(found) == [
        (2, "金额为负数：-5.00"),
        (4, "金额不是数字：未到账"),
        (5, "金额为负数：-5"),
        (6, "金额写法不清，逗号、空格或小数点有歧义：1,23"),
    ]


def test_a_wrong_date_or_number_hands_the_row_back() -> None:
    header: Sequence[Cell] = ["交易单号", "金额", "日期"]
    found = table([header, ["001", 1.0, "1月22日"], [1e27, 2.0, ""], ["003", 3.0, ""]])
    assert [reason[:5] for _, reason in refused(found)] == ["日期读不懂", "交易单号存"]
    assert len(found.rows) == 1


def test_words_alone_in_the_column_of_amounts_are_passed_over() -> None:
    found = reading([PAIR, ["甲", 1.0], ["", "（续）"], ["乙", 2.0]])
    assert (refused(found.tables[0]), found.ignored[0][2]) == ([], "（续）")


def test_numbered_lines_left_blank_are_passed_over() -> None:
    rows: Rows = [
        FULL,
        [1, "甲", 1.0, "", ""],
        [2, "", "", "", ""],
        [3, "乙", 2.0, "", ""],
        [4, "", ""],
    ]
    assert refused(table(rows)) == []


def test_a_day_or_a_part_heading_between_rows_is_no_donor() -> None:
    found = table(
        [PAIR, ["1月24日", ""], ["甲", 1.0], ["二、个人", ""], ["附件：清单", ""], ["乙", 2.0]]
    )
    assert (refused(found), len(found.rows)) == ([], 2)


def test_a_cell_merged_across_the_table_is_a_title() -> None:
    found = table([PAIR, ["甲", 1.0], ["某地分会", ""], ["乙", 2.0]], merged=[(2, 0, 2, 1)])
    assert refused(found) == []


# Repeated headers and several tables


def test_a_header_repeated_on_each_page_goes_on_with_the_table() -> None:
    rows: Rows = [
        ["公示"],
        PAIR,
        ["甲", 1.0],
        ["公示", ""],
        ["捐款人", "捐款额(元)"],
        ["乙", 2.0],
        ["合计", 3.0],
    ]
    found = table(rows)
    assert (entries(found), refused(found)) == ([("甲", "1.00"), ("乙", "2.00")], [])
    assert str(found.stated_total) == "3.00 CNY"


def test_a_title_after_a_gap_above_a_repeated_header_is_no_donor() -> None:
    found = table([PAIR, ["甲", 1.0], ["", ""], ["某地分会", ""], PAIR, ["乙", 2.0]])
    assert refused(found) == []


def test_a_donor_without_amount_above_a_repeated_header_is_handed_back() -> None:
    assert refused(table([PAIR, ["甲", 1.0], ["丁", ""], PAIR, ["乙", 2.0]])) == [(3, "没有金额")]


def test_a_total_closes_its_table_and_a_subtotal_does_not() -> None:
    closed = reading([PAIR, ["甲", 1.0], ["合计", 1.0], PAIR, ["乙", 2.0], ["合计", 2.0]])
    paged = reading([PAIR, ["甲", 1.0], ["本页小计", 1.0], PAIR, ["乙", 2.0], ["总计", 3.0]])
    assert [str(t.stated_total) for t in closed.tables] == ["1.00 CNY", "2.00 CNY"]
    assert [str(t.stated_total) for t in paged.tables] == ["3.00 CNY"]


def test_a_header_right_under_a_header_goes_on_with_it() -> None:
    assert entries(table([PAIR, PAIR, ["乙", 2.0]])) == [("乙", "2.00")]


def test_tables_side_by_side_are_read_apart() -> None:
    rows: Rows = [
        ["姓名", "金额", "姓名", "金额"],
        ["甲", 1.0, "丙", 3.0],
        ["乙", "", "丁", 4.0],
        ["己", 6.0],
    ]
    left, right = reading(rows).tables
    assert (entries(left), refused(left)) == ([("甲", "1.00"), ("己", "6.00")], [(3, "没有金额")])
    assert entries(right) == [("丙", "3.00"), ("丁", "4.00")]


def test_goods_under_a_table_of_money_are_no_money() -> None:
    found = reading([PAIR, ["甲", 1.0], ["品名", "规格", "数量"], ["口罩", "N95", 100.0]])
    assert (entries(found.tables[0]), found.goods) == ([("甲", "1.00")], True)


def test_a_donor_named_for_goods_starts_no_list_of_goods() -> None:
    row: Sequence[Cell] = [2, "某医疗用品公司", "", "某药品厂", "口罩、药品"]
    found = table([FULL, [1, "甲", 1.0, "", ""], row, [3, "乙", 2.0, "", ""]])
    assert (len(found.rows), refused(found)) == (2, [(3, "没有金额")])


# Merged cells


def test_a_donor_and_day_merged_over_rows_belong_to_each() -> None:
    rows: Rows = [
        ["捐赠人", "日期", "金额"],
        ["甲", "2020-1-1", 1.0],
        ["", "", 2.0],
        ["乙", "", 3.0],
    ]
    found = table(rows, merged=[(1, 0, 2, 0), (1, 1, 3, 1), (1, 0, 2, 0), (1, 2, 1, 2)])
    assert entries(found) == [("甲", "1.00"), ("甲", "2.00"), ("乙", "3.00")]
    assert {row.date for row in found.rows} == {date(2020, 1, 1)}


def test_an_amount_merged_over_rows_is_counted_once() -> None:
    found = table([PAIR, ["甲", 1.0], ["乙", ""]], merged=[(1, 1, 2, 1)])
    assert entries(found) == [("甲", "1.00")]
    assert refused(found) == [(3, "金额与第2行合并，已记在那一行")]


# Dates


def test_a_row_without_a_day_gets_the_latest_full_date_on_its_sheet() -> None:
    rows: Rows = [["2020年1月22日—2020年1月28日"], PAIR, ["甲", 1.0], ["某会"], [date(2020, 1, 29)]]
    (row,) = table(rows).rows
    assert (row.date, row.date_basis) == (date(2020, 1, 29), "sheet")


def test_a_day_given_goes_before_the_sheets_and_after_the_rows() -> None:
    rows: Rows = [
        FULL,
        [1, "甲", 1.0, "2020.1.2", ""],
        [2, "乙", 2.0, "", ""],
        ["注：2020年3月3日"],
    ]
    (found,) = reading(rows, day=date(2020, 2, 2)).tables
    assert [(r.date, r.date_basis) for r in found.rows] == [
        (date(2020, 1, 2), "row"),
        (date(2020, 2, 2), "sheet"),
    ]


def test_without_any_date_there_is_none() -> None:
    (row,) = table([["1月22日"], PAIR, ["甲", 1.0]]).rows
    assert (row.date, row.date_basis) == (None, "none")


@pytest.mark.parametrize("column", [0, 1])
def test_a_day_below_the_signature_that_lost_its_format_is_a_day(column: int) -> None:
    last: list[Cell] = ["", ""]
    last[column] = 43860.0
    found = table([PAIR, ["甲", 1.0], ["", "某会"], last])
    assert entries(found) == [("甲", "1.00")]
    assert found.rows[0].date == date(2020, 1, 30)


def test_a_sheet_without_a_table_shows_its_first_lines() -> None:
    assert reading([["说明"], ["甲", 1.0]]).ignored == (
        ("Sheet1", 1, "说明"),
        ("Sheet1", 2, "甲 1"),
    )


# Donors who are not named, days without their year, parts of a line


def test_words_that_name_nobody_leave_the_gift_unidentified() -> None:
    found = table(
        [PAIR, ["匿名", 1.0], ["爱心企业（个人）", 2.0], ["匿名（王某）", 3.0], ["甲", 4.0]]
    )
    assert entries(found) == [
        (None, "1.00"), (None, "2.00"), ("匿名（王某）", "3.00"), ("甲", "4.00"),
    ]  # fmt: skip
    assert found.rows[0].content == ("匿名", "1.00 CNY")
    assert refused(table([PAIR, ["匿名", ""], ["甲", 4.0]])) == [(2, "没有金额")]


def test_a_title_gives_days_their_year() -> None:
    rows: Rows = [FULL, [1, "甲", 1.0, "1月22日", ""], [2, "乙", 2.0, "01-23", ""]]
    found = table([["某会2020年1月捐赠公示"], *rows])
    assert [str(row.date) for row in found.rows] == ["2020-01-22", "2020-01-23"]
    assert {row.date_basis for row in found.rows} == {"row"}
    (named,) = reading(rows, name="2020年1月").tables
    assert [row.date for row in named.rows] == [row.date for row in found.rows]
    assert [r for r, _ in refused(table([["2019年12月至2020年1月"], *rows]))] == [3, 4]


def test_a_part_without_an_amount_of_its_own_is_passed_over_with_the_reason() -> None:
    found = reading([PAIR, ["某公司", 10.0], ["其中：现金4元", ""], ["乙", 1.0]])
    assert (len(found.tables[0].rows), refused(found.tables[0])) == (2, [])
    assert found.ignored == (
        ("Sheet1", 3, "其中：现金4元 — “其中”项的金额已包含在上面的行里 (part of a line above)"),
    )


def test_an_amount_in_capital_words_alone_is_a_gift() -> None:
    assert entries(table([PAIR, ["甲", "人民币壹仟元整"]])) == [("甲", "1000.00")]
    words: Rows = [["捐赠人", "金额（大写）"], ["甲", "壹仟元整"]]
    assert entries(table(words)) == [("甲", "1000.00")]
    both: Rows = [["捐赠人", "金额", "金额（大写）"], ["甲", 5.0, "伍元整"]]
    assert entries(table(both)) == [("甲", "5.00")]


def test_the_totals_above_a_statement_head_no_table() -> None:
    rows: Rows = [
        ["户名", "收入合计金额", "支出合计金额"],
        ["某会", 5.0, 2.0],
        ["交易日期", "对方户名", "收入", "支出"],
        ["2020-01-01", "甲", 5.0, ""],
    ]
    assert entries(table(rows)) == [("甲", "5.00")]
