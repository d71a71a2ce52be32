"""Filing numbers of public fundraising."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.credit_codes import CreditCodeCheckDigit
from ledger.domain.filings import FilingNumberMalformed, filing_number

CASES = Path(__file__).parents[3] / ".." / "shared" / "domain" / "validation_cases.json"


@pytest.mark.parametrize("number", ["53100000500021326DA18051", "53330000501874064BA18023"])
def test_a_filing_number_is_a_credit_code_and_five_digits(number: str) -> None:
    assert filing_number(number) == number


@pytest.mark.parametrize(
    "number",
    [
        "",
        "53100000500021326D",
        "53100000500021326DA1805",
        "53100000500021326DA180511",
        "53100000500021326DB18051",
        "53100000500021326Da18051",
        "53100000500021326DA１８０５１",
        "53100000500021326DA18051\n",
    ],
)
def test_another_form_is_refused(number: str) -> None:
    with pytest.raises(FilingNumberMalformed, match="format is a credit code, A, and") as refusal:
        filing_number(number)

    assert repr(number) in str(refusal.value)


def test_the_credit_code_inside_must_be_right() -> None:
    with pytest.raises(CreditCodeCheckDigit, match="53100000500019795B"):
        filing_number("53100000500019795BA18051")


@pytest.mark.shared
def test_every_filing_number_among_the_shared_cases_passes() -> None:
    if not CASES.is_file():
        pytest.skip("the shared cases do not lie beside this repository")
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    known = [case["value"] for case in cases if case["kind"] == "filing"]

    assert known
    assert [filing_number(number) for number in known] == known
