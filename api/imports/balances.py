"""Follow the balance of an account from row to row."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of an account in minor units: its change (None if not told), the balance after it.

    `when` is its day and time as written: rows of one moment may stand in any order. `apart` is
    the amount of a trade that was undone or counts neither way: totals may hold it or not.
    """

    row: int
    when: str
    day: date | None
    change: int | None
    balance: int | None
    apart: int | None = None

    @property
    def before(self) -> int | None:
        """The balance before this row, as it follows from the row itself."""
        if self.change is None or self.balance is None:
            return None
        return self.balance - self.change


def in_order(moves: Sequence[Movement]) -> list[Movement]:
    """Return the rows oldest first, by their days, else the way in which more balances follow."""
    days = [move.day for move in moves if move.day]
    if len(set(days)) > 1 and days in (sorted(days), sorted(days, reverse=True)):
        return list(moves) if days[0] < days[-1] else list(reversed(moves))
    rising = sum(a.balance is not None and a.balance == b.before for a, b in pairwise(moves))
    falling = sum(b.balance is not None and b.balance == a.before for a, b in pairwise(moves))
    return list(reversed(moves)) if falling > rising else list(moves)


def chain_breaks(ordered: Sequence[Movement]) -> Iterator[tuple[Movement, int, int]]:
    """Yield each row whose balance does not follow from the one before: it, what would, what is.

    A row that does not tell its change or balance is no break: the chain goes on as far as it
    can be known.
    """
    balance: int | None = None
    for _, rows in groupby(ordered, key=lambda move: move.when):
        for move in _in_chain([*rows], balance):
            due = None if balance is None or move.change is None else balance + move.change
            if due is not None and move.balance is not None and due != move.balance:
                yield move, due, move.balance
            balance = due if move.balance is None else move.balance


def _in_chain(rows: list[Movement], balance: int | None) -> Iterator[Movement]:
    """Return rows of one moment in the order in which each follows from the one before."""
    if len(rows) == 1 or any(row.before is None for row in rows):
        yield from rows
        return
    waiting: dict[int | None, deque[int]] = defaultdict(deque)
    for number, row in enumerate(rows):
        waiting[row.before].append(number)
    unread = deque(range(len(rows)))
    taken: set[int] = set()
    while unread:
        if unread[0] in taken:
            unread.popleft()
            continue
        fitting = waiting[balance] or waiting[rows[unread[0]].before]
        number = fitting.popleft()
        taken.add(number)
        balance = rows[number].balance
        yield rows[number]
