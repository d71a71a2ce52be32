"""Numbers of paper and official receipts: written by hand, once each, and never drawn here."""

from __future__ import annotations

from typing import Protocol

from ledger.domain.events import ReceiptNumber
from ledger.domain.receipt_books import ReceiptBook
from ledger.errors import Refused


class NumberStandsAlready(Refused):
    """A paper or official number stands for one receipt, also after the paper came back."""

    def __init__(self, said: ReceiptNumber, stands_for: tuple[str, str]) -> None:
        super().__init__(
            f"receipt {said.code} {said.number} stands for {' '.join(stands_for)} already; name "
            "the number that is printed on this one"
        )


class NumberIsDrawn(Refused):
    """Numbers of a lot of this ledger are drawn from its book; nobody writes them by hand."""

    def __init__(self, said: ReceiptNumber, organisation: str) -> None:
        super().__init__(
            f"number {said.code} {said.number} is allotted to {organisation}: numbers of this book "
            "are drawn, not written by hand; name a number of a book that is kept elsewhere"
        )


class LotHoldsWritten(Refused):
    """A lot is of blank numbers; one that was written by hand would be drawn again."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(
            f"number {code} {number} is not blank: it is on record as a paper or official "
            "receipt's; allot the numbers before and after it"
        )


class WrittenNumbers(Protocol):
    """What a decision may know of the numbers that were written by hand, not drawn."""

    def stands_for(self, code: str, number: str) -> tuple[str, str] | None:
        """Return the receipt that a paper or official one was recorded for, if one was."""

    def first_within(self, code: str, first: int, last: int) -> str | None:
        """Return the lowest of the numbers first to last that was written by hand, if one was."""


def check_written(
    said: ReceiptNumber, book: ReceiptBook, stands_for: tuple[str, str] | None
) -> None:
    """Refuse a paper or official number that is drawn here, or stands for a receipt already.

    `book` is that of its code (domain rules 3.3, 3.6): two receipts never bear one number.
    """
    for lot in book.lots:
        if lot.first <= int(said.number) <= lot.last:
            raise NumberIsDrawn(said, lot.organisation)
    if stands_for is not None:
        raise NumberStandsAlready(said, stands_for)


def check_lot(written: WrittenNumbers, code: str, first: int, last: int) -> None:
    """Refuse a lot of numbers of which one was written by hand already."""
    number = written.first_within(code, first, last)
    if number is not None:
        raise LotHoldsWritten(code, number)
