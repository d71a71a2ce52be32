"""A deduction as JSON: the object called `expected` in the format of cases, and by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ledger.domain.deduction.enterprise import YearResult, by_gift_year, by_life
from ledger.domain.deduction.person import PersonResult
from ledger.domain.deduction.table import NONE
from ledger.money import Money

Json: TypeAlias = dict[str, object]

OK = "ok"
FAILS = "channel, eligibility or voucher fails"
OTHER_YEAR = "gift of another year"
SPONSORSHIP = "CIT-SPONSOR"


def enterprise_answer(results: Sequence[YearResult]) -> Json:
    """Return the answer for the last year."""
    last = _year(results[-1])
    kept = (
        "limit_12pct", "deductible_full", "deductible_limited_current",
        "deductible_from_carry_forward", "deductible_total", "tax_add_back", "tax_subtract",
        "never_deductible", "expired",
    )  # fmt: skip
    return {name: last[name] for name in kept} | {"carry_forward": last["carry_forward_out"]}


def by_year(results: Sequence[YearResult]) -> Json:
    """Return every year that was worked out, with the class of each gift."""
    return {str(result.year): _year(result) for result in results}


def _year(result: YearResult) -> Json:
    return {
        "profit": result.profit.decimal(),
        "limit_12pct": result.limit.decimal(),
        "deductible_full": result.full.decimal(),
        "deductible_limited_current": result.used_now.decimal(),
        "deductible_from_carry_forward": result.used_earlier.decimal(),
        "carry_forward_used": {
            str(year): amount.decimal() for year, amount in by_gift_year(result.used).items()
        },
        "deductible_total": result.deducted.decimal(),
        "tax_add_back": result.add_back.decimal(),
        "tax_subtract": result.subtract.decimal(),
        "never_deductible": result.never.decimal(),
        "carry_forward_out": [
            {"gift_year": year, "amount": amount.decimal(), "last_year": last}
            for (year, last), amount in by_life(result.carried_out).items()
        ],
        "expired": [
            {"gift_year": year, "amount": amount.decimal()}
            for year, amount in by_gift_year(result.expired).items()
        ],
        "classes": {
            judged.gift.id: {
                "class": judged.given.word,
                "rule": judged.given.rule.rule,
                "reason": judged.given.reason,
            }
            for judged in result.gifts
        },
    }


def person_answer(result: PersonResult) -> Json:
    """Return the answer for a person's year; the tax only if there is comprehensive income."""
    answer: Json = {
        "limits_30pct": _decimals(result.limits),
        "applied": [
            {"gift": one.gift, "income": one.income, "amount": one.amount.decimal()}
            for one in result.applied
            if one.hindered is None
        ],
        "deductible_total": result.deducted.decimal(),
        "lost": result.lost.decimal(),
        "carry_forward": Money(0).decimal(),
        "taxable_after": _decimals(result.taxable_after),
        "gifts": {gift: _standing(gift, result) for gift in result.classes},
    }
    if result.tax_before is not None and result.tax_after is not None:
        answer["comprehensive_tax_before"] = result.tax_before.tax.decimal()
        answer["comprehensive_tax_after"] = result.tax_after.tax.decimal()
    return answer


def _standing(gift: str, result: PersonResult) -> str:
    given = result.classes[gift]
    if given.treatment != NONE:
        return OTHER_YEAR if gift in result.of_other_years else OK
    return given.reason if given.rule.rule == SPONSORSHIP else FAILS


def _decimals(amounts: Mapping[str, Money]) -> Json:
    return {name: amount.decimal() for name, amount in amounts.items()}
