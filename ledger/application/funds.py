"""Commands on funds: opened, bound, closed, and what moves between them."""

from __future__ import annotations

from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.application.requests import Correction
from ledger.domain import bindings, corrections, funds, transfers
from ledger.domain.bindings import RecipientNotFixed
from ledger.domain.events import FundClosed
from ledger.domain.funds import Binding
from ledger.domain.goods import Amount
from ledger.domain.keeping import Unless


class FundCommands:
    """What a fund is for, and how money and goods pass from one to another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open_fund(
        self,
        organisation: str,
        name: str,
        kind: str,
        purpose: str | None,
        place: str | None,
        binding: Binding | None = None,
    ) -> str:
        """Record a new fund and what binds it; return its id."""
        self._desk.streams.charity(organisation)
        fund, at = f"fund-{self._desk.random_id()}", self._desk.now()
        opened = funds.open_fund(fund, organisation, name, kind, purpose, place, at)
        batch = Batch([opened])
        if kind == "agency" and binding is None:
            raise RecipientNotFixed(fund)
        if binding is not None:
            batch.events.append(bindings.bind(funds.evolve(None, opened), binding, at))
        self._desk.record(batch)
        return fund

    @retried
    def change_use(
        self,
        fund: str,
        purpose: str | None,
        place: str | None,
        ground: str,
        document: str,
        decided_by: str,
    ) -> None:
        """Record that a fund may also be spent otherwise, by the donor's consent or a filing."""
        known, at = self._desk.streams.fund(fund), self._desk.now()
        changed = bindings.change_use(known, purpose, place, ground, document, decided_by, at)
        self._desk.record(Batch([changed]))

    @retried
    def close_fund(self, fund: str, left_over: str, note: str, decided_by: str) -> None:
        """Record that a fund is done, and what became of what was left."""
        known, at = self._desk.streams.fund(fund), self._desk.now()
        closed = bindings.close(known, self._desk.inflows, left_over, note, decided_by, at)
        self._desk.record(Batch([closed]))

    @retried
    def allocate(self, fund: str, to_fund: str, amount: Amount, decided_by: str) -> int:
        """Move money or goods from one fund to another; return the allocation's number."""
        target = self._desk.streams.fund(to_fund)
        allocated = transfers.allocate(
            self._desk.streams.fund(fund),
            self._desk.inflows,
            target,
            amount,
            decided_by,
            self._desk.now(),
        )
        closed = Unless(target.id, target.version, FundClosed.TOPIC)
        self._desk.record(Batch([allocated], unless=[closed]))
        return allocated.originator_version

    @retried
    def take_back(self, fund: str, allocation: int, why: Correction) -> None:
        """Reverse an allocation that was a mistake, in both funds at once."""
        known = self._desk.streams.fund(fund)
        target = self._desk.streams.fund(corrections.target_of(known, allocation))
        taken, given = corrections.take_back(
            known,
            target,
            self._desk.inflows,
            allocation,
            why.reason,
            why.note,
            why.decided_by,
            self._desk.now(),
        )
        self._desk.record(Batch([taken, *given]))
