"""Gifts of a case: what they say, and what their valuation must say too."""

from __future__ import annotations

from typing import Any

import pytest

from api.deducting.reference import rule_table
from ledger.domain.deduction.cases import Gift
from ledger.domain.deduction.gift_reading import parse_gift
from ledger.domain.deduction.reading import MemberUnusable
from tests.ledger.domain.deduction.given import gift

PERSON = "resident_individual"


def read(told: dict[str, Any], who: str = "enterprise") -> Gift:
    return parse_gift(told, "gift", who, rule_table().words)


def refused(told: dict[str, Any], who: str = "enterprise") -> str:
    with pytest.raises(MemberUnusable) as error:
        read(told, who)
    return str(error.value)


def valued(amount: str, valuation: dict[str, Any], **more: Any) -> dict[str, Any]:
    return gift("2023-07-07", amount, valuation=valuation, **more)


@pytest.mark.parametrize(
    ("amount", "valuation", "more", "who"),
    [
        ("115.00", {"fair_value": "113.00", "freight_on_receipt": "2.00"}, {"asset": "goods"},
         "enterprise"),
        ("113.00", {"fair_value": "113.00", "freight_not_on_receipt": "2.00"}, {"asset": "goods"},
         "enterprise"),
        ("56.00", {"market": "56.00"}, {"asset": "goods"}, PERSON),
        ("600.00", {"historical_cost": "600.00", "market": "5000.00"}, {"asset": "equity"},
         "enterprise"),
        ("80.00", {"original_cost": "80.00", "market": "300.00"}, {"asset": "house"}, PERSON),
        ("80.00", {"original_cost": "80.00", "market": "300.00"}, {"asset": "equity"}, PERSON),
        ("300.00", {"fair_value": "300.00"}, {"asset": "house"}, "enterprise"),
        ("142434.00", {"currency": "USD", "amount": "20000.00", "rate": "7.1217", "per": 1}, {},
         "enterprise"),
        ("7.12", {"currency": "USD", "amount": "1.00", "rate": "7.1217"}, {}, PERSON),
        ("48213.00", {"currency": "JPY", "amount": "1000000", "rate": "4.8213", "per": 100}, {},
         "enterprise"),
        ("0.01", {"currency": "JPY", "amount": "1", "rate": "0.5", "per": 100}, {}, "enterprise"),
    ],
)  # fmt: skip
def test_an_amount_is_what_its_valuation_says(
    amount: str, valuation: dict[str, Any], more: dict[str, Any], who: str
) -> None:
    assert read(valued(amount, valuation, **more), who).amount.decimal() == amount


@pytest.mark.parametrize(
    ("amount", "valuation", "more", "who", "says"),
    [
        ("4821300.00", {"currency": "JPY", "amount": "1000000", "rate": "4.8213", "per": 100}, {},
         "enterprise", "makes 48213.00, the gift's amount is 4821300.00"),
        ("5000.00", {"historical_cost": "600.00", "market": "5000.00"}, {"asset": "equity"},
         "enterprise", "historical_cost makes 600.00"),
        ("300.00", {"original_cost": "80.00", "market": "300.00"}, {"asset": "house"}, PERSON,
         "original_cost makes 80.00"),
        ("300.00", {"market": "300.00"}, {"asset": "house"}, PERSON, "original_cost is missing"),
        ("1.00", {}, {}, "enterprise", "fair_value or market is missing"),
        ("1.00", {"currency": "XYZ", "amount": "1.00", "rate": "1"}, {}, "enterprise",
         "gift.valuation.currency: 'XYZ' is unknown"),
        ("1.00", {"currency": "USD", "amount": "1.00"}, {}, "enterprise", "rate is missing"),
        ("1.00", {"rate": "7.1"}, {}, "enterprise", "currency is missing"),
        ("1.00", {"currency": "USD", "amount": "1.00", "rate": "1", "per": 0}, {}, "enterprise",
         "gift.valuation.per: 0 is no whole number"),
        ("1.00", {"guess": "1.00"}, {}, "enterprise", "gift.valuation: unknown member 'guess'"),
    ],
)  # fmt: skip
def test_an_amount_that_contradicts_its_valuation_is_refused(
    amount: str, valuation: dict[str, Any], more: dict[str, Any], who: str, says: str
) -> None:
    assert says in refused(valued(amount, valuation, **more), who)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"amount": "0.00"}, "gift.amount: '0.00' is nothing"),
        ({"amount": "-1.00"}, "gift.amount: '-1.00' is below zero"),
        ({"use": "party"}, "gift.use: 'party' is unknown; write covid, event, other, target_area"),
        ({"channel": "drone"}, "gift.channel: 'drone' is unknown"),
        ({"voucher": "promise"}, "gift.voucher: 'promise' is unknown"),
        ({"asset": "hope"}, "gift.asset: 'hope' is unknown"),
        ({"class": "half"}, "gift.class: 'half' is unknown; write full, limited"),
        ({"theme": ""}, "gift.theme: '' is no text"),
        ({"deduct_year": 2023}, "gift.deduct_year: is for a founder's gift"),
        ({"deduct_year": 2022, "founder_gift": True}, "2022 is before the gift of 2023"),
        ({"eligibility": [{"from": "2023-01-02", "to": "2023-01-01"}]}, "is before from"),
        ({"eligibility": "yes"}, "gift.eligibility: 'yes' is no list"),
        ({"list_notice_date": "soon"}, "gift.list_notice_date: 'soon' is no day"),
        ({"founder_gift": 1}, "gift.founder_gift: 1 is neither true nor false"),
    ],
)
def test_a_gift_that_makes_no_sense_is_refused(more: dict[str, Any], says: str) -> None:
    assert says in refused(gift("2023-07-07", "1.00") | more)
