"""Commands on what a gift counts for: credits, the shares of a joint gift, who passed it on."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.application import counting
from ledger.application.batch import Batch, digests
from ledger.application.counting import sealed_party, unless_gone
from ledger.application.desk import Desk, retried
from ledger.domain import credits as gift_credits
from ledger.domain.credits import kept_of
from ledger.money import Money


class CreditCommands:
    """Whom a gift speaks for beside its donor; none of it is money."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def give(
        self,
        gift: str,
        kind: str,
        name: str,
        amount: Money,
        matched: str | None = None,
        note: str | None = None,
    ) -> str:
        """Record that somebody is credited with a part of another one's gift; return its id.

        A matching credit names the gift that this one matches.
        """
        streams = self._desk.streams
        known = streams.counted_gift(gift)
        fund = streams.fund(known.fund)
        party, openings = sealed_party(self._desk, name)
        notes = [self._desk.sealer.opening("note", note)] if note else []
        given = gift_credits.give_credit(
            known,
            kept_of(known, fund),
            f"credit-{self._desk.random_id()}",
            kind,
            party,
            amount,
            streams.counted_gift(matched) if matched else None,
            digests(notes),
            self._desk.now(),
        )
        batch = Batch([given], unless=unless_gone(fund))
        batch.openings += self._desk.sealer.rows([*openings, *notes], given)
        self._desk.record(batch)
        return given.credit

    @retried
    def withdraw(self, gift: str, credit: str, why: str) -> None:
        """Record that a credit stands no longer."""
        known = self._desk.streams.counted_gift(gift)
        gone = gift_credits.withdraw_credit(known, credit, why, self._desk.now())
        self._desk.record(Batch([gone]))

    @retried
    def state_shares(self, gift: str, shares: Sequence[tuple[str, Money]]) -> None:
        """Record who gave how much of a joint gift."""
        batch = Batch()
        counting.state_shares(self._desk, self._desk.streams.counted_gift(gift), shares, batch)
        self._desk.record(batch)

    @retried
    def name_conduit(self, gift: str, name: str, *, counted_before: bool) -> None:
        """Record who passed a gift on, and whether their own count holds it already."""
        known, batch = self._desk.streams.counted_gift(gift), Batch()
        counting.name_conduit(self._desk, known, name, batch, counted_before=counted_before)
        self._desk.record(batch)
