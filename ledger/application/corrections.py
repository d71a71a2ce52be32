"""Commands that correct: gifts returned or reversed, with their receipts settled in one commit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from ledger.application.batch import Batch
from ledger.application.counting import shrink
from ledger.application.desk import Desk, retried
from ledger.application.naming_reviews import open_reviews
from ledger.application.receipting import Number, draw_all, issue_anew, reverse_receipt
from ledger.application.receiving import Received, check_room, receive
from ledger.application.requests import Correction, Settlement
from ledger.domain import corrections, funds, gifts, receipts
from ledger.domain.events import FundClosed, GiftReceipted
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.goods import Amount
from ledger.domain.keeping import Unless
from ledger.domain.organisations import printable_name


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came with a correction: the red receipt, the new one, the right gift."""

    red: Number | None = None
    receipt: Number | None = None
    replaced_by: str | None = None


class CorrectionCommands:
    """What was given goes back, or was never there."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def return_gift(
        self,
        gift: str,
        amount: Amount,
        reason: str,
        decided_by: str,
        settlement: Settlement | None = None,
    ) -> Corrected:
        """Give unspent money or goods of a gift back; the gift itself stays on the ledger."""
        known = self._desk.streams.gift(gift)
        fund, batch = self._desk.streams.fund(known.fund), Batch()
        returned = corrections.return_gift(
            fund, self._desk.inflows, gift, amount, reason, decided_by, self._desk.now()
        )
        left = reduce(funds.evolve, returned, fund)
        why = Correction(reason="refund", note=printable_name(reason), decided_by=decided_by)
        red, anew = self._settle(known, left, settlement, why, batch)
        batch.events += returned
        open_reviews(self._desk, known, left, batch)
        if settlement and anew:
            issue_anew(self._desk, known, left, anew, settlement.on, batch)
        shrink(self._desk, known, left, "gift-returned", batch)
        self._desk.record(batch)
        return Corrected(red, anew)

    @retried
    def reverse_gift(
        self,
        gift: str,
        why: Correction,
        replacement: Received | None = None,
        into: str | None = None,
        settlement: Settlement | None = None,
    ) -> Corrected:
        """Reverse a gift that was recorded by mistake; record the right one in the same commit.

        The replacement lies in the fund `into`, or in the fund of the gift that it replaces.
        """
        known = self._desk.streams.gift(gift)
        fund, batch = self._desk.streams.fund(known.fund), Batch()
        right = Batch()
        if replacement is not None:
            other = self._desk.streams.fund_of(into or known.fund, known.organisation)
            came = receive(self._desk, other, known.organisation, replacement, right)
            check_room(self._desk, other, [came])
            batch.unless.append(Unless(other.id, other.version, FundClosed.TOPIC))
        replaced_by = right.events[0].originator_id if right.events else None
        gone = corrections.reverse_gift(
            fund,
            self._desk.inflows,
            gift,
            known.units,
            why.reason,
            why.note,
            replaced_by,
            why.decided_by,
            self._desk.now(),
        )
        left = reduce(funds.evolve, gone, fund)
        red, _ = self._settle(known, left, settlement, why, batch)
        batch.events += gone
        open_reviews(self._desk, known, left, batch)
        shrink(self._desk, known, left, "gift-reversed", batch)
        batch.absorb(right)
        self._desk.record(batch)
        return Corrected(red, None, replaced_by)

    def _settle(
        self,
        gift: Gift,
        left: Fund,
        settlement: Settlement | None,
        why: Correction,
        batch: Batch,
    ) -> tuple[Number | None, Number | None]:
        """Reverse the receipt of a gift that goes; refuse when nobody says how to settle it.

        `left` is the fund as it will be. Returns the red receipt's number, and the number drawn
        for a new receipt if something is kept and one was asked for.
        """
        if gift.receipt is None or settlement is None:
            gifts.returnable(gift)
            batch.unless.append(Unless(gift.id, gift.version, GiftReceipted.TOPIC))
            return None, None
        count = 2 if settlement.replace and receipts.is_kept(gift, left) else 1
        codes = settlement.codes
        red, *anew = draw_all(self._desk, gift.organisation, codes, count, batch)
        reverse_receipt(self._desk, gift, red, why, settlement.on, batch)
        return red, anew[0] if anew else None
