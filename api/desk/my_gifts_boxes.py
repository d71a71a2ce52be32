"""The boxes of a donor's yearly worksheet: what was typed in them, and what of it is unusable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from api.deductibility_words import ENTERPRISE, PERSON
from api.desk.choices import Pair
from api.desk.my_gifts_worksheet import BACK, CLASSIFIED_ROWS, ORDERS, Typed
from ledger.domain.deduction.reading import YEARS

AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
SIGNED = re.compile(rf"-?{AMOUNT.pattern}")
YEAR = re.compile(r"[0-9]{4}")
MONTH = re.compile(r"0?[1-9]|1[0-2]")

NO_YEAR = ("写四位年份", "write a year of four digits")
NO_AMOUNT = ("写金额，如 1000000.00", "write an amount such as 1000000.00")
NO_MONTH = ("写取得所得的月份 1 至 12", "write the month of the income, 1 to 12")
NO_PROFIT = ("填写当年会计利润", "write the profit of the year")
NO_INCOME = ("至少填写一类所得", "write one kind of income at least")
A_GAP = ("中间的年度也要填写", "write the profits of the years between too")

Errors = dict[str, Pair]
Boxes = Mapping[str, str]


def year_of(typed: Boxes, otherwise: int) -> int:
    """Return the year that was typed, or another one where that is none."""
    text = typed.get("year", "")
    return int(text) if YEAR.fullmatch(text) and int(text) in YEARS else otherwise


def errors_of(typed: Boxes) -> Errors:
    """Say of each box that can't be used what is to be written there."""
    errors: Errors = {} if year_of(typed, 0) else {"year": NO_YEAR}
    if _is_enterprise(typed):
        return errors | dict(_wrong_profits(typed))
    return errors | dict(_wrong_incomes(typed))


def _wrong_profits(typed: Boxes) -> Iterator[tuple[str, Pair]]:
    given = [n for n in range(BACK + 1) if typed.get(f"profit-{n}")]
    if 0 not in given:
        yield "profit-0", NO_PROFIT
    for n in range(1, max(given, default=0)):
        if n not in given:
            yield f"profit-{n}", A_GAP
    yield from _unlike(typed, SIGNED, [f"profit-{n}" for n in range(BACK + 1)])
    yield from _unlike(typed, AMOUNT, [f"carried-{n}" for n in range(1, BACK + 1)])


def _wrong_incomes(typed: Boxes) -> Iterator[tuple[str, Pair]]:
    rows = range(1, CLASSIFIED_ROWS + 1)
    boxes = ["comprehensive", "business", *(f"classified-{n}" for n in rows)]
    if not any(typed.get(box) for box in boxes):
        yield "comprehensive", NO_INCOME
    yield from _unlike(typed, AMOUNT, boxes)
    for n in rows:
        if typed.get(f"classified-{n}") and not MONTH.fullmatch(typed.get(f"month-{n}", "")):
            yield f"month-{n}", NO_MONTH


def _unlike(typed: Boxes, form: re.Pattern[str], boxes: list[str]) -> Iterator[tuple[str, Pair]]:
    for box in boxes:
        if typed.get(box) and not form.fullmatch(typed[box]):
            yield box, NO_AMOUNT


def read(typed: Boxes) -> Typed:
    """Return what was typed, once `errors_of` finds nothing wrong with it."""
    year, first = year_of(typed, 0), typed.get("first", "")
    return Typed(
        year,
        ENTERPRISE if _is_enterprise(typed) else PERSON,
        _by_year(typed, "profit", year),
        _by_year(typed, "carried", year),
        list(_incomes(typed)),
        first if first in ORDERS else ORDERS[0],
    )


def _is_enterprise(typed: Boxes) -> bool:
    return typed.get("kind") == ENTERPRISE


def _by_year(typed: Boxes, name: str, year: int) -> dict[str, str]:
    found = {year - n: typed.get(f"{name}-{n}", "") for n in range(BACK + 1)}
    return {str(one): text for one, text in found.items() if text}


def _incomes(typed: Boxes) -> Iterator[Mapping[str, object]]:
    for kind in ("comprehensive", "business"):
        if typed.get(kind):
            yield {"ref": kind, "type": kind, "taxable": typed[kind]}
    for n in range(1, CLASSIFIED_ROWS + 1):
        if taxable := typed.get(f"classified-{n}"):
            ref, month = f"classified-{n}", int(typed[f"month-{n}"])
            yield {"ref": ref, "type": "classified", "taxable": taxable, "month": month}
