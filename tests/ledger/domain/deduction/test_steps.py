"""The working of a deduction: every figure has its step, and every step its rule and source."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.deducting.reference import rule_table
from ledger.domain.deduction import enterprise_steps, person_steps
from ledger.domain.deduction.cases import PersonCase
from ledger.domain.deduction.steps import Step
from ledger.money import Money
from tests.ledger.domain.deduction.given import (
    Json,
    enterprise_case,
    gift,
    income,
    of_person,
    person_case,
    poverty,
    read,
    years,
)


def working(case: Json) -> list[Step]:
    return list(enterprise_steps.steps_of(years(case), rule_table()))


def persons_working(case: Json) -> list[Step]:
    found = read(case)
    assert isinstance(found, PersonCase)
    return list(person_steps.steps_of(found, of_person(case), rule_table()))


def kinds(steps: list[Step]) -> list[str]:
    return [step.kind for step in steps]


def only(steps: list[Step], kind: str) -> Step:
    (found,) = (step for step in steps if step.kind == kind)
    return found


def test_the_steps_of_a_year_follow_the_order_of_the_rule() -> None:
    case = enterprise_case(
        {2024: "300000.00"}, gift("2024-01-05", "10000.00"),
        opening_carry_forward=[{"gift_year": 2021, "amount": "50000.00"}],
    )  # fmt: skip
    steps = working(case)
    assert kinds(steps) == [
        "gift_limited", "limit", "used_earlier", "used_now", "expired", "carried_out", "deducted",
        "add_back", "subtract", "adds_up",
    ]  # fmt: skip
    assert only(steps, "used_earlier").figures == {
        "year": 2024, "gift_year": 2021, "carried": Money.parse("50000"),
        "amount": Money.parse("36000"), "room": Money(0),
    }  # fmt: skip
    assert (only(steps, "expired").rule, only(steps, "expired").source) == (
        "CIT-THREE-YEARS", "财税〔2018〕15号 art. 3",
    )  # fmt: skip
    assert only(steps, "adds_up").figures["carried_in"] == Money.parse("50000")


def test_before_there_was_a_carry_forward_no_step_speaks_of_one() -> None:
    steps = working(enterprise_case({2012: "100.00"}, gift("2012-05-01", "20.00",
                    eligibility=[{"from": "2012-01-01", "to": "2012-12-31"}])))  # fmt: skip
    assert kinds(steps)[:4] == ["gift_limited", "limit", "used_only", "lost_at_once"]
    assert not any("财税〔2018〕15号" in step.source for step in steps)


def test_what_is_claimed_back_is_told_once_with_its_rule() -> None:
    gifts = poverty("2017-06-01", "500.00", "p"), poverty("2018-06-01", "80.00", "q")
    steps = working(enterprise_case({2017: "1000.00", 2018: "-1.00"}, *gifts))
    back = only(steps, "claimed_back")
    assert back.rule == "CIT-POV-BACK"
    assert back.figures["amount"] == Money.parse("380")
    claimed = [s for s in steps if s.figures.get("gift") == "q"]
    assert [(s.kind, s.rule) for s in claimed] == [("gift_full", "CIT-POV-BACK")]
    assert only(steps, "full").figures["amount"] == Money.parse("460")
    assert "used_earlier" not in kinds(steps)
    assert "no_limit" in kinds(steps)


def test_a_founders_gift_that_waits_is_told() -> None:
    founders = gift("2022-06-06", "1000.00", founder_gift=True, deduct_year=2023)
    steps = working(enterprise_case({2022: "1.00", 2023: "1.00"}, founders))
    assert only(steps, "founder_waits").figures["deduct_year"] == 2023
    assert only(steps, "founder_waits").rule == "ORG-27-12"


def test_a_gift_of_each_class_says_its_reason() -> None:
    gifts = poverty("2023-06-01", "1.00", "f"), gift("2023-06-01", "1.00", "n", channel="direct")
    steps = working(enterprise_case({2023: "1.00"}, *gifts))
    assert kinds(steps)[:2] == ["gift_full", "gift_none"]
    assert only(steps, "gift_none").figures["reason"] == (
        "not through an eligible organisation or county-level government"
    )


def test_the_steps_of_a_person_tell_every_entry_of_the_order() -> None:
    incomes = [income("comp", "100000.00"), income("may", "10.00", "classified", month=5),
               income("biz", "10.00", "business", deemed_assessment=True)]  # fmt: skip
    gifts = [
        gift("2023-06-20", "80000.00"), gift("2023-05-20", "1.00", "f", **{"class": "full"}),
        gift("2023-05-20", "1.00", "n", channel="direct"), gift("2022-05-20", "1.00", "o"),
    ]  # fmt: skip
    order = [("a", "may"), ("a", "biz"), ("a", "comp"), ("a", "comp"), ("f", "may"),
             ("n", "may"), ("o", "comp")]  # fmt: skip
    steps = persons_working(person_case(incomes, gifts, order))
    assert kinds(steps) == [
        "gift_limited", "gift_full", "gift_none", "gift_limited",
        "person_limit", "person_limit", "deemed_income",
        "hindered_other_month", "hindered_deemed", "applied_limited", "hindered_nothing_left",
        "applied_full", "hindered_not_deductible", "hindered_other_year",
        "person_deducted", "person_lost", "taxable_after", "taxable_after",
        "tax_before", "tax_after",
    ]  # fmt: skip
    assert [s.rule for s in steps[7:14]] == [
        "IIT-MONTH", "IIT-DEEMED", "IIT-ORDER", "IIT-ORDER", "IIT-ORDER", "CIT-CHANNEL",
        "IIT-ORDER",
    ]  # fmt: skip
    assert steps[-1].figures == {
        "taxable": Money.parse("70000"), "rate": "0.10", "quick": Money.parse("2520"),
        "amount": Money.parse("4480"),
    }  # fmt: skip
    assert "annex" in steps[-1].source


@pytest.mark.parametrize(
    ("told", "kind"),
    [({}, "receipt_awaited"), ({"receipt_date": "2023-06-08"}, "receipt_came")],
)
def test_a_bank_slip_tells_the_last_day_of_the_receipt(told: dict[str, Any], kind: str) -> None:
    gifts = [gift("2023-03-10", "5.00", voucher="bank_slip", **told)]
    step = only(persons_working(person_case([income("comp", "9.00")], gifts, [])), kind)
    assert step.figures["due"] == date(2023, 6, 8).isoformat()


def test_without_comprehensive_income_no_step_speaks_of_its_tax() -> None:
    steps = persons_working(person_case([income("biz", "9.00", "business")], [], []))
    assert "tax_before" not in kinds(steps)
