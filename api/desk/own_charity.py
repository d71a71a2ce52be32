"""What a charity's clerks and reviewers start from: its funds, and the newest gifts' gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.desk.overview import Link, forms
from api.wiring import House
from ledger.domain.acting import Acting
from projections import directory, trace_queries
from projections.directory import DIRECTORY, FundEntry
from projections.fund_tallies import FUND_TALLIES
from projections.gift_index import GIFT_INDEX
from projections.newest_gifts import NewGift, Place, in_suspense, newest
from projections.trace_queries import Balance
from projections.traces import TRACES

LOOKED_AT = 200
"""Gifts that one page looks through."""
ON_FUND = ("gifts-receive", "gifts-receive-goods", "disbursements-propose", "funds-allocate")


@dataclass(frozen=True, slots=True)
class FundLine:
    """A fund, what it holds, how many of its gifts have no donor, and forms filled in with it."""

    fund: FundEntry
    balances: tuple[Balance, ...]
    suspended: int
    forms: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class GiftLine:
    """A gift that lacks its donor or its receipt, with the forms that mend that."""

    gift: NewGift
    forms: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class GiftsSeen:
    """What a page of the newest gifts lacks: how many were looked at, and where to go on."""

    lines: tuple[GiftLine, ...]
    looked_at: int
    without_donor: int
    without_receipt: int
    more: Place | None


def funds_of(house: House, acting: Acting) -> list[FundLine]:
    """Return the funds of the account's organisation."""
    for view in (DIRECTORY, FUND_TALLIES, TRACES):
        house.runner.follow(view)
    funds = directory.funds(house.runner, acting.organisation)
    suspended = in_suspense(house.runner, [one.fund for one in funds])
    return [
        FundLine(
            one,
            tuple(trace_queries.balances(house.runner, one.fund)[0]),
            suspended.get(one.fund, 0),
            () if one.closed else tuple(forms(acting, ON_FUND, fund=one.fund)),
        )
        for one in funds
    ]


def gifts_of(house: House, acting: Acting, before: Place | None) -> GiftsSeen:
    """Return what the newest gifts of the account's organisation lack, before a place."""
    house.runner.follow(GIFT_INDEX)
    found = newest(house.runner, acting.organisation, LOOKED_AT + 1, before)
    seen = found[:LOOKED_AT]
    last = seen[-1] if len(found) > LOOKED_AT else None
    return GiftsSeen(
        tuple(_lines(acting, seen)),
        len(seen),
        sum(not one.identified for one in seen),
        sum(one.unreceipted for one in seen),
        (last.received_on, last.leaf) if last else None,
    )


def _lines(acting: Acting, seen: Sequence[NewGift]) -> list[GiftLine]:
    return [
        GiftLine(one, tuple(forms(acting, [_mending(one)], gift=one.gift)))
        for one in seen
        if one.unreceipted or not one.identified
    ]


def _mending(gift: NewGift) -> str:
    """Return what comes next: a receipt names a donor, who must be known first."""
    return "receipts-issue" if gift.identified else "gifts-identify"
