"""Unified social credit codes: form and check characters (GB 32100-2015, GB 11714-1997)."""

from __future__ import annotations

import re

from ledger.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FORM = re.compile(rf"[1-9AN-Y][0-9A-Z]\d{{6}}[{ALPHABET}]{{10}}")
WEIGHTS = tuple(3**i % 31 for i in range(17))
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class CreditCodeMalformed(Refused):
    """A credit code has the wrong length or characters."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"credit code {code!r}: format is 18 characters, 0-9 and A-Y without I, O, S, V"
        )


class CreditCodeCheckDigit(Refused):
    """A credit code's last character does not follow from the others."""

    def __init__(self, code: str, expected: str) -> None:
        super().__init__(
            f"credit code {code!r}: check digit is {code[-1]!r}, the other 17 characters "
            f"ask for {expected!r}; look for a typing error"
        )


class OrganisationCodeCheckDigit(Refused):
    """The organisation code inside a credit code fails its own check character."""

    def __init__(self, code: str, expected: str) -> None:
        super().__init__(
            f"credit code {code!r}: check digit of the organisation code (character 17) is "
            f"{code[16]!r}, characters 9-16 ask for {expected!r}; look for a typing error"
        )


def credit_code(code: str) -> str:
    """Return `code` if form and both check characters are right; a pass proves form only."""
    if not FORM.fullmatch(code) or any(c not in ALPHABET for c in code):
        raise CreditCodeMalformed(code)
    last = check_character(code[:17])
    if code[17] != last:
        raise CreditCodeCheckDigit(code, last)
    body = organisation_check_character(code[8:16])
    if code[16] != body:
        raise OrganisationCodeCheckDigit(code, body)
    return code


def check_character(first17: str) -> str:
    """Return character 18 (GB 32100-2015 5.2: weights 3^(i-1) mod 31)."""
    total = sum(w * ALPHABET.index(c) for w, c in zip(WEIGHTS, first17, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first8: str) -> str:
    """Return character 9 of an organisation code (GB 11714-1997: letters count 10 to 35)."""
    total = sum(w * int(c, 36) for w, c in zip(BODY_WEIGHTS, first8, strict=True))
    return "0123456789X"[-total % 11]
