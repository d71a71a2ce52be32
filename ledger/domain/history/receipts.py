"""What must hold of receipts: every number drawn once, each for one gift, none left unused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatchmethod

from ledger.domain.events import (
    BenefitRecorded,
    Event,
    GiftReceipted,
    GiftReceiptReversed,
    ReceiptIssued,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptReversed,
)
from ledger.domain.history.money import MoneyHistory
from ledger.domain.receipt_books import ReceiptBook, evolve
from ledger.money import MINOR_MAX, Money

Find = Callable[[str], None]


@dataclass(slots=True)
class ReceiptStory:
    """What was said of a receipt number: drawn, issued or red, for which gift, still standing."""

    organisation: str
    issued: bool = False
    gift: str | None = None
    marked: bool = False
    amount: Money | None = None
    reversed: bool = False
    unmarked: bool = False


class ReceiptHistory:
    """Lots, numbers and receipts, folded in log order; `money` tells of the gifts."""

    def __init__(self, money: MoneyHistory) -> None:
        self._money = money
        self.numbers: dict[tuple[str, str], ReceiptStory] = {}
        self._books: dict[str, ReceiptBook] = {}
        self._benefits: dict[str, Money | None] = {}
        """What donors get for their gifts; None is a benefit that nobody could value."""

    def see(self, event: Event, find: Find) -> None:
        """Take in one event."""
        self._apply(event, find)

    def still_open(self) -> list[str]:
        """Say which numbers were drawn for nothing, and which receipts are only half told."""
        findings = []
        for (code, number), story in sorted(self.numbers.items()):
            if not story.issued or not story.marked:
                findings.append(f"receipt number {code} {number} was drawn but not issued")
            if story.reversed != story.unmarked:
                findings.append(f"receipt {code} {number} is reversed, but not at its gift")
        return findings

    @singledispatchmethod
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts speak of no receipt."""

    @_apply.register
    def _allotted(self, event: ReceiptNumbersAllotted, find: Find) -> None:
        book = self._book(event.code)
        if any(lot.first <= event.last and event.first <= lot.last for lot in book.lots):
            find(f"numbers {event.first} to {event.last} of {event.code} are allotted twice")
        self._books[event.code] = evolve(book, event)

    @_apply.register
    def _drawn(self, event: ReceiptNumbersDrawn, find: Find) -> None:
        book = self._book(event.code)
        if event.organisation != event.actor or not any(
            lot.organisation == event.actor and lot.next == event.first and event.last <= lot.last
            for lot in book.lots
        ):
            find(f"numbers {event.first} to {event.last} of {event.code} are not next in a lot")
            return
        for number in range(event.first, event.last + 1):
            key = (event.code, f"{number:010d}")
            if key in self.numbers:
                find(f"number {event.code} {key[1]} is drawn twice")
            self.numbers[key] = ReceiptStory(event.organisation)
        self._books[event.code] = evolve(book, event)

    @_apply.register
    def _issued(self, event: ReceiptIssued, find: Find) -> None:
        story = self._fresh(event, event.code, event.number, event.organisation, find)
        if story is None:
            return
        story.issued, story.gift, story.amount = True, event.gift, event.amount
        self._money.own_gift(event, event.gift, find)
        kept = self._kept(event.gift)
        units = {kept.currency, event.amount.currency}
        standing = event.gift in self._money.receipted
        if standing or not 0 < event.amount.minor == kept.minor or units != {"CNY"}:
            find(f"receipt {event.code} {event.number} is not for what is left of its gift")
        self._money.receipted.add(event.gift)

    @_apply.register
    def _benefit(self, event: BenefitRecorded, find: Find) -> None:
        self._money.own_gift(event, event.originator_id, find)
        if event.originator_id in self._money.receipted:
            find(f"the benefit of {event.originator_id} is decided while its receipt stands")
        self._benefits[event.originator_id] = event.benefit

    def _kept(self, gift: str) -> Money:
        left = self._left(gift)
        benefit = self._benefits.get(gift, Money(0, left.currency))
        if benefit is None or benefit.currency != left.currency:
            return Money(0)
        return Money(max(0, left.minor - max(0, benefit.minor)), left.currency)

    def _left(self, gift: str) -> Money:
        value = self._money.values.get(gift, Money(0))
        units = self._money.gifts.get(gift, {})
        if value.currency not in units and any(self._money.gone.get((gift, u)) for u in units):
            return Money(0)  # goods of which a part went back are valued anew, as another gift
        left = value.minor - self._money.gone.get((gift, value.currency), 0)
        return Money(max(0, min(left, MINOR_MAX)), value.currency)

    def _fresh(
        self, event: Event, code: str, number: str, organisation: str, find: Find
    ) -> ReceiptStory | None:
        story = self.numbers.get((code, number))
        issuers = {event.actor, organisation}
        if story is None or story.issued or issuers != {story.organisation}:
            find(f"receipt {code} {number} bears a number that was not drawn for it")
            return None
        return story

    @_apply.register
    def _receipted_gift(self, event: GiftReceipted, find: Find) -> None:
        story = self.numbers.get((event.code, event.number))
        self._money.own_gift(event, event.originator_id, find)
        if story is None or story.gift != event.originator_id or story.marked:
            find(f"{event.originator_id} bears a receipt that is not its own")
            return
        story.marked = True

    @_apply.register
    def _reversed(self, event: ReceiptReversed, find: Find) -> None:
        story = self.numbers.get((event.code, event.number))
        red = self._fresh(event, event.red_code, event.red_number, event.organisation, find)
        if story is None or story.reversed or not story.issued or story.gift != event.gift:
            find(f"receipt {event.code} {event.number} does not stand, and can't be reversed")
            return
        if story.amount != event.amount or story.organisation != event.actor:
            find(f"receipt {event.code} {event.number} is reversed for another amount or by others")
        story.reversed = True
        if red is not None:
            red.issued = red.marked = True
        self._money.receipted.discard(event.gift)

    @_apply.register
    def _unmarked(self, event: GiftReceiptReversed, find: Find) -> None:
        story = self.numbers.get((event.code, event.number))
        self._money.own_gift(event, event.originator_id, find)
        if story is None or story.gift != event.originator_id or not story.marked:
            find(f"{event.originator_id} loses a receipt that is not its own")
            return
        story.unmarked = True

    def _book(self, code: str) -> ReceiptBook:
        return self._books.get(code, ReceiptBook(code))
