from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from api.imports import files, texts, workbooks
from api.imports.files import SourceFile, read
from ledger.errors import Unreadable
from tests.api.imports.workbooks import GIFTS, workbook, written

CSV = "捐赠人,金额（元）,日期\n甲*,1.50,2020-01-22\n乙*,2,\n"


def entries(source: SourceFile) -> list[tuple[str | None, str]]:
    return [(r.party, str(r.amount)) for table in source.money for r in table.rows]


def refusal(path: Path, kind: str = "auto") -> str:
    with pytest.raises(Unreadable) as caught:
        read(path, kind)
    message = str(caught.value)
    assert "\n" not in message
    return message


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


# Workbooks


def test_a_workbook_is_read_to_rows_of_money_and_lines_passed_over(tmp_path: Path) -> None:
    data = workbook(Sheet1=GIFTS, Sheet2=[])
    source = read(written(tmp_path, "公示.xlsx", data))
    assert entries(source) == [("甲*", "1.50 CNY"), ("某公司", "2000.00 CNY")]
    assert source.sha256 == hashlib.sha256(data).hexdigest()
    assert {(r.row, r.date, r.date_basis) for r in source.money[0].rows} == {
        (4, date(2020, 1, 29), "sheet"),
        (5, date(2020, 1, 29), "sheet"),
    }
    assert source.ignored == (
        ("Sheet1", 1, "某会接收社会捐赠现金一览表"),
        ("Sheet1", 6, "某会"),
        ("Sheet1", 7, "2020-01-29"),
    )


def test_every_sheet_is_read_but_a_hidden_one_which_is_told(tmp_path: Path) -> None:
    data = workbook(A=GIFTS, B=GIFTS, old_hidden=GIFTS)
    source = read(written(tmp_path, "a.xlsx", data))
    assert [table.sheet for table in source.money] == ["A", "B"]
    assert source.ignored[-1][:2] == ("old_hidden", 0)


def test_the_bytes_decide_and_not_the_name(tmp_path: Path) -> None:
    for name, data in (("a.csv", workbook(A=GIFTS)), ("a.xlsx", CSV.encode())):
        assert len(entries(read(written(tmp_path, name, data)))) == 2


def test_merged_cells_and_moments_of_a_workbook_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["捐赠人", "时间", "金额"])
    sheet.append(["甲", "2020-01-22 10:00:00", 1])
    sheet.append([None, "2020-01-23", 2])
    sheet["B2"].value = None
    sheet["B2"].number_format = "hh:mm"
    sheet["B2"].value = 43852.5
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    source = read(tmp_path / "a.xlsx")
    assert entries(source) == [("甲", "1.00 CNY"), ("甲", "2.00 CNY")]


def test_a_time_or_a_truth_value_where_money_belongs_is_handed_back(tmp_path: Path) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["捐赠人", "金额"])
    sheet.write_row(1, 0, ["甲", True])
    sheet.write(2, 0, "乙")
    sheet.write_number(2, 1, 0.5, book.add_format({"num_format": "[h]:mm:ss"}))
    book.add_chartsheet()
    book.close()
    (table,) = read(written(tmp_path, "a.xlsx", out.getvalue())).money
    assert [r.reason[:4] for r in table.rejected] == ["金额栏里", "金额不是"]


def test_a_workbook_of_empty_sheets_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.xlsx", workbook(A=[], B=[["\u200b", " "]]))
    assert refusal(path) == "a.xlsx: all its sheets are empty"


def test_a_workbook_whose_far_cell_asks_for_all_memory_is_refused(tmp_path: Path) -> None:
    rows = b'<row r="%d"><c r="%s" t="str"><v>1</v></c></row>'
    start = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    sheet = (
        start + rows % (1, b"A1") + rows % (1048576, b"XFD1048576") + b"</sheetData></worksheet>"
    )
    changed = _with_member(workbook(A=GIFTS), "xl/worksheets/sheet1.xml", sheet)
    assert "more memory than a list of money needs" in refusal(written(tmp_path, "a.xlsx", changed))


def test_a_sheet_with_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "ROWS_MAX", 5)
    assert "too large" in refusal(written(tmp_path, "a.xlsx", workbook(A=GIFTS)))


