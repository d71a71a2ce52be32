"""Commands on receipts: issued, reversed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.application.receipting import (
    Number,
    draw,
    draw_all,
    issue,
    payer_of,
    reverse_receipt,
    unless_reduced,
)
from ledger.application.requests import Correction
from ledger.domain import receipt_books, receipts
from ledger.domain.gifts import Gift
from ledger.errors import Refused


class ReceiptCommands:
    """Numbers drawn and receipts made out, in one commit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def issue_receipts(
        self, organisation: str, asked: Sequence[str], codes: Sequence[str], issued_on: date
    ) -> dict[str, Number | Refused]:
        """Make out one receipt for each gift, numbers and receipts in one commit.

        Returns by gift the code and number, or why there is none.
        """
        streams = self._desk.streams
        issuer, batch = streams.charity(organisation), Batch()
        known = [streams.gift(gift) for gift in dict.fromkeys(asked)]
        holders = {fund: streams.fund(fund) for fund in {gift.fund for gift in known}}
        for fund in holders.values():
            batch.unless += unless_reduced(fund)
        names = self._desk.vault.of_digests(d for g in known if g.donor for d in g.donor.sealed)
        batch.needed += names
        outcomes: dict[str, Number | Refused] = {}
        ready: list[tuple[Gift, str]] = []
        for gift in known:
            try:
                ready.append((gift, payer_of(gift, issuer, holders[gift.fund], names)))
            except Refused as refusal:
                outcomes[gift.id] = refusal
        numbers = iter(draw(self._desk, organisation, codes, len(ready), batch))
        for gift, payer in ready:
            number = next(numbers, None)
            if number is None:
                outcomes[gift.id] = receipt_books.NumbersUsedUp(organisation, 1, 0)
                continue
            fund = holders[gift.fund]
            issue(self._desk, gift, fund, issuer, number, payer, issued_on, batch)
            outcomes[gift.id] = number
        self._desk.record(batch)
        return outcomes

    @retried
    def reverse(
        self, code: str, number: str, codes: Sequence[str], on: date, why: Correction
    ) -> Number:
        """Void a receipt by a red one, drawn from the books of `codes`; return its number."""
        issued, batch = self._desk.streams.receipt(code, number), Batch()
        gift = self._desk.streams.gift(issued.gift)
        (red,) = draw_all(self._desk, gift.organisation, codes, 1, batch)
        if gift.receipt != (code, number):
            raise receipts.ReceiptDoesNotStand(code, number)
        reverse_receipt(self._desk, gift, red, why, on, batch)
        self._desk.record(batch)
        return red
