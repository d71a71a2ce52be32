"""A case: one taxpayer, one year, the gifts and what they may be deducted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from ledger.money import Money

COMPREHENSIVE, BUSINESS, CLASSIFIED = INCOME_TYPES = ("comprehensive", "business", "classified")


@dataclass(frozen=True, slots=True)
class Window:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the window."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """One gift as booked: `day` is when the property really passed, `amount` what counts."""

    id: str
    day: date
    amount: Money
    use: str
    channel: str
    voucher: str
    eligibility: tuple[Window, ...] = ()
    ends_before: date | None = None
    names_area: bool = True
    asset: str = "cash"
    founder: bool = False
    deduct_year: int | None = None
    benefit: bool = False
    stated_class: str = ""
    theme: str = ""
    receipt_day: date | None = None

    @property
    def year(self) -> int:
        """The year whose return the gift belongs to."""
        return self.deduct_year or self.day.year

    @property
    def eligible(self) -> bool:
        """Tell whether the receiving body was eligible on the day of the gift.

        Loss of eligibility starts at `ends_before` and reaches nothing earlier (公告2020年第27号
        art. 10). A founder's gift asks for eligibility in the year it is deducted (art. 12).
        """
        if self.ends_before is not None and self.day >= self.ends_before:
            return False
        if self.founder:
            year = Window(date(self.year, 1, 1), date(self.year, 12, 31))
            return any(w.first <= year.last and year.first <= w.last for w in self.eligibility)
        return any(window.holds(self.day) for window in self.eligibility)

    @property
    def facts(self) -> Mapping[str, str]:
        """What the conditions of a rule may ask."""
        return {
            "use": self.use,
            "channel": self.channel,
            "asset": self.asset,
            "voucher": self.voucher,
            "stated_class": self.stated_class,
            "theme": self.theme,
            "names_area": "yes" if self.names_area else "no",
        }


@dataclass(frozen=True, slots=True)
class Income:
    """Taxable income before gifts; `month` of classified income; `deemed` by assessment."""

    ref: str
    type: str
    taxable: Money
    month: int | None = None
    deemed: bool = False


@dataclass(frozen=True, slots=True)
class EnterpriseCase:
    """An enterprise: profits by year without a gap up to `year`; `opening` by gift year."""

    year: int
    gifts: tuple[Gift, ...]
    profits: Mapping[int, Money]
    opening: Mapping[int, Money]

    who = "enterprise"

    @property
    def first_year(self) -> int:
        """The first year that is worked out."""
        return min(self.profits)


@dataclass(frozen=True, slots=True)
class PersonCase:
    """A person: incomes by reference, and which gift goes to which income, in that order."""

    who: str
    year: int
    gifts: tuple[Gift, ...]
    incomes: Mapping[str, Income]
    allocation: tuple[tuple[str, str], ...]


Case: TypeAlias = EnterpriseCase | PersonCase
