"""Gathers what the page of a fund shows, all of it as of one position of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.fund_flow import PAYEES, Flow, flow_of
from api.languages import saying
from api.public_house import PublicHouse
from ledger.domain.days import day_in_china
from projections import fund_page
from projections.directory import FundEntry
from projections.fund_page import Reached, Room, Step, Told
from projections.fund_story import FundStory
from projections.fund_tallies import MONTH, UNCLAIMED, UNDATED, UNPROVED, Tally
from projections.namings import NameEntry
from projections.runner import Position
from projections.statements import Sums
from projections.trace_queries import Balance

MONEY = "CNY"
ROOM = Room(payees=PAYEES, payments=25, largest=5, moves=10, closes=3, corrections=100)
"""Payees in the picture; payments in the table; what the timeline tells of; corrections."""


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
    """What the page shows of a fund."""

    story: FundStory
    sums: Sums
    told: Told
    flow: Flow | None
    timeline: Sequence[Step]
    unknown: Unknowns
    names: Sequence[NameEntry]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a fund: payments before a leaf, the reader's language, the day it is."""

    before: int | None
    language: str
    today: date


def gathered(home: PublicHouse, fund: str, asked: Asked, at: Position | None) -> FundPage | None:
    """Return what a fund's page shows; None when there is no such fund."""
    story, sums = fund_page.opening(home.runner, fund, at)
    if story is None:
        return None
    balance = _pictured(sums.balances)
    unit = balance.unit if balance else None
    told = fund_page.told(home.runner, story, unit, ROOM, asked.before, at)
    return FundPage(
        story,
        sums,
        told,
        _flow(story.entry, asked.language, balance, told),
        sorted(told.steps, key=_when, reverse=True),
        _unknowns(told.tallies, told.reached),
        [name for name in told.names if name.shown_on(asked.today)],
    )


def _when(step: Step) -> tuple[date, int]:
    """Order steps by their days; what has none of its own was on the day it was recorded."""
    recorded = day_in_china(step.time) if step.time else date.min
    return step.day or recorded, step.leaf


def _pictured(balances: Sequence[Balance]) -> Balance | None:
    """Return the balance that the picture is of: that of yuan, or of the first currency else."""
    money = {one.unit: one for one in balances if not one.unit.startswith("goods:")}
    return money.get(MONEY, next(iter(money.values()), None))


def _flow(entry: FundEntry, language: str, balance: Balance | None, told: Told) -> Flow | None:
    if balance is None:
        return None
    return flow_of(saying(language), language, entry.name, balance, told.tallies, told.paid)


def _unknowns(tallies: Sequence[Tally], reached: Reached) -> Unknowns:
    counted = {one.what: one.gifts for one in tallies if not one.what.startswith(MONTH)}
    return Unknowns(
        counted.get(UNDATED, 0),
        counted.get(UNCLAIMED, 0),
        counted.get(UNPROVED, 0),
        reached.unplaced,
    )
