"""Names what an axis counts, for people."""

from __future__ import annotations

from ledger.domain.goods import ITEM, amount_of, item_of

TEN_THOUSAND_YUAN = 1_000_000
"""In fen."""


def unit_words(unit: str) -> str:
    """Name what an axis counts: a currency, or an item with the unit it is counted in."""
    if not unit.startswith(ITEM):
        return unit
    known = item_of(unit)
    return f"{known} {known.unit}"


def grouped(units: int, unit: str) -> str:
    """Write an amount of a currency, or a count of goods, in groups of three digits."""
    return amount_of(units, unit).grouped()


def unit_name(unit: str, language: str) -> str:
    """Name what an axis counts on a page: 元 in Chinese and CNY in English, else as recorded."""
    return "元" if (unit, language) == ("CNY", "zh") else unit_words(unit)


def is_goods(unit: str) -> bool:
    """Tell whether an axis counts an item of goods, not a currency."""
    return unit.startswith(ITEM)


def large(units: int, unit: str) -> str:
    """Write an amount of yuan in 万元 with two decimals, as people say it; "" below one 万元.

    One that does not end there is rounded half up and says so (约): it stands beside the exact one.
    """
    if unit != "CNY" or abs(units) < TEN_THOUSAND_YUAN:
        return ""
    hundredths, rest = divmod(abs(units), TEN_THOUSAND_YUAN // 100)
    rounded = hundredths + (rest * 2 >= TEN_THOUSAND_YUAN // 100)
    sign, about = "-" if units < 0 else "", "约 " if rest else ""
    return f"{about}{sign}{rounded // 100:,}.{rounded % 100:02d}"
