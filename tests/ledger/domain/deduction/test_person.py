"""A person's deduction: 30 % before gifts, by period, in the taxpayer's order, nothing carried."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.deducting.reference import rule_table
from ledger.domain.deduction import person
from ledger.domain.deduction.person import PersonResult, tax_on
from ledger.domain.deduction.table import NoRuleKnown
from ledger.money import Money
from tests.ledger.domain.deduction.given import gift, income, of_person, person_case


def applied(result: PersonResult) -> list[tuple[str, str, str]]:
    return [(one.gift, one.income, one.amount.decimal()) for one in result.applied]


def hindered(result: PersonResult) -> list[str | None]:
    return [one.hindered for one in result.applied]


def test_what_is_above_30_per_cent_is_lost() -> None:
    result = of_person(
        person_case(
            [income("comp", "200000.00")], [gift("2023-05-01", "80000.00")], [("a", "comp")]
        )
    )
    assert applied(result) == [("a", "comp", "60000.00")]
    assert result.lost == Money.parse("20000")
    assert result.taxable_after == {"comp": Money.parse("140000")}


def test_the_limit_is_of_the_income_before_any_gift() -> None:
    gifts = [
        gift("2023-05-01", "60.00", "f", **{"class": "full"}),
        gift("2023-05-02", "40.00", "b"),
    ]
    result = of_person(
        person_case([income("comp", "100.00")], gifts, [("f", "comp"), ("b", "comp")])
    )
    assert applied(result) == [("f", "comp", "60.00"), ("b", "comp", "30.00")]


def test_a_full_gift_first_leaves_a_limited_one_what_income_is_left() -> None:
    gifts = [
        gift("2023-05-01", "90.00", "f", **{"class": "full"}),
        gift("2023-05-02", "30.00", "b"),
    ]
    result = of_person(
        person_case([income("comp", "100.00")], gifts, [("f", "comp"), ("b", "comp")])
    )
    assert applied(result) == [("f", "comp", "90.00"), ("b", "comp", "10.00")]
    assert result.lost == Money.parse("20")


def test_what_does_not_fit_one_income_goes_on_to_the_next() -> None:
    incomes = [
        income("rent", "1000.00", "classified", month=5),
        income("biz", "500.00", "business"),
        income("comp", "400.00"),
    ]
    order = [("a", "rent"), ("a", "biz"), ("a", "comp")]
    result = of_person(person_case(incomes, [gift("2023-05-20", "600.00")], order))
    assert applied(result) == [("a", "rent", "300.00"), ("a", "biz", "150.00"),
                               ("a", "comp", "120.00")]  # fmt: skip
    assert result.lost == Money.parse("30")


def test_classified_income_counts_in_the_month_of_the_gift_alone() -> None:
    incomes = [
        income("may", "1000.00", "classified", month=5),
        income("june", "1000.00", "classified", month=6),
    ]
    gifts = [gift("2023-06-01", "500.00"), gift("2023-05-31", "100.00", "b")]
    order = [("a", "may"), ("a", "june"), ("b", "may"), ("b", "june")]
    result = of_person(person_case(incomes, gifts, order))
    assert applied(result) == [("a", "may", "0.00"), ("a", "june", "300.00"),
                               ("b", "may", "100.00"), ("b", "june", "0.00")]  # fmt: skip
    assert hindered(result) == [person.OTHER_MONTH, None, None, person.OTHER_MONTH]


def test_a_full_gift_keeps_to_the_month_of_classified_income_too() -> None:
    incomes = [income("may", "1000.00", "classified", month=5)]
    gifts = [gift("2023-06-01", "5.00", **{"class": "full"})]
    result = of_person(person_case(incomes, gifts, [("a", "may")]))
    assert hindered(result) == [person.OTHER_MONTH]


def test_deemed_business_income_takes_no_gift_full_or_limited() -> None:
    incomes = [income("biz", "1000.00", "business", deemed_assessment=True)]
    gifts = [gift("2023-06-01", "5.00"), gift("2023-06-01", "5.00", "f", **{"class": "full"})]
    result = of_person(person_case(incomes, gifts, [("a", "biz"), ("f", "biz")]))
    assert hindered(result) == [person.DEEMED, person.DEEMED]
    assert (result.limits, result.taxable_after) == ({"biz": Money(0)}, {})


def test_a_gift_of_the_year_before_is_not_carried_into_this_one() -> None:
    gifts = [gift("2022-12-31", "5.00")]
    result = of_person(person_case([income("comp", "100.00")], gifts, [("a", "comp")]))
    assert hindered(result) == [person.OTHER_YEAR]
    assert result.lost == Money.parse("5")


def test_a_gift_that_is_used_up_takes_nothing_more() -> None:
    incomes = [income("comp", "100.00"), income("biz", "100.00", "business")]
    result = of_person(
        person_case(incomes, [gift("2023-05-01", "5.00")], [("a", "comp"), ("a", "biz")])
    )
    assert hindered(result) == [None, person.NOTHING_LEFT]


def test_a_poverty_gift_of_a_person_stays_at_30_per_cent() -> None:
    gifts = [gift("2023-05-01", "50.00", use="target_area")]
    result = of_person(person_case([income("comp", "100.00")], gifts, [("a", "comp")]))
    assert applied(result) == [("a", "comp", "30.00")]


def test_an_epidemic_gift_of_a_person_in_its_window_is_deducted_whole() -> None:
    gifts = [gift("2020-05-01", "50.00", use="covid")]
    case = person_case([income("comp", "100.00")], gifts, [("a", "comp")], year=2020)
    assert applied(of_person(case)) == [("a", "comp", "50.00")]


def test_a_gift_in_dollars_counts_at_the_rate_of_the_day() -> None:
    valuation = {"currency": "USD", "amount": "100.00", "rate": "7.10", "per": 1}
    gifts = [gift("2023-05-01", "710.00", valuation=valuation)]
    result = of_person(person_case([income("comp", "9000.00")], gifts, [("a", "comp")]))
    assert applied(result) == [("a", "comp", "710.00")]


@pytest.mark.parametrize("kind", ["non_resident_individual", "nonresident_individual"])
def test_a_non_resident_deducts_from_the_month_and_then_from_business_income(kind: str) -> None:
    incomes = [
        income("may", "100.00", "classified", month=5),
        income("biz", "1000.00", "business"),
    ]
    case = person_case(incomes, [gift("2023-05-01", "100.00")], [("a", "may"), ("a", "biz")])
    result = of_person(case | {"taxpayer_kind": kind})
    assert applied(result) == [("a", "may", "30.00"), ("a", "biz", "70.00")]
    assert result.tax_before is None


@pytest.mark.parametrize(
    ("told", "judged_on", "counts"),
    [
        ({"receipt_date": "2023-06-08"}, date(2023, 12, 31), True),
        ({"receipt_date": "2023-06-09"}, date(2023, 12, 31), False),
        ({}, date(2023, 6, 8), True),
        ({}, date(2023, 6, 9), False),
    ],
)
def test_a_bank_slip_serves_ninety_days(
    *, told: dict[str, Any], judged_on: date, counts: bool
) -> None:
    gifts = [gift("2023-03-10", "5.00", voucher="bank_slip", **told)]
    case = person_case([income("comp", "100.00")], gifts, [("a", "comp")])
    assert (of_person(case, judged_on=judged_on).lost == Money(0)) is counts


def test_before_2019_a_bank_slip_proves_nothing_and_there_is_no_comprehensive_income() -> None:
    gifts = [gift("2018-03-10", "5.00", voucher="bank_slip")]
    case = person_case([income("biz", "100.00", "business")], gifts, [("a", "biz")], year=2018)
    assert hindered(of_person(case)) == [person.NOT_DEDUCTIBLE]
    with pytest.raises(NoRuleKnown, match="no scale of comprehensive income on 2018-12-31"):
        of_person(person_case([income("comp", "100.00")], [], [], year=2018))


@pytest.mark.parametrize(
    ("taxable", "tax"),
    [
        ("0.00", "0.00"),
        ("36000.00", "1080.00"),
        ("36000.01", "1080.00"),
        ("144000.00", "11880.00"),
        ("300000.00", "43080.00"),
        ("420000.00", "73080.00"),
        ("660000.00", "145080.00"),
        ("960000.00", "250080.00"),
        ("1000000.00", "268080.00"),
    ],
)
def test_the_tax_follows_the_annual_scale(taxable: str, tax: str) -> None:
    step = tax_on(Money.parse(taxable), rule_table().scale(2023))
    assert step.tax == Money.parse(tax)


def test_the_end_of_a_step_belongs_to_the_step() -> None:
    scale = rule_table().scale(2023)
    rates = [str(tax_on(Money(fen), scale).bracket.rate) for fen in (3_600_000, 3_600_001)]
    assert rates == ["0.03", "0.10"]


AMOUNTS = st.integers(1, 10**8).map(lambda fen: Money(fen).decimal())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(AMOUNTS, st.booleans(), st.integers(5, 6)), min_size=1, max_size=4),
    st.lists(st.tuples(AMOUNTS, st.sampled_from(["classified", "business"])), max_size=3),
    st.randoms(use_true_random=False),
)
def test_every_fen_of_a_person_is_deducted_or_lost_and_no_income_falls_below_zero(
    gifts: list[tuple[str, bool, int]], incomes: list[tuple[str, str]], random: Any
) -> None:
    told = [
        gift(f"2023-0{month}-01", amount, str(place), **({"class": "full"} if full else {}))
        for place, (amount, full, month) in enumerate(gifts)
    ]
    earned = [
        income(f"i{place}", taxable, kind, **({"month": 5} if kind == "classified" else {}))
        for place, (taxable, kind) in enumerate(incomes)
    ]
    order = [(g["id"], i["ref"]) for g in told for i in earned]
    random.shuffle(order)
    result = of_person(person_case(earned, told, order))
    assert result.deducted + result.lost == Money(sum(Money.parse(g[0]).minor for g in gifts))
    assert all(after.minor >= 0 for after in result.taxable_after.values())
    for ref, limit in result.limits.items():
        limited = [a.amount.minor for a in result.applied
                   if a.income == ref and not gifts[int(a.gift)][1]]  # fmt: skip
        assert sum(limited) <= limit.minor
