"""Resident numbers: form, birth date, check character; a message never repeats one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.resident_numbers import (
    CHECK,
    WEIGHTS,
    ResidentNumberCheckDigit,
    ResidentNumberMalformed,
    resident_number,
)
from ledger.errors import Refused
from tests.ledger.domain.given import UNHURRIED

CASES = Path(__file__).parents[3] / ".." / "shared" / "domain" / "validation_cases.json"


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_examples_printed_in_the_standard_pass(number: str) -> None:
    assert resident_number(number) == number


def test_a_small_x_is_written_large() -> None:
    assert resident_number("11010519491231002x") == "11010519491231002X"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "110105491231002",
        "1101051949123100",
        "1101051949123100211",
        "01010519491231002X",
        "110105194912310O21",
        "１１０１０５１９４９１２３１００２X",
        "11010519491331002X",
        "11010519490229002X",
        "11010500001231002X",
        "11010519491231002X\n",
    ],
)
def test_another_form_or_no_birth_date_is_refused(number: str) -> None:
    with pytest.raises(ResidentNumberMalformed, match="format is 6 digits of region") as refusal:
        resident_number(number)

    assert not number or number not in str(refusal.value)


def test_a_check_character_that_does_not_follow_is_refused_without_the_number() -> None:
    with pytest.raises(ResidentNumberCheckDigit, match="check digit does not fit") as refusal:
        resident_number("110105194912310021")

    assert "1101051949" not in str(refusal.value)


numbers = st.builds(
    lambda region, born, sequence: f"{region}{born:%Y%m%d}{sequence:03d}",
    st.integers(100_000, 999_999),
    st.dates(date(1880, 1, 1), date(2030, 12, 31)),
    st.integers(0, 999),
)


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
@UNHURRIED
def test_one_mistyped_character_is_always_caught(first17: str, place: int, letter: str) -> None:
    total = sum(w * int(c) for w, c in zip(WEIGHTS, first17, strict=True))
    number = first17 + CHECK[total % 11]
    mistyped = number[:place] + letter + number[place + 1 :]

    assert resident_number(number) == number
    if mistyped != number:
        with pytest.raises(Refused):
            resident_number(mistyped)


@pytest.mark.shared
def test_every_resident_number_among_the_shared_cases_gets_its_verdict() -> None:
    if not CASES.is_file():
        pytest.skip("the shared cases do not lie beside this repository")
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    known = [case for case in cases if case["kind"] == "ric"]

    assert known
    for case in known:
        assert verdict(case["value"]) == case["expected"], case["id"]


def verdict(number: str) -> str:
    try:
        resident_number(number)
    except ResidentNumberCheckDigit:
        return "check digit"
    return "ok"
