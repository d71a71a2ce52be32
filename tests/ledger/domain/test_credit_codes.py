"""Credit codes: real ones pass, every single typing error is caught."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.credit_codes import (
    ALPHABET,
    CreditCodeCheckDigit,
    CreditCodeMalformed,
    OrganisationCodeCheckDigit,
    check_character,
    credit_code,
    organisation_check_character,
)
from ledger.errors import Refused
from tests.ledger.domain.given import UNHURRIED

CASES = Path(__file__).parents[3] / ".." / "shared" / "domain" / "validation_cases.json"
REAL = [
    "53100000500019795A",
    "53100000500021326D",
    "53330000501874064B",
    "53100000500021676K",
    "51100000500002862F",
    "51100000500012681T",
    "91110000600037341L",
]


@pytest.mark.parametrize("code", REAL)
def test_a_real_public_code_passes(code: str) -> None:
    assert credit_code(code) == code


@pytest.mark.parametrize("code", ["53100000500020462H", "51100000500000024G", "53100000500019795B"])
def test_a_code_whose_last_character_does_not_follow_is_refused(code: str) -> None:
    with pytest.raises(CreditCodeCheckDigit, match=f"is '{code[-1]}', .*ask for '.'; look for"):
        credit_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "53100000500019795",
        "53100000500019795AA",
        "53100000500019795a",
        "5310000050001979OA",
        "5S100000500019795A",
        "B3100000500019795A",
        "Z3100000500019795A",
        "0310000050001979５A",
        "531000X0500019795A",
        "53100000500019795A\n",
    ],
)
def test_a_code_of_another_form_is_refused(code: str) -> None:
    with pytest.raises(CreditCodeMalformed, match="format is 18 characters") as refusal:
        credit_code(code)

    assert repr(code) in str(refusal.value)


def test_a_code_with_a_wrong_organisation_code_inside_is_refused() -> None:
    first16 = "5310000050001979"
    forged = first16 + "6" + check_character(first16 + "6")

    with pytest.raises(OrganisationCodeCheckDigit, match=r"\(character 17\) is '6'.*ask for '5'"):
        credit_code(forged)


bodies = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)


def coded(body: str, region: str = "530100") -> str:
    first17 = f"53{region}{body}{organisation_check_character(body)}"
    return first17 + check_character(first17)


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
@UNHURRIED
def test_one_mistyped_character_is_always_caught(body: str, place: int, letter: str) -> None:
    code = coded(body)
    mistyped = code[:place] + letter + code[place + 1 :]

    assert credit_code(code) == code
    if mistyped != code:
        with pytest.raises(Refused):
            credit_code(mistyped)


def test_the_check_character_of_an_organisation_code_may_be_ten_or_eleven() -> None:
    found = {organisation_check_character(f"{n:08d}") for n in range(200)}

    assert found == set("0123456789X")
    assert organisation_check_character("00000000") == "0"  # 11 - 0 is written 0


@pytest.mark.shared
def test_every_credit_code_among_the_shared_cases_gets_its_verdict() -> None:
    if not CASES.is_file():
        pytest.skip("the shared cases do not lie beside this repository")
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    codes = [case for case in cases if case["kind"] == "uscc"]

    assert codes
    for case in codes:
        assert verdict(case["value"]) == case["expected"], case["id"]


def verdict(code: str) -> str:
    try:
        credit_code(code)
    except CreditCodeMalformed:
        return "format"
    except (CreditCodeCheckDigit, OrganisationCodeCheckDigit):
        return "check digit"
    return "ok"
