"""Resident identity numbers: form, birth date and check character (GB 11643-1999)."""

from __future__ import annotations

import re
from datetime import date

from ledger.errors import Refused

FORM = re.compile(r"[1-9][0-9]{5}([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


class ResidentNumberMalformed(Refused):
    """A resident number has the wrong length, characters or birth date."""

    def __init__(self) -> None:
        super().__init__(
            "resident number: format is 6 digits of region, 8 of birth date, 3 of sequence and a "
            "check character, 0-9 or X"
        )


class ResidentNumberCheckDigit(Refused):
    """A resident number's last character does not follow from the others."""

    def __init__(self) -> None:
        super().__init__("resident number: check digit does not fit; look for a typing error")


def resident_number(number: str) -> str:
    """Return the number, in upper case, if form and check character are right.

    The region may be abolished since; messages never repeat the number.
    """
    upper = number.upper()
    found = FORM.fullmatch(upper)
    if found is None or not _is_day(*map(int, found.groups())):
        raise ResidentNumberMalformed
    total = sum(w * int(c) for w, c in zip(WEIGHTS, upper[:17], strict=True))
    if upper[17] != CHECK[total % 11]:
        raise ResidentNumberCheckDigit
    return upper


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
