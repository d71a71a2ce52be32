"""The lines published lists of goods must come to, from the files beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.imports.cells import text_of
from api.imports.files import read, sheets_of
from api.imports.goods_rows import GoodsTable
from ledger.money import Money

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data" / "red-cross-2020"
IN, OUT = SHARED / "goods-in", SHARED / "goods-out"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the published files are not beside this folder"
    ),
]


def tables(path: Path) -> list[GoodsTable]:
    return [table for table in read(path).tables if isinstance(table, GoodsTable)]


def test_the_goods_with_their_value_come_to_the_published_figures() -> None:
    (table,) = tables(IN / "wuzi01.xlsx")
    assert (table.kind, len(table.rows), table.rejected) == ("goods-received", 17, ())
    values = [row.value for row in table.rows if row.value is not None]
    assert str(Money(sum(value.minor for value in values))) == "8624570.00 CNY"
    assert [row.row for row in table.rows if row.value is None] == [15]
    assert all(row.party and row.recipient and row.date for row in table.rows)
    first = table.rows[0]
    assert (first.item, first.counted.count, first.counted.unit) == (
        "莲花清瘟胶囊（24粒装）", 135_000, "盒",
    )  # fmt: skip
    stations = table.rows[6]
    assert stations.recipient == "武汉火车站 武昌火车站 汉口火车站"


def test_every_line_of_the_goods_received_is_recorded_or_part_of_the_line_above() -> None:
    found = tables(IN / "inkind_received_0124-0211.xlsx")
    assert [len(t.rows) + sum(r.joined for r in t.rows) for t in found] == [422, 1_019, 1_484]
    assert [sum(r.joined for r in t.rows) for t in found] == [16, 4, 1]
    assert not any(t.rejected for t in found)
    assert {t.kind for t in found} == {"goods-received"}


def test_the_donor_of_most_lines_comes_from_a_merged_cell() -> None:
    path = IN / "inkind_received_0124-0211.xlsx"
    sheets = {sheet.name: sheet for sheet in sheets_of(path)}
    rows = [row for table in tables(path) for row in table.rows]
    unnamed = [r for r in rows if not r.party]
    own = (text_of(sheets[r.sheet].cell(r.row - 1, 3)) for r in unnamed)
    assert {text for text in own if text} == {"爱心企业（个人）", "爱心企业", "爱心人士"}
    lines = [(r.sheet, line) for r in rows for line in range(r.row, r.row + 1 + r.joined)]
    assert len(lines) == 2_925
    blank = [line for line in lines if not text_of(sheets[line[0]].cell(line[1] - 1, 3))]
    assert len(blank) == 1_746 + 1, "one of them is joined to a line and has no donor at all"


def test_the_days_of_a_column_without_header_are_the_lines_days() -> None:
    first, second, third = tables(IN / "inkind_received_0124-0211.xlsx")
    assert {row.date_basis for t in (second, third) for row in t.rows} == {"row"}
    assert {row.date_basis for row in first.rows} == {"row", "none"}


def test_the_same_issue_of_goods_is_equal_as_json_and_as_workbook() -> None:
    (listed,), (sheet,) = tables(OUT / "0130.json"), tables(OUT / "gongshi_0130.xlsx")
    assert (listed.kind, sheet.kind) == ("goods-issued", "goods-issued")
    assert (len(listed.rows), listed.rejected, sheet.rejected) == (202, (), ())
    assert [(r.item, r.specification, r.counted, r.party) for r in listed.rows] == [
        (r.item, r.specification, r.counted, r.party) for r in sheet.rows
    ]
    assert [r.content for r in listed.rows] == [r.content for r in sheet.rows]


def test_the_line_with_shifted_columns_is_handed_back_and_no_other() -> None:
    (whole,), (shifted,) = tables(OUT / "0204.json"), tables(OUT / "0201.json")
    assert (len(whole.rows), whole.rejected) == (174, ())
    assert len(shifted.rows) == 218
    (row,) = shifted.rejected
    assert row.row == 44 + 2, "the object at index 44, below a line of keys"
    assert "疑似错列" in row.reason


def test_a_stated_packing_is_used_and_an_unclear_one_is_not() -> None:
    (sheet,) = tables(OUT / "gongshi_0130.xlsx")
    by_row = {row.row: row for row in sheet.rows}
    clear, unclear = by_row[10], by_row[7]
    assert (clear.specification, clear.counted.count, clear.counted.unit) == (
        "200个/箱",
        1000,
        "个",
    )
    assert (unclear.specification, unclear.counted.count, unclear.counted.unit) == (
        "50箱（*1000）", 1, "件",
    )  # fmt: skip
