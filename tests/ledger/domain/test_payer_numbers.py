"""The number of a payer: an organisation's or a person's."""

from __future__ import annotations

import pytest

from ledger.domain.payer_numbers import PayerNumberMalformed, payer_number
from tests.ledger.domain.given import CHARITY

PERSON = "11010519491231002X"


@pytest.mark.parametrize(("written", "number"), [
    (CHARITY, CHARITY), (f" {CHARITY.lower()} ", CHARITY), (PERSON.lower(), PERSON),
])  # fmt: skip
def test_a_payer_is_known_by_credit_code_or_resident_number(written: str, number: str) -> None:
    assert payer_number(written) == number


@pytest.mark.parametrize("number", ["", "1", PERSON[:-1] + "1", CHARITY[:-1] + "0"])
def test_a_number_that_fails_its_check_is_refused_and_never_repeated(number: str) -> None:
    with pytest.raises(PayerNumberMalformed, match="look for a typing error") as refusal:
        payer_number(number)

    assert not number or number not in str(refusal.value)
