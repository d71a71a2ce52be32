"""The templates of pages, and how their figures and days are written in each language."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from api import amounts_shown, assets, charts, times, units
from api.languages import CHINESE, LANGUAGES
from api.role_words import ROLES
from api.sentences import one_language
from api.spoken import Spoken
from ledger.domain.days import day_in_china

PAGES = Path(__file__).with_name("pages")
TEMPLATES = Spoken(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def _language(context: Context) -> str:
    return str(context.get("lang", CHINESE))


@pass_context
def day(context: Context, known: date | None) -> str:
    """Write a day as people write it in the page's language, or a dash where none is known."""
    return times.day_words(known, _language(context))


@pass_context
def written(context: Context, at: datetime | None) -> str:
    """Write a time in Beijing as people write it in the page's language."""
    return times.time_words(at, _language(context))


@pass_context
def china_day(context: Context, at: datetime) -> str:
    """Write the day in China at a time, as `day` writes it."""
    return times.day_words(day_in_china(at), _language(context))


@pass_context
def unit_words(context: Context, unit: str) -> str:
    """Name what is counted: 元 for the currency of the ledger, CNY in English; else as recorded."""
    return units.unit_name(unit, _language(context))


@pass_context
def in_language(context: Context, sentence: str) -> str:
    """Return what a sentence of both languages says in the page's."""
    return one_language(sentence, _language(context))


TEMPLATES.tests["goods"] = units.is_goods
TEMPLATES.filters |= {
    "in_language": in_language,
    "written": written,
    "day": day,
    "china_day": china_day,
    "unit_words": unit_words,
    "grouped": units.grouped,
    "large": units.large,
}
TEMPLATES.globals |= {
    "asset": assets.asset,
    "role_words": ROLES,
    "has_asset": assets.has_asset,
    "shown_amount": amounts_shown.shown_amount,
    "shown_large_amount": amounts_shown.shown_large_amount,
    "amount_words": charts.amount_words,
    "month_words": charts.month_words,
    "flow_data": charts.flow_data,
    "bars_data": charts.bars_data,
}
SPOKEN = {language: TEMPLATES.speaking(language) for language in LANGUAGES}
"""The same templates, compiled for each language."""
