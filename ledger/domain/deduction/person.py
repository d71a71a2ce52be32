"""A person's deduction: 30 % of each income of its period, full gifts whole, nothing carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.domain.deduction.amounts import ZERO, share_half_up, total
from ledger.domain.deduction.cases import CLASSIFIED, COMPREHENSIVE, Gift, Income, PersonCase
from ledger.domain.deduction.classes import GiftClass, classify
from ledger.domain.deduction.table import FULL, NONE, Bracket, Rule, RuleTable, TaxScale
from ledger.money import Money

OTHER_YEAR = "other_year"
DEEMED = "deemed"
OTHER_MONTH = "other_month"
NOT_DEDUCTIBLE = "not_deductible"
NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Applied:
    """One entry of the taxpayer's order: what it took, or (`hindered`) why it took nothing."""

    gift: str
    income: str
    amount: Money
    hindered: str | None = None


@dataclass(frozen=True, slots=True)
class TaxStep:
    """The year's tax on comprehensive income, and the step of the scale that gave it."""

    taxable: Money
    tax: Money
    bracket: Bracket


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonResult:
    """A person's year; `limits`, `taken` and `taxable_after` by income, `classes` by gift.

    `tax_before` and `tax_after` are None without comprehensive income.
    """

    rule: Rule
    classes: Mapping[str, GiftClass]
    of_other_years: frozenset[str]
    limits: Mapping[str, Money]
    applied: tuple[Applied, ...]
    taken: Mapping[str, Money]
    lost: Money
    taxable_after: Mapping[str, Money]
    scale: TaxScale | None
    tax_before: TaxStep | None
    tax_after: TaxStep | None

    @property
    def deducted(self) -> Money:
        """All that the year deducts."""
        return total(applied.amount for applied in self.applied)


def work_out(case: PersonCase, table: RuleTable, judged_on: date) -> PersonResult:
    """Work out a person's year in the order the taxpayer chose (公告2019年第99号 art. 3, 5, 6, 8).

    `judged_on` settles gifts proved by a bank slip whose receipt has not come.
    """
    rule = table.limit_rule(case.who, date(case.year, 1, 1))
    assert rule.rate is not None, "the rule that bounds a year has a rate"
    classes = {g.id: classify(g, case.who, table, judged_on) for g in case.gifts}
    limits = {
        income.ref: ZERO if income.deemed else share_half_up(income.taxable, rule.rate)
        for income in case.incomes.values()
    }
    applied = _Use(case, classes, limits).in_order()
    taken = dict.fromkeys(case.incomes, ZERO)
    for one in applied:
        taken[one.income] += one.amount
    after = {
        ref: income.taxable - taken[ref]
        for ref, income in case.incomes.items()
        if not income.deemed
    }
    given = total(gift.amount for gift in case.gifts)
    scale, before, taxed_after = _taxes(case, after, table)
    return PersonResult(
        rule=rule,
        classes=classes,
        of_other_years=frozenset(g.id for g in case.gifts if g.day.year != case.year),
        limits=limits,
        applied=applied,
        taken=taken,
        lost=given - total(a.amount for a in applied),
        taxable_after=after,
        scale=scale,
        tax_before=before,
        tax_after=taxed_after,
    )


class _Use:
    """What is still free while the taxpayer's order is followed."""

    def __init__(
        self, case: PersonCase, classes: Mapping[str, GiftClass], limits: Mapping[str, Money]
    ) -> None:
        self._case = case
        self._classes = classes
        self._gifts = {gift.id: gift for gift in case.gifts}
        self._unused = {gift.id: gift.amount for gift in case.gifts}
        self._room = dict(limits)
        self._taxable = {ref: income.taxable for ref, income in case.incomes.items()}

    def in_order(self) -> tuple[Applied, ...]:
        return tuple(self._apply(gift, income) for gift, income in self._case.allocation)

    def _apply(self, gift: str, income: str) -> Applied:
        given = self._classes[gift]
        hindered = self._hindrance(self._gifts[gift], self._case.incomes[income], given)
        if hindered is not None:
            return Applied(gift, income, ZERO, hindered)
        taken = min(self._unused[gift], self._taxable[income])
        if given.treatment != FULL:
            taken = min(taken, self._room[income])
            self._room[income] -= taken
        self._unused[gift] -= taken
        self._taxable[income] -= taken
        return Applied(gift, income, taken, NOTHING_LEFT if taken == ZERO else None)

    def _hindrance(self, gift: Gift, income: Income, given: GiftClass) -> str | None:
        if given.treatment == NONE:
            return NOT_DEDUCTIBLE
        if gift.day.year != self._case.year:
            return OTHER_YEAR
        if income.deemed:
            return DEEMED
        if income.type == CLASSIFIED and income.month != gift.day.month:
            return OTHER_MONTH
        return None


def _taxes(
    case: PersonCase, after: Mapping[str, Money], table: RuleTable
) -> tuple[TaxScale | None, TaxStep | None, TaxStep | None]:
    for ref, income in case.incomes.items():
        if income.type == COMPREHENSIVE:
            scale = table.scale(case.year)
            return scale, tax_on(income.taxable, scale), tax_on(after[ref], scale)
    return None, None, None


def tax_on(taxable: Money, scale: TaxScale) -> TaxStep:
    """Return the year's tax: the share of the step that holds the income, less its quick figure."""
    bracket = next(b for b in scale.brackets if b.most is None or taxable <= b.most)
    return TaxStep(taxable, share_half_up(taxable, bracket.rate) - bracket.quick, bracket)
