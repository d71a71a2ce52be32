"""Lists of goods as charities keep them: what becomes a line, and what is handed back and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from api.imports.cells import Cell
from api.imports.goods_rows import GoodsTable
from api.imports.goods_tables import GoodsReading, read_goods
from api.imports.sheets import Merged, Sheet

Rows = Sequence[Sequence[Cell]]
IN: Sequence[Cell] = ["捐赠单位", "品名", "规格", "计量单位", "数量"]
OUT: Sequence[Cell] = ["接收单位", "品名", "规格", "计量单位", "数量"]
MASKS: Sequence[Cell] = ["示范公司", "口罩", "", "个", 5.0]
GLOVES: Sequence[Cell] = ["示范学会", "手套", "", "副", 7.0]


def reading(
    rows: Rows,
    merged: Sequence[Merged] = (),
    kind: str = "auto",
    day: date | None = None,
    name: str = "Sheet1",
) -> GoodsReading:
    return read_goods(Sheet(name, rows, merged), kind, day)


def table(rows: Rows, merged: Sequence[Merged] = (), kind: str = "auto") -> GoodsTable:
    (only,) = reading(rows, merged, kind).tables
    return only


def lines(of: GoodsTable) -> list[tuple[str | None, str, int, str]]:
    return [(r.party, r.item, r.counted.count, r.counted.unit) for r in of.rows]


def refused(of: GoodsTable) -> list[tuple[int, str]]:
    return [(row.row, row.reason.partition(" (")[0]) for row in of.rejected]


# What a line holds


def test_a_line_keeps_what_its_sheet_says() -> None:
    header = [
        "序号", "入库日期", "捐赠单位", "物资名称", "规格型号", "单位", "数量", "金额（万元）",
        "入库单号", "用途", "流向", "地区", "备注",
    ]  # fmt: skip
    row: Sequence[Cell] = [
        1.0, "2020.01.22", "示范\u200b公司\t", "医用\u00a0\u00a0口罩", "200个/箱", "箱", 5.0,
        0.5, "R01", "防疫", "某医院", "某市", "谢谢",
    ]  # fmt: skip
    found = table([["某会接收物资一览表"], header, row])
    assert (found.kind, found.header_row) == ("goods-received", 2)
    assert found.columns == {
        "sequence": 1, "date": 2, "party": 3, "item": 4, "specification": 5, "unit": 6,
        "quantity": 7, "value": 8, "serial": 9, "purpose": 10, "recipient": 11, "place": 12,
        "note": 13,
    }  # fmt: skip
    (only,) = found.rows
    assert (only.sheet, only.row, only.item, only.specification) == (
        "Sheet1", 3, "医用 口罩", "200个/箱",
    )  # fmt: skip
    assert (only.counted.count, only.counted.unit, only.counted.written) == (1000, "个", "5 箱")
    assert only.counted.conversion == "1 箱 = 200 个 (list states it)"
    assert (str(only.value), only.party, only.recipient) == ("5000.00 CNY", "示范公司", "某医院")
    assert (only.date, only.date_basis, only.serial) == (date(2020, 1, 22), "row", "R01")
    assert (only.purpose, only.note, only.place) == ("防疫", "谢谢", "某市")
    assert only.content == (
        "1", "2020-01-22", "示范公司", "医用 口罩", "200个/箱", "箱", "1000 个", "5000.00 CNY",
        "R01", "防疫", "某医院", "某市", "谢谢",
    )  # fmt: skip


def test_the_same_line_in_another_format_has_the_same_content() -> None:
    day = datetime(2020, 1, 22)  # noqa: DTZ001 as a workbook's cell has it
    header = ["接收单位", "品名", "规格", "数量", "日期"]
    one = table([header, ["某院", "口罩  N95", "\u200b", 15.0, day]]).rows[0]
    other = table([header, ["某院", "口罩\u00a0N95", "", "15", "2020-01-22"]]).rows[0]
    assert one.content == other.content


def test_equal_lines_are_all_kept_in_their_order() -> None:
    assert [r.row for r in table([IN, MASKS, GLOVES, MASKS]).rows] == [2, 3, 4]


def test_several_recipients_in_a_cell_stay_one_text() -> None:
    (row,) = table([OUT, ["甲院\n乙院", "口罩", "", "个", 5.0]]).rows
    assert row.party == "甲院 乙院"


def test_goods_received_from_nobody_named_are_recorded_and_issued_to_nobody_are_not() -> None:
    assert table([IN, ["/", "口罩", "", "个", 5.0]]).rows[0].party is None
    out = table([OUT, ["", "口罩", "", "个", 5.0], ["某院", "口罩", "", "个", 5.0]])
    assert refused(out) == [(2, "没有接收单位")]


def test_a_quantity_has_its_unit_from_its_cell_its_column_or_its_header() -> None:
    assert lines(table([["捐赠人", "品名", "数量"], ["甲*", "口罩", "198箱"]]))[0][2:] == (
        198,
        "箱",
    )
    assert lines(table([["捐赠人", "品名", "数量（万只）"], ["甲*", "口罩", 2.0]]))[0][2:] == (
        20_000,
        "只",
    )
    assert lines(table([["捐赠人", "品名", "数量/箱"], ["甲*", "口罩", "2"]]))[0][2:] == (2, "箱")
    assert lines(table([["捐赠人", "品名", "数量（箱）"], ["甲*", "口罩", "2盒"]]))[0][2:] == (
        2,
        "盒",
    )


def test_a_part_of_the_unit_the_header_or_a_line_above_names_is_converted() -> None:
    by_header = table([["捐赠人", "品名", "重量（吨）"], ["甲*", "白菜", 2.5]])
    by_line = table([["单位：吨"], ["捐赠人", "品名", "数量"], ["甲*", "白菜", "2.5"]])
    assert lines(by_header) == lines(by_line) == [("甲*", "白菜", 2_500_000, "克")]


def test_without_a_column_of_quantities_the_quantity_ends_the_line_or_it_is_a_batch() -> None:
    header = ["序号", "捐赠方", "品名", "折算金额（万元）", "流向"]
    found = table([
        header,
        [1.0, "示范药业", "示范胶囊（24粒装）13.5万盒", 500.0, "某中心"],
        [2.0, "示范学会", "口罩、手套", "", "甲院\n乙院"],
        ["备注：另有一些物资在途。", "", "", "", ""],
    ])  # fmt: skip
    assert [(r.item, r.counted.count, r.counted.unit, str(r.value)) for r in found.rows] == [
        ("示范胶囊（24粒装）", 135_000, "盒", "5000000.00 CNY"),
        ("口罩、手套", 1, "批", "None"),
    ]
    assert refused(found) == []


def test_a_unit_price_is_no_value_of_a_line() -> None:
    header = ["捐赠人", "物资名称", "数量", "单价（元）", "金额（元）"]
    found = table([header, ["甲*", "口罩", "10个", 2.0, 20.0], ["乙*", "口罩", "10个", 2.0, ""]])
    assert [str(row.value) for row in found.rows] == ["20.00 CNY", "None"]


@pytest.mark.parametrize("cell", ["", "/", "待评估", "无"])
def test_a_line_may_have_no_value(cell: str) -> None:
    found = table([["捐赠人", "品名", "数量", "价值（元）"], ["甲*", "口罩", "10个", cell]])
    assert found.rows[0].value is None


@pytest.mark.parametrize("cell", ["约5元", -5.0, 0.0, "#DIV/0!", "1.234"])
def test_a_value_that_cannot_be_read_hands_the_line_back(cell: Cell) -> None:
    found = table([["捐赠人", "品名", "数量", "价值（元）"], ["甲*", "口罩", "10个", cell]])
    assert [reason[:5] for _, reason in refused(found)] == ["价值读不懂"]


def test_a_value_merged_over_lines_is_the_value_of_none_of_them_and_is_told() -> None:
    rows: Rows = [
        ["捐赠人", "品名", "数量", "价值（元）"],
        ["甲*", "口罩", "10个", 50.0],
        ["甲*", "手套", "10副", ""],
    ]
    found = table(rows, [(1, 3, 2, 3)])
    assert [row.value for row in found.rows] == [None, None]
    assert all("合计价值 50" in str(row.note) for row in found.rows)


def test_a_line_above_states_the_unit_of_values() -> None:
    rows: Rows = [["单位：万元"], ["捐赠人", "品名", "数量", "金额"], ["甲*", "口罩", "10个", 3.5]]
    assert str(table(rows).rows[0].value) == "35000.00 CNY"


def test_a_papers_number_that_several_lines_share_is_no_lines_own() -> None:
    header = ["出库单号", "接收单位", "品名", "数量"]
    shared = table([header, ["C1", "某院", "口罩", "5个"], ["C1", "某院", "手套", "5副"]])
    own = table([header, ["C1", "某院", "口罩", "5个"], ["C2", "某院", "手套", "5副"]])
    assert [row.serial for row in shared.rows] == [None, None]
    assert [row.serial for row in own.rows] == ["C1", "C2"]


# Merged cells


def test_donor_item_unit_and_day_go_down_their_merged_cells() -> None:
    rows: Rows = [
        ["日期", "捐赠单位", "品名", "规格", "计量单位", "数量"],
        ["2020-01-22", "示范公司", "口罩", "小", "个", 5.0],
        ["", "", "", "大", "", 6.0],
        ["", "", "手套", "", "", 7.0],
    ]
    found = table(rows, [(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 2, 2), (1, 4, 3, 4)])
    assert lines(found) == [
        ("示范公司", "口罩", 5, "个"), ("示范公司", "口罩", 6, "个"), ("示范公司", "手套", 7, "个"),
    ]  # fmt: skip
    assert {row.date for row in found.rows} == {date(2020, 1, 22)}


def test_a_blank_donor_that_is_not_merged_is_not_taken_from_above() -> None:
    assert [row.party for row in table([IN, MASKS, ["", *MASKS[1:]]]).rows] == ["示范公司", None]


def test_a_quantity_merged_over_rows_counts_once() -> None:
    rows: Rows = [IN, ["示范公司", "口罩", "", "箱", 5.0], ["", "", "24瓶/箱", "", ""]]
    found = table(rows, [(1, 4, 2, 4)])
    assert lines(found) == [("示范公司", "口罩", 5, "箱")]
    assert refused(found) == []
    assert (found.rows[0].joined, found.rows[0].note) == (1, "24瓶/箱")


def test_a_quantity_merged_with_a_row_that_is_refused_is_refused_with_it() -> None:
    rows: Rows = [IN, ["示范公司", "口罩", "", "箱", -5.0], ["", "", "24瓶/箱", "", ""]]
    found = table(rows, [(1, 4, 2, 4)])
    assert [row for row, _ in refused(found)] == [2, 3]


# What is no line, and what is handed back


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["示范公司", "口罩", "", "箱", ""], "没有数量"),
        (["示范公司", "口罩", "箱", "2", ""], "没有数量；计量单位栏里是数字“2”，疑似错列"),
        (["示范公司", "", "", "箱", 5.0], "没有品名"),
        (["示范公司", 84.0, "", "箱", 5.0], "品名栏里不是名称，疑似错列：84"),
        (["示范公司", "口罩", "", "箱", 2.5], "数量不是整数，又不能换算：2.5 箱"),
        (["示范公司", "口罩", "", "箱", -1.0], "数量为负数：-1"),
        (["示范公司", "口罩", "", "箱", "#REF!"], "数量写法不清：#REF!"),
        (["示范公司", "其中：口罩", "", "箱", 5.0], "“其中”项的数量已包含在上面的行里"),
        (["示范公司", "防护类小计", "", "箱", 99.0], "名称像合计，数量却不是上面各行之和"),
    ],
)
def test_a_row_that_cannot_be_recorded_is_handed_back_with_the_reason(
    row: Sequence[Cell], reason: str
) -> None:
    found = table([IN, MASKS, row, GLOVES])
    assert len(found.rows) == 2
    assert refused(found) == [(3, reason)]
    assert found.rejected[0].cells[0] == "示范公司"


def test_two_columns_of_quantities_that_differ_are_handed_back() -> None:
    header = ["捐赠人", "品名", "入库数量", "复核数量"]
    found = table([header, ["甲*", "口罩", 5.0, 5.0], ["乙*", "口罩", 5.0, 6.0]])
    assert refused(found) == [(3, "一行有两个数量，不知以哪个为准：5、6")]


def test_a_second_quantity_that_cannot_be_read_is_no_agreement() -> None:
    found = table([["捐赠人", "品名", "入库数量", "复核数量"], ["甲*", "口罩", 5.0, "待核"]])
    assert refused(found) == [(2, "一行有两个数量，不知以哪个为准：5、待核")]


def test_a_telephone_below_a_list_is_no_goods() -> None:
    found = table(
        [["捐赠人", "品名", "数量"], ["甲*", "口罩", "5个"], ["联系电话", "", 85551234.0]]
    )
    assert (len(found.rows), refused(found)) == (1, [])


def test_what_was_really_received_goes_before_what_was_to_be() -> None:
    header = ["捐赠人", "品名", "应收数量", "实收数量", "库存数量"]
    assert lines(table([header, ["甲*", "口罩", 9.0, 5.0, 1.0]]))[0][2] == 5


def test_totals_notes_signatures_and_banners_are_passed_over_and_told() -> None:
    rows: Rows = [
        ["某会接收物资一览表", "", "", "", ""],
        IN,
        ["一、防护用品", "", "", "", ""],
        MASKS,
        GLOVES,
        ["合计", "", "", "", 12.0],
        ["制表人：王某某", "", "", "审核：李某某", ""],
        ["某会", "", "", "", ""],
        ["", "", "", "", 43860.0],
    ]
    found = reading(rows, [(2, 0, 2, 4)])
    assert (len(found.tables[0].rows), refused(found.tables[0])) == (2, [])
    assert [row for _, row, _ in found.ignored] == [1, 3, 6, 7, 8, 9]


@pytest.mark.parametrize("count", [5.0, 12.0])
def test_a_total_named_after_what_it_sums_up_is_no_goods(count: float) -> None:
    rows: Rows = [IN, GLOVES, MASKS, ["", "防护类小计", "", "", count]]
    found = table([IN, MASKS, ["", "防护类小计", "", "", 5.0]] if count == 5.0 else rows)
    assert refused(found) == []
    assert "防护类小计" not in [row.item for row in found.rows]


def test_dashes_and_slashes_are_no_cells() -> None:
    found = table([IN, ["示范公司", "口罩", "/", "—", 5.0], ["/", "/", "/", "/", "/"]])
    assert (found.rows[0].specification, found.rows[0].counted.unit) == (None, "未注明单位")
    assert refused(found) == []


# Days


def test_a_day_without_its_year_is_the_sheets_and_a_wrong_one_is_handed_back() -> None:
    header = ["日期", "捐赠单位", "品名", "数量"]
    rows: Rows = [
        header,
        ["截至28日", "示范公司", "口罩", "5个"],
        ["1月28日-29日", "示范公司", "口罩", "5个"],
        ["2020-02-30", "示范公司", "口罩", "5个"],
        ["某会", "", "", ""],
        [date(2020, 1, 30), "", "", ""],
    ]
    found = table(rows)
    assert {(r.date, r.date_basis) for r in found.rows} == {(date(2020, 1, 30), "sheet")}
    assert refused(found) == [(4, "日期读不懂：2020-02-30")]


def test_the_day_given_goes_before_the_sheets_and_none_is_made_up() -> None:
    rows: Rows = [["2020年1月30日"], IN, MASKS]
    (given,) = reading(rows, day=date(2020, 2, 1)).tables
    assert given.rows[0].date == date(2020, 2, 1)
    none = table([["（1月24日-1月28日）"], IN, MASKS]).rows[0]
    assert (none.date, none.date_basis) == (None, "none")
