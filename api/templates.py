"""The templates of pages, and how their figures and days are written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.times import written
from api.units import grouped, unit_words

PAGES = Path(__file__).with_name("pages")
TEMPLATES = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def day(known: date | None) -> str:
    """Write a day for people in China, or a dash where none is known."""
    return f"{known.year}年{known.month}月{known.day}日" if known else "—"


TEMPLATES.filters |= {
    "written": written, "grouped": grouped, "day": day, "unit_words": unit_words,
}  # fmt: skip