def test_a_workbook_that_takes_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "SECONDS_MAX", 0)
    assert "damaged" in refusal(written(tmp_path, "a.xlsx", workbook(A=GIFTS)))


def test_a_zip_bomb_is_refused_by_its_stated_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "UNPACKED_MAX", 2**20)
    data = zipped(xl__workbook_xml=b"0" * 2**21)
    assert refusal(written(tmp_path, "a.xlsx", data)) == "a.xlsx: it unpacks to more than 1 MB"


def test_a_workbook_cut_short_or_without_sheets_is_refused(tmp_path: Path) -> None:
    whole = workbook(A=GIFTS)
    assert "damaged .xlsx or zip" in refusal(written(tmp_path, "a.xlsx", whole[:-100]))
    assert "damaged" in refusal(written(tmp_path, "a.xlsx", zipped(xl__workbook_xml=b"<")))


def _with_member(book: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, data if member == name else old.read(member))
    return out.getvalue()


# Text and JSON


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_is_read_in_any_usual_encoding_and_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = "某会，公示\n" + CSV.replace("1.50", '"1,001.50"').replace(",2,", ";2;")
    text = (
        text.replace(",", delimiter).replace('1"', "1").replace(";2;", f"{delimiter}2{delimiter}")
    )
    text = text.replace(f'"1{delimiter}001.50"', '"1,001.50"')
    source = read(written(tmp_path, "a.csv", text.encode(encoding)))
    assert entries(source) == [("甲*", "1001.50 CNY"), ("乙*", "2.00 CNY")]


def test_rows_of_text_are_counted_as_excel_counts_them(tmp_path: Path) -> None:
    path = written(tmp_path, "捐赠.csv", '公示\n\n捐赠人,金额\n"甲\n*",1\n\n乙,2\n')
    (table,) = read(path).money
    assert [(r.sheet, r.row, r.party) for r in table.rows] == [
        ("捐赠", 4, "甲 *"),
        ("捐赠", 6, "乙"),
    ]


def test_letters_of_gb_18030_are_in_their_places_of_2022() -> None:
    assert texts.decode(b"\xfe\x59\xb0\xa1") == "\u9fb4啊"


def test_bytes_of_no_encoding_are_refused(tmp_path: Path) -> None:
    assert "neither UTF-8 nor GB 18030" in refusal(written(tmp_path, "a.csv", b"\xff\xff\xff,1\n"))
    assert "neither UTF-8 nor" in refusal(written(tmp_path, "a.csv", b"\xef\xbb\xbf\xff\n"))


def test_an_open_quote_is_refused_and_does_not_swallow_the_rows_below(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", '捐赠人,金额\n"甲,1\n乙,2\n')
    assert refusal(path) == "a.csv: line 3 can't be read: unexpected end of data; check its quotes"


def test_a_field_without_end_is_refused(tmp_path: Path) -> None:
    assert "can't be read" in refusal(written(tmp_path, "a.csv", '"' + "甲" * 140_000))


def test_text_with_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "ROWS_MAX", 2)
    assert "too large" in refusal(written(tmp_path, "a.csv", CSV))


def test_a_list_of_objects_is_read_with_its_numbers_as_written(tmp_path: Path) -> None:
    told = (
        '[{"交易单号": 4200000512345678901234567890, "金额": 0.10, "捐赠人": "甲"},'
        ' {"捐赠人": null, "金额": "2", "备注": {"x": [1]}}, {"捐赠人": "乙", "金额": true}]'
    )
    (table,) = read(written(tmp_path, "a.json", told)).money
    assert [(r.serial, str(r.amount), r.note) for r in table.rows] == [
        ("4200000512345678901234567890", "0.10 CNY", None),
        (None, "2.00 CNY", '{"x": ["1"]}'),
    ]
    assert table.rejected[0].reason.startswith("金额栏里是是/否")


@pytest.mark.parametrize("told", ['{"金额": 1}', "[]", "[1]", "[", "[" * 100_000])
def test_json_of_another_shape_holds_no_table(tmp_path: Path, told: str) -> None:
    assert "no table with a column of amounts" in refusal(written(tmp_path, "a.json", told))


