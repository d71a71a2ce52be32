"""A case, read strictly from what people hand in; docs/formats/deduction-case.md says how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.domain.deduction import reading as read
from ledger.domain.deduction.cases import (
    CLASSIFIED,
    COMPREHENSIVE,
    INCOME_TYPES,
    Case,
    EnterpriseCase,
    Gift,
    Income,
    PersonCase,
)
from ledger.domain.deduction.gift_reading import ID_MAX, Words, parse_gift
from ledger.domain.deduction.reading import MemberUnusable
from ledger.money import Money

TELLING = ("id", "title", "rule", "confidence", "explanation", "expected", "by_year", "note")
"""Members that only document a case: taken, never read."""

ENTERPRISE = "enterprise"
PERSONS = {
    "resident_individual": "resident_individual",
    "non_resident_individual": "non_resident_individual",
    "nonresident_individual": "non_resident_individual",
}
"""Kinds of persons, and the name the rules have for them."""

_KIND = "taxpayer_kind"
_BOTH = (_KIND, "year", "gifts")


def parse_cases(data: bytes, words: Words) -> Case | Sequence[Case]:
    """Read one case, or a document `{"cases": [...]}` of several.

    Refuse with `MemberUnusable`, one line that names the member, whatever is not exactly that.
    """
    value = read.read_json(data, "case")
    if isinstance(value, dict) and "cases" in value:
        found = read.members(value, "case", ("cases",), ("count", "rule_windows", "note"))
        listed = enumerate(read.items(found["cases"], "cases"))
        return [_case(one, f"cases[{place}]", words) for place, one in listed]
    return _case(value, "case", words)


def _case(value: object, where: str, words: Words) -> Case:
    kind = read.by_name(value, where).get(_KIND)
    if kind is None:
        raise MemberUnusable(where, f"{_KIND} is missing; add it")
    who = read.word(kind, f"{where}.{_KIND}", (ENTERPRISE, *PERSONS))
    return _enterprise(value, where, words) if who == ENTERPRISE else _person(value, where, words)


def _gifts(value: object, where: str, who: str, words: Words) -> tuple[Gift, ...]:
    gifts = tuple(
        parse_gift(one, f"{where}[{place}]", who, words)
        for place, one in enumerate(read.items(value, where))
    )
    seen: set[str] = set()
    for place, gift in enumerate(gifts):
        if gift.id in seen:
            told = f"{read.shown(gift.id)} is the id of an earlier gift too; give each its own"
            raise MemberUnusable(f"{where}[{place}].id", told)
        seen.add(gift.id)
    return gifts


def _check_not_after(gifts: Sequence[Gift], year: int, where: str) -> None:
    for place, gift in enumerate(gifts):
        if gift.day.year > year:
            told = f"{gift.day} is after the year {year}; leave the gift out"
            raise MemberUnusable(f"{where}.gifts[{place}].date", told)


def _enterprise(value: object, where: str, words: Words) -> EnterpriseCase:
    found = read.members(value, where, (*_BOTH, "profits"), ("opening_carry_forward", *TELLING))
    year = read.year(found["year"], f"{where}.year")
    gifts = _gifts(found["gifts"], f"{where}.gifts", ENTERPRISE, words)
    _check_not_after(gifts, year, where)
    profits = _profits(found["profits"], f"{where}.profits", year)
    _check_profit_of_every_gift(gifts, profits, year, where)
    opening = _opening(
        found.get("opening_carry_forward", []), f"{where}.opening_carry_forward", min(profits)
    )
    return EnterpriseCase(year, gifts, profits, opening)


def _profits(value: object, where: str, year: int) -> Mapping[int, Money]:
    """Read the profit of each year; the years have no gap and end with the case's."""
    profits = {
        read.year_name(name, where): read.signed(profit, f"{where}.{name}")
        for name, profit in read.by_name(value, where).items()
    }
    if profits and max(profits) > year:
        raise MemberUnusable(where, f"{max(profits)} is after the year {year}; leave it out")
    for wanted in range(min(profits, default=year), year + 1):
        if wanted not in profits:
            raise MemberUnusable(where, f"the profit of {wanted} is missing; add it")
    return profits


