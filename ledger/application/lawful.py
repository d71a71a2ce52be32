"""Which openings a law keeps: what they are a record of, decided from the events they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.application.streams import Streams
from ledger.domain.days import day_in_china
from ledger.domain.events import DisbursementPaid, DisbursementProposed, Event
from ledger.domain.keeping import VaultRow
from ledger.domain.organisations import AUTHORITY
from ledger.domain.retention import (
    CHARITY,
    CLAIM,
    PAYMENT,
    RECEIPT,
    TAX_BUREAU,
    Keeping,
    keeping,
)


class LawfulKeeping:
    """Tells of openings how long a law keeps them; what it read of a fund, it remembers."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._paid: dict[str, dict[int, date]] = {}

    def of(self, openings: Sequence[VaultRow], on: date) -> dict[str, Keeping]:
        """Return, by digest, those that a law still keeps on a day."""
        found = {opening.digest: self._of(opening) for opening in openings}
        return {digest: kept for digest, kept in found.items() if kept and on <= kept.until}

    def _of(self, opening: VaultRow) -> Keeping | None:
        """A receipt and a payment made are vouchers; a gift, a promise, a name or help is none."""
        stream, version = opening.stream, opening.version
        if stream.startswith("fund-"):
            paid = self._paid_on(stream).get(version)
            return keeping(PAYMENT, CHARITY, paid) if paid else None
        if not stream.startswith("receipt-"):
            return None
        if opening.organisation == AUTHORITY:
            return keeping(CLAIM, TAX_BUREAU, self._recorded_on(stream, version))
        _, code, number = stream.split("-")
        return keeping(RECEIPT, CHARITY, self._streams.receipt(code, number).issued_on)

    def _recorded_on(self, stream: str, version: int) -> date:
        return day_in_china(self._streams.facts(stream, version - 1)[0].timestamp)

    def _paid_on(self, fund: str) -> dict[int, date]:
        """Return the days of a fund's payments, by the version at which each was proposed."""
        if fund not in self._paid:
            self._paid[fund] = _payments(self._streams.facts(fund))
        return self._paid[fund]


def _payments(history: Sequence[Event]) -> dict[int, date]:
    proposed: dict[str, int] = {}
    paid: dict[int, date] = {}
    for fact in history:
        if isinstance(fact, DisbursementProposed):
            proposed[fact.disbursement] = fact.originator_version
        if isinstance(fact, DisbursementPaid):
            day = fact.paid_on or day_in_china(fact.timestamp)
            paid[proposed[fact.disbursement]] = day
    return paid
