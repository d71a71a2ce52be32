"""A deduction as a spreadsheet: the form or the yearly statement, the steps, and the gifts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.deducting.words import COLUMNS, row_name, says
from ledger.domain.deduction.cases import Case, PersonCase
from ledger.domain.deduction.enterprise import YearResult
from ledger.domain.deduction.form import Columns, rows_of
from ledger.domain.deduction.person import PersonResult
from ledger.domain.deduction.steps import Step
from ledger.money import Money

EXACT_DIGITS = 15
"""A spreadsheet keeps so many digits of a number; a longer amount is written as text."""

WIDTH, FIRST_WIDTH, SAYS_WIDTH = 20, 44, 100

Cell: TypeAlias = Money | int | str | None
Row: TypeAlias = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its lines, and the widths of its first columns in characters."""

    name: str
    rows: Sequence[Row]
    widths: Sequence[int]


def enterprise_sheets(
    case: Case, results: Sequence[YearResult], steps: Sequence[Step]
) -> tuple[Sheet, ...]:
    """Return form A105070 for the last year, the steps of all years, and the gifts."""
    result = results[-1]
    head: list[Row] = [
        (f"捐赠支出及纳税调整明细表 A105070（工作底稿）{result.year} 年度",),
        ("会计利润 accounting profit", result.profit),
        ("项目 row", *COLUMNS),
    ]
    form = [(row_name(row.kind, row.year), *_columns(row.columns)) for row in rows_of(results)]
    classes = {
        judged.gift.id: (judged.given.word, judged.given.rule.rule, judged.given.reason)
        for one in results
        for judged in one.gifts
    }
    return (
        Sheet("A105070", [*head, *form], [FIRST_WIDTH, *[WIDTH] * len(COLUMNS)]),
        _steps(steps),
        _gifts(case, classes),
    )


def _columns(columns: Columns) -> Iterable[Money | None]:
    return (getattr(columns, field.name) for field in fields(columns))


def person_sheets(
    case: PersonCase, result: PersonResult, steps: Sequence[Step]
) -> tuple[Sheet, ...]:
    """Return the yearly statement, the steps, and the gifts."""
    rows: list[Row] = [
        (f"个人公益捐赠扣除年度明细 {case.year} 年度",),
        ("所得 income", "类别 type", "月份 month", "应纳税所得额 taxable", "30% 限额 limit",
         "扣除 applied", "扣除后 taxable after"),
    ]  # fmt: skip
    for ref, income in case.incomes.items():
        rows.append((ref, income.type, income.month, income.taxable, result.limits[ref],
                     result.taken[ref], result.taxable_after.get(ref)))  # fmt: skip
    rows += [
        ("扣除合计 deducted", None, None, None, None, result.deducted),
        ("未能扣除 lost", None, None, None, None, result.lost),
    ]
    if result.tax_before is not None and result.tax_after is not None:
        rows.append(
            ("综合所得税额 捐赠前 tax before", None, None, None, None, result.tax_before.tax)
        )
        rows.append(("综合所得税额 捐赠后 tax after", None, None, None, None, result.tax_after.tax))
    rows.append(("捐赠 gift", "所得 income", None, None, None, "扣除 applied"))
    rows += [(o.gift, o.income, None, None, None, o.amount) for o in result.applied]
    classes = {
        gift: (given.word, given.rule.rule, given.reason) for gift, given in result.classes.items()
    }
    return (
        Sheet("年度明细", rows, [FIRST_WIDTH, *[WIDTH] * 6]),
        _steps(steps),
        _gifts(case, classes),
    )


def _steps(steps: Sequence[Step]) -> Sheet:
    rows: list[Row] = [("序号 no.", "说明 step", "规则 rule", "依据 source")]
    rows += [(no, says(step), step.rule, step.source) for no, step in enumerate(steps, 1)]
    return Sheet("步骤", rows, [10, SAYS_WIDTH, WIDTH, FIRST_WIDTH])


def _gifts(case: Case, classes: dict[str, tuple[str, str, str]]) -> Sheet:
    rows: list[Row] = [
        ("捐赠 gift", "日期 day", "金额 amount", "用途 use", "渠道 channel", "凭证 voucher",
         "类别 class", "规则 rule", "理由 reason"),
    ]  # fmt: skip
    rows += [
        (gift.id, gift.day.isoformat(), gift.amount, gift.use, gift.channel, gift.voucher,
         *classes.get(gift.id, ("", "", "")))
        for gift in case.gifts
    ]  # fmt: skip
    return Sheet("捐赠", rows, [WIDTH] * 8 + [FIRST_WIDTH])


def workbook(sheets: Iterable[Sheet], made: datetime) -> bytes:
    """Write the sheets as a spreadsheet said to be `made` then: the same input, the same bytes.

    Text is written as text, so that nothing in it is ever run.
    """
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": made})
        money, bold = book.add_format({"num_format": "0.00"}), book.add_format({"bold": True})
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, money, bold)
    return content.getvalue()


def _write(page: Worksheet, sheet: Sheet, money: Format, bold: Format) -> None:
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    for line, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            _write_cell(page, (line, column), cell, money, bold if line == 0 else None)


def _write_cell(
    page: Worksheet, place: tuple[int, int], cell: Cell, money: Format, style: Format | None
) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        page.write_string(*place, cell, style)
    elif isinstance(cell, int):
        page.write_number(*place, cell)
    elif len(str(abs(cell.minor))) > EXACT_DIGITS:
        page.write_string(*place, cell.decimal())
    else:
        page.write_number(*place, _exact(cell), money)


def _exact(amount: Money) -> Decimal:
    return Decimal(amount.minor).scaleb(-2)
