"""What must hold of receipt numbers: allotted once, drawn in order, none left unused."""

from __future__ import annotations

from collections.abc import Callable

from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.events import (
    Event,
    ReceiptLimitSet,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptNumbersLost,
)
from ledger.domain.history.packing import Table
from ledger.domain.history.receipt_stories import ReceiptStories, ReceiptStory
from ledger.domain.receipt_books import ReceiptBook, evolve

Find = Callable[[str], None]


class NumberHistory:
    """Lots and the numbers drawn from them, folded in log order."""

    def __init__(self, gifts: Table) -> None:
        """Begin; `gifts` are the streams of gifts."""
        self.stories = ReceiptStories(gifts)
        self._books: dict[str, ReceiptBook] = {}

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class."""
        return NumberHistory._apply.takers(self, kind)

    def still_open(self) -> list[str]:
        """Say which numbers were drawn for nothing, and which receipts are only half told."""
        open_ = [
            (key, said) for key, story in self.stories.unfinished() for said in story.open(*key)
        ]
        return [said for _, said in sorted(open_)]

    def fresh(
        self, event: Event, code: str, number: str, organisation: str, find: Find
    ) -> ReceiptStory | None:
        """Return the story of a number that nothing bears yet; find fault if there is none."""
        story = self.stories.get((code, number))
        issuers = {event.actor, organisation}
        if story is None or story.issued or issuers != {story.organisation}:
            find(f"receipt {code} {number} bears a number that was not drawn for it")
            return None
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
            if self.stories.get(key):
                find(f"number {event.code} {key[1]} is drawn twice")
            self.stories.put(key, ReceiptStory(event.organisation))
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
