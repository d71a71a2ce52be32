"""Commands on promises: made, changed, kept by gifts, written off. A promise is never money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.application.batch import Batch
from ledger.application.counting import sealed_party, unless_gone
from ledger.application.desk import Desk, retried
from ledger.application.receiving import receive
from ledger.application.requests import ReceiveGift
from ledger.domain import credits as gift_credits
from ledger.domain import funds, gifts, pledge_payments, pledges
from ledger.domain.credits import kept_of, worth
from ledger.domain.events import FundClosed, PledgeEvent
from ledger.domain.events.pledge import Instalment
from ledger.domain.funds import Fund
from ledger.domain.keeping import Unless
from ledger.money import Money
from ledger.proof.disclosure import Opening


class PledgeCommands:
    """What donors promise, and what becomes of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def make(
        self,
        organisation: str,
        fund: str,
        donor: str,
        total: Money,
        instalments: Sequence[Instalment],
        agreement: str | None = None,
    ) -> str:
        """Record a fixed promise, whose instalments add up to it; return its id."""
        known = self._desk.streams.fund_of(fund, organisation)
        party, openings = sealed_party(self._desk, donor)
        made = pledges.make(
            self._new_id(), known, party, total, instalments, agreement, self._desk.now()
        )
        return self._opened(made, known, openings)

    def agree(
        self,
        organisation: str,
        fund: str,
        donor: str,
        amount: Money,
        every: str,
        first_day: date,
        last_day: date | None = None,
    ) -> str:
        """Record that a donor means to give again and again; return the promise's id."""
        known = self._desk.streams.fund_of(fund, organisation)
        party, openings = sealed_party(self._desk, donor)
        agreed = pledges.agree(
            self._new_id(), known, party, amount, every, first_day, last_day, self._desk.now()
        )
        return self._opened(agreed, known, openings)

    def _new_id(self) -> str:
        return f"pledge-{self._desk.random_id()}"

    def _opened(self, event: PledgeEvent, fund: Fund, openings: Sequence[Opening]) -> str:
        batch = Batch([event], unless=[Unless(fund.id, fund.version, FundClosed.TOPIC)])
        batch.openings += self._desk.sealer.rows(openings, event)
        self._desk.record(batch)
        return event.originator_id

    @retried
    def change(
        self, pledge: str, amount: Money | None, every: str | None, from_day: date, why: str
    ) -> None:
        """Record that another amount or rhythm holds from a day on; what is None stays."""
        known = self._desk.streams.pledge(pledge)
        if not known.terms:
            raise pledges.NotRecurring(pledge)
        amount, every = amount or known.terms[-1].amount, every or known.terms[-1].every
        changed = pledges.change(known, amount, every, from_day, why, self._desk.now())
        self._desk.record(Batch([changed]))

    @retried
    def end(self, pledge: str, from_day: date, why: str) -> None:
        """Record that nothing more falls due from a day on."""
        known = self._desk.streams.pledge(pledge)
        self._desk.record(Batch([pledges.end(known, from_day, why, self._desk.now())]))

    @retried
    def pay(self, pledge: str, gift: str, amount: Money) -> None:
        """Record that a part of a gift keeps a promise, in both their stories."""
        streams = self._desk.streams
        known, by = streams.pledge(pledge), streams.counted_gift(gift)
        fund = streams.fund(by.fund)
        paid = pledge_payments.pay(known, by, kept_of(by, fund), amount, self._desk.now())
        self._desk.record(Batch([*paid], unless=unless_gone(fund)))

    @retried
    def receive(self, organisation: str, fund: str, received: ReceiveGift, pledge: str) -> str:
        """Record a gift and, in the same commit, that all of it keeps a promise; return its id."""
        streams = self._desk.streams
        known, promise = streams.fund_of(fund, organisation), streams.pledge(pledge)
        gifts.check_holder(known, organisation)
        batch = Batch(unless=[Unless(known.id, known.version, FundClosed.TOPIC)])
        gift = receive(self._desk, known, organisation, received, batch).originator_id
        by = gift_credits.counted([e for e in batch.events if e.originator_id == gift])
        funds.check_room(fund, self._desk.inflows, by.booked.currency, by.booked.minor)
        amount = worth(by.given, by.booked, by.booked.minor, promise.currency)
        batch.events += pledge_payments.pay(promise, by, by.booked, amount, self._desk.now())
        self._desk.record(batch)
        return gift

    @retried
    def undo(self, pledge: str, gift: str, amount: Money) -> None:
        """Record that a part of a gift was meant for something else than this promise."""
        streams = self._desk.streams
        known, by = streams.pledge(pledge), streams.counted_gift(gift)
        undone = pledge_payments.undo(known, by, amount, "other-promise", self._desk.now())
        self._desk.record(Batch([*undone]))

    @retried
    def write_off(
        self, pledge: str, amount: Money, why: str, proof: str | None, decided_by: str
    ) -> None:
        """Record that nobody waits for a part of a promise any longer, on a ground of the law."""
        known = self._desk.streams.pledge(pledge)
        let_go = pledge_payments.write_off(known, amount, why, proof, decided_by, self._desk.now())
        self._desk.record(Batch([let_go]))
