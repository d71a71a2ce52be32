"""Receipt books: numbers allotted by the finance authority, drawn without gap or repeat."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from ledger.domain.events import BookEvent, ReceiptNumbersAllotted, ReceiptNumbersDrawn
from ledger.errors import Refused

NUMBER_MAX = 9_999_999_999
"""A number has ten digits (domain rules 3.3)."""

DONATION_CATEGORY = "05"


class ReceiptCodeMalformed(Refused):
    """A receipt code is not eight digits."""

    def __init__(self, code: str) -> None:
        super().__init__(f"receipt code {code!r}: format is 8 digits, such as 23050126")


class NotADonationReceipt(Refused):
    """Digits 3-4 of the code name another category than donation."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"receipt code {code}: not a donation receipt (digits 3-4 are {code[2:4]}, not 05)"
        )


class NumberRangeUnusable(Refused):
    """A number range is empty, or its numbers do not have at most ten digits."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"numbers {first} to {last} are no range within 1 and {NUMBER_MAX}")


class NumbersAlreadyAllotted(Refused):
    """A number of this code belongs to somebody already."""

    def __init__(self, code: str, first: int, last: int, organisation: str) -> None:
        super().__init__(
            f"numbers {first:010d} to {last:010d} of code {code} are allotted to {organisation}"
        )


class NumbersUsedUp(Refused):
    """The organisation's lots of this code hold fewer numbers than asked."""

    def __init__(self, organisation: str, asked: int, left: int) -> None:
        super().__init__(
            f"{organisation} has {left} receipt numbers left, {asked} are asked for; "
            "have the finance authority allot more"
        )


@dataclass(frozen=True, slots=True)
class Lot:
    """Numbers first to last of an organisation, the next one to draw among them."""

    organisation: str
    first: int
    last: int
    next: int

    @property
    def left(self) -> int:
        """How many numbers can still be drawn."""
        return self.last - self.next + 1


@dataclass(frozen=True, slots=True)
class ReceiptBook:
    """All lots of one receipt code, in the order allotted."""

    code: str
    version: int = 0
    lots: tuple[Lot, ...] = ()

    def left(self, organisation: str) -> int:
        """How many numbers the organisation can still draw."""
        return sum(lot.left for lot in self.lots if lot.organisation == organisation)


def stream(code: str) -> str:
    """Return the stream of a receipt code."""
    return f"book-{code}"


def receipt_code(code: str) -> str:
    """Return `code` if it is the code of a donation receipt (domain rules 3.3)."""
    if not re.fullmatch(r"[0-9]{8}", code):
        raise ReceiptCodeMalformed(code)
    if code[2:4] != DONATION_CATEGORY:
        raise NotADonationReceipt(code)
    return code


def allot(
    book: ReceiptBook, organisation: str, first: int, last: int, actor: str, at: datetime
) -> ReceiptNumbersAllotted | None:
    """Decide a lot of numbers; None when just this lot was allotted before."""
    receipt_code(book.code)
    if not 1 <= first <= last <= NUMBER_MAX:
        raise NumberRangeUnusable(first, last)
    for lot in book.lots:
        if (lot.organisation, lot.first, lot.last) == (organisation, first, last):
            return None
        if lot.first <= last and first <= lot.last:
            raise NumbersAlreadyAllotted(book.code, lot.first, lot.last, lot.organisation)
    return ReceiptNumbersAllotted(
        originator_id=stream(book.code),
        originator_version=book.version + 1,
        timestamp=at,
        actor=actor,
        organisation=organisation,
        code=book.code,
        first=first,
        last=last,
    )


def draw(
    book: ReceiptBook, organisation: str, count: int, at: datetime
) -> list[ReceiptNumbersDrawn]:
    """Decide the next `count` numbers, old lots used up before new (财综〔2024〕1号 art. 11)."""
    if book.left(organisation) < count:
        raise NumbersUsedUp(organisation, count, book.left(organisation))
    drawn: list[ReceiptNumbersDrawn] = []
    for lot in book.lots:
        taken = min(lot.left, count) if lot.organisation == organisation else 0
        if taken:
            drawn.append(
                ReceiptNumbersDrawn(
                    originator_id=stream(book.code),
                    originator_version=book.version + 1 + len(drawn),
                    timestamp=at,
                    actor=organisation,
                    organisation=organisation,
                    code=book.code,
                    first=lot.next,
                    last=lot.next + taken - 1,
                )
            )
            count -= taken
    return drawn


def evolve(book: ReceiptBook, event: BookEvent) -> ReceiptBook:
    """Apply one fact."""
    match event:
        case ReceiptNumbersAllotted():
            lot = Lot(event.organisation, event.first, event.last, event.first)
            return replace(book, version=event.originator_version, lots=(*book.lots, lot))
        case ReceiptNumbersDrawn():
            lots = tuple(
                replace(lot, next=event.last + 1) if lot.first <= event.first <= lot.last else lot
                for lot in book.lots
            )
            return replace(book, version=event.originator_version, lots=lots)
        case _:
            assert_never(event)
