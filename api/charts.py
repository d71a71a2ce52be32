"""What a chart draws and says, made ready on the server: whole amounts, and words for them.

A chart only repeats its table twin. Every page shows the table; where script and the charting
library are there, `assets/charts.js` draws above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.fund_flow import Flow
from api.units import grouped, unit_name

LINKS_MAX = 30
"""More links than that nobody can tell apart."""


@dataclass(frozen=True, slots=True)
class Month:
    """What came in and what went out in a month (2026-11), in whole smallest units."""

    month: str
    received: int
    spent: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Months in order, all of one unit: a currency or an item of goods."""

    unit: str
    months: Sequence[Month]


def amount_words(units: int, unit: str, language: str) -> str:
    """Write an amount with its unit: 1,234.00 元, in English CNY 1,234.00; goods as recorded."""
    number, name = grouped(units, unit), unit_name(unit, language)
    money_abroad = language == "en" and not unit.startswith("goods:")
    return f"{name} {number}" if money_abroad else f"{number} {name}"


def month_words(month: str, language: str) -> str:
    """Write a month: 2026年11月, in English 2026-11."""
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月" if language == "zh" else month


def flow_data(flow: Flow, language: str) -> dict[str, object]:
    """Return what `assets/charts.js` draws of a flow: at most LINKS_MAX links, the largest."""
    links = sorted(flow.links, key=lambda link: -link.amount)[:LINKS_MAX]
    met = {end for link in links for end in (link.source, link.target)}
    return {
        "kind": "flow",
        "nodes": [
            {"id": node.id, "stage": node.stage, "name": node.name}
            for node in flow.nodes
            if node.id in met
        ],
        "links": [
            {
                "source": link.source,
                "target": link.target,
                "value": link.amount,
                "says": amount_words(link.amount, flow.unit, language),
            }
            for link in links
        ],
    }


def bars_data(bars: Bars, language: str) -> dict[str, object]:
    """Return what `assets/charts.js` draws of months: two bars for each."""
    received, spent = ("收到", "支出") if language == "zh" else ("Received", "Spent")
    return {
        "kind": "bars",
        "months": [month_words(each.month, language) for each in bars.months],
        "series": [
            {"name": received, "bars": _bars([m.received for m in bars.months], bars, language)},
            {"name": spent, "bars": _bars([m.spent for m in bars.months], bars, language)},
        ],
    }


def _bars(amounts: Sequence[int], bars: Bars, language: str) -> list[dict[str, object]]:
    return [
        {"value": amount, "says": amount_words(amount, bars.unit, language)} for amount in amounts
    ]
