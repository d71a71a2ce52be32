"""The working of a person's year, step by step: every figure with the rule behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from ledger.domain.deduction.cases import Gift, PersonCase
from ledger.domain.deduction.classes import GiftClass, receipt_due
from ledger.domain.deduction.person import DEEMED, OTHER_MONTH, PersonResult, TaxStep
from ledger.domain.deduction.steps import Figure, Step, step
from ledger.domain.deduction.table import FULL, NONE, Rule, RuleTable


def steps_of(case: PersonCase, result: PersonResult, table: RuleTable) -> tuple[Step, ...]:
    """Return the steps of the year in order."""
    return tuple(_all(case, result, table))


def _all(case: PersonCase, result: PersonResult, table: RuleTable) -> Iterator[Step]:
    def rule(name: str) -> Rule:
        return table.named(name, case.who, date(case.year, 12, 31))

    for gift in case.gifts:
        yield from _gift(case, gift, result.classes[gift.id], table)
    yield from _limits(case, result, rule("IIT-DEEMED"))
    yield from _applied(result, rule)
    yield step("person_deducted", rule("IIT-ORDER"), amount=result.deducted)
    yield step("person_lost", rule("IIT-NO-CARRY"), amount=result.lost)
    for ref, amount in result.taxable_after.items():
        before = case.incomes[ref].taxable
        yield step("taxable_after", rule("IIT-ORDER"), income=ref, before=before,
                   deducted=before - amount, amount=amount)  # fmt: skip
    yield from _taxes(result)


def _gift(case: PersonCase, gift: Gift, given: GiftClass, table: RuleTable) -> Iterator[Step]:
    kind = {NONE: "gift_none", FULL: "gift_full"}.get(given.treatment, "gift_limited")
    yield step(kind, given.rule, year=case.year, gift=gift.id, day=gift.day.isoformat(),
               amount=gift.amount, reason=given.reason)  # fmt: skip
    admission = table.admission(case.who, gift.day)
    if gift.voucher in admission.interim_vouchers:
        due = receipt_due(gift, admission).isoformat()
        came = "" if gift.receipt_day is None else gift.receipt_day.isoformat()
        slip = table.named("IIT-90-DAYS", case.who, gift.day)
        yield step("receipt_came" if came else "receipt_awaited", slip, gift=gift.id, due=due,
                   days=admission.receipt_days, came=came)  # fmt: skip


def _limits(case: PersonCase, result: PersonResult, deemed: Rule) -> Iterator[Step]:
    for ref, limit in result.limits.items():
        income = case.incomes[ref]
        if income.deemed:
            yield step("deemed_income", deemed, income=ref, taxable=income.taxable)
        else:
            yield step("person_limit", result.rule, income=ref, taxable=income.taxable,
                       rate=str(result.rule.rate), limit=limit)  # fmt: skip


def _applied(result: PersonResult, rule: Callable[[str], Rule]) -> Iterator[Step]:
    grounds = {DEEMED: "IIT-DEEMED", OTHER_MONTH: "IIT-MONTH"}
    for one in result.applied:
        given = result.classes[one.gift]
        kind = "applied_full" if given.treatment == FULL else "applied_limited"
        if one.hindered is not None:
            kind = f"hindered_{one.hindered}"
        ground = rule(grounds.get(one.hindered or "", "IIT-ORDER"))
        if given.treatment == NONE:
            ground = given.rule
        yield step(kind, ground, gift=one.gift, income=one.income, amount=one.amount)


def _taxes(result: PersonResult) -> Iterator[Step]:
    for kind, tax in (("tax_before", result.tax_before), ("tax_after", result.tax_after)):
        if tax is not None and result.scale is not None:
            yield _tax(kind, tax, result.scale.source)


def _tax(kind: str, tax: TaxStep, source: str) -> Step:
    figures: dict[str, Figure] = {
        "taxable": tax.taxable,
        "rate": str(tax.bracket.rate),
        "quick": tax.bracket.quick,
        "amount": tax.tax,
    }
    return Step(kind, figures, "IIT-SCALE", source)