def _check_profit_of_every_gift(
    gifts: Sequence[Gift], profits: Mapping[int, Money], year: int, where: str
) -> None:
    """A founder's gift may belong to a year after the case's: until then it is added back."""
    for place, gift in enumerate(gifts):
        if gift.year <= year and gift.year not in profits:
            told = f"the gift belongs to {gift.year}, whose profit is missing; add it to profits"
            raise MemberUnusable(f"{where}.gifts[{place}].date", told)


def _opening(value: object, where: str, first: int) -> Mapping[int, Money]:
    opening: dict[int, Money] = {}
    for place, one in enumerate(read.items(value, where)):
        here = f"{where}[{place}]"
        found = read.members(one, here, ("gift_year", "amount"))
        gift_year = read.year(found["gift_year"], f"{here}.gift_year")
        if gift_year >= first:
            told = f"{gift_year} is not before {first}, the first year of profits"
            raise MemberUnusable(f"{here}.gift_year", f"{told}; give its gifts instead")
        if gift_year in opening:
            raise MemberUnusable(f"{here}.gift_year", f"{gift_year} stands twice; add them up")
        opening[gift_year] = read.amount(found["amount"], f"{here}.amount")
    return opening


def _person(value: object, where: str, words: Words) -> PersonCase:
    found = read.members(value, where, (*_BOTH, "incomes", "allocation"), TELLING)
    who = PERSONS[str(found[_KIND])]
    year = read.year(found["year"], f"{where}.year")
    gifts = _gifts(found["gifts"], f"{where}.gifts", who, words)
    _check_not_after(gifts, year, where)
    incomes = _incomes(found["incomes"], f"{where}.incomes", who)
    known = {gift.id for gift in gifts}
    allocation = tuple(
        _allocated(one, f"{where}.allocation[{place}]", known, incomes)
        for place, one in enumerate(read.items(found["allocation"], f"{where}.allocation"))
    )
    return PersonCase(who, year, gifts, incomes, allocation)


def _incomes(value: object, where: str, who: str) -> Mapping[str, Income]:
    incomes: dict[str, Income] = {}
    for place, one in enumerate(read.items(value, where)):
        income = _income(one, f"{where}[{place}]", who)
        if income.ref in incomes:
            told = f"{read.shown(income.ref)} is an earlier income's too; give each its own"
            raise MemberUnusable(f"{where}[{place}].ref", told)
        incomes[income.ref] = income
    if sum(income.type == COMPREHENSIVE for income in incomes.values()) > 1:
        raise MemberUnusable(where, "a year has one comprehensive income; add them up")
    return incomes


def _income(value: object, where: str, who: str) -> Income:
    found = read.members(
        value, where, ("ref", "type", "taxable"), ("month", "item", "deemed_assessment", "note")
    )
    kind = read.word(found["type"], f"{where}.type", INCOME_TYPES)
    if kind == COMPREHENSIVE and who != "resident_individual":
        told = "a non-resident has none; write the income of each month as classified"
        raise MemberUnusable(f"{where}.type", told)
    if "item" in found:
        read.text(found["item"], f"{where}.item")
    deemed = read.flag(found.get("deemed_assessment", False), f"{where}.deemed_assessment")
    if deemed and kind != "business":
        raise MemberUnusable(f"{where}.deemed_assessment", "is for business income; remove it")
    return Income(
        ref=read.text(found["ref"], f"{where}.ref", ID_MAX),
        type=kind,
        taxable=read.amount(found["taxable"], f"{where}.taxable"),
        month=_month(found, where, kind),
        deemed=deemed,
    )


def _month(found: Mapping[str, object], where: str, kind: str) -> int | None:
    if kind == CLASSIFIED and "month" not in found:
        raise MemberUnusable(where, "month is missing; classified income counts by the month")
    return read.whole(found["month"], f"{where}.month", 1, 12) if "month" in found else None


def _allocated(
    value: object, where: str, gifts: set[str], incomes: Mapping[str, Income]
) -> tuple[str, str]:
    found = read.members(value, where, ("gift", "income"))
    gift = read.text(found["gift"], f"{where}.gift", ID_MAX)
    income = read.text(found["income"], f"{where}.income", ID_MAX)
    if gift not in gifts:
        raise MemberUnusable(f"{where}.gift", f"no gift has the id {read.shown(gift)}; correct it")
    if income not in incomes:
        told = f"no income has the ref {read.shown(income)}; correct it"
        raise MemberUnusable(f"{where}.income", told)
    return gift, income
