"""Decisions are told of each paper and official number, up to the end of the log."""

from __future__ import annotations

from api.wiring import House
from projections.written_numbers import CaughtUpNumbers
from tests.ledger.claimed import CODE, FIRST, ISSUED_ON, PAPER, SECOND, receipted


def test_every_number_ever_written_is_told_with_its_receipt(house: House) -> None:
    receipted(house, "80.00", "70.00")
    written = CaughtUpNumbers(house.runner)
    assert written.stands_for(PAPER.code, PAPER.number) is None
    assert written.first_within(CODE, 1, 10_000) is None

    house.ledger.receipts.exchange(CODE, FIRST, (PAPER.code, PAPER.number), ISSUED_ON)
    house.ledger.receipts.take_back(CODE, FIRST, ISSUED_ON)
    for receipt, number in ((SECOND, "0000009002"), (FIRST, "0000009001")):
        house.ledger.receipts.record_official(CODE, receipt, (CODE, number), "aB3dE9", ISSUED_ON)

    assert written.stands_for(PAPER.code, PAPER.number) == (CODE, FIRST)
    assert written.stands_for(CODE, "0000009002") == (CODE, SECOND)
    assert written.stands_for(CODE, PAPER.number) is None
    assert written.first_within(CODE, 1, 10_000) == "0000009001"
    assert written.first_within(CODE, 9002, 9002) == "0000009002"
    assert written.first_within(CODE, 1, 9000) is None
    assert written.first_within(CODE, 9003, 10_000) is None
