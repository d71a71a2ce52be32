"""The organisations that finance, civil affairs and tax watch over: eligibility, numbers left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from api import charity_words
from api.desk.choices import Pair
from api.desk.overview import Link, forms
from api.organisations_seen import seen
from api.wiring import House
from ledger.domain import deductibility
from ledger.domain.acting import Acting
from ledger.domain.deductibility import Answer
from ledger.domain.organisations import Organisation
from projections import public_queries, tallies
from projections.public_index import PUBLIC_INDEX
from projections.runner import end_of
from projections.tallies import TALLIES

BY_USCC = ("eligibility-grant", "eligibility-end", "books-allot", "books-limit")
SPENT = (tallies.ISSUED, tallies.RED, tallies.PAPER, tallies.LOST)
PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class BookLeft:
    """The numbers of one receipt code: how many were allotted, and how many still lie unused."""

    code: str
    allotted: int
    left: int


@dataclass(frozen=True, slots=True)
class Supervised:
    """An organisation as it stands on a day, with the forms that an officer may fill in for it."""

    known: Organisation
    eligible: Answer
    why: Pair
    books: tuple[BookLeft, ...]
    forms: tuple[Link, ...]


def supervised(
    house: House, acting: Acting, on: date, after: int | None
) -> tuple[list[Supervised], int | None]:
    """Return organisations in the order they were registered, and the leaf to go on after."""
    for view in (PUBLIC_INDEX, TALLIES):
        house.runner.follow(view)
    found, more, _ = public_queries.charities(house.runner, PER_PAGE, after)
    known = seen(house, [one.id for one in found], end_of(None))
    return [_line(house, known[one.id].known, acting, on) for one in found], more


def _line(house: House, known: Organisation, acting: Acting, on: date) -> Supervised:
    eligible = deductibility.eligible_on(known, on)
    counted, _ = tallies.of(house.runner, known.id)
    codes = sorted({code for _, what, code in counted if what == tallies.ALLOTTED})
    return Supervised(
        known,
        eligible,
        charity_words.eligible(known, eligible),
        tuple(_book(counted, known.id, code) for code in codes),
        tuple(forms(acting, BY_USCC, uscc=known.id)),
    )


def _book(counted: Counter[tallies.Key], uscc: str, code: str) -> BookLeft:
    allotted = counted[uscc, tallies.ALLOTTED, code]
    spent = sum(counted[uscc, what, code] for what in SPENT)
    return BookLeft(code, allotted, max(0, allotted - spent))
