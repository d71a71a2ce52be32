"""A rule table, read strictly: a mistake is one line that names the entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api.deducting.reference import FOLDER, rule_table
from ledger.domain.deduction.reading import MemberUnusable
from ledger.domain.deduction.table_reading import parse_table

Json = dict[str, Any]
TABLE: bytes = (FOLDER / "deduction_rules.json").read_bytes()
UP: Json = {"rate": "0.10", "quick": "0.00"}


def parsed(change: Callable[[Json], object]) -> object:
    told = json.loads(TABLE)
    change(told)
    return parse_table(json.dumps(told).encode())


def steps(*ends: str | None) -> Callable[[Json], object]:
    return lambda t: t["scales"][0].update(brackets=[UP | {"up_to": end} for end in ends])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.update(format="v2"), "format: 'v2' is unknown"),
        (lambda t: t.pop("scales"), "rules: scales is missing"),
        (lambda t: t["rules"][0].update(colour=1), "rules[0]: unknown member 'colour'"),
        (lambda t: t["rules"][0].pop("loaded"), "rules[0]: loaded is missing"),
        (lambda t: t["rules"][0].pop("rate"), "rules[0].rate: is missing"),
        (lambda t: t["rules"][2].update(rate="0.1"), "rules[2].rate: is for limited rules only"),
        (lambda t: t["rules"][0].update(rate="12"), "rules[0].rate: 12 is more than the whole"),
        (lambda t: t["rules"][0].update(rate=0), "rules[0].rate: 0 is no rate"),
        (lambda t: t["rules"][0].update(who=["trust"]), "rules[0].who[0]: 'trust' is unknown"),
        (lambda t: t["rules"][0].update(to="2007-12-31"), "rules[0].to: 2007-12-31 is before"),
        (lambda t: t["rules"][0].update(tax="VAT"), "rules[0].tax: 'VAT' is unknown"),
        (lambda t: t["rules"][0].update(carry_years=99), "rules[0].carry_years: 99 is no whole"),
        (lambda t: t["rules"][0].update(claimed_in="2018"), "rules[0].claimed_in: '2018' is no"),
        (lambda t: t["rules"][0].update(conditions={"mood": ["good"]}), "unknown member 'mood'"),
        (lambda t: t["rules"][0].update(conditions={"use": [5]}), "conditions.use[0]: 5 is no"),
        (lambda t: t["rules"].append(t["rules"][0]), "CIT-12-NOCF from 2008-01-01 stands twice"),
        (lambda t: t["admissions"][0]["routes"].update(direct="maybe"), "routes.direct: 'maybe'"),
        (lambda t: t["admissions"][0].update(receipt_days=-1), "receipt_days: -1 is no whole"),
        (steps("1.00"), "scales[0].brackets: the last step, and no other, has up_to null"),
        (steps(), "the last step, and no other"),
        (steps(None, None), "the last step, and no other"),
        (steps("2.00", "1.00", None), "steps do not rise"),
        (steps("1.00", "1.00", None), "steps do not rise"),
        (lambda t: t["words"].pop("use"), "words: use is missing"),
    ],
)
def test_a_table_with_a_mistake_is_refused(change: Callable[[Json], object], says: str) -> None:
    with pytest.raises(MemberUnusable) as refused:
        parsed(change)
    assert says in str(refused.value)


def test_the_same_rule_may_begin_again_and_serve_others() -> None:
    def again(told: Json) -> None:
        told["rules"].append(told["rules"][0] | {"from": "2040-01-01", "to": None})
        told["rules"].append(told["rules"][0] | {"who": ["resident_individual"]})

    assert parsed(again)


def test_every_word_of_a_condition_can_be_said_by_a_case() -> None:
    table = rule_table()
    for rule in table.rules:
        for name, words in rule.conditions:
            assert name not in table.words or set(words) <= set(table.words[name]), rule.rule
    for admission in table.admissions:
        assert set(admission.routes) == set(table.words["channel"])
        assert {*admission.vouchers, *admission.interim_vouchers} <= set(table.words["voucher"])


def test_of_two_admissions_the_one_that_begins_later_counts() -> None:
    told = json.loads(TABLE)
    first = told["admissions"][0]
    told["admissions"].append(
        first | {"from": "2030-01-01", "loaded": "2000-01-01", "vouchers": ["invoice"]}
    )
    table = parse_table(json.dumps(told).encode())
    assert table.admission("enterprise", date(2029, 12, 31)).vouchers == ("donation_receipt",)
    assert table.admission("enterprise", date(2030, 1, 1)).vouchers == ("invoice",)
