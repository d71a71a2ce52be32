"""What must hold of receipts: each for what is left of its gifts, void once, freed at its gifts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeGuard

from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.events import (
    BenefitRecorded,
    DonorIdentified,
    Event,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    ReceiptIssued,
    ReceiptLine,
    ReceiptMadeOut,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.history.claims import ClaimHistory
from ledger.domain.history.gifts import RECEIPTED
from ledger.domain.history.issuers import IssuerHistory
from ledger.domain.history.money import MoneyHistory
from ledger.domain.history.numbers import NumberHistory
from ledger.domain.history.papers import PaperHistory
from ledger.domain.history.receipt_stories import ReceiptStories, ReceiptStory
from ledger.domain.receipt_life import Receipt, evolve
from ledger.domain.receipts import LINES_MAX, MEMBERS_MAX
from ledger.money import MINOR_MAX, Money

Find = Callable[[str], None]
NOTHING = Money(0)
ReceiptFact = (
    ReceiptIssued | ReceiptMadeOut | GiftReceipted | ReceiptReversed | RedReceiptMadeOut
    | GiftReceiptReversed
)  # fmt: skip


class ReceiptHistory:
    """Lots, numbers and receipts, folded in log order; `money` tells of the gifts."""

    def __init__(self, money: MoneyHistory) -> None:
        self._money = money
        self._numbers = NumberHistory(money.gifts.streams)
        self._papers = PaperHistory(self.numbers)
        self._claims = ClaimHistory(self.numbers)
        self._issuers = IssuerHistory()
        self._benefits: dict[str, Money | None] = {}
        """What donors get for their gifts; None is a benefit that nobody could value."""
        self._waived: dict[str, str] = {}

    @property
    def numbers(self) -> ReceiptStories:
        """What was said of each receipt number that was drawn."""
        return self._numbers.stories

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class, in turn."""
        return (
            *self._issuers.takers(kind),
            *self._numbers.takers(kind),
            *self._papers.takers(kind),
            *self._claims.takers(kind),
            *ReceiptHistory._apply.takers(self, kind),
        )

    def still_open(self) -> list[str]:
        """Say which numbers were drawn for nothing, and what is only half told."""
        return self._numbers.still_open() + self._claims.still_open()

    @ByFact
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts speak of no receipt."""

    @_apply.register
    def _identified(self, event: DonorIdentified, find: Find) -> None:
        del find
        self._waived.pop(event.originator_id, None)

    @_apply.register
    def _waive(self, event: GiftReceiptWaived, find: Find) -> None:
        gift = event.originator_id
        self._money.own_gift(event, gift, find)
        if self._money.gifts.marked(gift, RECEIPTED) or gift in self._waived:
            find(f"the receipt of {gift} is waived twice, or while it stands")
        self._waived[gift] = event.reason

    @_apply.register
    def _issued(self, event: ReceiptIssued, find: Find) -> None:
        story = self._numbers.fresh(event, event.code, event.number, event.organisation, find)
        if story is None:
            return
        receipt = evolve(None, event)
        self._note(event, ReceiptStory(story.organisation, issued=True, receipt=receipt))
        self._check_line(event, event.gift, event.amount, find)

    @_apply.register
    def _made_out(self, event: ReceiptMadeOut, find: Find) -> None:
        story = self._numbers.fresh(event, event.code, event.number, event.organisation, find)
        if story is None:
            return
        receipt = evolve(None, event)
        self._note(event, ReceiptStory(story.organisation, issued=True, receipt=receipt))
        self._check_whole(receipt, find)
        self._check_replaced(receipt, find)
        for line in event.lines:
            self._check_line(event, line.gift, line.amount, find)
            self._check_told(event, line, find)

    def _note(self, event: ReceiptFact, story: ReceiptStory) -> None:
        self.numbers.put((event.code, event.number), story)

    def _check_line(
        self, event: ReceiptIssued | ReceiptMadeOut, gift: str, amount: Money, find: Find
    ) -> None:
        """Find a line that is not for what is left of its gift, or whose gift has a receipt."""
        self._money.own_gift(event, gift, find)
        kept, currency = self._kept(gift)
        standing = self._money.gifts.marked(gift, RECEIPTED)
        if standing or not 0 < amount.minor == kept or not currency == amount.currency == "CNY":
            find(f"receipt {event.code} {event.number} is not for what is left of its gift")
        self._money.gifts.mark(gift, RECEIPTED)

    def _check_told(self, event: ReceiptMadeOut, line: ReceiptLine, find: Find) -> None:
        """Find a line that tells another day, sponsorship or eligibility than the log."""
        said = f"receipt {event.code} {event.number}"
        gift = self._money.gifts.get(line.gift)
        if line.gift_on != (gift.received_on if gift else None):
            find(f"{said} is for another day than {line.gift}")
        benefit = self._benefits.get(line.gift)
        withheld = benefit if benefit and benefit.minor else None
        if line.withheld != withheld:
            find(f"{said} withholds {line.withheld} of {line.gift}, expected {withheld}")
        known = self._issuers.notice_on(event.organisation, line.gift_on)
        if known is not None and known != (line.eligible, line.notice):
            find(f"{said} tells another eligibility on {line.gift_on} than the log")
        if event.held != self._waived.get(line.gift):
            find(f"{said} is kept on file, or handed out, against what the donor of "
                 f"{line.gift} said")  # fmt: skip

    def _check_whole(self, receipt: Receipt, find: Find) -> None:
        """Find a receipt whose lines and list are not those of its kind, or do not add up."""
        said = f"receipt {receipt.code} {receipt.number}"
        if not _is_of_its_kind(receipt):
            find(f"{said} is no {receipt.kind} receipt by its lines and list")
        total = sum(line.amount.minor for line in receipt.lines)
        if receipt.amount.minor != total or receipt.amount.currency != "CNY":
            find(f"{said} says {receipt.amount}, its lines add up to {total} fen")

    def _check_replaced(self, receipt: Receipt, find: Find) -> None:
        """Find a receipt that says it replaces one which stands, or of other gifts."""
        if receipt.replaces is None:
            return
        old = self.numbers.get((receipt.replaces.code, receipt.replaces.number))
        before = old.receipt if old else None
        if before is None or before.red is None or not set(receipt.gifts) <= set(before.gifts):
            find(f"receipt {receipt.code} {receipt.number} replaces a receipt that was not "
                 "reversed, or of other gifts")  # fmt: skip

    @_apply.register
    def _benefit(self, event: BenefitRecorded, find: Find) -> None:
        self._money.own_gift(event, event.originator_id, find)
        if self._money.gifts.marked(event.originator_id, RECEIPTED):
            find(f"the benefit of {event.originator_id} is decided while its receipt stands")
        self._benefits[event.originator_id] = event.benefit

    def _kept(self, gift: str) -> tuple[int, str]:
        """Return the minor units, and their currency, that a receipt may say of a gift."""
        left, currency = self._left(gift)
        if gift not in self._benefits:
            return left, currency
        benefit = self._benefits[gift]
        if benefit is None or benefit.currency != currency:
            return 0, "CNY"
        return max(0, left - max(0, benefit.minor)), currency

    def _left(self, gift: str) -> tuple[int, str]:
        story = self._money.gifts.get(gift)
        value, units = (story.value, story.places) if story else (NOTHING, {})
        if value.currency not in units and any(self._money.gone.get((gift, u)) for u in units):
            return 0, "CNY"  # goods of which a part went back are valued anew, as another gift
        left = value.minor - self._money.gone.get((gift, value.currency), 0)
        return max(0, min(left, MINOR_MAX)), value.currency

    @_apply.register
    def _receipted_gift(self, event: GiftReceipted, find: Find) -> None:
        story, gift = self.numbers.get((event.code, event.number)), event.originator_id
        self._money.own_gift(event, gift, find)
        if not _names(story, gift) or gift in story.marked:
            find(f"{gift} bears a receipt that is not its own")
            return
        self.numbers.mark((event.code, event.number), story, gift)

    @_apply.register
    def _reversed(self, event: ReceiptReversed, find: Find) -> None:
        red = (event.red_code, event.red_number)
        self._check_red(event, red, (event.gift,), event.amount, find)

    @_apply.register
    def _red(self, event: RedReceiptMadeOut, find: Find) -> None:
        red = (event.red.code, event.red.number)
        self._check_red(event, red, event.gifts, event.amount, find)

    def _check_red(
        self,
        event: ReceiptReversed | RedReceiptMadeOut,
        red: tuple[str, str],
        gifts: tuple[str, ...],
        amount: Money,
        find: Find,
    ) -> None:
        said = f"receipt {event.code} {event.number}"
        story = self.numbers.get((event.code, event.number))
        bears = self._numbers.fresh(event, *red, event.organisation, find)
        if bears is not None:
            self.numbers.put(red, ReceiptStory(bears.organisation, issued=True, red=True))
        receipt = story.receipt if story else None
        if story is None or receipt is None or receipt.red or receipt.gifts != gifts:
            find(f"{said} does not stand, and can't be reversed")
            return
        if receipt.amount != amount or story.organisation != event.actor:
            find(f"{said} is reversed for another amount or by others")
        if receipt.paper is not None:
            find(f"{said} is reversed while a paper receipt stands in its place")
        self._note(event, replace(story, receipt=evolve(receipt, event)))
        for gift in gifts:
            self._money.gifts.unmark(gift, RECEIPTED)

    @_apply.register
    def _unmarked(self, event: GiftReceiptReversed, find: Find) -> None:
        story, gift = self.numbers.get((event.code, event.number)), event.originator_id
        self._money.own_gift(event, gift, find)
        if not _names(story, gift) or gift not in story.marked or gift in story.unmarked:
            find(f"{gift} loses a receipt that is not its own")
            return
        red = story.receipt.red if story.receipt else None
        if red and (red.code, red.number) != (event.red_code, event.red_number):
            find(f"{gift} names another red receipt than its receipt does")
        self._note(event, replace(story, unmarked=(*story.unmarked, gift)))


def _names(story: ReceiptStory | None, gift: str) -> TypeGuard[ReceiptStory]:
    return story is not None and story.receipt is not None and gift in story.receipt.gifts


def _is_of_its_kind(receipt: Receipt) -> bool:
    """Tell whether lines and list are those of a single, an annual or a joint receipt."""
    lines, members = len(receipt.lines), len(receipt.digests)
    match receipt.kind:
        case "single":
            return (lines, members) == (1, 0)
        case "joint":
            return lines == 1 and 0 < members <= MEMBERS_MAX
        case "annual":
            years = {line.gift_on.year for line in receipt.lines}
            return 0 < lines <= LINES_MAX and members == 0 and len(years) == 1
        case _:
            return False
