"""Amounts: whole minor units and a currency; decimal strings outside, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ledger.errors import Refused

MINOR_MAX = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8785 3.2.2.3)."""

_NO_PLACES = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_PLACES = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_PLACES = "CLF UYW"
_TWO_PLACES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
    "XCD YER ZAR ZMW ZWG "
)
PLACES = {
    code: places
    for places, codes in (
        (0, _NO_PLACES), (2, _TWO_PLACES), (3, _THREE_PLACES), (4, _FOUR_PLACES),
    )
    for code in codes.split()
}  # fmt: skip
"""Digits after the point, by currency (ISO 4217, list one, column minor unit; funds and metals,
which have none, left out)."""

DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]+)?")
LONG = re.compile(r"-?[0-9]{17,}(\.[0-9]+)?")
TOO_LONG = "it has more than 15 digits"
NO_DECIMAL = "write digits with at most one point"


class AmountUnreadable(Refused):
    """An amount is not a plain decimal number that its currency can hold."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"{text!r} is no amount of money: {why}")


class CurrencyUnknown(Refused):
    """A currency outside the list we take."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"currency {currency!r} is no code of ISO 4217, such as CNY or USD")


class CurrenciesDiffer(Refused):
    """Two amounts in different currencies were added or compared."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"an amount in {left} can't be set against one in {right}")


@dataclass(frozen=True, slots=True)
class Money:
    """Whole minor units (fen, cents, yen) of one currency."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if self.currency not in PLACES:
            raise CurrencyUnknown(self.currency)
        if abs(self.minor) > MINOR_MAX:
            raise AmountUnreadable(str(self.minor), TOO_LONG)

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> Money:
        """Read a plain decimal such as `"362638873.00"`; refuse what the currency can't hold."""
        if currency not in PLACES:
            raise CurrencyUnknown(currency)
        if not DECIMAL.fullmatch(text):
            raise AmountUnreadable(text, TOO_LONG if LONG.fullmatch(text) else NO_DECIMAL)
        whole, _, rest = text.partition(".")
        places = PLACES[currency]
        if rest[places:].strip("0"):
            raise AmountUnreadable(text, f"{currency} has {places} decimals")
        return cls(int(whole + rest[:places].ljust(places, "0")), currency)

    @property
    def units(self) -> int:
        """How many minor units, as they are counted on a fund's axis."""
        return self.minor

    @property
    def unit(self) -> str:
        """What is counted on a fund's axis: the currency."""
        return self.currency

    def __str__(self) -> str:
        return f"{self.decimal()} {self.currency}"

    def decimal(self) -> str:
        """Write the amount as a decimal string with the currency's own number of places."""
        places = PLACES[self.currency]
        if places == 0:
            return str(self.minor)
        whole, rest = divmod(abs(self.minor), 10**places)
        return f"{'-' if self.minor < 0 else ''}{whole}.{rest:0{places}d}"

    def grouped(self) -> str:
        """Write the amount for people, in groups of three digits."""
        whole, point, rest = self.decimal().partition(".")
        return f"{int(whole):,}{point}{rest}" if self.minor >= 0 else f"-{(-self).grouped()}"

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrenciesDiffer(self.currency, other.currency)
        return other.minor


def convert_half_up(amount: Money, rate: Decimal, quote_unit: int, currency: str = "CNY") -> Money:
    """Book `amount` in `currency` at `rate` for `quote_unit` units, half a fen going up.

    A rate of yen is often quoted per 100: `quote_unit` is then 100 (domain rules 1.4 and 1, 3).
    """
    whole = Decimal(amount.minor).scaleb(-PLACES[amount.currency])
    booked = (whole * rate / quote_unit).scaleb(PLACES[currency])
    return Money(int(booked.to_integral_value(ROUND_HALF_UP)), currency)
