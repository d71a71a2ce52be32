"""Filing numbers of public fundraising: the charity's code, A, year and number (rules 6)."""

from __future__ import annotations

import re

from ledger.domain.credit_codes import credit_code
from ledger.errors import Refused


class FilingNumberMalformed(Refused):
    """A filing number is not a credit code, A, two digits of year and three of number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"filing number {number!r}: format is a credit code, A, and five digits, such as "
            "53100000500021326DA18051"
        )


def filing_number(number: str) -> str:
    """Return the number if its form and its credit code are right."""
    found = re.fullmatch(r"([0-9A-Z]{18})A[0-9]{5}", number)
    if found is None:
        raise FilingNumberMalformed(number)
    credit_code(found[1])
    return number
