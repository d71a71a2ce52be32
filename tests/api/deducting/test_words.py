"""The words of steps: Chinese first, then English, none missing."""

from __future__ import annotations

import re

import pytest

from api.deducting.reference import rule_table
from api.deducting.words import COLUMNS, REASONS, ROWS, SAYS, row_name, says
from ledger.domain.deduction import classes, form
from ledger.domain.deduction.steps import Figure, Step
from ledger.domain.deduction.table import FULL, LIMITED, NONE
from ledger.money import Money
from tests.ledger.domain.deduction.given import (
    enterprise_case,
    gift,
    income,
    person_case,
    poverty,
)
from tests.ledger.domain.deduction.test_steps import persons_working, working


def every_step() -> list[Step]:
    """Return the steps of cases that between them take every kind of step."""
    founders = gift("2022-06-06", "10.00", "f", founder_gift=True, deduct_year=2023)
    direct = gift("2022-06-06", "10.00", "n", channel="direct")
    profits = {2016: "9.00", 2017: "-1.00", 2018: "0.00", 2019: "9.00"}
    carried = gift("2016-10-01", "50.00", "c"), poverty("2017-06-01", "50.00", "p")
    lost = gift("2016-08-31", "50.00", "l"), gift("2019-08-31", "50.00", "m")
    incomes = [income("comp", "100.00"), income("may", "10.00", "classified", month=5),
               income("biz", "10.00", "business", deemed_assessment=True)]  # fmt: skip
    gifts = [
        gift("2023-06-20", "80.00"), gift("2023-05-20", "1.00", "f", **{"class": "full"}),
        gift("2023-05-20", "1.00", "n", channel="direct"), gift("2022-05-20", "1.00", "o"),
        gift("2023-12-20", "1.00", "w", voucher="bank_slip"),
        gift("2023-05-20", "1.00", "r", voucher="bank_slip", receipt_date="2023-06-01"),
    ]  # fmt: skip
    order = [("a", "may"), ("a", "biz"), ("a", "comp"), ("a", "comp"), ("f", "may"),
             ("n", "may"), ("o", "comp")]  # fmt: skip
    return [
        *working(enterprise_case({2022: "1.00"}, founders, direct)),
        *working(enterprise_case(profits, *carried, *lost)),
        *persons_working(person_case(incomes, gifts, order)),
    ]


def test_every_kind_of_step_has_words_and_no_words_are_idle() -> None:
    steps = every_step()
    assert {step.kind for step in steps} == set(SAYS)
    assert all(says(step) for step in steps)


@pytest.mark.parametrize("kind", list(SAYS))
def test_chinese_and_english_tell_the_same_figures(kind: str) -> None:
    chinese, english = (set(re.findall(r"{(\w+)}", text)) for text in SAYS[kind])
    assert {name.removesuffix("_zh") for name in chinese} == english


def test_every_reason_of_this_release_has_its_chinese() -> None:
    reasons = {r.reason for r in rule_table().rules if r.treatment in {FULL, LIMITED, NONE}}
    own = {classes.AREA_NOT_NAMED, classes.HOSPITAL_NOT_GOODS, classes.RECEIPT_TOO_LATE}
    assert reasons | own <= set(REASONS)


def test_every_row_of_the_form_has_a_name_and_there_are_seven_columns() -> None:
    kinds = {form.NON_PUBLIC, form.FULL_ROW, form.OF_WHICH_POVERTY, form.EARLIER, form.CURRENT,
             form.TOTAL, form.MEMO}  # fmt: skip
    assert set(ROWS) == kinds
    assert row_name("earlier", 2021) == "限额扣除 2021 年度 limited 2021"
    assert len(COLUMNS) == 7


def test_amounts_are_grouped_and_rates_are_shares_of_a_hundred() -> None:
    figures: dict[str, Figure] = {
        "year": 2023,
        "profit": Money.parse("1234567.80"),
        "rate": "0.125",
        "limit": Money(1),
    }
    told = says(Step("limit", figures, "R", "S"))
    assert told == (
        "2023 年限额：会计利润 1,234,567.80 元 × 12.5 % = 0.01 元（四舍五入到分）。 "
        "Limit of 2023: accounting profit 1,234,567.80 x 12.5 % = 0.01, half a fen going up."
    )


def test_a_reason_of_another_table_stands_as_it_is_written() -> None:
    figures: dict[str, Figure] = {
        "gift": "{a}",
        "day": "2023-01-01",
        "amount": Money(1),
        "reason": "{games}",
    }
    assert says(Step("gift_full", figures, "R", "S")) == (
        "2023-01-01 捐赠 {a} 计 0.01 元：全额扣除。{games}。 "
        "Gift {a} of 2023-01-01, 0.01: deducted in full. {games}."
    )
