"""The number of a payer: an organisation's credit code, or a person's resident number."""

from __future__ import annotations

from contextlib import suppress

from ledger.domain.credit_codes import credit_code
from ledger.domain.resident_numbers import resident_number
from ledger.errors import Refused


class PayerNumberMalformed(Refused):
    """A payer's number is neither a credit code nor a resident number."""

    def __init__(self) -> None:
        super().__init__(
            "the payer's number is neither a unified social credit code nor a resident number, "
            "or its check digit does not fit; look for a typing error"
        )


def payer_number(number: str) -> str:
    """Return a payer's number in upper case if its form is right; a refusal never repeats it."""
    upper = number.strip().upper()
    for known in (credit_code, resident_number):
        with suppress(Refused):
            return known(upper)
    raise PayerNumberMalformed
