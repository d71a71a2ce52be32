"""Two sets of ratios, never mixed: eligibility for deduction, and supervision."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from api.deducting.reference import FOLDER, ratio_table
from ledger.domain.deduction.ratios import (
    ELIGIBILITY,
    SUPERVISION,
    NoRatioKnown,
    OrganisationYear,
    parse_ratios,
    ratio_met,
)
from ledger.domain.deduction.reading import MemberUnusable
from ledger.money import Money

DAY = date(2024, 12, 31)


def year(**more: Any) -> OrganisationYear:
    amounts = {
        "income": "1000.00", "net_assets": "1000000.00", "charitable_spending": "700.00",
        "management_cost": "100.00", "total_spending": "1000.00",
    }  # fmt: skip
    kept: dict[str, Any] = {
        "kind": more.pop("kind", "foundation"),
        "qualified": more.pop("qualified", True),
    }
    kept |= {name: Money.parse(text) for name, text in (amounts | more).items()}
    return OrganisationYear(**kept)


@pytest.mark.parametrize(
    ("which", "more", "spending", "cost"),
    [
        (ELIGIBILITY, {}, "0.70", "0.10"),
        (ELIGIBILITY, {"kind": "society"}, "0.70", "0.10"),
        (ELIGIBILITY, {"qualified": False}, "0.08", "0.12"),
        (SUPERVISION, {}, "0.70", "0.10"),
        (SUPERVISION, {"kind": "society"}, "0.70", "0.13"),
        (SUPERVISION, {"qualified": False, "net_assets": "60000000.00"}, "0.06", "0.12"),
        (SUPERVISION, {"qualified": False, "net_assets": "59999999.99"}, "0.06", "0.13"),
        (SUPERVISION, {"qualified": False, "net_assets": "8000000.00"}, "0.06", "0.13"),
        (SUPERVISION, {"qualified": False, "net_assets": "7999999.99"}, "0.07", "0.15"),
        (SUPERVISION, {"qualified": False, "net_assets": "3999999.99"}, "0.08", "0.20"),
        (SUPERVISION, {"kind": "service_body", "qualified": False, "net_assets": "10000000.00"},
         "0.06", "0.13"),
        (SUPERVISION, {"kind": "society", "qualified": False, "net_assets": "5000000.00"},
         "0.07", "0.14"),
        (SUPERVISION, {"kind": "society", "qualified": False, "net_assets": "1000000.00"},
         "0.08", "0.15"),
        (SUPERVISION, {"kind": "society", "qualified": False, "net_assets": "999999.99"},
         "0.08", "0.20"),
    ],
)  # fmt: skip
def test_each_set_has_its_own_row(
    which: str, more: dict[str, Any], spending: str, cost: str
) -> None:
    row = ratio_table().ratio_for(which, year(**more), DAY)
    assert (str(row.spending_least), str(row.cost_most)) == (spending, cost)


def test_the_ratio_itself_is_enough_and_a_fen_less_is_not() -> None:
    assert ratio_met(ratio_table(), ELIGIBILITY, year(), DAY).met
    short = ratio_met(ratio_table(), ELIGIBILITY, year(charitable_spending="699.99"), DAY)
    assert (short.spending_met, short.cost_met, short.met) == (False, True, False)
    dear = ratio_met(ratio_table(), ELIGIBILITY, year(management_cost="100.01"), DAY)
    assert (dear.spending_met, dear.cost_met, dear.met) == (True, False, False)


def test_the_average_of_three_years_may_stand_for_the_last() -> None:
    poor = year(charitable_spending="500.00", average_income="700.00")
    assert ratio_met(ratio_table(), ELIGIBILITY, poor, DAY).spending_asked == Money.parse("490")
    assets = year(qualified=False, net_assets="1000.00", average_net_assets="2000.00")
    assert ratio_met(ratio_table(), ELIGIBILITY, assets, DAY).spending_asked == Money.parse("80")


def test_the_smallest_societies_spend_half_their_income_too() -> None:
    small = year(kind="society", qualified=False, net_assets="1000.00")
    assert ratio_met(ratio_table(), SUPERVISION, small, DAY).spending_asked == Money.parse("500")


def test_before_the_first_row_there_is_no_ratio() -> None:
    with pytest.raises(NoRatioKnown, match="no eligibility ratio for a foundation on 2019-12-31"):
        ratio_met(ratio_table(), ELIGIBILITY, year(), date(2019, 12, 31))


def test_a_row_may_end() -> None:
    told = json.loads((FOLDER / "ratios.json").read_bytes())
    told["rows"] = [told["rows"][0] | {"to": "2024-12-30"}]
    with pytest.raises(NoRatioKnown):
        parse_ratios(json.dumps(told).encode()).ratio_for(ELIGIBILITY, year(), DAY)


def test_a_table_that_is_none_is_refused() -> None:
    with pytest.raises(MemberUnusable, match=r"rows\[0\]: set is missing"):
        parse_ratios(b'{"format": "charity-ratios.v1", "rows": [{}]}')
