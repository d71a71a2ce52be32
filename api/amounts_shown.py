"""Amounts as pages show them, in HTML; the same amount is written once and then remembered."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from api.languages import CHINESE
from api.units import grouped, is_goods, large, unit_name

REMEMBERED = 8192
"""Amounts whose HTML is remembered, some 300 bytes each."""


@lru_cache(REMEMBERED)
def shown_amount(units: int, unit: str, language: str) -> Markup:
    """Return an amount with its unit: 1,234.00 元, CNY 1,234.00, 30 棉被 床.

    In Chinese what is above one 万元 says it in that form too, to who points at it.
    """
    name = Markup("<small>{}</small>").format(unit_name(unit, language))
    number = escape(grouped(units, unit))
    before = language != CHINESE and not is_goods(unit)
    said = Markup(" ").join([name, number] if before else [number, name])
    wan = _in_ten_thousands(units, unit, language)
    title = Markup(' title="{} 万元"').format(wan) if wan else ""
    return Markup('<span class="amount"{}>{}</span>').format(title, said)


@lru_cache(REMEMBERED)
def shown_large_amount(units: int, unit: str, language: str) -> Markup:
    """Return the same, with the form in 万元 written out below it."""
    wan = _in_ten_thousands(units, unit, language)
    below = Markup('<span class="large">{} 万元</span>').format(wan) if wan else ""
    return Markup("{}\n{}").format(shown_amount(units, unit, language), below)


def _in_ten_thousands(units: int, unit: str, language: str) -> str:
    return large(units, unit) if language == CHINESE else ""
