"""Files that hold goods, alone or beside money, and files that don't."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from cProfile import Profile
from datetime import date
from pathlib import Path
from pstats import Stats

import pytest
import xlsxwriter

from api.imports.cells import Cell, text_of
from api.imports.files import SourceFile, read
from api.imports.goods_rows import GoodsTable
from api.imports.goods_tables import read_goods
from api.imports.sheets import Sheet
from ledger.errors import Unreadable
from tests.api.imports.workbooks import workbook, written

ISSUED: Sequence[Sequence[Cell]] = [
    ["某会发放物资一览表"],
    [date(2020, 1, 30)],
    ["接收单位", "品名", "规格", "计量单位", "数量"],
    ["甲院", "口罩\u00a0\u00a0KN95", "\u200b", "箱", 15.0],
    ["乙院", "护目镜", "200个/箱", "箱", 5.0],
    ["", "手套", "50箱（*1000）", "件", 1.0],
]
KEYS = ("接收单位", "品名", "规格", "计量单位", "数量")
GIFTS: Sequence[Sequence[Cell]] = [["捐赠人", "金额（元）"], ["甲*", 5.0], ["乙*", 7.0]]


def goods(source: SourceFile) -> list[tuple[object, ...]]:
    return [
        (row.item, row.specification, row.counted, row.party)
        for table in source.tables
        if isinstance(table, GoodsTable)
        for row in table.rows
    ]


def refusal(path: Path, kind: str) -> str:
    with pytest.raises(Unreadable) as caught:
        read(path, kind)
    return str(caught.value)


def with_merged_recipient(folder: Path) -> Path:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(ISSUED):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell, *([day] if isinstance(cell, date) else []))
    sheet.merge_range(4, 0, 5, 0, "乙院")
    book.close()
    return written(folder, "out.xlsx", out.getvalue())


def test_the_same_list_as_workbook_with_merged_cells_as_json_and_as_text_is_equal(
    tmp_path: Path,
) -> None:
    listed: list[dict[str, str]] = [
        dict(zip(KEYS, map(str, (row[0] or "乙院", *row[1:4], text_of(row[4]))), strict=True))
        for row in ISSUED[3:]
    ]
    text = "\n".join(
        "\t".join(each.values()) for each in [dict(zip(KEYS, KEYS, strict=True)), *listed]
    )
    from_book = read(with_merged_recipient(tmp_path))
    from_json = read(written(tmp_path, "out.json", json.dumps(listed, ensure_ascii=False)))
    from_text = read(written(tmp_path, "out.csv", text.encode("gb18030", "ignore")))
    assert len(goods(from_book)) == 3
    assert goods(from_book) == goods(from_json) == goods(from_text)
    contents = [
        [r.content for t in s.tables for r in t.rows] for s in (from_book, from_json, from_text)
    ]
    assert contents[0] == contents[1] == contents[2]
    assert {t.kind for s in (from_book, from_json, from_text) for t in s.tables} == {"goods-issued"}


def test_lines_around_the_list_are_told_and_date_its_lines(tmp_path: Path) -> None:
    source = read(with_merged_recipient(tmp_path))
    assert source.ignored == (("Sheet1", 1, "某会发放物资一览表"), ("Sheet1", 2, "2020-01-30"))
    (table,) = source.tables
    assert {(row.date, row.date_basis) for row in table.rows} == {(date(2020, 1, 30), "sheet")}


def test_an_object_without_a_key_is_a_line_without_its_quantity(tmp_path: Path) -> None:
    told = [
        {"接收单位": "甲院", "品名": "口罩", "规格": "", "计量单位": "箱", "数量": "2"},
        {"接收单位": "甲院", "品名": "口罩", "规格": "箱", "计量单位": "2"},
    ]
    (table,) = read(written(tmp_path, "a.json", json.dumps(told, ensure_ascii=False))).tables
    assert len(table.rows) == 1
    assert [r.row for r in table.rejected] == [3]
    assert "疑似错列" in table.rejected[0].reason


def test_money_and_goods_on_one_sheet_and_on_several_are_both_read(tmp_path: Path) -> None:
    below: Sequence[Sequence[Cell]] = [*GIFTS, [], *ISSUED[2:5]]
    for data in (workbook(A=below), workbook(A=GIFTS, B=ISSUED[:5])):
        path = written(tmp_path, "a.xlsx", data)
        assert [t.kind for t in read(path).tables] == ["gifts", "goods-issued"]
        assert [t.kind for t in read(path, "gifts").tables] == ["gifts"]
        assert [t.kind for t in read(path, "goods-issued").tables] == ["goods-issued"]
        assert [len(t.rows) for t in read(path).tables] == [2, 2]
        assert not any(t.rejected for t in read(path).tables)


def test_a_kind_the_file_does_not_hold_is_refused(tmp_path: Path) -> None:
    money = written(tmp_path, "m.xlsx", workbook(A=GIFTS))
    listed = written(tmp_path, "g.xlsx", workbook(A=ISSUED))
    words = written(tmp_path, "w.csv", "姓名,备注\n甲,x\n")
    assert refusal(money, "goods-received") == (
        "m.xlsx: it is a list of money, and no list of goods-received"
    )
    assert refusal(listed, "goods-received") == (
        "g.xlsx: it is a list of goods-issued, and no list of goods-received"
    )
    assert refusal(listed, "payments") == (
        "g.xlsx: it is a list of goods (品名, 规格, 数量), and no list of money"
    )
    assert refusal(words, "goods-issued") == (
        "w.csv: no list of goods-issued: looked for 品名, 物资名称, 规格, 数量; found 姓名, 备注"
    )


def test_a_list_of_goods_without_a_column_of_things_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "接收单位,规格,计量单位,数量\n甲院,N95,箱,3\n")
    assert "without a column that names things" in refusal(path, "auto")


def calls_for(lines: int) -> int:
    """Count the calls that reading a list takes in which every row has a merged cell or two."""
    header: list[Cell] = ["日期", "捐赠单位", "品名", "规格", "计量单位", "数量", "备注"]
    rows: list[list[Cell]] = [header]
    rows += [
        ["2020-01-02", f"示范公司{n}", f"口罩{n % 97}", "200个/箱", "箱", n % 50 + 1.0, f"第{n}批"]
        for n in range(lines)
    ]
    merged = [(n, 1, n + 1, 1) for n in range(1, lines, 2)]
    merged += [(n, 3, n, 4) for n in range(1, lines)]
    profile = Profile()
    (table,) = profile.runcall(read_goods, Sheet("a", rows, merged), "auto", None).tables
    assert len(table.rows) == lines
    return int(Stats(profile).total_calls)  # type: ignore[attr-defined] # typeshed leaves it out


def test_the_work_of_reading_grows_with_the_rows_and_not_with_rows_times_merged_cells() -> None:
    calls_for(500)  # what is remembered of words is remembered
    assert calls_for(4_000) < 5 * calls_for(1_000)
