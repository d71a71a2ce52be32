"""Cases, read strictly: what is not exactly one is refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.deducting.reference import rule_table
from ledger.domain.deduction import enterprise, person
from ledger.domain.deduction.case_reading import parse_cases
from ledger.domain.deduction.cases import Case, EnterpriseCase
from ledger.domain.deduction.reading import MemberUnusable
from ledger.errors import LedgerError
from tests.ledger.domain.deduction.given import Json, enterprise_case, gift, income, person_case

ENTERPRISE = enterprise_case(
    {2022: "1000.00", 2023: "500.00"},
    gift("2022-05-10", "200.00", valuation={"fair_value": "200.00"}),
    gift("2023-05-10", "20.00", "b", receipt_date="2023-06-01", pledge_date="2023-01-01"),
    opening_carry_forward=[{"gift_year": 2021, "amount": "5.00"}],
)
PERSON = person_case(
    [income("comp", "100.00"), income("may", "50.00", "classified", month=5, item="rent"),
     income("biz", "70.00", "business", deemed_assessment=True)],
    [gift("2023-05-10", "20.00"), gift("2023-06-10", "20.00", "b", **{"class": "full"})],
    [("a", "may"), ("b", "comp")],
)  # fmt: skip

Change = Callable[[Json], object]


def read(case: object) -> Any:
    return parse_cases(json.dumps(case).encode(), rule_table().words)


def changed(case: Json, change: Change) -> Json:
    copy = deepcopy(case)
    change(copy)
    return copy


def refused(case: Json, change: Change) -> str:
    with pytest.raises(MemberUnusable) as told:
        read(changed(case, change))
    return str(told.value)


def test_members_that_only_document_a_case_are_taken_and_not_read() -> None:
    told: Json = {"id": 1, "title": None, "rule": {}, "confidence": [], "explanation": 5,
            "expected": "?", "by_year": 0, "note": []}  # fmt: skip
    assert read(ENTERPRISE | told) == read(ENTERPRISE)
    assert read(PERSON | told) == read(PERSON)


def test_several_cases_come_in_one_document() -> None:
    found = read({"note": "n", "rule_windows": {}, "count": 2, "cases": [ENTERPRISE, PERSON]})
    assert found == [read(ENTERPRISE), read(PERSON)]
    with pytest.raises(MemberUnusable, match=r"^cases\[1\]: 5 is no object"):
        read({"cases": [ENTERPRISE, 5]})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c.pop("taxpayer_kind"), "case: taxpayer_kind is missing"),
        (lambda c: c.update(taxpayer_kind="trust"), "case.taxpayer_kind: 'trust' is unknown"),
        (lambda c: c.update(colour="red"), "case: unknown member 'colour'"),
        (lambda c: c.update(incomes=[]), "case: unknown member 'incomes'"),
        (lambda c: c.update(year="2023"), "case.year: '2023' is no whole number"),
        (lambda c: c.update(year=2022), "case.gifts[1].date: 2023-05-10 is after the year 2022"),
        (lambda c: c.update(year=2024), "case.profits: the profit of 2024 is missing"),
        (lambda c: c["profits"].pop("2023"), "case.profits: the profit of 2023 is missing"),
        (lambda c: c.update(profits={}), "case.profits: the profit of 2023 is missing"),
        (lambda c: c["profits"].pop("2022"), "case.gifts[0].date: the gift belongs to 2022, whose"),
        (lambda c: c["profits"].update({"2019": "1"}), "the profit of 2020 is missing"),
        (lambda c: c["profits"].update({"x": "1"}), "case.profits: 'x' is no year"),
        (lambda c: c["gifts"][1].update(id="a"), "case.gifts[1].id: 'a' is the id of an earlier"),
        (
            lambda c: c["opening_carry_forward"].append({"gift_year": 2021, "amount": "1"}),
            "case.opening_carry_forward[1].gift_year: 2021 stands twice",
        ),
        (
            lambda c: c["opening_carry_forward"][0].update(gift_year=2022),
            "case.opening_carry_forward[0].gift_year: 2022 is not before 2022",
        ),
    ],
)
def test_an_enterprise_case_that_makes_no_sense_is_refused(change: Change, says: str) -> None:
    assert says in refused(ENTERPRISE, change)


def test_a_profit_after_the_year_is_a_mistake_of_year() -> None:
    case = enterprise_case({2022: "1.00", 2023: "1.00"}) | {"year": 2022}
    with pytest.raises(MemberUnusable, match=r"case\.profits: 2023 is after the year 2022"):
        read(case)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c.pop("allocation"), "case: allocation is missing"),
        (lambda c: c.update(profits={}), "case: unknown member 'profits'"),
        (lambda c: c.update(year=2022), "case.gifts[0].date: 2023-05-10 is after the year 2022"),
        (lambda c: c["allocation"][0].update(gift="z"), "allocation[0].gift: no gift has the id"),
        (lambda c: c["allocation"][1].update(income="z"), "allocation[1].income: no income has"),
        (lambda c: c["incomes"][1].update(ref="comp"), "incomes[1].ref: 'comp' is an earlier"),
        (lambda c: c["incomes"][1].pop("month"), "case.incomes[1]: month is missing"),
        (lambda c: c["incomes"][1].update(month=13), "case.incomes[1].month: 13 is no whole"),
        (lambda c: c["incomes"][1].update(type="wages"), "incomes[1].type: 'wages' is unknown"),
        (lambda c: c["incomes"][1].update(item=""), "case.incomes[1].item: '' is no text"),
        (lambda c: c["incomes"][0].update(taxable="-1"), "incomes[0].taxable: '-1' is below zero"),
        (lambda c: c["incomes"][0].update(deemed_assessment=True), "is for business income"),
        (
            lambda c: c["incomes"].append(income("more", "1.00")),
            "case.incomes: a year has one comprehensive income",
        ),
        (
            lambda c: c.update(taxpayer_kind="non_resident_individual"),
            "case.incomes[0].type: a non-resident has none",
        ),
    ],
)
def test_a_persons_case_that_makes_no_sense_is_refused(change: Change, says: str) -> None:
    assert says in refused(PERSON, change)


NOISE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2**60, "", "x", "-5.00", "0.001", "9999999999999.99", "2023-02-29",
     "9999-12-31", "0001-01-01", [], {}, [[]], "\ud800", "=1+1", 2023, "direct", "bank_slip",
     "covid", "target_area", "full", "equity", "house", "business", "none"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> Json:
    case = deepcopy(draw(st.sampled_from([ENTERPRISE, PERSON])))
    for _ in range(draw(st.integers(1, 3))):
        places = [place for place in _places(case) if place]
        place = draw(st.sampled_from(places))
        holder: Any = case
        for step in place[:-1]:
            holder = holder[step]
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[place[-1]]
        else:
            holder[place[-1]] = deepcopy(draw(NOISE))
    return case


def _places(value: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [here, *(place for name, member in inner for place in _places(member, (*here, name)))]


def work_out(case: Case) -> object:
    if isinstance(case, EnterpriseCase):
        return enterprise.work_out(case, rule_table())
    return person.work_out(case, rule_table(), date(2023, 12, 31))


@settings(max_examples=150, deadline=None)
@given(mutated())
def test_a_mutated_case_is_answered_or_refused_in_one_line(case: Json) -> None:
    try:
        assert work_out(read(case))
    except LedgerError as told:
        line = str(told)
        assert line
        assert "\n" not in line
        line.encode()


@settings(max_examples=100)
@given(st.data())
def test_broken_bytes_are_answered_or_refused(data: st.DataObject) -> None:
    raw = bytearray(json.dumps(ENTERPRISE).encode())
    for _ in range(3):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert "\n" not in outcome(bytes(raw))


def outcome(raw: bytes) -> str:
    """Return what refused the bytes, or nothing."""
    try:
        parse_cases(raw, rule_table().words)
    except MemberUnusable as told:
        return str(told)
    return ""
