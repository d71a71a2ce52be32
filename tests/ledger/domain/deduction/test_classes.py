"""The class of a gift, by the law of the day it was really made."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.deducting.reference import rule_table
from ledger.domain.deduction import classes
from ledger.domain.deduction.classes import GiftClass, classify
from ledger.domain.deduction.gift_reading import parse_gift
from tests.ledger.domain.deduction.given import gift, poverty, rule, rules_with

WHO = "enterprise"


def judged(told: dict[str, Any], who: str = WHO, **more: Any) -> GiftClass:
    rules = more.get("rules") or rule_table()
    found = parse_gift(told, "gift", who, rules.words)
    return classify(found, who, rules, found.day)


def word(told: dict[str, Any], who: str = WHO, **more: Any) -> tuple[str, str]:
    given = judged(told, who, **more)
    return given.word, given.rule.rule


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2014-12-31", ("limited_nocf", "CIT-12-NOCF")),
        ("2016-08-31", ("limited_nocf", "CIT-12-NOCF")),
        ("2016-09-01", ("limited_cf", "CIT-12-CF3")),
        ("2018-12-31", ("limited_cf", "CIT-12-CF3")),
        ("2019-01-01", ("full", "CIT-POV-FULL")),
        ("2022-12-31", ("full", "CIT-POV-FULL")),
        ("2023-01-01", ("full", "CIT-POV-FULL")),
        ("2025-12-31", ("full", "CIT-POV-FULL")),
        ("2026-01-01", ("limited_cf", "CIT-12-CF3")),
    ],
)
def test_a_poverty_gift_is_judged_by_its_day(day: str, expected: tuple[str, str]) -> None:
    assert word(poverty(day, "1.00")) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-12-31", "limited_cf"),
        ("2020-01-01", "full"),
        ("2021-03-31", "full"),
        ("2021-04-01", "limited_cf"),
    ],
)
def test_an_epidemic_gift_is_judged_by_its_day(day: str, expected: str) -> None:
    assert word(gift(day, "1.00", use="covid"))[0] == expected


def test_goods_may_go_straight_to_a_designated_hospital_with_its_letter() -> None:
    straight = {"use": "covid", "channel": "epidemic_hospital", "voucher": "acceptance_letter"}
    assert word(gift("2020-02-15", "1.00", asset="goods", **straight)) == ("full", "CIT-COVID")
    for told in (
        gift("2020-02-15", "1.00", asset="cash", **straight),
        gift("2021-04-01", "1.00", asset="goods", **straight),
        gift("2020-02-15", "1.00", asset="goods", **straight | {"use": "other"}),
        gift("2020-02-15", "1.00", asset="goods", **straight | {"voucher": "none"}),
    ):
        given = judged(told)
        assert (given.word, given.rule.rule) == ("none", "CIT-CHANNEL")
        assert given.reason == classes.HOSPITAL_NOT_GOODS


@pytest.mark.parametrize(
    "channel",
    ["direct", "township_government", "village_committee", "school", "hospital", "household"],
)
def test_no_way_but_an_eligible_body_or_government_counts(channel: str) -> None:
    assert word(gift("2023-05-01", "1.00", channel=channel)) == ("none", "CIT-CHANNEL")


def test_government_of_a_county_needs_no_list() -> None:
    told = poverty("2023-05-01", "1.00", channel="government", eligibility=[])
    assert word(told) == ("full", "CIT-POV-FULL")


@pytest.mark.parametrize(
    ("day", "more", "eligible"),
    [
        ("2021-12-31", {}, False),
        ("2022-01-01", {}, True),
        ("2024-12-31", {}, True),
        ("2025-01-01", {}, False),
        ("2023-05-31", {"eligibility_ends_before": "2023-06-01"}, True),
        ("2023-06-01", {"eligibility_ends_before": "2023-06-01"}, False),
    ],
)
def test_eligibility_is_judged_on_the_day_of_the_gift(
    *, day: str, more: dict[str, str], eligible: bool
) -> None:
    period = [{"from": "2022-01-01", "to": "2024-12-31"}]
    found = word(gift(day, "1.00", eligibility=period, **more))
    assert found == (("limited_cf", "CIT-12-CF3") if eligible else ("none", "ELIG"))


@pytest.mark.parametrize("voucher", ["none", "bank_slip", "group_receipt", "invoice"])
def test_an_enterprise_needs_the_donation_receipt(voucher: str) -> None:
    given = judged(gift("2023-05-01", "1.00", voucher=voucher))
    assert (given.word, given.rule.rule, given.reason) == ("none", "RECEIPT", "no donation receipt")


def test_a_benefit_in_return_is_sponsorship_before_anything_else() -> None:
    told = gift("2023-05-01", "1.00", channel="direct", voucher="none", benefit_return=True)
    assert word(told) == ("none", "CIT-SPONSOR")


@pytest.mark.parametrize("day", ["2017-05-05", "2023-05-05"])
def test_a_receipt_that_does_not_name_the_area_leaves_12_per_cent(day: str) -> None:
    given = judged(poverty(day, "1.00", receipt_names_area=False))
    assert (given.word, given.reason) == ("limited_cf", classes.AREA_NOT_NAMED)
    assert given.later is None


def test_outside_the_window_the_area_on_the_receipt_is_no_reason() -> None:
    given = judged(poverty("2026-05-05", "1.00", receipt_names_area=False))
    assert given.reason == "12 per cent with three-year carry-forward"


def test_a_founders_gift_asks_for_eligibility_in_its_own_year() -> None:
    told = gift("2022-06-06", "1.00", founder_gift=True, deduct_year=2023)
    first = [{"from": "2023-01-01", "to": "2025-12-31"}]
    assert word(told | {"eligibility": first}) == ("limited_cf", "ORG-27-12")
    for other in ("2024-01-01", "2026-12-31"), ("2020-01-01", "2022-12-31"):
        period = [dict(zip(("from", "to"), other, strict=True))]
        assert word(told | {"eligibility": period}) == ("none", "ELIG")


@pytest.mark.parametrize(
    ("theme", "expected"),
    [
        ("red cross", "IIT-FULL-REDCROSS"),
        ("rural education", "IIT-FULL-RURAL-EDU"),
        ("农村义务教育", "IIT-FULL-RURAL-EDU"),
        ("elderly", "IIT-FULL-ELDERLY"),
        ("something else", "IIT-FULL-STATED"),
    ],
)
def test_a_full_gift_of_a_person_names_the_list_it_stands_on(theme: str, expected: str) -> None:
    told = gift("2023-05-01", "1.00", theme=theme, **{"class": "full"})
    assert word(told, "resident_individual") == ("full", expected)


def test_the_lists_for_persons_do_nothing_for_an_enterprise() -> None:
    told = gift("2023-05-01", "1.00", theme="red cross", **{"class": "full"})
    assert word(told) == ("limited_cf", "CIT-12-CF3")


def test_a_theme_alone_makes_no_gift_of_a_person_full() -> None:
    told = gift("2023-05-01", "1.00", theme="red cross")
    assert word(told, "resident_individual") == ("limited_nocf", "IIT-30")


def test_an_event_with_a_window_of_its_own_is_added_as_data() -> None:
    games = rule("CIT-EVENT", "2022-01-01", to="2022-03-31",
                 conditions={"use": ["event"], "theme": ["winter games"]})  # fmt: skip
    rules = rules_with(games)
    told = gift("2022-03-31", "1.00", use="event", theme="winter games")
    assert word(told, rules=rules) == ("full", "CIT-EVENT")
    assert word(told | {"date": "2022-04-01"}, rules=rules) == ("limited_cf", "CIT-12-CF3")
    assert word(told | {"theme": "summer games"}, rules=rules)[0] == "limited_cf"


def test_a_late_receipt_is_told_from_none() -> None:
    told = gift("2023-03-10", "5.00", voucher="bank_slip", receipt_date="2023-06-09")
    found = parse_gift(told, "gift", "resident_individual", rule_table().words)
    given = classify(found, "resident_individual", rule_table(), date(2023, 12, 31))
    assert (given.word, given.reason) == ("none", classes.RECEIPT_TOO_LATE)
