"""Names what an axis counts, for people."""

from __future__ import annotations

from ledger.domain.goods import ITEM, amount_of, item_of


def unit_words(unit: str) -> str:
    """Name what an axis counts: a currency, or an item with the unit it is counted in."""
    if not unit.startswith(ITEM):
        return unit
    known = item_of(unit)
    return f"{known} {known.unit}"


def grouped(units: int, unit: str) -> str:
    """Write an amount of a currency, or a count of goods, in groups of three digits."""
    return amount_of(units, unit).grouped()
