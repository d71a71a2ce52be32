"""Gathers what proves a receipt: its entries with their proofs, and its openings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from api.wiring import House
from ledger import codec
from ledger.domain import organisations, receipt_books, receipts
from ledger.domain.events import (
    Event,
    GiftReceived,
    GoodsReceived,
    OrganisationEvent,
    ReceiptIssued,
    ReceiptNumbersAllotted,
)
from ledger.domain.organisations import AUTHORITY, Organisation
from ledger.proof.merkle import leaf_hash
from ledger.store.recorder import LogRow
from receipts.bundle import Bundle, ProvenEntry

PROVING = (*get_args(OrganisationEvent), GiftReceived, GoodsReceived, ReceiptIssued)
"""Facts that a receipt's proof is made of beside its lot; others in these streams are left out."""


@dataclass(frozen=True, slots=True)
class ReceiptEvidence:
    """A receipt with everything that is printed on it or attached to it."""

    receipt: ReceiptIssued
    gift: GiftReceived | GoodsReceived
    issuer: Organisation
    bundle: Bundle
    names: dict[str, str]
    leaf: int
    log_size: int
    event_hash: str

    @property
    def qr(self) -> str:
        """What the receipt's QR code says (docs/formats/receipt.md)."""
        said = self.receipt
        fields = (
            "DLR1", said.code, said.number, self.names["check_code"],
            said.issued_on.strftime("%Y%m%d"), said.amount.decimal(), self.event_hash,
        )  # fmt: skip
        return "|".join(fields)


class Evidence:
    """Proofs under the checkpoint as it stands now, for the receipts of one charity."""

    def __init__(self, house: House, charity: str) -> None:
        self._house = house
        self._issuer = house.ledger.streams.organisation(charity)
        self._prover = house.log.prover(house.integrator.vkey)
        self._origin = house.recorder.origin()
        self._shared = [organisations.stream(AUTHORITY), organisations.stream(charity)]
        self._proven: dict[int, ProvenEntry] = {}

    def of_receipt(self, gift: str, code: str, number: str) -> ReceiptEvidence:
        """Return the evidence of a receipt; its names are empty once they were erased."""
        stream = receipts.stream(code, number)
        rows = self._house.recorder.log_of(
            [*self._shared, receipt_books.stream(code), gift, stream]
        )
        events = [
            (row, event) for row in rows if self._proves(event := self._event(row), int(number))
        ]
        row, receipt = next((r, e) for r, e in events if isinstance(e, ReceiptIssued))
        openings = self._house.vault.of_digests(receipt.payer.sealed)
        return ReceiptEvidence(
            receipt=receipt,
            gift=next(e for _, e in events if isinstance(e, GiftReceived | GoodsReceived)),
            issuer=self._issuer,
            bundle=Bundle(
                self._origin,
                tuple(self._prove(row) for row, _ in events),
                tuple(openings[d] for d in receipt.payer.sealed if d in openings),
            ),
            names={o.name: o.value for o in openings.values()},
            leaf=row.leaf,
            log_size=self._prover.size,
            event_hash=leaf_hash(_entry(row)).hex(),
        )

    def _proves(self, event: Event, number: int) -> bool:
        """Tell whether a fact belongs into the proof of a receipt with this number."""
        if isinstance(event, ReceiptNumbersAllotted):
            return event.organisation == self._issuer.id and event.first <= number <= event.last
        return isinstance(event, PROVING)

    def _event(self, row: LogRow) -> Event:
        return codec.read(_entry(row), self._origin)[1]

    def _prove(self, row: LogRow) -> ProvenEntry:
        if row.leaf not in self._proven:
            self._proven[row.leaf] = ProvenEntry(_entry(row), self._prover.prove(row.leaf))
        return self._proven[row.leaf]


def _entry(row: LogRow) -> bytes:
    assert row.entry is not None, "only leaves with their rows are read"
    return row.entry
