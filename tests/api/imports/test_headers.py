from __future__ import annotations

import pytest

from api.imports.amounts import Unit
from api.imports.cells import Cell
from api.imports.header_words import read_heading
from api.imports.headers import find_headers, most_header_like


@pytest.mark.parametrize(
    ("role", "texts"),
    [
        (
            "amount",
            "捐赠额（单位：元） 金额(元) 捐赠金额（元） 交易金额 捐款 善款 捐赠现金 美元 金额/元",
        ),
        (
            "amount",
            "人民币（元） 到账金额 捐赠(元) amount_cny Amount(USD) 实收金额 拨付金额 捐赠人民币",
        ),
        (
            "donor",
            "捐赠单位（个人） 捐赠人 捐款单位及个人 捐赠(单位/姓名） 捐赠单位（个人）隐去姓氏",
        ),
        ("donor", "捐款人姓名 爱心企业 捐赠者 捐赠方 Donor 付款人 捐赠来源"),
        (
            "payee",
            "接收单位 流向 受赠单位 收款人 受助人姓名 拨付单位 recipient 接受捐赠单位 受益对象",
        ),
        ("party", "姓名 单位名称 单位/个人 交易对方 对方户名 单位（个人） name"),
        ("date", "捐赠日期 日期 捐赠时间 交易时间 date 到账日期 拨付日期"),
        ("serial", "交易单号 流水号 商户订单号 TransactionID 凭证号"),
        ("sequence", "序号 编号 No. #"),
        ("purpose", "用途 捐赠意向 项目名称 捐赠项目 使用方向 purpose"),
        ("note", "备注 付款附言 留言 摘要 remark"),
        ("place", "地区 所在地 省份 city"),
        ("currency", "币种 currency"),
        ("goods", "品名 规格型号 计量单位 数量总计 物资折价（元） 物资名称"),
        ("converted", "折算金额（万元） 折合人民币"),
    ],
)
def test_a_header_tells_the_role_of_its_column(role: str, texts: str) -> None:
    told = {text: heading.role for text in texts.split() if (heading := read_heading(text))}
    assert told == dict.fromkeys(texts.split(), role)


@pytest.mark.parametrize(
    "text",
    [
        "捐赠明细", "武汉某会接收社会捐赠现金一览表", "单位：元", "日期：2020年1月30日", "联系电话",
        "捐款人数", "账户余额（元）", "支付方式", "捐赠方式", "file", "", "手续费(元)",
        "捐赠金额" * 9, "制表日期",
    ],
)  # fmt: skip
def test_titles_units_and_columns_of_other_things_head_nothing(text: str) -> None:
    assert read_heading(text) is None


def test_header_words_are_the_same_in_full_width_spaced_and_with_hidden_characters() -> None:
    assert read_heading("\u200b金\u3000额\n（美元）\t") == read_heading("金额(美元)")


def test_the_unit_is_in_the_header() -> None:
    header = find_headers([["捐赠人", "金额（万美元）"]], "in")[0]
    assert header.layouts[0].unit == Unit("USD", 4)


def test_of_received_and_pledged_the_received_is_taken() -> None:
    header = find_headers([["捐赠人", "认捐金额", "到账金额", "余额"]], "in")[0]
    assert header.amounts == (2,)


def test_of_income_and_outgoings_the_wanted_is_taken() -> None:
    row = ["对方户名", "收入金额（+元）", "支出金额（-元）"]
    assert find_headers([row], "in")[0].amounts == (1,)
    assert find_headers([row], "out")[0].amounts == (2,)


def test_converted_money_counts_only_where_the_original_is_missing() -> None:
    both = find_headers([["捐赠人", "美元", "折合人民币（元）"]], "in")[0]
    alone = find_headers([["捐赠人", "折合人民币（元）"]], "in")[0]
    assert (both.amounts, alone.amounts) == ((1,), (1,))
    assert [layout.unit for layout in both.layouts] == [Unit("USD")]


def test_a_column_of_amounts_alone_is_no_table() -> None:
    assert find_headers([["项目", "金额"], ["收入", 5.0]], "in") == []


def test_of_two_columns_of_one_role_the_surer_is_taken() -> None:
    header = find_headers([["交易时间", "捐赠日期", "商户订单号", "交易单号", "金额"]], "in")[0]
    simple = header.layouts[0].simple
    assert (simple["date"], simple["serial"]) == (1, 3)


@pytest.mark.parametrize(
    "row",
    [
        ["捐赠单位", "品名", "规格型号", "计量单位", "数量总计"],
        ["序号", "捐赠方", "品名", "折算金额（万元）", "流向"],
        ["捐赠人", "物资名称", "数量", "单价（元）", "金额（元）"],
        ["品名", "规格", "数量"],
    ],
)
def test_goods_are_told_from_money(row: list[Cell]) -> None:
    assert find_headers([row], "in")[0].layouts == ()


def test_a_list_of_money_may_have_columns_for_goods_beside_it() -> None:
    header = find_headers([["捐赠人", "捐款（元）", "物资名称", "数量", "物资折价（元）"]], "in")[0]
    assert header.amounts == (1,)


def test_a_header_that_repeats_itself_to_the_right_is_several_tables() -> None:
    header = find_headers([["姓名", "金额", "", "姓名", "金额"]], "in")[0]
    assert [layout.columns for layout in header.layouts] == [
        {"party": 0, "amount": 1},
        {"party": 3, "amount": 4},
    ]


def test_a_header_of_two_rows_is_read_as_one() -> None:
    rows = [["序号", "捐赠人", "捐赠金额", "", "备注"], ["", "", "人民币（元）", "美元", ""]]
    header = find_headers(rows, "in")[0]
    assert (header.depth, header.amounts) == (2, (2, 3))
    assert [layout.unit for layout in header.layouts] == [Unit("CNY"), Unit("USD")]


def test_the_lower_row_of_a_header_may_need_the_upper_one_to_be_understood() -> None:
    rows = [["捐赠方", "", "金额", "", "经办"], ["名称", "地区", "（元）", "", "甲"]]
    header = find_headers(rows, "in")[0]
    assert header.layouts[0].columns == {"donor": 0, "place": 1, "amount": 2}


def test_an_entry_in_header_words_starts_no_table() -> None:
    rows: list[list[Cell]] = [
        ["姓名", "金额", "附言"],
        ["爱心人士", "", "善款"],
        ["甲", 1.0, ""],
        ["", "", ""],
    ]
    assert len(find_headers(rows, "in")) == 1


def test_another_header_is_believed_when_amounts_follow_it() -> None:
    rows = [
        ["姓名", "金额"],
        ["甲", "1"],
        ["", ""],
        ["金额(美元)", "姓名"],
        ["", ""],
        ["2.00", "乙"],
    ]
    assert [header.row for header in find_headers(rows, "in")] == [0, 3]


def test_what_was_found_instead_of_a_header_is_told() -> None:
    assert most_header_like([["标题"], ["姓名", "备注", "电话"], ["甲", 5.0]]) == [
        "姓名",
        "备注",
        "电话",
    ]
    assert most_header_like([[1.0]]) == []
