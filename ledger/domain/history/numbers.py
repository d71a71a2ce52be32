"""What must hold of receipt numbers: allotted once, drawn in order, none left unused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.events import (
    Event,
    ReceiptLimitSet,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptNumbersLost,
)
from ledger.domain.receipt_books import ReceiptBook, evolve
from ledger.domain.receipt_life import Receipt
from ledger.money import Money

Find = Callable[[str], None]


@dataclass(slots=True)
class ReceiptStory:
    """What was said of a receipt number that was drawn.

    `issued` once a receipt or a red one bears it; `receipt` is what a receipt says and became, and
    None for a red one. `marked` are the gifts that name it, `unmarked` those that lost it.
    """

    organisation: str
    issued: bool = False
    red: bool = False
    receipt: Receipt | None = None
    marked: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()

    @property
    def gift(self) -> str | None:
        """The first gift of the receipt that bears the number."""
        return self.receipt.gifts[0] if self.receipt else None

    @property
    def amount(self) -> Money | None:
        """What the receipt that bears the number says."""
        return self.receipt.amount if self.receipt else None

    @property
    def reversed(self) -> bool:
        """Tell whether a red receipt voids the one that bears the number."""
        return self.receipt is not None and self.receipt.red is not None

    def open(self, code: str, number: str) -> list[str]:
        """Say what is only half told of the number."""
        gifts = self.receipt.gifts if self.receipt else ()
        if not self.red and (not self.issued or set(gifts) != set(self.marked)):
            return [f"receipt number {code} {number} was drawn but not issued"]
        if set(self.unmarked) != (set(gifts) if self.reversed else set()):
            return [f"receipt {code} {number} is reversed, but not at its gift"]
        return []


class NumberHistory:
    """Lots and the numbers drawn from them, folded in log order."""

    def __init__(self) -> None:
        self.stories: dict[tuple[str, str], ReceiptStory] = {}
        self._books: dict[str, ReceiptBook] = {}

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class."""
        return NumberHistory._apply.takers(self, kind)

    def still_open(self) -> list[str]:
        """Say which numbers were drawn for nothing, and which receipts are only half told."""
        return [
            said
            for (code, number), story in sorted(self.stories.items())
            for said in story.open(code, number)
        ]

    def fresh(
        self, event: Event, code: str, number: str, organisation: str, find: Find
    ) -> ReceiptStory | None:
        """Return the story of a number that nothing bears yet; find fault if there is none."""
        story = self.stories.get((code, number))
        issuers = {event.actor, organisation}
        if story is None or story.issued or issuers != {story.organisation}:
            find(f"receipt {code} {number} bears a number that was not drawn for it")
            return None
        story.issued = True
        return story

    @ByFact
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts speak of no number."""

    @_apply.register
    def _allotted(self, event: ReceiptNumbersAllotted, find: Find) -> None:
        book = self._book(event.code)
        if any(lot.first <= event.last and event.first <= lot.last for lot in book.lots):
            find(f"numbers {event.first} to {event.last} of {event.code} are allotted twice")
        self._books[event.code] = evolve(book, event)

    @_apply.register
    def _limited(self, event: ReceiptLimitSet, find: Find) -> None:
        if event.unused_max < 1:
            find(f"{event.organisation} may hold {event.unused_max} numbers, which is no limit")
        self._books[event.code] = evolve(self._book(event.code), event)

    @_apply.register
    def _drawn(self, event: ReceiptNumbersDrawn, find: Find) -> None:
        book = self._book(event.code)
        next_ = [lot.blank()[0] for lot in book.lots
                 if lot.organisation == event.actor and lot.blank()]  # fmt: skip
        if event.organisation != event.actor or not any(
            first == event.first and event.last <= last for first, last in next_
        ):
            find(f"numbers {event.first} to {event.last} of {event.code} are not next in a lot")
            return
        for number in range(event.first, event.last + 1):
            key = (event.code, f"{number:010d}")
            if key in self.stories:
                find(f"number {event.code} {key[1]} is drawn twice")
            self.stories[key] = ReceiptStory(event.organisation)
        self._books[event.code] = evolve(book, event)

    @_apply.register
    def _lost(self, event: ReceiptNumbersLost, find: Find) -> None:
        book = self._book(event.code)
        blank = [
            (first, last)
            for lot in book.lots
            if lot.organisation == event.actor == event.organisation
            for first, last in lot.blank()
        ]
        if event.first > event.last or not any(
            first <= event.first and event.last <= last for first, last in blank
        ):
            find(f"numbers {event.first} to {event.last} of {event.code} are lost, but not blank")
            return
        self._books[event.code] = evolve(book, event)

    def _book(self, code: str) -> ReceiptBook:
        return self._books.get(code, ReceiptBook(code))
