"""Gathers what the page of a fund shows, all of it as of one position of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.fund_flow import PAYEES, Flow, flow_of
from api.languages import saying
from api.public_house import PublicHouse
from ledger.domain.days import day_in_china
from projections import fund_page, journal_queries, namings, statements
from projections.directory import FundEntry
from projections.fund_page import Paid, Reached, Room, Step
from projections.fund_story import FundStory
from projections.fund_tallies import MONTH, UNCLAIMED, UNDATED, UNPROVED, Tally
from projections.journal_queries import Correction
from projections.namings import NameEntry
from projections.runner import Position
from projections.statements import Payment, Sums
from projections.trace_queries import Balance

MONEY = "CNY"
ROOM = Room(payees=PAYEES, payments=5, moves=10, closes=3)
"""Payees in the picture; payments, moves between funds and closes that the timeline tells of."""
PAYMENTS, CORRECTIONS = 25, 100
"""Payments and corrections on one page."""


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What the data of a fund leave open: gifts without a day, a donor, a value; payments' places.

    Gifts are counted as they came in, those that went back or were mistakes too.
    """

    undated: int
    unclaimed: int
    unproved: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class FundPage:
    """What the page shows of a fund; `older` is the leaf to go on before with payments."""

    sums: Sums
    payments: Sequence[Payment]
    older: int | None
    reached: Reached
    flow: Flow | None
    timeline: Sequence[Step]
    corrections: Sequence[Correction]
    unknown: Unknowns
    names: Sequence[NameEntry]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a fund: payments before a leaf, the reader's language, the day it is."""

    before: int | None
    language: str
    today: date


def gathered(home: PublicHouse, told: FundStory, asked: Asked, at: Position | None) -> FundPage:
    """Return what a fund's page shows; names as they stand today, and none in the past."""
    runner, fund = home.runner, told.entry.fund
    sums = statements.sums(runner, fund, at)
    payments, older = statements.payments(runner, fund, PAYMENTS, asked.before, at)
    balance = _pictured(sums.balances)
    more = fund_page.beside(runner, told, balance.unit if balance else None, ROOM, at)
    corrections, _ = journal_queries.corrections(runner, fund, at=at, limit=CORRECTIONS)
    return FundPage(
        sums,
        payments,
        older,
        more.reached,
        _flow(told.entry, asked.language, balance, more.tallies, more.paid),
        sorted(more.steps, key=_when, reverse=True),
        corrections,
        _unknowns(more.tallies, more.reached),
        _names(home, fund, asked.today) if at is None else (),
    )


def _when(step: Step) -> tuple[date, int]:
    """Order steps by their days; what has none of its own was on the day it was recorded."""
    recorded = day_in_china(step.time) if step.time else date.min
    return step.day or recorded, step.leaf


def _pictured(balances: Sequence[Balance]) -> Balance | None:
    """Return the balance that the picture is of: that of yuan, or of the first currency else."""
    money = {one.unit: one for one in balances if not one.unit.startswith("goods:")}
    return money.get(MONEY, next(iter(money.values()), None))


def _flow(
    entry: FundEntry,
    language: str,
    balance: Balance | None,
    tallies: Sequence[Tally],
    paid: Sequence[Paid],
) -> Flow | None:
    if balance is None:
        return None
    return flow_of(saying(language), language, entry.name, balance, tallies, paid)


def _unknowns(tallies: Sequence[Tally], reached: Reached) -> Unknowns:
    counted = {one.what: one.gifts for one in tallies if not one.what.startswith(MONTH)}
    return Unknowns(
        counted.get(UNDATED, 0),
        counted.get(UNCLAIMED, 0),
        counted.get(UNPROVED, 0),
        reached.unplaced,
    )


def _names(home: PublicHouse, fund: str, today: date) -> list[NameEntry]:
    found = namings.names(home.runner, fund=fund)
    return [one for one in found if one.shown_on(today)]
