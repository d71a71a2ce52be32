"""A donor's own gifts: what was given to whom, what became of it, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from api.desk.choices import Pair
from api.desk.my_gifts_claiming import check_donor
from api.desk.telling import FOLLOWING, MAIN
from api.donor_shown import Shown, shown_of
from api.wiring import House
from ledger.application.asked import Asked
from ledger.domain import permissions
from ledger.domain.acting import Acting
from ledger.domain.days import day_in_china
from ledger.domain.events import Event, GiftReceipted
from ledger.domain.gifts import Gift
from ledger.domain.receipt_life import Receipt
from projections import directory, gift_index, trace_queries
from projections.directory import DIRECTORY
from projections.gift_index import GIFT_INDEX
from projections.trace_queries import Trace
from projections.traces import TRACES

SEEN_AT_MOST = 500
"""Gifts that one page lists."""

STATES = {
    "reversed": ("误记，已冲正", "reversed: recorded by mistake"),
    "returned": ("已退还", "given back"),
    "spent": ("已全部支出", "all paid out"),
    "part-spent": ("部分支出", "partly paid out"),
    "unspent": ("尚未支出", "nothing paid out yet"),
}
RECEIPT_STATES = {
    "stands": ("有效", "stands"),
    "reversed": ("已冲红作废", "void by a red receipt"),
    "paper": ("已换开纸质票据", "exchanged for paper"),
    "held": ("留存备查", "held on file"),
}


@dataclass(frozen=True, slots=True)
class MyReceipt:
    """A receipt that was made out for a gift, as it is now."""

    receipt: Receipt

    @property
    def state(self) -> str:
        """One of `RECEIPT_STATES`."""
        if self.receipt.red:
            return "reversed"
        if self.receipt.held:
            return "held"
        return "paper" if self.receipt.paper else "stands"


@dataclass(frozen=True, slots=True)
class Change:
    """Something recorded on a gift after it came in."""

    on: date
    words: Pair


@dataclass(frozen=True, slots=True)
class MyGift:
    """A gift as its donor sees it: `parts` has the trace of each unit that was given."""

    gift: Gift
    fund: str
    charity: str
    parts: tuple[Trace, ...]

    @property
    def state(self) -> str:
        """One of `STATES`; goods are spent when all of every item is."""
        if all(one.reversed >= one.amount for one in self.parts):
            return "reversed"
        if all(one.returned + one.reversed >= one.amount for one in self.parts):
            return "returned"
        if not any(one.segments for one in self.parts):
            return "unspent"
        return "part-spent" if any(one.unspent for one in self.parts) else "spent"


def spent(part: Trace) -> int:
    """Return how much of a part was paid out, in smallest units."""
    return sum(one.end - one.start for one in part.segments)


def share(part: Trace) -> str:
    """Return how much of a part was paid out, in percent with one place, rounded down."""
    tenths = spent(part) * 1000 // part.amount
    return f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True, slots=True)
class WholeGift:
    """All that a donor's own page of a gift shows."""

    mine: MyGift
    receipts: tuple[MyReceipt, ...]
    changes: tuple[Change, ...]
    namings: tuple[tuple[str, str], ...]
    shown: Shown


def listed(house: House, acting: Acting) -> list[MyGift]:
    """Return the account's gifts, the newest first; those without a day stand at the top."""
    check_donor(acting)
    own = house.accounts.gifts_of(acting.account)
    house.runner.follow(GIFT_INDEX)
    ordered = gift_index.by_day(house.runner, own)[::-1][:SEEN_AT_MOST]
    return list(_seen(house, ordered))


def find(house: House, acting: Acting, gift: str) -> WholeGift:
    """Return all about one of the account's gifts; refuse a gift that is not its own."""
    check_own(house, acting, gift)
    (mine,) = _seen(house, [gift])
    story = house.ledger.streams.facts(gift)
    return WholeGift(
        mine,
        tuple(receipts_of(house, story)),
        tuple(_changes(story)),
        tuple((one, house.ledger.streams.naming(one).status) for one in mine.gift.namings),
        shown_of(house, gift),
    )


def check_own(house: House, acting: Acting, gift: str) -> None:
    """Refuse a gift that is not bound to the account, whether there is such a gift or not."""
    check_donor(acting)
    permissions.check_donor(acting, gift, house.accounts.gifts_of(acting.account))


def own_name(house: House, acting: Acting, gift: str) -> str:
    """Return the donor's name as the charity recorded it; that it is read is written down."""
    own = frozenset(house.accounts.gifts_of(acting.account))
    return house.of_request(Asked(acting, own=own)).ledger.donors.own_name(gift)


def receipts_of(house: House, story: Sequence[Event]) -> Iterator[MyReceipt]:
    """Yield the receipts that were ever made out for a gift, the newest first."""
    for fact in reversed(story):
        if isinstance(fact, GiftReceipted):
            yield MyReceipt(house.ledger.streams.receipt(fact.code, fact.number))


def _seen(house: House, gifts: Sequence[str]) -> Iterator[MyGift]:
    for view in (TRACES, DIRECTORY):
        house.runner.follow(view)
    found = [house.ledger.streams.gift(gift) for gift in gifts]
    names = directory.names(house.runner)
    funds = directory.fund_names(house.runner, {known.fund for known in found})
    for known in found:
        parts = trace_queries.trace_gift(house.runner, known.id)
        charity = names.get(known.organisation, known.organisation)
        yield MyGift(known, funds.get(known.fund, known.fund), charity, tuple(parts))


def _changes(story: Sequence[Event]) -> Iterator[Change]:
    """Yield what was recorded on a gift after it came in, the newest first."""
    for fact in reversed(story[1:]):
        words = MAIN.get(fact.TOPIC) or FOLLOWING.get(fact.TOPIC) or (fact.TOPIC, fact.TOPIC)
        yield Change(day_in_china(fact.timestamp), words)
