"""A paper or official number stands for one receipt, and is never one that is drawn here."""

from __future__ import annotations

import pytest

from ledger.domain.events import ReceiptNumber
from ledger.domain.receipt_books import ReceiptBook
from ledger.domain.receipt_lots import Lot
from ledger.domain.written_numbers import (
    LotHoldsWritten,
    NumberIsDrawn,
    NumberStandsAlready,
    check_lot,
    check_written,
)
from tests.ledger.domain.given import CHARITY, CODE, OTHER

BOOK = ReceiptBook(CODE, 2, (Lot(CHARITY, 1, 10, 4), Lot(OTHER, 21, 30, 21)))


def said(number: int) -> ReceiptNumber:
    return ReceiptNumber(code=CODE, number=f"{number:010d}")


@pytest.mark.parametrize(
    ("number", "whose"), [(1, CHARITY), (4, CHARITY), (10, CHARITY), (21, OTHER), (30, OTHER)]
)
def test_a_number_of_anybodys_lot_is_drawn_and_not_written(number: int, whose: str) -> None:
    with pytest.raises(NumberIsDrawn, match=f"{number:010d} is allotted to {whose}: numbers of"):
        check_written(said(number), BOOK, None)


@pytest.mark.parametrize("number", [11, 20, 31])
def test_a_number_of_no_lot_is_written_for_one_receipt(number: int) -> None:
    check_written(said(number), BOOK, None)

    with pytest.raises(NumberStandsAlready, match=f"{number:010d} stands for {CODE} 0000000001"):
        check_written(said(number), BOOK, (CODE, "0000000001"))


class Written:
    """One number that was written by hand."""

    def stands_for(self, code: str, number: str) -> tuple[str, str] | None:
        return (CODE, "0000000001") if (code, number) == (CODE, "0000000015") else None

    def first_within(self, code: str, first: int, last: int) -> str | None:
        return "0000000015" if code == CODE and first <= 15 <= last else None


def test_a_lot_holds_no_number_that_was_written_by_hand() -> None:
    check_lot(Written(), CODE, 11, 14)
    check_lot(Written(), CODE, 16, 20)

    with pytest.raises(LotHoldsWritten, match=f"number {CODE} 0000000015 is not blank"):
        check_lot(Written(), CODE, 11, 20)
