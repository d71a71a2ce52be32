"""Values that several events carry: parties, places, exchange rates, where a row came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.domain.public_words import public_words
from ledger.errors import Refused
from ledger.money import Money, convert_half_up

ACCOUNT = re.compile(r"[a-z][a-z0-9-]{0,31}")
PLACE = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")


class AccountMalformed(Refused):
    """An acting person's account is not a short role name."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"account {account!r} is not a role name such as clerk-2: "
            "use a-z, 0-9 and -, at most 32 characters, and no person's name"
        )


class PlaceMalformed(Refused):
    """A place is not a GB/T 2260 code (6 digits) or its statistical extension (9 or 12)."""

    def __init__(self, place: str) -> None:
        super().__init__(f"place {place!r} is not a code of 6, 9 or 12 digits (GB/T 2260)")


class RateMalformed(Refused):
    """An exchange rate is not positive, or not quoted per 1 or per 100 units."""

    def __init__(self, rate: str, quote_unit: int) -> None:
        super().__init__(
            f"rate {rate!r} per {quote_unit} can't be used: "
            "give a positive decimal per 1 or per 100"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A donor, payer or payee: a random id, and sealed fields whose openings lie in the vault.

    The sealed fields are RFC 9901 digests; the id is new for every gift, so that two gifts of
    one person can't be joined by a stranger.
    """

    id: str
    sealed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Payee:
    """Who was paid: an organisation by its public name, a person only by sealed fields."""

    id: str
    organisation: str | None
    sealed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """How foreign money was booked: rate, per how many units, whose rate, of which day."""

    rate: str
    quote_unit: int
    source: str
    day: date

    def book(self, amount: Money) -> Money:
        """Return `amount` in fen, half a fen going up."""
        return convert_half_up(amount, Decimal(self.rate), self.quote_unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The row of a file that an event was read from.

    `file` is the SHA-256 of the file in hex. `listing` names the published list, `identity` the
    row for ever, `content` what it says: keyed digests that only the key's holder can recompute.
    """

    file: str
    table: int
    row: int
    listing: str
    identity: str
    content: str


def account(name: str) -> str:
    """Return `name` if it can name an acting person in public."""
    if not ACCOUNT.fullmatch(name):
        raise AccountMalformed(name)
    return name


def place_code(code: str) -> str:
    """Return `code` if it has the form of a place code."""
    if not PLACE.fullmatch(code):
        raise PlaceMalformed(code)
    return code


def exchange(rate: str, quote_unit: int, source: str, day: date) -> Exchange:
    """Return a checked exchange rate (domain rules 1.4: amount, rate, quote unit, source, date)."""
    if not re.fullmatch(r"[0-9]{1,8}(\.[0-9]{1,8})?", rate) or not Decimal(rate):
        raise RateMalformed(rate, quote_unit)
    if quote_unit not in (1, 100):
        raise RateMalformed(rate, quote_unit)
    return Exchange(rate=rate, quote_unit=quote_unit, source=public_words(source), day=day)
