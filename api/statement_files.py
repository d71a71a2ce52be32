"""Statements for accountants: the journal of some days as CSV or as a spreadsheet.

The same rows give the same bytes, always: nothing in a statement of closed days tells when it was
made. Text that a spreadsheet would run or round stays text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from typing import BinaryIO

import xlsxwriter

from api.times import rfc3339
from ledger.domain.goods import amount_of
from ledger.errors import Refused
from ledger.money import Money
from projections.journal_queries import Row, Span
from projections.postings import nature
from projections.runner import Position

KINDS = {
    "gift": "捐赠收入",
    "goods": "接受物资",
    "allocation-out": "拨出",
    "allocation-in": "拨入",
    "disbursement": "支出",
    "recovery": "支出退回",
    "return": "退赠",
    "reversal": "捐赠冲销",
    "take-back": "拨出撤回",
    "given-back": "拨入退回",
    "classification": "费用重分类",
}
"""Movements, as accountants call them."""

COLUMNS = (
    "入账日期 booked_on", "归属日期 day", "补记 late", "序号 leaf", "行 line", "类别 kind",
    "编号 id", "资金 fund", "资金名称 fund name", "性质 nature", "单位 unit", "金额或数量 amount",
    "借方科目 debit", "贷方科目 credit", "费用类别 cost class", "对方资金 counterpart",
    "更正序号 corrects", "价值（元） value", "价值借方 value debit", "价值贷方 value credit",
)  # fmt: skip
RUNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet."""

SHEET_ROWS = 1_048_576
EXACT_DIGITS = 15
"""What a spreadsheet keeps of a number (IEEE 754 binary64)."""

Cell = str | int | Decimal | None


class TooManyRows(Refused):
    """A spreadsheet has no room for that many rows."""

    def __init__(self) -> None:
        super().__init__(
            f"a spreadsheet holds {SHEET_ROWS} rows; export to .csv, or fewer days at a time"
        )


def heading(uscc: str, days: Span, position: Position) -> list[str]:
    """Say whose statement it is, of which days, and whether anything can still come in."""
    first = days.first.isoformat() if days.first else "（自始 the beginning）"
    told = ["善款账本序时账 journal", f"统一社会信用代码 {uscc}", f"自 from {first}"]
    told.append(f"至 to {days.last.isoformat()}")
    if days.close is None:
        size, time = position.size, rfc3339(position.time)
        state = (
            f"未结账，仍可能变动 OPEN, may still change; 截至第 {size} 条 as of size {size}, {time}"
        )
    else:
        state = f"已结账 closed by entry {days.close.leaf}, {rfc3339(days.close.time)}"
    return [*told, state]


def cells(row: Row) -> list[Cell]:
    """Return the cells of one row, under `COLUMNS`."""
    value = Decimal(Money(row.value).decimal()) if row.value is not None else None
    return [
        row.booked_on.isoformat(), row.day.isoformat(), "补记 late" if row.late else None,
        row.leaf, row.line, f"{KINDS[row.kind]} {row.kind}", row.id, row.fund, row.fund_name,
        nature(row.fund_kind), row.unit, Decimal(amount_of(row.amount, row.unit).decimal()),
        row.debit, row.credit, row.cost_class, row.counterpart, row.corrects, value,
        row.value_debit, row.value_credit,
    ]  # fmt: skip


def write_csv(out: BinaryIO, head: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a statement as CSV (RFC 4180, UTF-8 with a mark for spreadsheets); count its rows."""
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer, count = csv.writer(text), 0
    writer.writerows([map(neutral, head), COLUMNS])
    for row in rows:
        writer.writerow(map(neutral, cells(row)))
        count += 1
    text.detach()
    return count


def neutral(cell: Cell) -> str:
    """Write a cell so that a spreadsheet neither runs it nor takes digits for a number."""
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return f"'{cell}" if cell.startswith(RUNS) or cell.isdigit() else cell


def write_xlsx(out: BinaryIO, head: Sequence[str], rows: Iterable[Row], made: datetime) -> int:
    """Write a statement as a spreadsheet said to be `made` at that time; count its rows."""
    content, count = BytesIO(), 0
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": made.replace(tzinfo=None)})
        sheet = book.add_worksheet("序时账")
        for line, row in enumerate(_lines(head, rows)):
            if line >= SHEET_ROWS:
                raise TooManyRows
            for column, cell in enumerate(row):
                _write_cell(sheet, line, column, cell)
            count = line - 1
    out.write(content.getvalue())
    return count


def _lines(head: Sequence[str], rows: Iterable[Row]) -> Iterator[Sequence[Cell]]:
    yield head
    yield COLUMNS
    yield from map(cells, rows)


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, cell: Cell) -> None:
    """Write text as text; a number only if the spreadsheet keeps all its digits."""
    if cell is None:
        return
    exact = not isinstance(cell, str) and len(str(cell).strip("-").replace(".", "")) <= EXACT_DIGITS
    if exact:
        sheet.write_number(line, column, cell)
    else:
        sheet.write_string(line, column, str(cell))
