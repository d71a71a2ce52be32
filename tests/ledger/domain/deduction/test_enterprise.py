"""An enterprise's deduction: the limit, the order, the time, and what no year forgets."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.deduction.enterprise import CarriedInTooOld, YearResult, by_gift_year, by_life
from ledger.domain.deduction.table import NoRuleKnown
from ledger.money import Money
from tests.ledger.domain.deduction.given import (
    Json,
    enterprise_case,
    gift,
    last_year,
    poverty,
    rule,
    rules_with,
    years,
)


def yuan(text: str) -> Money:
    return Money.parse(text)


def out(result: YearResult) -> list[tuple[int, str, int]]:
    carried = by_life(result.carried_out)
    return [(year, amount.decimal(), last) for (year, last), amount in carried.items()]


def test_what_is_above_the_limit_is_carried_for_three_years() -> None:
    result = last_year(enterprise_case({2022: "1000000.00"}, gift("2022-05-10", "200000.00")))
    assert result.limit == result.used_now == yuan("120000")
    assert result.add_back == yuan("80000")
    assert out(result) == [(2022, "80000.00", 2025)]


def test_the_oldest_carried_year_is_used_first_and_the_current_gift_last() -> None:
    opening = [{"gift_year": 2022, "amount": "30.00"}, {"gift_year": 2021, "amount": "50.00"}]
    result = last_year(
        enterprise_case(
            {2024: "1000.00"}, gift("2024-03-01", "100.00"), opening_carry_forward=opening
        )
    )
    assert by_gift_year(result.used) == {2021: yuan("50"), 2022: yuan("30")}
    assert result.used_now == yuan("40")
    assert result.subtract == yuan("80")
    assert out(result) == [(2024, "60.00", 2027)]
    assert result.expired == ()


def test_years_of_loss_use_time_up() -> None:
    profits = {2019: "1000.00", 2020: "-200.00", 2021: "500.00", 2022: "800.00", 2023: "5000.00"}
    results = years(enterprise_case(profits, gift("2019-03-03", "500.00")))
    assert [r.used_earlier.decimal() for r in results] == ["0.00", "0.00", "60.00", "96.00", "0.00"]
    assert [by_gift_year(r.expired) for r in results[2:]] == [{}, {2019: yuan("224")}, {}]
    assert out(results[-1]) == []


def test_a_profit_of_zero_gives_no_room() -> None:
    result = last_year(enterprise_case({2022: "0.00"}, gift("2022-09-01", "3.00")))
    assert result.limit == result.deducted == yuan("0")
    assert out(result) == [(2022, "3.00", 2025)]


def test_gifts_before_september_2016_lose_what_is_above_the_limit() -> None:
    result = last_year(enterprise_case({2016: "1000.00"}, gift("2016-08-31", "200.00")))
    assert result.used_now == yuan("120")
    assert result.lost == result.never == result.add_back == yuan("80")
    assert out(result) == []


def test_of_2016_the_gifts_that_cannot_be_carried_take_the_limit_first() -> None:
    gifts = gift("2016-10-01", "100.00", "b"), gift("2016-03-01", "90.00", "a")
    result = last_year(enterprise_case({2016: "1000.00"}, *gifts))
    assert result.lost == yuan("0")
    assert out(result) == [(2016, "70.00", 2019)]


def test_a_poverty_gift_stays_outside_the_limit() -> None:
    gifts = poverty("2025-12-31", "500.00", "p"), gift("2025-06-01", "130.00", "o")
    result = last_year(enterprise_case({2025: "1000.00"}, *gifts))
    assert (result.full, result.used_now) == (yuan("500"), yuan("120"))
    assert out(result) == [(2025, "10.00", 2028)]


def test_poverty_gifts_of_2015_not_yet_deducted_are_claimed_whole_in_2018() -> None:
    profits = {2015: "1000.00", 2016: "0.00", 2017: "1000.00", 2018: "1000.00"}
    gifts = poverty("2015-05-01", "300.00"), gift("2017-05-01", "200.00", "b")
    results = years(enterprise_case(profits, *gifts))
    assert results[0].never == yuan("180")
    assert results[-1].full == results[-1].revived == yuan("180")
    assert results[-1].used_earlier == yuan("80")
    assert results[-1].subtract == yuan("260")


def test_of_a_mixed_year_only_the_poverty_part_is_claimed_and_it_waits_longest() -> None:
    gifts = poverty("2017-06-01", "300.00", "p"), gift("2017-06-02", "600.00", "o")
    results = years(enterprise_case({2017: "4000.00", 2018: "1000.00"}, *gifts))
    assert out(results[0]) == [(2017, "420.00", 2020)]
    assert results[1].full == yuan("300")
    assert by_gift_year(results[1].used) == {2017: yuan("120")}
    assert out(results[1]) == []


def test_what_2018_claims_is_carried_no_further() -> None:
    profits = {2017: "0.00", 2018: "0.00", 2019: "9000.00"}
    results = years(enterprise_case(profits, poverty("2017-06-01", "300.00")))
    assert [r.full.decimal() for r in results] == ["0.00", "300.00", "0.00"]
    assert results[2].deducted == yuan("0")


def test_a_founders_gift_is_deducted_in_its_own_year_and_added_back_before() -> None:
    founders = gift("2022-06-06", "1000.00", founder_gift=True, deduct_year=2023)
    results = years(enterprise_case({2022: "10000.00", 2023: "5000.00"}, founders))
    assert (results[0].add_back, results[0].deducted) == (yuan("1000"), yuan("0"))
    assert results[1].used_now == results[1].subtract == yuan("600")
    assert results[1].add_back == yuan("0")
    assert out(results[1]) == [(2023, "400.00", 2026)]


def test_until_its_own_year_a_founders_gift_is_only_added_back() -> None:
    founders = gift("2022-06-06", "1000.00", founder_gift=True, deduct_year=2023)
    result = last_year(enterprise_case({2022: "10000.00"}, founders))
    assert (result.add_back, result.deducted, result.never) == (yuan("1000"), yuan("0"), yuan("0"))
    assert out(result) == []


def test_a_founders_gift_and_one_of_the_year_share_the_limit_and_the_time() -> None:
    founders = gift("2022-06-06", "100.00", "f", founder_gift=True, deduct_year=2023)
    result = last_year(enterprise_case({2023: "1000.00"}, founders, gift("2023-01-01", "100.00")))
    assert (result.subtract, result.add_back) == (yuan("100"), yuan("80"))
    assert out(result) == [(2023, "80.00", 2026)]


def test_an_amount_whose_time_ran_out_cannot_be_carried_in() -> None:
    case = enterprise_case(
        {2024: "1.00"}, opening_carry_forward=[{"gift_year": 2020, "amount": "5.00"}]
    )
    with pytest.raises(
        CarriedInTooOld, match="given in 2020 could be used until 2023, not in 2024"
    ):
        last_year(case)


def test_what_was_left_of_2016_can_be_carried_in_until_2019() -> None:
    opening = [{"gift_year": 2016, "amount": "5.00"}]
    result = last_year(enterprise_case({2019: "100.00"}, opening_carry_forward=opening))
    assert by_gift_year(result.used) == {2016: yuan("5")}
    with pytest.raises(
        CarriedInTooOld, match="given in 2015 could be used until 2015, not in 2016"
    ):
        last_year(
            enterprise_case(
                {2016: "1.00"}, opening_carry_forward=[{"gift_year": 2015, "amount": "5.00"}]
            )
        )


def test_nothing_carried_in_is_nothing() -> None:
    opening = [{"gift_year": 2023, "amount": "0.00"}]
    result = last_year(enterprise_case({2024: "1.00"}, opening_carry_forward=opening))
    assert result.carried_in == ()


def test_before_the_first_rule_there_is_no_answer() -> None:
    with pytest.raises(NoRuleKnown, match="no deduction rule for enterprise gifts on 2007-01-01"):
        last_year(enterprise_case({2007: "1.00"}))


AMOUNTS = st.integers(1, 10**9).map(lambda fen: Money(fen).decimal())
PROFITS = st.integers(-(10**9), 10**11).map(lambda fen: Money(fen).decimal())
DAYS = st.dates(
    min_value=date(2014, 1, 1),
    max_value=date(2021, 12, 31),
).map(str)
USES = st.sampled_from(["other", "target_area", "covid"])
CHANNELS = st.sampled_from(["eligible_org", "government", "direct", "epidemic_hospital"])


@st.composite
def cases(draw: st.DrawFn) -> Json:
    drawn = draw(st.lists(st.tuples(DAYS, AMOUNTS, USES, CHANNELS), max_size=6))
    gifts = [
        gift(day, amount, str(place), use=use, channel=channel)
        for place, (day, amount, use, channel) in enumerate(drawn)
    ]
    return enterprise_case({year: draw(PROFITS) for year in range(2014, 2022)}, *gifts)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_every_fen_is_deducted_carried_expired_or_never_deductible(case: Json) -> None:
    results = years(case)
    assert all(result.adds_up() for result in results)
    given_in_all = sum(Money.parse(g["amount"]).minor for g in case["gifts"])
    left = sum(part.amount.minor for part in results[-1].carried_out)
    gone = sum(
        r.deducted.minor + r.never.minor - r.revived.minor + sum(p.amount.minor for p in r.expired)
        for r in results
    )
    assert given_in_all == gone + left


@settings(max_examples=40, deadline=None)
@given(cases())
def test_no_year_deducts_more_inside_the_limit_than_the_limit(case: Json) -> None:
    for result in years(case):
        assert result.used_earlier + result.used_now <= result.limit
        assert result.add_back.minor >= 0
        assert result.subtract.minor >= 0


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(1, 10**9))
def test_a_higher_profit_of_the_last_year_never_deducts_less(case: Json, more: int) -> None:
    profit = Money.parse(case["profits"]["2021"])
    richer = case | {"profits": case["profits"] | {"2021": (profit + Money(more)).decimal()}}
    assert last_year(case).deducted <= last_year(richer).deducted


@settings(max_examples=30, deadline=None)
@given(cases(), st.dates(min_value=date(2022, 1, 1)).map(str))
def test_a_rule_from_a_later_day_changes_no_earlier_year(case: Json, first: str) -> None:
    limited = rule("CIT-LATER", first, treatment="limited", rate="0.50", carry_years=9)
    assert years(case, rules_with(rule("CIT-EVENT", first), limited)) == years(case)
