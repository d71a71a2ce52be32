"""Lists of receipts in a spreadsheet, as finance offices keep them: five elements a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from api.imports.amounts import Unit, read_amount
from api.imports.cells import DIGITS_KEPT, Cell, bare, folded
from api.imports.dates import read_date
from api.imports.files import sheets_of
from api.imports.prose import is_total
from api.imports.sheets import Sheet
from ledger.errors import LedgerError, Unreadable
from ledger.money import Money
from receipts.elements import Five

ENDINGS = (".xlsx", ".xls", ".csv")
HEADERS = {
    "code": ("票据代码", "电子票据代码", "代码", "code"),
    "number": ("票据号码", "电子票据号码", "号码", "number"),
    "check_code": ("校验码", "checkcode"),
    "issued_on": ("开票日期", "开具日期", "日期", "issuedon", "date"),
    "amount": ("金额", "金额(元)", "开票金额", "票据金额", "捐赠金额", "amount"),
    "payer": ("捐赠人", "交款人", "付款方", "抬头", "payer"),
    "path": ("文件", "路径", "文件路径", "path", "file"),
}
"""What each column may be called; payer and path may be missing."""

OPTIONAL = {"payer", "path"}
LOOKED_THROUGH = 20

T = TypeVar("T")


class NoReceiptsListed(Unreadable):
    """A file is no list of receipts."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: no list of receipts: its columns must be called 票据代码 code, 票据号码 "
            "number, 校验码 check code, 开票日期 issue date, 金额 amount, and may have 捐赠人 "
            "payer, 文件 path"
        )


class CellUnusable(Unreadable):
    """A cell holds no element of a receipt."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"{column}: {why}")
        self.column = column


@dataclass(frozen=True, slots=True)
class ListedReceipt:
    """A row (from 1) as written; `five` is None and `refusal` says why when it can't be read."""

    row: int
    code: str
    number: str
    five: Five | None
    payer: str
    path: str
    refusal: CellUnusable | None


def read(path: Path) -> list[ListedReceipt]:
    """Read a list of receipts (.xlsx, .xls, .csv); raise `Unreadable` for a file without one."""
    for sheet in sheets_of(path):
        for top in range(min(LOOKED_THROUGH, len(sheet.rows))):
            columns = _columns(sheet.rows[top])
            if set(HEADERS) - OPTIONAL <= set(columns):
                return list(_rows(sheet, top + 1, columns))
    raise NoReceiptsListed(path)


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    """Return which column holds what, by the words of a header, in either language or both."""
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        said = folded(cell).replace("_", "")
        for role, words in HEADERS.items():
            if said in words or any(said == f"{zh}{en}" for zh in words for en in words[-2:]):
                found.setdefault(role, column)
    return found


def _rows(sheet: Sheet, first: int, columns: dict[str, int]) -> Iterator[ListedReceipt]:
    for row in range(first, len(sheet.rows)):
        cells = {role: sheet.cell(row, column) for role, column in columns.items()}
        if any(bare(cell) for cell in cells.values()) and not _is_sum(sheet.rows[row], cells):
            yield _row(row + 1, cells)


def _is_sum(written: Sequence[Cell], cells: dict[str, Cell]) -> bool:
    """Tell whether a row adds up those above: named a total, and with no receipt of its own."""
    own = any(bare(cells[role]) for role in ("number", "check_code"))
    return not own and is_total(written)


def _row(row: int, cells: dict[str, Cell]) -> ListedReceipt:
    code, number = _digits(cells["code"], 8), _digits(cells["number"], 10)
    payer, path = bare(cells.get("payer", "")), bare(cells.get("path", ""))
    try:
        five = _five(code, number, cells)
    except CellUnusable as refusal:
        return ListedReceipt(row, code, number, None, payer, path, refusal)
    return ListedReceipt(row, code, number, five, payer, path, None)


def _five(code: str, number: str, cells: dict[str, Cell]) -> Five:
    for column in ("number", "code"):
        _check_digits(column, cells[column])
    check = cells["check_code"]
    return Five(
        code=code,
        number=number,
        check_code=bare(check).zfill(6) if isinstance(check, int | float) else bare(check),
        issued_on=_read("issued_on", lambda: read_date(cells["issued_on"])),
        amount=_amount(cells["amount"]),
    )


def _digits(cell: Cell, length: int) -> str:
    """Return digits with the leading zeros that a spreadsheet cut off; nothing stays nothing."""
    written = bare(cell)
    return written.zfill(length) if written else ""


def _check_digits(column: str, cell: Cell) -> None:
    """Refuse a cell without digits, and digits that a spreadsheet has rounded."""
    if not bare(cell):
        raise CellUnusable(column, "nothing is written there")
    if isinstance(cell, int | float) and abs(cell) >= 10**DIGITS_KEPT:
        raise CellUnusable(column, "a number cell, in which digits get lost; write it as text")


def _amount(cell: Cell) -> Money:
    amount = _read("amount", lambda: read_amount(cell, Unit()))
    if amount.currency != "CNY":
        raise CellUnusable("amount", f"{amount} is not in yuan")
    return amount


def _read(column: str, read_cell: Callable[[], T | None]) -> T:
    try:
        found = read_cell()
    except LedgerError as error:
        raise CellUnusable(column, str(error)) from None
    if found is None:
        raise CellUnusable(column, "nothing is written there")
    return found
