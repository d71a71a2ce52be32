"""Free words that everybody can read: a note or reason never tells somebody's personal number."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from ledger.errors import Refused

MOBILE = re.compile(r"(?<!\d)(?:86 ?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
"""A mobile number, as one run or in the usual groups, with or without the country's code."""

RESIDENT = re.compile(r"(?<!\d)[1-9]\d{5}(?P<born>(?:18|19|20)\d{6})\d{3}[\dXx](?!\d)")
FIRST_RESIDENT = re.compile(r"(?<!\d)[1-9]\d{5}(?P<born>\d{6})\d{3}(?!\d)")
"""A resident number of 18 characters (GB 11643-1999) or of 15 (GB 11643-1989)."""


class TextNamesPerson(Refused):
    """A text for the public holds a person's resident or mobile number; it is not repeated."""

    def __init__(self) -> None:
        super().__init__(
            "leave personal numbers out: this text is public, and holds what reads as a resident "
            "number or a mobile number"
        )


def public_words(text: str) -> str:
    """Return `text` if no resident number and no mobile number stands in it.

    A resident number is known by its birth date: with a mistyped check digit it still tells whose
    it is.
    """
    plain = unicodedata.normalize("NFKC", text)
    if MOBILE.search(plain) or _resident(RESIDENT, "", plain):
        raise TextNamesPerson
    if _resident(FIRST_RESIDENT, "19", plain):
        raise TextNamesPerson
    return text


def _resident(form: re.Pattern[str], century: str, text: str) -> bool:
    return any(_is_day(century + found["born"]) for found in form.finditer(text))


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
