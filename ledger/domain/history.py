"""What must be true of a whole history: streams, money and receipt numbers, event by event.

It trusts no decision: it folds every fact of a log from the first one on and says what can't be.
An auditor needs nothing else than the published entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import singledispatchmethod

from ledger.domain.axis import Axis, Span
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DonorIdentified,
    Event,
    FundOpened,
    FundsAllocated,
    GiftReceipted,
    GiftReceived,
    GiftReturned,
    OpeningsErased,
    ReceiptIssued,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
)
from ledger.domain.funds import Disbursement, GiftPlace
from ledger.domain.receipt_books import ReceiptBook, evolve
from ledger.domain.values import exchange
from ledger.errors import Refused
from ledger.money import Money


@dataclass(slots=True)
class UnitAccount:
    """One (fund, unit): what came in, and how far outflows have taken from it."""

    received: int = 0
    gifts: int = 0
    allocated_in: int = 0
    allocated_out: int = 0
    disbursed: int = 0
    returned: int = 0
    axis: Axis = field(default_factory=Axis)

    @property
    def balance(self) -> int:
        """What lies in the fund."""
        return self.received - self.axis.used

    def conserved(self) -> bool:
        """Tell whether all that came in is where the events say (design section 6, promise)."""
        inflow = self.gifts + self.allocated_in
        outflow = self.disbursed + self.allocated_out + self.returned
        return self.received == inflow and self.axis.used == outflow and self.balance >= 0


@dataclass(slots=True)
class ReceiptStory:
    """What was said of a receipt number: drawn, issued, for which gift."""

    organisation: str
    issued: bool = False
    gift: str | None = None
    marked: bool = False


class History:
    """Everything that must hold, folded from events in log order; `findings` are the breaches."""

    def __init__(self) -> None:
        self.findings: list[str] = []
        self.accounts: dict[tuple[str, str], UnitAccount] = defaultdict(UnitAccount)
        self.holders: dict[str, str] = {}
        self.erased: set[str] = set()
        self.numbers: dict[tuple[str, str], ReceiptStory] = {}
        self._versions: dict[str, int] = {}
        self._gifts: dict[str, tuple[GiftPlace, Money]] = {}
        self._returned: dict[str, int] = defaultdict(int)
        self._receipted: dict[str, Money] = {}
        self._suspense: set[str] = set()
        self._open: dict[tuple[str, str], Disbursement] = {}
        self._books: dict[str, ReceiptBook] = {}

    def see(self, leaf: int, event: Event) -> None:
        """Take in the event at a leaf."""
        expected = self._versions.get(event.originator_id, 0) + 1
        if event.originator_version != expected:
            self._find(
                leaf,
                f"{event.originator_id} goes to version {event.originator_version}, "
                f"expected {expected}",
            )
        self._versions[event.originator_id] = event.originator_version
        self._apply(event, lambda what: self._find(leaf, what))

    def close(self) -> None:
        """Say what is still open at the end of the log that can't stay open."""
        for (code, number), story in sorted(self.numbers.items()):
            if not story.issued or not story.marked:
                self.findings.append(f"receipt number {code} {number} was drawn but not issued")
        for (fund, unit), account in sorted(self.accounts.items()):
            if not account.conserved():
                self.findings.append(f"money is not conserved in {fund} {unit}")

    @property
    def money_conserved(self) -> bool:
        """Tell whether every fund and unit balances."""
        return all(account.conserved() for account in self.accounts.values())

    def _find(self, leaf: int, what: str) -> None:
        self.findings.append(f"entry {leaf}: {what}")

    @singledispatchmethod
    def _apply(self, event: Event, find: Callable[[str], None]) -> None:
        """Most facts move neither money nor receipt numbers."""

    @_apply.register
    def _fund_opened(self, event: FundOpened, find: Callable[[str], None]) -> None:
        if event.originator_id in self.holders:
            find(f"{event.originator_id} is opened a second time")
        self.holders[event.originator_id] = event.organisation
        if event.organisation != event.actor:
            find(f"{event.actor} opened a fund for {event.organisation}")

    @_apply.register
    def _gift_received(self, event: GiftReceived, find: Callable[[str], None]) -> None:
        if self.holders.get(event.fund) != event.actor or event.organisation != event.actor:
            find(f"a gift lies in fund {event.fund}, which is not {event.actor}'s")
        if event.originator_id in self._gifts:
            find(f"{event.originator_id} is received a second time")
        expected = _expected(event)
        if event.booked != expected or event.booked.minor <= 0:
            find(f"{event.amount} is booked as {event.booked}, expected {expected}")
        if event.donor is None:
            self._suspense.add(event.originator_id)
        account = self._account(event.fund, event.booked)
        span = Span(account.received, account.received + event.booked.minor)
        place = GiftPlace(event.fund, event.booked.currency, span)
        self._gifts[event.originator_id] = (place, event.booked)
        account.received += event.booked.minor
        account.gifts += event.booked.minor

    @_apply.register
    def _donor_identified(self, event: DonorIdentified, find: Callable[[str], None]) -> None:
        self._own_gift(event, event.originator_id, find)
        if event.originator_id not in self._suspense:
            find(f"{event.originator_id} was claimed, but its donor is known")
        self._suspense.discard(event.originator_id)

    @_apply.register
    def _funds_allocated(self, event: FundsAllocated, find: Callable[[str], None]) -> None:
        if event.to_fund not in self.holders:
            find(f"money goes to fund {event.to_fund}, which was never opened")
        if event.to_fund == event.originator_id:
            find(f"fund {event.to_fund} is allocated to itself")
        account = self._take(event, event.amount, find)
        account.allocated_out += event.amount.minor
        target = self._account(event.to_fund, event.amount)
        target.received += event.amount.minor
        target.allocated_in += event.amount.minor

    @_apply.register
    def _proposed(self, event: DisbursementProposed, find: Callable[[str], None]) -> None:
        self._own_fund(event, find)
        self._open[event.originator_id, event.disbursement] = Disbursement(
            event.disbursement, event.amount, "proposed", event.proposed_by
        )

    @_apply.register
    def _approved(self, event: DisbursementApproved, find: Callable[[str], None]) -> None:
        self._own_fund(event, find)
        asked = self._open.get((event.originator_id, event.disbursement))
        if asked is None or asked.proposed_by == event.approved_by:
            find(f"{event.disbursement} was not approved by another person than who proposed it")
            return
        self._open[event.originator_id, event.disbursement] = Disbursement(
            asked.id, asked.amount, "approved", asked.proposed_by
        )

    @_apply.register
    def _paid(self, event: DisbursementPaid, find: Callable[[str], None]) -> None:
        asked = self._open.pop((event.originator_id, event.disbursement), None)
        if asked is None or asked.status != "approved" or asked.amount != event.amount:
            find(f"{event.disbursement} was paid without a matching approval")
        account = self._take(event, event.amount, find)
        account.disbursed += event.amount.minor

    @_apply.register
    def _gift_returned(self, event: GiftReturned, find: Callable[[str], None]) -> None:
        self._own_fund(event, find)
        place, _ = self._gifts.get(event.gift, (None, None))
        hole = Span(event.start, event.end)
        account = self._account(event.originator_id, event.amount)
        here = (event.originator_id, event.amount.currency)
        lies_here = place is not None and (place.fund, place.unit) == here
        unspent = account.axis.unspent(place.span) if place and lies_here else None
        fits = unspent and unspent.start <= hole.start < hole.end == unspent.end
        if not fits or hole.length != event.amount.minor or event.gift in self._receipted:
            find(f"the return of {event.amount} is not from what is left of {event.gift}")
        account.axis = account.axis.punch(hole)
        account.returned += event.amount.minor
        self._returned[event.gift] += event.amount.minor

    @_apply.register
    def _allotted(self, event: ReceiptNumbersAllotted, find: Callable[[str], None]) -> None:
        book = self._book(event.code)
        if any(lot.first <= event.last and event.first <= lot.last for lot in book.lots):
            find(f"numbers {event.first} to {event.last} of {event.code} are allotted twice")
        self._books[event.code] = evolve(book, event)

    @_apply.register
    def _drawn(self, event: ReceiptNumbersDrawn, find: Callable[[str], None]) -> None:
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
    def _issued(self, event: ReceiptIssued, find: Callable[[str], None]) -> None:
        story = self.numbers.get((event.code, event.number))
        issuers = {event.actor, event.organisation}
        if story is None or story.issued or issuers != {story.organisation}:
            find(f"receipt {event.code} {event.number} bears a number that was not drawn for it")
            return
        story.issued, story.gift = True, event.gift
        self._own_gift(event, event.gift, find)
        _, booked = self._gifts.get(event.gift, (None, Money(0)))
        kept = booked.minor - self._returned[event.gift]
        units = {booked.currency, event.amount.currency}
        if event.gift in self._receipted or not 0 < event.amount.minor == kept or units != {"CNY"}:
            find(f"receipt {event.code} {event.number} is not for what is left of its gift")
        self._receipted[event.gift] = event.amount

    @_apply.register
    def _receipted_gift(self, event: GiftReceipted, find: Callable[[str], None]) -> None:
        story = self.numbers.get((event.code, event.number))
        self._own_gift(event, event.originator_id, find)
        if story is None or story.gift != event.originator_id or story.marked:
            find(f"{event.originator_id} bears a receipt that is not its own")
            return
        story.marked = True

    @_apply.register
    def _erased(self, event: OpeningsErased, find: Callable[[str], None]) -> None:  # noqa: ARG002 one signature for all
        self.erased.update(event.digests)

    def _account(self, fund: str, amount: Money) -> UnitAccount:
        return self.accounts[fund, amount.currency]

    def _book(self, code: str) -> ReceiptBook:
        return self._books.get(code, ReceiptBook(code))

    def _own_fund(self, event: Event, find: Callable[[str], None]) -> None:
        if self.holders.get(event.originator_id) != event.actor:
            find(f"{event.actor} acts on fund {event.originator_id}, which is not its own")

    def _own_gift(self, event: Event, gift: str, find: Callable[[str], None]) -> None:
        place, _ = self._gifts.get(gift, (None, None))
        if place is None or self.holders.get(place.fund) != event.actor:
            find(f"{event.actor} acts on {gift}, which is not its own")

    def _take(self, event: Event, amount: Money, find: Callable[[str], None]) -> UnitAccount:
        self._own_fund(event, find)
        account = self._account(event.originator_id, amount)
        _, account.axis = account.axis.take(amount.minor)
        if account.balance < 0 or amount.minor <= 0:
            find(f"fund {event.originator_id} pays {amount} and is left with {account.balance}")
        return account


def _expected(event: GiftReceived) -> Money | None:
    if event.exchange is None:
        return event.amount
    rate, quote_unit = event.exchange.rate, event.exchange.quote_unit
    try:
        checked = exchange(rate, quote_unit, event.exchange.source, event.exchange.day)
        return checked.book(event.amount) if event.amount.currency != "CNY" else event.amount
    except Refused:
        return None  # no amount is right at a rate that can't be used
