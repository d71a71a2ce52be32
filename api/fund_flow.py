"""The way of a fund's money in one picture: months of gifts, fund, payees, what was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.languages import Say
from api.public_words import PRIVATE
from api.sentences import one_language
from projections.fund_page import Paid
from projections.fund_tallies import MONTH, Tally
from projections.trace_queries import Balance

MONTHS, PAYEES = 6, 6
"""Nodes of a kind at most, the last of them being all the others: 30 links in all, or fewer."""
CAME_IN, FUND, WENT_TO, BECAME = range(4)
"""The stages, from left to right."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place that money comes from, lies in, goes to or ends at; `stage` counts from the left."""

    id: str
    stage: int
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """So many smallest units went from one node to another."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True, slots=True)
class Flow:
    """A fund's money on its way: amounts are smallest units of `unit`; what is nothing is left out.

    Into the fund goes as much as comes out of it or stays in it.
    """

    unit: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    def name(self, node: str) -> str:
        """Return what a node is called."""
        return next(one.name for one in self.nodes if one.id == node)


@dataclass(frozen=True, slots=True)
class _Way:
    """One link, with the node at its far end from the fund, and what becomes of it there."""

    node: Node
    amount: int
    onward: tuple[tuple[Node, int], ...] = ()


def flow_of(
    say: Say, language: str, name: str, balance: Balance, tallies: Sequence[Tally],
    paid: Sequence[Paid],
) -> Flow | None:  # fmt: skip
    """Return the picture of a fund's money in one unit; None where nothing came in."""
    came = [way for way in _came(say, balance, tallies) if way.amount > 0]
    if not came:
        return None
    went = [way for way in _went(say, language, balance, paid) if way.amount > 0]
    fund = Node("fund", FUND, name)
    links = [Link(way.node.id, fund.id, way.amount) for way in came]
    links += [Link(fund.id, way.node.id, way.amount) for way in went]
    onward = [(way.node, *one) for way in went for one in way.onward if one[1] > 0]
    links += [Link(node.id, end.id, amount) for node, end, amount in onward]
    ends = {end.id: end for _, end, _ in onward}
    nodes = (*(way.node for way in came), fund, *(way.node for way in went), *ends.values())
    return Flow(balance.unit, nodes, tuple(links))


def _came(say: Say, balance: Balance, tallies: Sequence[Tally]) -> Iterator[_Way]:
    """Yield the months of gifts, the newest ones apart, and what other funds gave."""
    months = [t for t in tallies if t.what.startswith(MONTH) and t.unit == balance.unit]
    months.sort(key=lambda tally: tally.what, reverse=True)
    shown = months if len(months) <= MONTHS else months[: MONTHS - 1]
    for tally in reversed(shown):
        month = tally.what.removeprefix(MONTH)
        name = _month(say, month) if month else say("日期不明", "day unknown")
        yield _Way(Node(f"month-{month or 'unknown'}", CAME_IN, name), tally.amount)
    rest = sum(tally.amount for tally in months[len(shown) :])
    yield _Way(Node("month-other", CAME_IN, say("其他月份", "other months")), rest)
    other = Node("from-funds", CAME_IN, say("其他资金转入", "from other funds"))
    yield _Way(other, balance.transferred_in)


def _month(say: Say, month: str) -> str:
    year, number = month.split("-")
    return say(f"{year}年{int(number)}月", month)


def _went(say: Say, language: str, balance: Balance, paid: Sequence[Paid]) -> Iterator[_Way]:
    """Yield the payees, those who got most apart, and where else the money is."""
    shown = paid if len(paid) <= PAYEES else paid[: PAYEES - 1]
    for number, one in enumerate(shown, 1):
        name = one.payee or one_language(PRIVATE, language)
        node = Node(f"payee-{number}", WENT_TO, name)
        yield _Way(node, one.amount, _accepted(say, one.amount, one.accepted))
    rest = paid[len(shown) :]
    amount, accepted = sum(one.amount for one in rest), sum(one.accepted for one in rest)
    others = Node("payee-other", WENT_TO, say("其他收款方", "other payees"))
    yield _Way(others, amount, _accepted(say, amount, accepted))
    gone = Node("to-funds", WENT_TO, say("转至其他资金", "to other funds"))
    yield _Way(gone, balance.transferred_out)
    back = Node("returned", WENT_TO, say("退赠及冲正", "given back or reversed"))
    yield _Way(back, balance.returned + balance.reversed)
    yield _Way(Node("balance", WENT_TO, say("余额", "balance")), balance.balance)


def _accepted(say: Say, amount: int, accepted: int) -> tuple[tuple[Node, int], ...]:
    yes = Node("accepted", BECAME, say("已验收", "accepted"))
    no = Node("not-accepted", BECAME, say("尚未验收", "not accepted yet"))
    return (yes, accepted), (no, amount - accepted)
