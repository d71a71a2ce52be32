"""Who deducts a receipt: its payer, or a member of a joint one (domain rules 3.9, check 5)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ledger.domain.credit_codes import credit_code
from ledger.domain.resident_numbers import resident_number
from ledger.errors import Refused
from ledger.money import Money

LENGTHS = range(4, 41)
NAME_MAX = 200
OFFICIAL_LENGTH = 18
"""Both a unified social credit code and a resident number have so many characters."""


class TaxpayerNumberUnusable(Refused):
    """A number names no taxpayer; the message never repeats it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this taxpayer number can't be used: {why}")


class TaxpayerNameUnusable(Refused):
    """A name can't be read; the message never repeats it."""

    def __init__(self) -> None:
        super().__init__(f"this name can't be used: write at most {NAME_MAX} readable characters")


class PayerDiffers(Refused):
    """Somebody else than the payer of the receipt claims it; the message names nobody."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the taxpayer's {what} is not the one on the receipt: only its payer deducts it"
        )


class TaxpayerNameMissing(Refused):
    """The receipt holds no taxpayer number to compare, so names are compared."""

    def __init__(self) -> None:
        super().__init__(
            "this receipt bears no taxpayer number: give the taxpayer's name as well, "
            "it must be the name on the receipt"
        )


class PayerWasErased(Refused):
    """What the receipt's payer was called was erased."""

    def __init__(self) -> None:
        super().__init__(
            "the payer's name and number were erased from the vault, so the taxpayer can't be "
            "compared with them"
        )


class NotInMemberList(Refused):
    """Of a joint receipt only its members deduct; the message names nobody."""

    def __init__(self) -> None:
        super().__init__("the taxpayer is not in the member list of this joint receipt")


@dataclass(frozen=True, slots=True)
class Taxpayer:
    """Who claims: number, and name where it was given; neither shows in `repr`."""

    number: str = field(repr=False)
    name: str | None = field(default=None, repr=False)


def taxpayer(number: str, name: str | None) -> Taxpayer:
    """Return a taxpayer, the number in its one spelling; refuse what can't be read."""
    trimmed = (name or "").strip()
    if len(trimmed) > NAME_MAX or not trimmed.isprintable():
        raise TaxpayerNameUnusable
    return Taxpayer(normalised(number), trimmed or None)


def normalised(number: str) -> str:
    """Return the one spelling of a taxpayer number.

    Eighteen characters are a unified social credit code or a resident number, and are checked as
    such; any other document is taken as text of 4 to 40 characters.
    """
    text = "".join(unicodedata.normalize("NFKC", number).split()).upper()
    if len(text) not in LENGTHS or not text.isprintable():
        raise TaxpayerNumberUnusable("write 4 to 40 characters that can be read")
    if len(text) != OFFICIAL_LENGTH:
        return text
    for rule in (credit_code, resident_number):
        with suppress(Refused):
            return rule(text)
    raise TaxpayerNumberUnusable(
        "of 18 characters it is neither a unified social credit code nor a resident number; "
        "look for a typing error"
    )


def folded(name: str) -> str:
    """Return a name as names are compared: NFKC, and no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def known_by(who: Taxpayer, kind: str) -> tuple[str, ...]:
    """Return what the same taxpayer is known again by, beside the receipt: the number.

    A joint receipt lists names and shares only, and a number could be changed at will: there it
    is the member's name that counts, in the spelling in which names are compared.
    """
    if kind != "joint":
        return (who.number,)
    if who.name is None:
        raise TaxpayerNameMissing
    return ("member", folded(who.name))


def entitled(
    who: Taxpayer, kind: str, payer: Mapping[str, str], members: Iterable[str]
) -> Money | None:
    """Refuse a claim by another than the payer; return what members of that name gave together.

    `payer` holds the opened fields of the payer (`name`, `taxpayer`), `members` the opened
    NAME TAB AMOUNT of a joint receipt, as far as they were not erased.
    """
    if kind == "joint":
        return _share(who, list(members))
    number, name = payer.get("taxpayer"), payer.get("name")
    if number is not None:
        if _spelled(number) != who.number:
            raise PayerDiffers("number")
        return None
    if name is None:
        raise PayerWasErased
    if who.name is None:
        raise TaxpayerNameMissing
    if folded(name) != folded(who.name):
        raise PayerDiffers("name")
    return None


def _spelled(number: str) -> str:
    """Return the spelling of a number on a receipt, which may have been taken as it came."""
    with suppress(Refused):
        return normalised(number)
    return number


def _share(who: Taxpayer, members: Sequence[str]) -> Money:
    """Return a member's share; of namesakes, whom nothing tells apart, their sum."""
    if who.name is None:
        raise TaxpayerNameMissing
    shares = [
        Money.parse(amount)
        for name, _, amount in (member.rpartition("\t") for member in members)
        if folded(name) == folded(who.name)
    ]
    if not shares:
        raise NotInMemberList
    return Money(sum(share.minor for share in shares))
