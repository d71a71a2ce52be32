"""Lists of deductions in a spreadsheet: read row by row, and handed back with what came of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import xlsxwriter

from api.imports.cells import DIGITS_KEPT, Cell, bare, folded
from api.imports.files import sheets_of
from api.imports.sheets import Sheet
from ledger.errors import Refused, Unreadable

HEADERS = {
    "code": ("票据代码", "代码", "code"),
    "number": ("票据号码", "号码", "number"),
    "taxpayer": ("纳税人识别号", "统一社会信用代码", "身份证号", "taxpayer"),
    "name": ("姓名", "名称", "纳税人名称", "name"),
    "year": ("年度", "税款所属年度", "year"),
    "amount": ("金额", "扣除金额", "金额(元)", "amount"),
}
"""What each column may be called; the name alone may be missing."""

LOOKED_THROUGH = 20
RESULT_COLUMNS = (
    "行 row", "票据代码 code", "票据号码 number", "纳税人识别号 taxpayer", "姓名 name", "年度 year",
    "金额 amount", "结果 result", "勾选编号 claim", "原因 why",
)  # fmt: skip


class NoClaimsListed(Unreadable):
    """A file is no list of deductions."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: no list of deductions: its columns must be called 票据代码 code, 票据号码 "
            "number, 纳税人识别号 taxpayer, 年度 year, 金额 amount, and may have 姓名 name"
        )


class DigitsLost(Refused):
    """A long number was kept as a number, which a spreadsheet rounds."""

    def __init__(self, column: str) -> None:
        super().__init__(
            f"the {column} is a number cell of more than {DIGITS_KEPT} digits, which a spreadsheet "
            "rounds; write it as text"
        )


class YearUnreadable(Refused):
    """A tax year is four digits."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no tax year; write four digits, such as 2026")


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A row as it was written; `row` counts from 1, `refusal` says why it can't be read."""

    row: int
    code: str
    number: str
    taxpayer: str
    name: str | None
    year: str
    amount: str
    refusal: Refused | None

    @property
    def key(self) -> tuple[str, ...]:
        """What may stand in a list once: receipt, taxpayer, year."""
        return self.code, self.number, self.taxpayer.upper(), self.year


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a row: "claimed" with the claim's id, "duplicate" or "refused" with a reason."""

    row: ClaimRow
    result: str
    claim: str | None = None
    why: str | None = None


def read(path: Path) -> list[ClaimRow]:
    """Read a list of deductions (.xlsx, .xls, .csv); refuse a file without one."""
    for sheet in sheets_of(path):
        for top in range(min(LOOKED_THROUGH, len(sheet.rows))):
            columns = _columns(sheet.rows[top])
            if set(HEADERS) - {"name"} <= set(columns):
                return list(_rows(sheet, top + 1, columns))
    raise NoClaimsListed(path)


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    """Return which column holds what, by the words of a header, in either language or both."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        said = folded(cell)
        for role, words in HEADERS.items():
            if said in words or any(said == f"{word}{role}" for word in words):
                found.setdefault(role, column)
    return found


def _rows(sheet: Sheet, first: int, columns: dict[str, int]) -> Iterator[ClaimRow]:
    for row in range(first, len(sheet.rows)):
        cells = {role: sheet.cell(row, column) for role, column in columns.items()}
        said = {role: bare(cell) for role, cell in cells.items()}
        if any(said.values()):
            lost = [role for role, cell in cells.items() if _lost(cell)]
            yield ClaimRow(
                row + 1,
                said["code"].zfill(8),
                said["number"].zfill(10),
                said["taxpayer"],
                said.get("name") or None,
                said["year"].removesuffix("年"),
                said["amount"].replace(",", ""),
                DigitsLost(lost[0]) if lost else None,
            )


def _lost(cell: Cell) -> bool:
    return isinstance(cell, int | float) and abs(cell) >= 10**DIGITS_KEPT


def year_of(text: str) -> int:
    """Read a tax year."""
    if not (len(text) == 4 and text.isascii() and text.isdigit()):  # noqa: PLR2004 as in 2026
        raise YearUnreadable(text)
    return int(text)


def written(outcomes: Iterable[Outcome]) -> bytes:
    """Return what came of each row as a spreadsheet; every cell is text, so none is run."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("勾选结果")
        for column, name in enumerate(RESULT_COLUMNS):
            sheet.write_string(0, column, name)
        for line, outcome in enumerate(outcomes, 1):
            for column, text in enumerate(_cells(outcome)):
                sheet.write_string(line, column, text)
    return content.getvalue()


def _cells(outcome: Outcome) -> tuple[str, ...]:
    row = outcome.row
    told = (outcome.result, outcome.claim or "", outcome.why or "")
    asked = (row.code, row.number, row.taxpayer, row.name or "", row.year, row.amount)
    return (str(row.row), *asked, *told)
