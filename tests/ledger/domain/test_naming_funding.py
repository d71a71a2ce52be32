"""What carries a name: money that was received, and the rule of the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.domain import naming_funding
from ledger.domain.events.naming import NamingRule
from ledger.domain.naming_refusals import (
    BelowThreshold,
    CostNotPositive,
    CostUnknown,
    FundingNotTested,
    GiftNamedTwice,
    RuleMalformed,
    RuleNotInForce,
    ShareMalformed,
    WrongStep,
)
from ledger.errors import Refused
from ledger.money import CurrenciesDiffer, Money
from tests.ledger.domain.naming_given import (
    COST,
    HALF,
    NOON,
    PAID,
    TODAY,
    at,
    consent,
    enter,
    fund,
    submit,
    then,
    yuan,
)


def test_the_name_of_a_construction_project_needs_its_funding_tested() -> None:
    with pytest.raises(FundingNotTested):
        submit(at("consented", skip="funded"))


def test_only_received_money_counts() -> None:
    promised = then(at("screened"), lambda g: fund(g, yuan("499999.99")), consent)

    with pytest.raises(BelowThreshold, match=r"499999\.99 CNY was received, 500000\.00 CNY"):
        submit(promised)
    assert then(promised, fund, submit).status == "submitted"


def test_money_that_went_back_since_the_test_does_not_count() -> None:
    with pytest.raises(BelowThreshold):
        enter(at("approved"), received=yuan("499999.99"))


def test_the_figure_and_the_rule_used_are_recorded() -> None:
    event = naming_funding.funding_test(
        at("screened"), ("gift-1",), yuan("1.00"), yuan("3.00"), HALF, TODAY, NOON
    )

    assert (event.rule, event.tested_on) == (HALF, TODAY)
    assert (event.share, event.needed, event.met) == (3333, yuan("1.50"), False)


def rule(share: int | None = None, least: str | None = None, to: date | None = None) -> NamingRule:
    return NamingRule(
        id="r",
        from_day=date(2026, 1, 1),
        to_day=to,
        share_basis_points=share,
        least=yuan(least) if least else None,
        source="办法",
    )


@pytest.mark.parametrize(
    ("asked", "cost", "needed"),
    [
        (rule(5000), "100.00", "50.00"),
        (rule(3333), "0.01", "0.01"),
        (rule(10_000), "100.01", "100.01"),
        (rule(least="70.00"), None, "70.00"),
        (rule(5000, "70.00"), "100.00", "70.00"),
        (rule(5000, "30.00"), "100.00", "50.00"),
    ],
)
def test_mainly_is_what_the_rule_of_the_day_says(
    asked: NamingRule, cost: str | None, needed: str
) -> None:
    known = yuan(cost) if cost else None

    assert naming_funding.threshold(asked, known, TODAY) == yuan(needed)
    event = naming_funding.funding_test(
        at("screened"), ("gift-1",), yuan(needed), known, asked, TODAY, NOON
    )
    assert event.met
    assert (event.share is None) == (cost is None)


@pytest.mark.parametrize(
    ("asked", "cost", "refusal"),
    [
        (rule(), COST, RuleMalformed),
        (rule(least="0.00"), COST, RuleMalformed),
        (rule(0), COST, ShareMalformed),
        (rule(10_001), COST, ShareMalformed),
        (rule(5000), None, CostUnknown),
        (rule(5000), Money(-1), CostNotPositive),
        (rule(5000, to=TODAY - timedelta(days=1)), COST, RuleNotInForce),
        (rule(5000, "1.00"), Money(100, "USD"), CurrenciesDiffer),
        (rule(None, "1.00"), Money(100, "USD"), CurrenciesDiffer),
    ],
)
def test_a_rule_that_can_not_be_used_is_refused(
    asked: NamingRule, cost: Money | None, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        naming_funding.funding_test(at("screened"), ("gift-1",), PAID, cost, asked, TODAY, NOON)


def test_a_rule_does_not_reach_back_before_its_first_day() -> None:
    with pytest.raises(RuleNotInForce):
        naming_funding.threshold(HALF, COST, date(2025, 12, 31))


def test_a_gift_counts_once() -> None:
    with pytest.raises(GiftNamedTwice):
        fund(at("screened"), PAID, HALF, "gift-1", "gift-1")


def test_a_name_in_force_is_not_tested_anew_without_a_review() -> None:
    with pytest.raises(WrongStep):
        fund(at("in force"))
