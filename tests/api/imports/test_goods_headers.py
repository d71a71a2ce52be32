"""Headers of lists of goods: what the columns hold, and whether things came in or went out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from api.imports.cells import Cell
from api.imports.goods_tables import read_goods
from api.imports.roles import Mapping
from api.imports.sheets import Sheet
from tests.api.imports.test_goods import IN, MASKS, Rows, lines, reading, table


def test_columns_may_stand_in_any_order_under_other_names() -> None:
    header = ["数量总计", "计量单位", "入库物资", "捐赠单位及个人"]
    assert lines(table([header, [5.0, "个", "口罩", "甲*"]])) == [("甲*", "口罩", 5, "个")]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (["捐赠单位", "物资名称", "数量"], "goods-received"),
        (["物资接收单位", "物资名称", "数量"], "goods-issued"),
        (["领用单位", "物资名称", "数量"], "goods-issued"),
        (["物资去向", "物资名称", "数量"], "goods-issued"),
        (["收货单位", "货物名称", "数量"], "goods-issued"),
        (["发放对象", "物品", "数量"], "goods-issued"),
        (["爱心企业", "捐赠物资", "数量"], "goods-received"),
        (["来源单位", "物资", "数量"], "goods-received"),
        (["donor", "item", "quantity"], "goods-received"),
        (["recipient", "item", "qty"], "goods-issued"),
    ],
)
def test_the_columns_tell_received_from_issued(header: Sequence[Cell], kind: str) -> None:
    found = table([header, ["某单位", "口罩", "5个"]])
    assert (found.kind, lines(found)) == (kind, [("某单位", "口罩", 5, "个")])


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("某会发放物资一览表", "goods-issued"),
        ("捐赠物资分配明细", "goods-issued"),
        ("出库单", "goods-issued"),
        ("某会接收社会捐赠物资", "goods-received"),
        ("物资入库登记", "goods-received"),
        ("清单", "goods-received"),
    ],
)
def test_else_the_title_tells(title: str, kind: str) -> None:
    found = table([[title], ["单位", "品名", "数量"], ["某单位", "口罩", "5个"]])
    assert (found.kind, lines(found)) == (kind, [("某单位", "口罩", 5, "个")])


def test_where_columns_and_titles_leave_it_open_the_kind_asked_for_counts() -> None:
    rows: Rows = [["捐赠单位", "接收单位", "品名", "数量"], ["示范公司", "某院", "口罩", "5个"]]
    received, issued = table(rows), table(rows, kind="goods-issued")
    assert (received.rows[0].party, received.rows[0].recipient) == ("示范公司", "某院")
    assert (issued.rows[0].party, issued.rows[0].recipient) == ("某院", None)
    assert reading([IN, MASKS], kind="goods-issued").tables == ()


def test_the_word_for_unit_is_a_party_left_of_the_thing_and_a_measure_right_of_it() -> None:
    found = table([["单位", "品名", "单位", "数量"], ["某院", "口罩", "箱", 5.0]])
    assert lines(found) == [("某院", "口罩", 5, "箱")]
    assert lines(table([["品名", "单位", "数量"], ["口罩", "箱", 5.0]])) == [
        (None, "口罩", 5, "箱")
    ]


def test_a_total_in_yuan_is_the_value_and_a_hospital_a_party() -> None:
    found = table([["医院名称", "物资", "数量", "合计（元）"], ["某院", "口罩", "5个", 20.0]])
    assert lines(found) == [("某院", "口罩", 5, "个")]
    assert str(found.rows[0].value) == "20.00 CNY"


def test_a_name_is_the_thing_where_no_column_names_it_better() -> None:
    assert lines(table([["捐赠人", "名称", "数量"], ["甲*", "口罩", "5个"]])) == [
        ("甲*", "口罩", 5, "个")
    ]
    found = table([["名称", "品名", "数量"], ["某院", "口罩", "5个"]])
    assert lines(found) == [("某院", "口罩", 5, "个")]


def test_one_donor_or_recipient_may_stand_in_a_line_above() -> None:
    rows: Rows = [["出库单"], ["领用单位：某医院"], ["品名", "数量"], ["口罩", "5个"]]
    assert lines(table(rows)) == [("某医院", "口罩", 5, "个")]


def test_a_header_of_two_rows_is_read_as_one() -> None:
    rows: Rows = [
        ["捐赠单位", "捐赠物资", "", "", "备注"],
        ["", "品名", "单位", "数量", ""],
        ["示范公司", "口罩", "箱", 5.0, "x"],
    ]
    found = table(rows)
    assert lines(found) == [("示范公司", "口罩", 5, "箱")]
    assert (found.header_row, found.rows[0].note) == (1, "x")


def test_a_repeated_header_goes_on_with_the_kind_and_unit_of_its_table() -> None:
    header = ["单位", "品名", "数量", "价值"]
    page: Rows = [["", "", "", ""], ["第2页", "", "", ""], header, ["乙院", "手套", "7副", 2.0]]
    rows: Rows = [["发放表（万元）"], header, ["甲院", "口罩", "5个", 1.0], *page]
    first, second = reading(rows).tables
    assert [first.kind, second.kind] == ["goods-issued", "goods-issued"]
    assert str(second.rows[0].value) == "20000.00 CNY"
    assert (first.rejected, second.rejected) == ((), ())


def test_lists_side_by_side_are_each_read() -> None:
    header = ["品名", "数量", "品名", "数量"]
    first, second = reading([["接收捐赠物资"], header, ["口罩", "5个", "手套", "7副"]]).tables
    assert (lines(first), lines(second)) == ([(None, "口罩", 5, "个")], [(None, "手套", 7, "副")])


def test_a_column_of_days_and_one_beside_the_thing_need_no_header() -> None:
    day = datetime(2020, 1, 29)  # noqa: DTZ001 as a workbook's cell has it
    rows: Rows = [
        ["", "捐赠单位", "品名", "", "数量"],
        [day, "示范公司", "口罩", "200个/箱", "5箱"],
        [day, "示范公司", "手套", "", "5箱"],
    ]
    first, second = table(rows).rows
    assert (first.date, first.specification, first.counted.count) == (
        date(2020, 1, 29),
        "200个/箱",
        1000,
    )
    assert (second.specification, second.counted.unit) == (None, "箱")


def test_a_column_with_a_header_of_its_own_is_neither_the_day_nor_the_kind_of_thing() -> None:
    rows: Rows = [
        ["捐赠单位", "品名", "生产厂家", "数量", "有效期至"],
        ["示范公司", "口罩", "示范厂", "5箱", "2025-01-22"],
    ]
    (row,) = table(rows).rows
    assert (row.date, row.specification) == (None, None)


def test_what_a_mapping_says_of_a_header_goes_before_its_words() -> None:
    rows: Rows = [["甲栏", "乙栏", "丙栏"], ["示范公司", "口罩", "5个"]]
    mapping = Mapping({"甲栏 | 乙栏 | 丙栏": {"甲栏": "donor", "乙栏": "item", "丙栏": "quantity"}})
    (found,) = read_goods(Sheet("a", rows), "auto", None, mapping=mapping).tables
    assert lines(found) == [("示范公司", "口罩", 5, "个")]
    assert read_goods(Sheet("a", rows), "auto", None).tables == ()


def test_a_list_of_money_is_no_list_of_goods() -> None:
    for header in (["捐赠人", "金额（元）", "备注"], ["捐赠人", "捐款（元）", "物资名称", "数量"]):
        assert reading([header, ["甲*", 5.0, "物资", "x"]]).tables == ()
