"""The rows of the annual form A105070 (捐赠支出及纳税调整明细表), in its seven columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

from ledger.domain.deduction.amounts import ZERO, total
from ledger.domain.deduction.enterprise import Judged, Part, YearResult, by_gift_year
from ledger.domain.deduction.table import FULL, NONE
from ledger.money import Money

NON_PUBLIC = "non_public"
FULL_ROW = "full"
OF_WHICH_POVERTY = "full_poverty"
EARLIER = "earlier"
CURRENT = "current"
TOTAL = "total"
MEMO = "poverty_since_2015"

POVERTY = "target_area"
MEMO_FROM = date(2015, 1, 1)
ROWS_BACK = 3
"""The form has a row for each of the three years before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The seven columns: booked, carried in, limit, tax amount, increase, decrease, carried out.

    None where the form has no figure.
    """

    booked: Money | None = None
    carried_in: Money | None = None
    limit: Money | None = None
    tax_amount: Money | None = None
    increase: Money | None = None
    decrease: Money | None = None
    carried_out: Money | None = None


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row: its kind, the gift year it speaks of, and its columns."""

    kind: str
    year: int
    columns: Columns


def rows_of(results: Sequence[YearResult]) -> tuple[FormRow, ...]:
    """Return the rows of the last year's form; earlier years only feed the memo row.

    Increases add up to what the return adds back, decreases to what it subtracts.
    """
    result = results[-1]
    none = total(_booked(result, (j for j in result.gifts if j.given.treatment == NONE)))
    rows = [
        FormRow(NON_PUBLIC, result.year, Columns(booked=none, increase=none)),
        FormRow(FULL_ROW, result.year, _full(result, poverty_only=False)),
        FormRow(OF_WHICH_POVERTY, result.year, _full(result, poverty_only=True)),
        *(_earlier(result, year) for year in range(result.year - ROWS_BACK, result.year)),
    ]
    whole = rows[1].columns
    rows.append(FormRow(CURRENT, result.year, _current(result, none, whole)))
    added = [row.columns for row in rows if row.kind != OF_WHICH_POVERTY]
    rows.append(FormRow(TOTAL, result.year, _added(added)))
    memo = Columns(booked=total(_poverty_since_2015(results)))
    return (*rows, FormRow(MEMO, result.year, memo))


def _booked(result: YearResult, gifts: Iterable[Judged]) -> Iterable[Money]:
    return (j.gift.amount for j in gifts if j.gift.day.year == result.year)


def _full(result: YearResult, *, poverty_only: bool) -> Columns:
    gifts = [
        j
        for j in result.gifts
        if j.is_full_in(result.year) and (not poverty_only or j.gift.use == POVERTY)
    ]
    booked = total(_booked(result, gifts))
    back = [p for p in result.claimed_back if not poverty_only or _of_poverty(p)]
    deducted = total(j.gift.amount for j in gifts) + total(part.amount for part in back)
    return Columns(booked=booked, tax_amount=deducted, decrease=deducted - booked)


def _of_poverty(part: Part) -> bool:
    conditions = () if part.later is None else part.later.conditions
    return ("use", (POVERTY,)) in conditions


def _earlier(result: YearResult, year: int) -> FormRow:
    columns = Columns(
        carried_in=by_gift_year(result.carried_in).get(year, ZERO),
        decrease=by_gift_year(result.used).get(year, ZERO),
        carried_out=by_gift_year(result.carried_out).get(year, ZERO),
    )
    return FormRow(EARLIER, year, columns)


def _current(result: YearResult, none: Money, whole: Columns) -> Columns:
    """The year's limited gifts, and a founder's gift that waits for its year."""
    assert whole.booked is not None, "the row of full gifts has figures"
    assert whole.decrease is not None, "the row of full gifts has figures"
    waiting = total(gift.amount for gift in result.waiting)
    limited = [j for j in result.gifts if j.given.treatment != NONE]
    booked = total(_booked(result, limited)) - whole.booked + waiting
    return Columns(
        booked=booked,
        limit=result.limit,
        tax_amount=result.used_now,
        increase=result.add_back - none,
        decrease=result.subtract - result.used_earlier - whole.decrease,
        carried_out=by_gift_year(result.carried_out).get(result.year, ZERO),
    )


def _added(rows: Sequence[Columns]) -> Columns:
    added: dict[str, Money | None] = {}
    for name in (field.name for field in fields(Columns)):
        amounts = [a for a in (getattr(row, name) for row in rows) if a is not None]
        added[name] = total(amounts) if amounts else None
    return Columns(**added)


def _poverty_since_2015(results: Sequence[YearResult]) -> Iterable[Money]:
    for result in results:
        for judged in result.gifts:
            counts = judged.given.treatment == FULL or judged.given.later is not None
            if counts and judged.gift.use == POVERTY and judged.gift.day >= MEMO_FROM:
                yield judged.gift.amount
