"""What must hold of paper and official receipts: one stands in one's place, each number once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.events import (
    Event,
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptNumber,
    ReceiptNumbersAllotted,
)
from ledger.domain.history.receipt_stories import ReceiptStories
from ledger.domain.receipt_life import Receipt, evolve

Find = Callable[[str], None]
PaperEvent = ReceiptExchanged | PaperTakenBack | OfficialReceiptRecorded


class PaperHistory:
    """Receipts exchanged, taken back and made out officially, folded in log order."""

    def __init__(self, stories: ReceiptStories) -> None:
        self._stories = stories
        self._used: set[ReceiptNumber] = set()
        self._lots: dict[str, list[ReceiptNumbersAllotted]] = {}

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class."""
        return PaperHistory._apply.takers(self, kind)

    @ByFact
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts speak of no paper."""

    @_apply.register
    def _allotted(self, event: ReceiptNumbersAllotted, find: Find) -> None:
        self._lots.setdefault(event.code, []).append(event)
        for number in sorted(n.number for n in self._used if _holds(event, n)):
            find(f"receipt {event.code} {number} is written by hand, but lies in a lot")

    @_apply.register
    def _exchanged(self, event: ReceiptExchanged, find: Find) -> None:
        receipt = self._standing(event, find)
        if receipt and receipt.paper is not None:
            find(f"receipt {event.code} {event.number} is exchanged while its paper is out")
        self._use(event.paper, find)

    @_apply.register
    def _taken_back(self, event: PaperTakenBack, find: Find) -> None:
        receipt = self._standing(event, find)
        if receipt and receipt.paper != event.paper:
            find(f"receipt {event.code} {event.number} takes back a paper that was not out")

    @_apply.register
    def _official(self, event: OfficialReceiptRecorded, find: Find) -> None:
        receipt = self._standing(event, find)
        if receipt and receipt.official is not None:
            find(f"receipt {event.code} {event.number} has two official receipts")
        self._use(event.official, find)

    def _use(self, number: ReceiptNumber, find: Find) -> None:
        if number in self._used:
            find(f"receipt {number.code} {number.number} stands for two receipts")
        self._used.add(number)
        lots = self._lots.get(number.code, ())
        if any(_holds(lot, number) for lot in lots):
            find(f"receipt {number.code} {number.number} is written by hand, but lies in a lot")

    def _standing(self, event: PaperEvent, find: Find) -> Receipt | None:
        """Apply a fact, and return the receipt as it was before; find one that does not stand."""
        story = self._stories.get((event.code, event.number))
        before = story.receipt if story else None
        if story is None or before is None or before.red or story.organisation != event.actor:
            find(f"receipt {event.code} {event.number} does not stand, and is not exchanged")
            return None
        receipt = evolve(before, event)
        self._stories.put((event.code, event.number), replace(story, receipt=receipt))
        return before


def _holds(lot: ReceiptNumbersAllotted, said: ReceiptNumber) -> bool:
    """Tell whether a number lies in a lot; one that is malformed is compared all the same."""
    return lot.code == said.code and f"{lot.first:010d}" <= said.number <= f"{lot.last:010d}"
