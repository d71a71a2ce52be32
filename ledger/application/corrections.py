"""Commands that correct: gifts returned or reversed, with their receipts settled in one commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce

from ledger.application.batch import Batch
from ledger.application.counting import shrink
from ledger.application.desk import Desk, retried
from ledger.application.naming_reviews import open_reviews
from ledger.application.receipting import Number, draw_all, reverse_receipt
from ledger.application.receiving import Received, check_room, receive
from ledger.application.replacing import issue_anew, left_of
from ledger.application.requests import Correction, Settlement
from ledger.domain import corrections, funds, gifts
from ledger.domain.events import FundClosed, GiftReceipted
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.goods import Amount
from ledger.domain.keeping import Unless
from ledger.domain.organisations import printable_name
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import Asked, Kept


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came with a correction: the red receipt, the new one, the right gift."""

    red: Number | None = None
    receipt: Number | None = None
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class _Settled:
    """The red receipt of one that stood, and what a new one is made out for."""

    red: Number | None = None
    anew: Number | None = None
    old: Receipt | None = None
    kept: list[Kept] = field(default_factory=list)
    asked: Asked | None = None


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
        settled = self._settle(known, left, settlement, why, batch)
        batch.events += returned
        open_reviews(self._desk, known, left, batch)
        self._issue_anew(settled, batch)
        shrink(self._desk, known, left, "gift-returned", batch)
        self._desk.record(batch)
        return Corrected(settled.red, settled.anew)

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
        settled = self._settle(known, left, settlement, why, batch)
        batch.events += gone
        open_reviews(self._desk, known, left, batch)
        self._issue_anew(settled, batch)
        shrink(self._desk, known, left, "gift-reversed", batch)
        batch.absorb(right)
        self._desk.record(batch)
        return Corrected(settled.red, settled.anew, replaced_by)

    def _settle(
        self,
        gift: Gift,
        left: Fund,
        settlement: Settlement | None,
        why: Correction,
        batch: Batch,
    ) -> _Settled:
        """Reverse the receipt of a gift that goes; refuse when nobody says how to settle it.

        `left` is the fund as it will be. A number for a new receipt is drawn if one was asked for
        and something is kept of the receipt's gifts: an annual one names others as well.
        """
        if gift.receipt is None or settlement is None:
            gifts.returnable(gift)
            batch.unless.append(Unless(gift.id, gift.version, GiftReceipted.TOPIC))
            return _Settled()
        old = self._desk.streams.receipt(*gift.receipt)
        kept = left_of(self._desk, old, {left.id: left}) if settlement.replace else []
        codes, count = settlement.codes, 2 if kept else 1
        red, *anew = draw_all(self._desk, gift.organisation, codes, count, batch, settlement.on)
        reverse_receipt(self._desk, old, red, why, settlement.on, batch)
        asked = Asked(issued_on=settlement.on)
        return _Settled(red, anew[0] if anew else None, old, kept, asked)

    def _issue_anew(self, settled: _Settled, batch: Batch) -> None:
        if settled.old and settled.anew and settled.asked:
            issue_anew(self._desk, settled.old, settled.kept, settled.anew, settled.asked, batch)
