"""The rule table: chosen by day, known since a day, and versioned by its digest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.deducting.reference import rule_table
from ledger.domain.deduction.table import NoRuleKnown
from tests.ledger.domain.deduction.given import (
    enterprise_case,
    last_year,
    poverty,
    rule,
    rules_with,
    years,
)

WHO = "enterprise"
LONG = enterprise_case({2027: "100.00", 2028: "100.00"})
EXTENDED = rule(
    "CIT-POV-FULL", "2026-01-01", loaded="2026-12-20",
    conditions={"use": ["target_area"], "names_area": ["yes"]},
)  # fmt: skip


def test_the_end_of_the_poverty_rule_is_data() -> None:
    case = enterprise_case({2026: "1000.00"}, poverty("2026-01-01", "200.00"))
    assert last_year(case).full.decimal() == "0.00"
    assert last_year(case, rules_with(EXTENDED)).full.decimal() == "200.00"


def test_a_rule_loaded_later_changes_no_answer_as_it_was_known() -> None:
    case = enterprise_case({2026: "1000.00"}, poverty("2026-01-01", "200.00"))
    day = date(2026, 12, 19)
    before, after = rule_table().as_known_on(day), rules_with(EXTENDED).as_known_on(day)
    assert last_year(case, after) == last_year(case, before)
    assert after.digest == before.digest
    assert rules_with(EXTENDED).as_known_on(date(2026, 12, 20)).digest != before.digest


def test_what_was_known_in_march_2019_had_no_poverty_rule_yet() -> None:
    case = enterprise_case({2019: "0.00"}, poverty("2019-02-01", "5.00"))
    assert last_year(case, rule_table().as_known_on(date(2019, 4, 1))).full.minor == 0
    assert last_year(case, rule_table().as_known_on(date(2019, 4, 2))).full.minor == 500


@settings(max_examples=25, deadline=None)
@given(
    loaded=st.dates(min_value=date(2024, 1, 2), max_value=date(2030, 1, 1)),
    first=st.dates(min_value=date(2010, 1, 1), max_value=date(2030, 1, 1)),
    limited=st.booleans(),
)
def test_no_rule_loaded_after_a_day_changes_what_was_known_on_it(
    *, loaded: date, first: date, limited: bool
) -> None:
    case = enterprise_case(
        {2022: "100.00", 2023: "50.00"}, poverty("2022-01-01", "9.00"),
        poverty("2023-02-01", "90.00", "b", receipt_names_area=False),
    )  # fmt: skip
    more = {"treatment": "limited", "rate": "0.99", "carry_years": 5} if limited else {}
    added = rules_with(rule("CIT-LATER", str(first), loaded=str(loaded), **more))
    day = date(2024, 1, 1)
    assert years(case, added.as_known_on(day)) == years(case, rule_table().as_known_on(day))


def test_the_rate_of_a_year_is_the_one_it_began_with() -> None:
    rules = rules_with(
        rule("CIT-15", "2027-07-01", treatment="limited", rate="0.15", carry_years=5)
    )
    limits = [result.limit.decimal() for result in years(LONG, rules)]
    assert limits == ["12.00", "15.00"]


def test_a_full_rule_that_asks_nothing_bounds_no_year() -> None:
    rules = rules_with(rule("CIT-ALL-FULL", "2020-01-01"))
    assert rules.rule_for(WHO, date(2027, 1, 1), {}).rule == "CIT-ALL-FULL"
    assert rules.limit_rule(WHO, date(2027, 1, 1)).rule == "CIT-12-CF3"


def test_a_later_limited_rule_takes_over_from_an_open_one() -> None:
    rules = rules_with(
        rule("CIT-15", "2027-07-01", treatment="limited", rate="0.15", carry_years=5)
    )
    assert rules.rule_for(WHO, date(2027, 6, 30), {}).rule == "CIT-12-CF3"
    assert rules.rule_for(WHO, date(2027, 7, 1), {}).rule == "CIT-15"


def test_a_full_rule_goes_before_a_limited_one_that_asks_more() -> None:
    limited = rule("CIT-EVENT-20", "2027-01-01", treatment="limited", rate="0.20",
                   conditions={"use": ["event"]})  # fmt: skip
    facts, day = {"use": "event"}, date(2027, 1, 1)
    assert rules_with(limited).rule_for(WHO, day, facts).rule == "CIT-EVENT-20"
    whole = rule("CIT-EVENT", "2027-01-01")
    assert rules_with(limited, whole).rule_for(WHO, day, facts).rule == "CIT-EVENT"


def test_a_rule_that_asks_more_goes_before_a_later_one() -> None:
    games = rule("CIT-GAMES", "2026-01-01", conditions={"use": ["event"]})
    rules = rules_with(games, rule("CIT-EVENT", "2027-01-01"))
    assert rules.rule_for(WHO, date(2027, 1, 1), {"use": "event"}).rule == "CIT-GAMES"


def test_the_digest_does_not_ask_for_the_order_of_entries() -> None:
    first, second = rule("A", "2030-01-01"), rule("B", "2030-01-01")
    assert rules_with(first, second).digest == rules_with(second, first).digest
    assert rules_with(first).digest != rule_table().digest


def test_before_anything_was_known_there_is_no_answer() -> None:
    nothing = rule_table().as_known_on(date(1990, 1, 1))
    with pytest.raises(NoRuleKnown, match="as known on 1990-01-01 has no admission of enterprise"):
        nothing.admission(WHO, date(2023, 1, 1))
    with pytest.raises(NoRuleKnown, match="no rule ELIG for enterprise on 2023-01-01"):
        nothing.named("ELIG", WHO, date(2023, 1, 1))
    with pytest.raises(NoRuleKnown, match="no scale of comprehensive income"):
        nothing.scale(2023)


def test_every_rule_names_its_source_and_confidence() -> None:
    for entry in rule_table().rules:
        assert entry.source.startswith(entry.instrument)
        assert entry.confidence
        assert entry.also in entry.source