def test_json_with_too_many_cells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "CELLS_MAX", 1)
    path = written(tmp_path, "a.json", json.dumps([{"金额": 1, "姓名": "甲"}]))
    assert "too large" in refusal(path)


# Whole files that are refused


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "an image (PNG)"),
        (b"\xff\xd8\xff\xe0", "an image (JPEG)"),
        (zipped(word__document_xml=b"x"), "a Word document"),
        (zipped(content_xml=b"x"), "an OpenDocument file"),
        (b"PK\x03\x04", "a damaged .xlsx or zip file"),
        (files.OLE2 + bytes(600), "an old Office document"),
        (b"<html><table>", "a web page or XML"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>", "a web page or XML"),
        (b"\x00\x01" * 50, "binary data"),
    ],
)
def test_what_is_no_spreadsheet_is_named(tmp_path: Path, data: bytes, what: str) -> None:
    path = written(tmp_path, "捐赠.xlsx", data)
    assert refusal(path).startswith(f"捐赠.xlsx: it seems to be {what}")


def test_a_zip_is_read_for_the_lists_in_it(tmp_path: Path) -> None:
    data = zipped(readme_pdf=b"%PDF-1.7", list_csv=CSV.encode())
    source = read(written(tmp_path, "账单.zip", data))
    assert [len(table.rows) for table in source.money] == [
        len(table.rows) for table in read(written(tmp_path, "a.csv", CSV)).money
    ]
    assert any(text == "readme.pdf" or sheet == "readme.pdf" for sheet, _, text in source.ignored)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped(a_txt=b"x"), "no table with a column of amounts"),
        (zipped(a_pdf=b"%PDF-1.7"), "a zip archive without a spreadsheet"),
        (zipped(a_zip=zipped(a_csv=b"x")), "a zip archive without a spreadsheet"),
    ],
)
def test_a_zip_without_a_list_is_refused(tmp_path: Path, data: bytes, what: str) -> None:
    assert what in refusal(written(tmp_path, "账单.zip", data))


def test_an_encrypted_workbook_is_refused(tmp_path: Path) -> None:
    data = files.OLE2 + bytes(600) + files.ENCRYPTED_XLSX
    assert "encrypted" in refusal(written(tmp_path, "a.xlsx", data))
    locked = bytearray(zipped(xl__workbook_xml=b"x"))
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal(written(tmp_path, "a.xlsx", bytes(locked)))


def test_a_damaged_xls_is_refused(tmp_path: Path) -> None:
    data = files.OLE2 + bytes(600) + files.XLS_STREAMS[0]
    assert "damaged" in refusal(written(tmp_path, "a.xls", data))


def test_a_missing_file_a_folder_a_pipe_and_an_empty_file_are_told_apart(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "a.csv") == "a.csv: not found"
    assert "it is a folder" in refusal(tmp_path)
    assert "no file that can be read" in refusal(tmp_path / "pipe")
    assert refusal(written(tmp_path, "b.csv", b"")) == "b.csv: it is empty"
    assert "can't be opened" in refusal(tmp_path / ("x" * 300))
    assert "can't be opened" in refusal(tmp_path / "a\x00b")


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILE_MAX", 10)
    assert "larger than" in refusal(written(tmp_path, "a.csv", CSV))


def test_a_list_of_goods_is_no_list_of_money(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "接收单位,品名,规格,计量单位,数量\n某医院,口罩,N95,箱,3\n")
    message = "a.csv: it is a list of goods (品名, 规格, 数量), and no list of money"
    assert [refusal(path, kind) for kind in ("gifts", "payments")] == [message, message]


def test_a_list_without_amounts_says_what_was_sought_and_found(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "姓名,备注\n甲,x\n")
    assert refusal(path).startswith("a.csv: no table with a column of amounts: looked for 金额, ")
    assert refusal(path).endswith("found 姓名, 备注")
    assert refusal(written(tmp_path, "b.csv", "1,2\n")).endswith("found no header")


def test_a_kind_outside_the_list_is_refused(tmp_path: Path) -> None:
    assert "'loans' is no kind of list" in refusal(written(tmp_path, "a.csv", CSV), "loans")


def test_disbursements_are_payments(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a.csv", CSV), "disbursements").money[0].kind == "payments"


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a.csv", "捐赠人,金额\n")).money[0].rows == ()
