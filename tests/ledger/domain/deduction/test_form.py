"""The rows of form A105070, in its seven columns."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given, settings

from ledger.domain.deduction.form import Columns, FormRow, rows_of
from ledger.money import Money
from tests.ledger.domain.deduction.given import (
    Json,
    enterprise_case,
    gift,
    poverty,
    rule,
    rules_with,
    years,
)
from tests.ledger.domain.deduction.test_enterprise import cases


def told(row: FormRow) -> list[str | None]:
    amounts = (getattr(row.columns, field.name) for field in fields(Columns))
    return [None if amount is None else amount.decimal() for amount in amounts]


def rows(case: Json) -> dict[tuple[str, int], list[str | None]]:
    return {(row.kind, row.year): told(row) for row in rows_of(years(case))}


def test_every_row_has_its_figures() -> None:
    case = enterprise_case(
        {2024: "1000.00"},
        gift("2024-03-01", "100.00", "a"),
        poverty("2024-03-01", "7.00", "p"),
        gift("2024-03-01", "3.00", "n", channel="direct"),
        opening_carry_forward=[{"gift_year": 2021, "amount": "50.00"},
                               {"gift_year": 2023, "amount": "20.00"}],
    )  # fmt: skip
    assert rows(case) == {
        ("non_public", 2024): ["3.00", None, None, None, "3.00", None, None],
        ("full", 2024): ["7.00", None, None, "7.00", None, "0.00", None],
        ("full_poverty", 2024): ["7.00", None, None, "7.00", None, "0.00", None],
        ("earlier", 2021): [None, "50.00", None, None, None, "50.00", "0.00"],
        ("earlier", 2022): [None, "0.00", None, None, None, "0.00", "0.00"],
        ("earlier", 2023): [None, "20.00", None, None, None, "20.00", "0.00"],
        ("current", 2024): ["100.00", None, "120.00", "50.00", "50.00", "0.00", "50.00"],
        ("total", 2024): ["110.00", "70.00", "120.00", "57.00", "53.00", "70.00", "50.00"],
        ("poverty_since_2015", 2024): ["7.00", None, None, None, None, None, None],
    }


def test_what_2018_claims_back_is_subtracted_in_the_row_of_full_gifts() -> None:
    gifts = poverty("2017-06-01", "500.00", "p"), poverty("2018-06-01", "80.00", "q")
    found = rows(enterprise_case({2017: "1000.00", 2018: "0.00"}, *gifts))
    assert found["full_poverty", 2018] == ["80.00", None, None, "460.00", None, "380.00", None]
    assert found["current", 2018] == ["0.00", None, "0.00", "0.00", "0.00", "0.00", "0.00"]
    assert found["total", 2018][5] == "380.00"
    assert found["earlier", 2017] == [None, "380.00", None, None, None, "0.00", "0.00"]
    assert found["poverty_since_2015", 2018][0] == "580.00"


def test_a_founders_gift_that_waits_is_booked_and_added_back() -> None:
    founders = gift("2022-06-06", "10.00", founder_gift=True, deduct_year=2023)
    both = enterprise_case({2022: "100.00", 2023: "100.00"}, founders)
    first = rows_of(years(both)[:1])
    assert told(first[6]) == ["10.00", None, "12.00", "0.00", "10.00", "0.00", "0.00"]
    assert rows(both)["current", 2023] == ["0.00", None, "12.00", "10.00", "0.00", "10.00", "0.00"]


def test_an_epidemic_gift_is_full_and_no_poverty_gift() -> None:
    found = rows(enterprise_case({2020: "0.00"}, gift("2020-02-02", "5.00", use="covid")))
    assert found["full", 2020][0] == "5.00"
    assert found["full_poverty", 2020][0] == found["poverty_since_2015", 2020][0] == "0.00"


def test_the_memo_row_begins_with_2015() -> None:
    older = rule("CIT-OLDER", "2010-01-01", conditions={"use": ["target_area"]})
    case = enterprise_case({2014: "0.00", 2015: "0.00"}, poverty("2014-12-31", "5.00"),
                           poverty("2015-01-01", "7.00", "b"))  # fmt: skip
    memo = rows_of(years(case, rules_with(older)))[-1]
    assert memo.columns.booked == Money.parse("7")


@settings(max_examples=40, deadline=None)
@given(cases())
def test_increases_and_decreases_add_up_to_the_return(case: Json) -> None:
    results = years(case)
    total = next(row.columns for row in rows_of(results) if row.kind == "total")
    last = results[-1]
    assert total.increase == last.add_back
    assert total.decrease == last.subtract
    assert total.carried_out == Money(sum(part.amount.minor for part in last.carried_out))
    assert total.tax_amount == last.full + last.used_now
