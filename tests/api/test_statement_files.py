"""Statements keep ids as text, run no formula, and are the same bytes for the same rows."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from api import statement_files
from api.statement_files import (
    COLUMNS,
    TooManyRows,
    cells,
    heading,
    neutral,
    write_csv,
    write_xlsx,
)
from projections.journal_queries import Close, Row, Span
from projections.runner import Position
from tests.conftest import USCC

VECTOR = Path(__file__).parents[1] / "vectors" / "statement-v1.csv"
DAY = date(2026, 10, 1)
AT = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
CLOSE = Close(41, date(2026, 10, 31), "accountant", 40, AT)
ROW = Row(
    leaf=7, line=0, organisation=USCC, fund="fund-1", fund_name="扶贫济困资金", fund_kind="general",
    kind="gift", id="gift-1", unit="CNY", amount=10001, day=DAY, booked_on=DAY, late=False,
    cost_class=None, counterpart=None, corrects=None, debit="货币资金",
    credit="捐赠收入—非限定性", value=None, value_debit=None, value_credit=None,
)  # fmt: skip
EVIL = replace(ROW, leaf=8, fund_name='=HYPERLINK("http://x.example","点我")')
LARGE = replace(ROW, leaf=9, amount=9_007_199_254_740_991, late=True)
GOODS = replace(
    ROW, leaf=10, kind="goods", unit="goods:棉被||床", amount=3, value=12345,
    debit="备查—在库物资", credit="备查—受赠物资",
    value_debit="存货等（非货币）", value_credit="捐赠收入—非限定性（非货币）",
)  # fmt: skip
ROWS = [ROW, EVIL, LARGE, GOODS]
HEAD = heading(USCC, Span(None, CLOSE.last_day, CLOSE), Position(50, AT))


def csv_of(rows: list[Row]) -> bytes:
    out = BytesIO()
    assert write_csv(out, HEAD, rows) == len(rows)
    return out.getvalue()


def xlsx_of(rows: list[Row]) -> bytes:
    out = BytesIO()
    assert write_xlsx(out, HEAD, rows, AT) == len(rows)
    return out.getvalue()


def test_a_csv_opens_in_a_spreadsheet_and_reads_back_cell_by_cell() -> None:
    content = csv_of(ROWS)

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == len(ROWS) + 2
    head, columns, first, evil, large, goods = csv.reader(StringIO(content.decode("utf-8-sig")))
    assert head == HEAD
    assert tuple(columns) == COLUMNS
    assert first[3:8] == ["7", "0", "捐赠收入 gift", "gift-1", "fund-1"]
    assert first[10:14] == ["CNY", "100.01", "货币资金", "捐赠收入—非限定性"]
    assert evil[8].startswith("'=HYPERLINK")
    assert (large[2], large[11]) == ("补记 late", "90071992547409.91")
    assert (goods[11], goods[17]) == ("3", "123.45")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+86", "'+86"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"), ("00123456789012345678", "'00123456789012345678"),
        (Decimal("-1.50"), "-1.50"), (7, "7"), (None, ""), ("资金", "资金"),
    ],
)  # fmt: skip
def test_text_that_a_spreadsheet_would_run_or_round_is_kept_as_text(
    cell: str | int | Decimal | None, written: str
) -> None:
    assert neutral(cell) == written


def test_a_spreadsheet_holds_text_as_text_and_numbers_only_where_they_are_exact() -> None:
    content = xlsx_of(ROWS)

    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[0][:5] == HEAD
    assert tuple(sheet[1]) == COLUMNS
    assert sheet[2][6] == "gift-1"
    assert sheet[2][11] == 100.01
    assert sheet[3][8] == EVIL.fund_name
    assert sheet[4][11] == "90071992547409.91", "sixteen digits would be rounded"
    assert b"<f>" not in content


def test_the_same_rows_are_the_same_bytes() -> None:
    assert csv_of(ROWS) == csv_of(ROWS)
    assert xlsx_of(ROWS) == xlsx_of(ROWS)
    with ZipFile(BytesIO(xlsx_of(ROWS))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_statement_is_the_stored_one_byte_for_byte() -> None:
    assert csv_of(ROWS) == VECTOR.read_bytes()


def test_a_statement_says_whether_it_is_final() -> None:
    assert HEAD[1] == f"统一社会信用代码 {USCC}"
    assert HEAD[2] == "自 from （自始 the beginning）"
    assert HEAD[4] == "已结账 closed by entry 41, 2026-11-02T08:30:00Z"
    still = heading(USCC, Span(DAY, CLOSE.last_day, None), Position(50, AT))
    assert still[2] == "自 from 2026-10-01"
    assert "未结账" in still[4]
    assert "as of size 50" in still[4]


def test_a_row_has_a_cell_for_every_column() -> None:
    assert len(cells(GOODS)) == len(COLUMNS)


def test_more_rows_than_a_spreadsheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_files, "SHEET_ROWS", 5)

    with pytest.raises(TooManyRows, match=r"export to \.csv"):
        xlsx_of(ROWS)
