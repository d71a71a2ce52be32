"""What a history remembers of every receipt number, in some 55 bytes of most of them.

A number that was only drawn, a red one, and a receipt of one gift that nothing befell later lie in
columns of numbers, as gifts do. All others lie beside them as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from ledger.domain.events import ReceiptLine
from ledger.domain.history.packing import (
    NOWHERE,
    Kinds,
    Table,
    gift_name,
    receipt_key,
    receipt_parts,
)
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import stream
from ledger.domain.values import Party
from ledger.money import Money

Key = tuple[str, str]
"""Code and number."""

NOBODY = Party(id="", sealed=())

RED, MADE_OUT, MARKED = 1, 2, 4
"""Marks of a number: a red receipt bears it; a receipt does; the receipt's gift names it."""

WHOLE = (RED, MADE_OUT | MARKED)
"""The marks of numbers of which nothing is left to be told."""

ORDINARY = (True, False, (), 1, "single", (), None, None, None, None, (), ())
"""What a story and a receipt say, beside what columns hold, if nothing befell them."""


@dataclass(frozen=True, slots=True)
class ReceiptStory:
    """What was said of a receipt number that was drawn.

    `issued` once a receipt or a red one bears it; `receipt` is what a receipt says and became, and
    None for a red one. `marked` are the gifts that name it, `unmarked` those that lost it.
    Nothing that is told later is held against the payer, whom an ordinary receipt may leave out.
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


class Kind(NamedTuple):
    """What many numbers have in common; of one that no receipt bears, the organisation alone."""

    organisation: str
    currency: str = ""
    issued_on: date = date.min
    eligible: bool = False
    notice: str | None = None
    specimen: bool = False
    area: str | None = None
    held: str | None = None


class ReceiptStories:
    """Stories by code and number; `streams` has the version of each receipt, and its row.

    `gifts` are the streams of gifts, by whose rows receipts name them.
    """

    def __init__(self, gifts: Table) -> None:
        self.streams = Table(receipt_key)
        self._gifts = gifts
        self._kinds = Kinds[Kind]()
        self._last: Key | None = None
        self._last_story: ReceiptStory | None = None
        """The story that was asked for last: what follows a receipt mostly asks for it again."""
        self._beside: dict[Key, ReceiptStory] = {}

    def get(self, key: Key) -> ReceiptStory | None:
        """Return what was said of a number; None of one that was never drawn."""
        if key != self._last:
            row = self.streams.row(stream(*key))
            packed = row != NOWHERE and self.streams.kinds[row]
            self._last_story = self._unpacked(row, key) if packed else self._beside.get(key)
            self._last = key
        return self._last_story

    def put(self, key: Key, story: ReceiptStory) -> None:
        """Note what is said of a number, in place of what was."""
        self._last, self._last_story = key, story
        row = self.streams.made(stream(*key))
        if row != NOWHERE and self._pack(row, key, story):
            self._beside.pop(key, None)
            return
        self._beside[key] = story
        if row != NOWHERE:
            self.streams.kinds[row] = 0

    def mark(self, key: Key, story: ReceiptStory, gift: str) -> None:
        """Note that a gift of a number's receipt names it, which it did not before."""
        row = self.streams.row(stream(*key))
        if key in self._beside or row == NOWHERE:
            self.put(key, replace(story, marked=(*story.marked, gift)))
            return
        self.streams.marks[row] |= MARKED
        self._last = None

    def unfinished(self) -> Iterator[tuple[Key, ReceiptStory]]:
        """Yield all stories, in no order, but those of which nothing is left to be told."""
        for row, marks in enumerate(self.streams.marks):
            if self.streams.kinds[row] and marks not in WHOLE:
                key = receipt_parts(self.streams.rows.key(row))
                yield key, self._unpacked(row, key)
        yield from self._beside.items()

    def counts(self) -> Counter[tuple[str, bool, bool]]:
        """Count numbers by organisation, and by whether a receipt, or a red one, bears them."""
        beside = self._beside.values()
        found = Counter((one.organisation, bool(one.receipt), one.red) for one in beside)
        rows = zip(self.streams.kinds, self.streams.marks, strict=True)
        for (kind, marks), count in Counter(rows).items():
            if kind:
                organisation = self._kinds[kind].organisation
                found[organisation, bool(marks & MADE_OUT), bool(marks & RED)] += count
        return found

    def _pack(self, row: int, key: Key, story: ReceiptStory) -> bool:
        """Put a story into the columns; tell whether it fits there."""
        streams, receipt, organisation = self.streams, story.receipt, story.organisation
        if receipt is None:
            if (story.issued, story.marked, story.unmarked) != (story.red, (), ()):
                return False
            streams.kinds[row] = self._kinds.number(Kind(organisation))
            streams.marks[row] = RED if story.red else 0
            return True
        gift = self._gifts.row(receipt.lines[0].gift) if len(receipt.lines) == 1 else NOWHERE
        if gift == NOWHERE or not _is_ordinary(key, story, receipt):
            return False
        line, amount = receipt.lines[0], receipt.amount
        streams.kinds[row] = self._kinds.number(
            Kind(
                organisation, amount.currency, receipt.issued_on, line.eligible, line.notice,
                receipt.specimen, receipt.area, receipt.held,
            )
        )  # fmt: skip
        streams.marks[row] = MADE_OUT | MARKED if story.marked else MADE_OUT
        streams.days[row] = line.gift_on.toordinal()
        streams.places[row] = gift
        streams.minors[row] = amount.minor
        return True

    def _unpacked(self, row: int, key: Key) -> ReceiptStory:
        streams, marks = self.streams, self.streams.marks[row]
        kind = self._kinds[streams.kinds[row]]
        if not marks & MADE_OUT:
            return ReceiptStory(kind.organisation, marks == RED, marks == RED)
        gift = gift_name(self._gifts.rows.key(streams.places[row]))
        amount = Money(streams.minors[row], kind.currency)
        line = ReceiptLine(
            gift=gift, amount=amount, gift_on=date.fromordinal(streams.days[row]),
            eligible=kind.eligible, notice=kind.notice, withheld=None,
        )  # fmt: skip
        receipt = Receipt(
            *key, 1, kind.organisation, "single", (line,), amount, NOBODY, kind.issued_on,
            kind.specimen, area=kind.area, held=kind.held,
        )  # fmt: skip
        marked = (gift,) if marks & MARKED else ()
        return ReceiptStory(kind.organisation, issued=True, receipt=receipt, marked=marked)


def _is_ordinary(key: Key, story: ReceiptStory, receipt: Receipt) -> bool:
    """Tell whether columns hold all that is said of a receipt of one line, but for its payer."""
    line = receipt.lines[0]
    said = (
        story.issued, story.red, story.unmarked, receipt.version, receipt.kind, receipt.digests,
        receipt.replaces, receipt.red, receipt.paper, receipt.official, receipt.claims,
        receipt.notices,
    )  # fmt: skip
    return (
        said == ORDINARY
        and story.marked in ((), (line.gift,))
        and (receipt.code, receipt.number, receipt.organisation) == (*key, story.organisation)
        and (line.amount, line.withheld) == (receipt.amount, None)
    )
