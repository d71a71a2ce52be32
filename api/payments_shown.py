"""Payments as rows of a fund's table, in HTML; the same row is written once and then remembered."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from api.languages import saying
from api.public_words import COST_WORDS, PRIVATE
from api.routes.as_of import Links
from api.templates import SPOKEN
from projections.statements import Payment

REMEMBERED = 4096
"""Rows whose HTML is remembered, some 1,500 bytes each."""


@lru_cache(REMEMBERED)
def payment_row(payment: Payment, link: Links, language: str) -> Markup:
    """Return the row of a payment; `link` writes the addresses in it."""
    template = SPOKEN[language].get_template("payment_row.html")
    made = template.render(
        p=payment, link=link, say=saying(language), lang=language, private=PRIVATE,
        cost_words=COST_WORDS,
    )  # fmt: skip
    return Markup(made.strip())  # noqa: S704 a template escapes
