"""Goods counted in whole smallest units, beside money: what lies on an axis is either of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ledger.errors import Refused
from ledger.money import MINOR_MAX, Money

ITEM = "goods:"
BAR, WIDE_BAR = "|", "｜"
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
"""A mobile number, or a resident number (GB 11643), as they stand in lists beside the goods."""

LONGEST = 500
"""Characters of a name, a specification or a unit."""


class ItemMalformed(Refused):
    """The name, specification or unit of an item can't be written down."""

    def __init__(self, what: str, text: str) -> None:
        super().__init__(
            f"{what} {text!r} can't name goods: use 1 to {LONGEST} printable characters"
        )


class ItemNamesPerson(Refused):
    """The words for an item hold somebody's telephone or identity number; items are public."""

    def __init__(self) -> None:
        super().__init__(
            "the item's name or specification holds a telephone or identity number, and items are "
            "public: take it out"
        )


class QuantityMalformed(Refused):
    """A quantity is no whole number that every reader keeps exactly."""

    def __init__(self, count: int) -> None:
        super().__init__(f"a quantity of {count} can't be counted; it must stay below 2**53")


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that is counted: its name, its specification, the unit it is counted in."""

    name: str
    specification: str | None
    unit: str

    @property
    def code(self) -> str:
        """The item as the unit of an axis: the same words are the same item."""
        parts = (self.name, self.specification or "", self.unit)
        return ITEM + BAR.join(part.replace(BAR, WIDE_BAR) for part in parts)

    def __str__(self) -> str:
        return f"{self.name}（{self.specification}）" if self.specification else self.name


def item(name: str, specification: str | None, unit: str) -> Item:
    """Return a checked item."""
    for what, text in (("name", name), ("specification", specification), ("unit", unit)):
        if text is None and what == "specification":
            continue
        printable = text and text.strip() == text and not _hidden(text)
        if not printable or len(str(text)) > LONGEST:
            raise ItemMalformed(what, str(text))
        if PERSONAL.search(text or ""):
            raise ItemNamesPerson
    return Item(name, specification, unit)


def _hidden(text: str) -> bool:
    return any(
        unicodedata.category(character)[0] in "CZ" and character != " " for character in text
    )


@lru_cache(maxsize=4096)
def item_of(code: str) -> Item:
    """Return the item that an axis counts."""
    parts = code.removeprefix(ITEM).split(BAR)
    if not code.startswith(ITEM) or len(parts) != 3:  # noqa: PLR2004 name, specification, unit
        raise ItemMalformed("code", code)
    name, specification, unit = parts
    return item(name, specification or None, unit)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole number of an item's units; `item` is the item's code."""

    count: int
    item: str

    def __post_init__(self) -> None:
        item_of(self.item)
        if abs(self.count) > MINOR_MAX:
            raise QuantityMalformed(self.count)

    @property
    def units(self) -> int:
        """How many units, as they are counted on a fund's axis."""
        return self.count

    @property
    def unit(self) -> str:
        """What is counted on a fund's axis: the item's code."""
        return self.item

    def __str__(self) -> str:
        known = item_of(self.item)
        return f"{self.decimal()} {known.unit} {known}"

    def decimal(self) -> str:
        """Write the number; goods have no decimals."""
        return str(self.count)

    def grouped(self) -> str:
        """Write the number for people, in groups of three digits."""
        return f"{self.count:,}"


Amount = Money | Quantity
"""What moves: money or goods."""


def amount_of(units: int, unit: str) -> Amount:
    """Return so many units of an axis."""
    return Quantity(units, unit) if unit.startswith(ITEM) else Money(units, unit)
