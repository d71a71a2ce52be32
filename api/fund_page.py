"""Gathers what the page of a fund shows, all of it as of one position of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.fund_flow import Flow, flow_of
from api.languages import saying
from api.public_house import PublicHouse
from ledger.domain.days import day_in_china
from projections import fund_page, fund_tallies, namings
from projections.directory import FundEntry
from projections.fund_page import Reached, Step
from projections.fund_tallies import MONTH, UNCLAIMED, UNDATED, UNPROVED, Tally
from projections.namings import NameEntry
from projections.runner import Position
from projections.statements import Payment
from projections.trace_queries import Balance

MONEY = "CNY"
LARGEST, MOVES, CLOSES = 5, 10, 3
"""Payments, moves between funds and closes that the timeline tells of."""
PAYEES = 1000
"""Payees that the picture adds up, those who got most first."""


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
    """What the page shows of a fund beside its statement."""

    reached: Reached
    flow: Flow | None
    timeline: Sequence[Step]
    unknown: Unknowns
    names: Sequence[NameEntry]


def gathered(
    home: PublicHouse,
    entry: FundEntry,
    balances: Sequence[Balance],
    language: str,
    today: date,
    at: Position | None,
) -> FundPage:
    """Return what a fund's page shows; names as they stand today, and none in the past."""
    tallies = fund_tallies.of(home.runner, entry.fund, at)
    reached = fund_page.reached(home.runner, entry.fund, at)
    return FundPage(
        reached,
        _flow(home, entry, balances, language, tallies, at),
        timeline(home, entry, at),
        _unknowns(tallies, reached),
        _names(home, entry.fund, today) if at is None else (),
    )


def timeline(home: PublicHouse, entry: FundEntry, at: Position | None) -> list[Step]:
    """Return the steps of a fund, the newest first: how it began and ended, its largest moves."""
    own = fund_page.milestones(home.runner, entry.fund, at)
    opened = own[0].leaf
    steps = [
        *own,
        *fund_page.moved(home.runner, entry.fund, MOVES, at),
        *fund_page.largest(home.runner, entry.fund, LARGEST, at),
        *fund_page.closes(home.runner, entry.organisation, opened, CLOSES, at),
    ]
    return sorted(steps, key=_when, reverse=True)


def _when(step: Step) -> tuple[date, int]:
    """Order steps by their days; what has none of its own was on the day it was recorded."""
    recorded = day_in_china(step.time) if step.time else date.min
    return step.day or recorded, step.leaf


def proofs(
    home: PublicHouse, payments: Sequence[Payment], at: Position | None
) -> dict[str, tuple[str, ...]]:
    """Return the digests of the evidence that these payments were accepted on, by payment."""
    accepted = [one.disbursement for one in payments if one.accepted_on]
    found = fund_page.outcomes(home.runner, accepted, at)
    return fund_page.evidence(home.runner, found.values())


def _flow(
    home: PublicHouse,
    entry: FundEntry,
    balances: Sequence[Balance],
    language: str,
    tallies: Sequence[Tally],
    at: Position | None,
) -> Flow | None:
    """Return the picture of the fund's yuan, or of its first currency where it has none."""
    money = {one.unit: one for one in balances if not one.unit.startswith("goods:")}
    if not money:
        return None
    balance = money.get(MONEY, next(iter(money.values())))
    paid = fund_page.paid(home.runner, entry.fund, balance.unit, PAYEES, at)
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
