"""Commands on disbursements: each step by another person, each refusal on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.application.batch import Batch, HeldInflows, digests
from ledger.application.desk import Desk, retried
from ledger.application.requests import Correction, PayOut
from ledger.domain import disbursements, funds, gifts_in_kind, oversight
from ledger.domain.disbursements import AboveLimit, SamePerson
from ledger.domain.events import AttemptRefused, GoodsLine
from ledger.domain.funds import Fund, Inflows
from ledger.domain.goods import Amount, Quantity
from ledger.domain.oversight import Oversight
from ledger.domain.payees import names_organisation
from ledger.domain.values import Payee
from ledger.errors import Refused
from ledger.money import Money


class DisbursementCommands:
    """What leaves a fund for a payee, in money or in goods."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def set_limit(self, organisation: str, role: str, limit: Money | None, decided_by: str) -> bool:
        """Record up to what amount a role approves; tell whether it was new."""
        self._desk.streams.charity(organisation)
        known = self._desk.streams.oversight(organisation)
        limited = oversight.set_limit(known, role, limit, decided_by, self._desk.now())
        self._desk.record(Batch([limited] if limited else []))
        return limited is not None

    @retried
    def propose(self, fund: str, payment: PayOut, proposed_by: str) -> str:
        """Ask that a payee be paid; return the disbursement's id."""
        disbursement, batch = f"disbursement-{self._desk.random_id()}", Batch()
        known = self._desk.streams.fund(fund)
        self._propose(known, self._desk.inflows, disbursement, payment, proposed_by, batch)
        self._desk.record(batch)
        return disbursement

    @retried
    def approve(self, fund: str, disbursement: str, approved_by: str) -> None:
        """Agree, as another person, that a proposed disbursement be paid."""
        known, batch = self._desk.streams.fund(fund), Batch()
        limits = self._desk.streams.oversight(known.organisation)
        try:
            self._approve(known, self._desk.inflows, disbursement, approved_by, limits, batch)
        except Refused as refusal:
            self._record_refused(known, disbursement, "approve", approved_by, refusal)
            raise
        self._desk.record(batch)

    @retried
    def pay(self, fund: str, disbursement: str, paid_on: date | None) -> None:
        """Record that an approved disbursement has been paid."""
        known, batch = self._desk.streams.fund(fund), Batch()
        self._pay(known, disbursement, paid_on, batch)
        self._desk.record(batch)

    @retried
    def withdraw(self, fund: str, disbursement: str, reason: str, withdrawn_by: str) -> None:
        """Record that a disbursement will not be paid."""
        known, at = self._desk.streams.fund(fund), self._desk.now()
        self._desk.record(
            Batch([disbursements.withdraw(known, disbursement, reason, withdrawn_by, at)])
        )

    @retried
    def accept(
        self,
        fund: str,
        disbursement: str,
        evidence: Sequence[str],
        accepted_on: date,
        accepted_by: str,
    ) -> None:
        """Record that what was paid for is there; `evidence` are digests of photos or files."""
        known, at = self._desk.streams.fund(fund), self._desk.now()
        try:
            accepted = disbursements.accept(
                known, disbursement, tuple(evidence), accepted_on, accepted_by, at
            )
        except Refused as refusal:
            self._record_refused(known, disbursement, "accept", accepted_by, refusal)
            raise
        self._desk.record(Batch([accepted]))

    @retried
    def recover(
        self,
        fund: str,
        disbursement: str,
        amount: Amount,
        recovered_on: date | None,
        why: Correction,
    ) -> None:
        """Record that money came back from a payee, or that a payment was a mistake."""
        recovered = disbursements.recover(
            self._desk.streams.fund(fund),
            disbursement,
            amount,
            why.reason,
            why.note,
            recovered_on,
            why.decided_by,
            self._desk.now(),
        )
        self._desk.record(Batch([recovered]))

    @retried
    def classify(self, fund: str, disbursement: str, cost_class: str) -> None:
        """Record which class of cost a disbursement is."""
        known, at = self._desk.streams.fund(fund), self._desk.now()
        self._desk.record(Batch([disbursements.classify(known, disbursement, cost_class, at)]))

    @retried
    def pay_out(
        self,
        organisation: str,
        fund: str,
        payments: Sequence[PayOut],
        proposed_by: str,
        approved_by: str,
        *,
        from_stock: bool = False,
    ) -> list[str | Refused]:
        """Record payments that were proposed, approved by another person and paid.

        Returns for each its disbursement's id, or the refusal: the others are recorded. With
        `from_stock` goods that nobody recorded when they came in are taken into stock first, as
        a gift of unknown origin.
        """
        known, batch = self._desk.streams.fund_of(fund, organisation), Batch()
        inflows, limits = (
            HeldInflows(self._desk.inflows),
            self._desk.streams.oversight(organisation),
        )
        outcomes: list[str | Refused] = []
        for payment in payments:
            disbursement, one = f"disbursement-{self._desk.random_id()}", Batch()
            held = inflows.copy()  # what a refused payment took into stock is not there
            try:
                if from_stock:
                    self._take_into_stock(known, held, payment, one)
                asked = self._propose(known, held, disbursement, payment, proposed_by, one)
                agreed = self._approve(asked, held, disbursement, approved_by, limits, one)
                known = self._pay(agreed, disbursement, payment.paid_on, one)
            except Refused as refusal:
                outcomes.append(refusal)
                if isinstance(refusal, SamePerson | AboveLimit):
                    batch.events.append(
                        self._attempt(
                            known, disbursement, payment.amount, "approve", approved_by, refusal
                        )
                    )
                continue
            batch.absorb(one)
            inflows = held
            outcomes.append(disbursement)
        self._desk.record(batch)
        return outcomes

    def _take_into_stock(
        self, fund: Fund, inflows: HeldInflows, payment: PayOut, batch: Batch
    ) -> None:
        """Record as found in stock what a list issues beyond what is known to lie there."""
        if not isinstance(payment.amount, Quantity):
            return
        item, there = payment.amount.item, inflows.received(fund.id, payment.amount.item)
        missing = payment.amount.count - fund.available(item, there).units
        if missing <= 0:
            return
        line = GoodsLine(
            quantity=Quantity(missing, item), written=str(missing), conversion=None,
            value=None, basis="none", evidence=None,
        )  # fmt: skip
        found = gifts_in_kind.receive(
            f"gift-{self._desk.random_id()}", fund, fund.organisation, "goods", "stock", [line],
            None, None, "none", None, (), self._desk.now(),
        )  # fmt: skip
        batch.events.append(found)
        inflows.add(fund.id, item, missing)

    def _propose(
        self,
        fund: Fund,
        inflows: Inflows,
        disbursement: str,
        payment: PayOut,
        proposed_by: str,
        batch: Batch,
    ) -> Fund:
        named = payment.payee if names_organisation(payment.payee) else None
        openings = [] if named else [self._desk.sealer.opening("name", payment.payee)]
        if payment.purpose and not fund.purpose:
            openings.append(self._desk.sealer.opening("purpose", payment.purpose))
        proposed = disbursements.propose(
            fund,
            inflows,
            disbursement,
            Payee(id=self._desk.random_id(), organisation=named, sealed=digests(openings)),
            payment.amount,
            payment.purpose if fund.purpose else None,
            payment.place,
            proposed_by,
            self._desk.vault.masked(payment.source),
            self._desk.now(),
        )
        batch.events.append(proposed)
        batch.openings += self._desk.sealer.rows(openings, proposed)
        batch.keep_source(payment.source, fund.organisation, fund.id)
        fund = funds.evolve(fund, proposed)
        if payment.cost_class is None:
            return fund
        classed = disbursements.classify(fund, disbursement, payment.cost_class, self._desk.now())
        batch.events.append(classed)
        return funds.evolve(fund, classed)

    def _approve(
        self,
        fund: Fund,
        inflows: Inflows,
        disbursement: str,
        approved_by: str,
        limits: Oversight,
        batch: Batch,
    ) -> Fund:
        approved = disbursements.approve(
            fund,
            inflows,
            disbursement,
            approved_by,
            oversight.limit_of(limits.limits, approved_by),
            self._desk.now(),
        )
        batch.events.append(approved)
        return funds.evolve(fund, approved)

    def _pay(self, fund: Fund, disbursement: str, paid_on: date | None, batch: Batch) -> Fund:
        paid = disbursements.pay(fund, disbursement, paid_on, self._desk.now())
        batch.events.append(paid)
        return funds.evolve(fund, paid)

    def _record_refused(
        self, fund: Fund, disbursement: str, attempted: str, attempted_by: str, refusal: Refused
    ) -> None:
        """Keep on record that somebody tried what a rule forbids; that is not to be undone."""
        amount = fund.disbursements[disbursement].amount
        attempt = self._attempt(fund, disbursement, amount, attempted, attempted_by, refusal)
        self._desk.record(Batch([attempt]))

    def _attempt(
        self,
        fund: Fund,
        disbursement: str,
        amount: Amount,
        attempted: str,
        attempted_by: str,
        refusal: Refused,
    ) -> AttemptRefused:
        return oversight.refused(
            f"attempt-{self._desk.random_id()}",
            fund,
            disbursement,
            amount,
            attempted,
            attempted_by,
            refusal,
            refusal.limit if isinstance(refusal, AboveLimit) else None,
            self._desk.now(),
        )
