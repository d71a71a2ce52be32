"""Gathers what proves a receipt: its entries with their proofs, and its openings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from api.wiring import House
from ledger import codec
from ledger.domain import organisations, receipt_books, receipts
from ledger.domain.events import (
    Event,
    GiftReceived,
    GoodsReceived,
    OrganisationEvent,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptMadeOut,
    ReceiptNumbersAllotted,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.organisations import AUTHORITY, Organisation
from ledger.domain.receipt_life import evolve
from ledger.proof.disclosure import Opening
from ledger.proof.merkle import leaf_hash
from ledger.store.log_folder import NotYetPublished
from ledger.store.recorder import LogRow
from receipts.bundle import Bundle, ProvenEntry
from receipts.qr import Elements

Opened = ReceiptIssued | ReceiptMadeOut
Gift = GiftReceived | GoodsReceived
FATES = (ReceiptReversed, RedReceiptMadeOut, ReceiptExchanged, PaperTakenBack)
"""What has become of a receipt: proved with it where it is known already. Claims are not."""

Found = list[tuple[LogRow, Event]]


@dataclass(frozen=True, slots=True)
class ReceiptEvidence:
    """A receipt with everything that is printed on it or attached to it.

    `names` holds the opened fields of the payer (`name`, `check_code`, perhaps `address` and
    `taxpayer`) and is empty once they were erased; `members` who gave how much of a joint one.
    """

    receipt: Opened
    gifts: tuple[Gift, ...]
    issuer: Organisation
    bundle: Bundle
    names: dict[str, str]
    members: tuple[str, ...]
    leaf: int
    log_size: int
    event_hash: str

    @property
    def gift(self) -> Gift:
        """The first of its gifts."""
        return self.gifts[0]

    @property
    def qr(self) -> str:
        """What the code of a receipt made out before `receipt-made-out.v1` says, unsigned."""
        said = self.receipt
        fields = (
            "DLR1", said.code, said.number, self.names["check_code"],
            said.issued_on.strftime("%Y%m%d"), said.amount.decimal(), self.event_hash,
        )  # fmt: skip
        return "|".join(fields)

    @property
    def elements(self) -> Elements:
        """What the receipt's code says once the issuer signed it (`receipts.qr.payload`)."""
        return Elements(
            code=self.receipt.code,
            number=self.receipt.number,
            check_code=self.names["check_code"],
            issued_on=self.receipt.issued_on,
            amount=self.receipt.amount,
            issuer=self.issuer.id,
            leaf=bytes.fromhex(self.event_hash),
        )


class Evidence:
    """Proofs under the checkpoint as it stands now, for the receipts of one charity."""

    def __init__(self, house: House, charity: str) -> None:
        self._house = house
        self._issuer = house.ledger.streams.organisation(charity)
        self._prover = house.log.prover(house.integrator.vkey)
        self._origin = house.recorder.origin()
        self._allotted: dict[str, Found] = {}
        self._proven: dict[int, ProvenEntry] = {}

    def of_receipt(self, code: str, number: str) -> ReceiptEvidence:
        """Return the evidence of a receipt of this charity; raise `ReceiptUnknown`.

        What is known of it must lie under the published checkpoint: `NotYetPublished` otherwise.

        Its bundle proves every event of the authority and of the issuer, the allotment, each
        gift, the receipt and, where it is known by now, that it is void or exchanged.
        """
        own = self._story(code, number)
        row, opened = own[0]
        assert isinstance(opened, Opened), "only its issue can open a receipt's story"
        gifts = self._gifts(evolve(None, opened).gifts)
        rows = [*self._organisations, *self._lots(code, int(number)), *gifts, *own]
        return self._evidence(row, opened, [gift for _, gift in gifts], rows)

    def _story(self, code: str, number: str) -> Found:
        """Return what a receipt's bundle proves of the receipt itself, all of it published."""
        rows = self._house.recorder.log_of([receipts.stream(code, number)])
        story = [(row, codec.read(_entry(row), self._origin)[1]) for row in rows]
        own = [found for found in story if isinstance(found[1], (*get_args(Opened), *FATES))]
        if not own:
            raise receipts.ReceiptUnknown(code, number)
        if own[-1][0].leaf >= self._prover.size:
            raise NotYetPublished(own[-1][0].leaf, self._prover.size)
        return own

    def _evidence(
        self, row: LogRow, opened: Opened, gifts: list[Event], rows: Found
    ) -> ReceiptEvidence:
        openings = self._openings(opened)
        proven = [self._prove(each) for each, _ in sorted(rows, key=lambda found: found[0].leaf)]
        return ReceiptEvidence(
            receipt=opened,
            gifts=tuple(gift for gift in gifts if isinstance(gift, Gift)),
            issuer=self._issuer,
            bundle=Bundle(self._origin, tuple(proven), openings),
            names={o.name: o.value for o in openings if o.name != "member"},
            members=tuple(o.value for o in openings if o.name == "member"),
            leaf=row.leaf,
            log_size=self._prover.size,
            event_hash=leaf_hash(_entry(row)).hex(),
        )

    def _openings(self, opened: Opened) -> tuple[Opening, ...]:
        digests = (*opened.payer.sealed, *getattr(opened, "digests", ()))
        kept = self._house.vault.of_digests(digests)
        return tuple(kept[digest] for digest in digests if digest in kept)

    @cached_property
    def _organisations(self) -> Found:
        """Every event of the authority and of the issuer: a gap could hide a revoked key."""
        streams = (organisations.stream(AUTHORITY), organisations.stream(self._issuer.id))
        found = self._read(*streams)
        return [(row, event) for row, event in found if isinstance(event, OrganisationEvent)]

    def _lots(self, code: str, number: int) -> Found:
        """Return the issuer's allotment that the number lies in."""
        if code not in self._allotted:
            self._allotted[code] = self._read(receipt_books.stream(code))
        return [
            (row, event)
            for row, event in self._allotted[code]
            if isinstance(event, ReceiptNumbersAllotted)
            and event.organisation == self._issuer.id
            and event.first <= number <= event.last
        ]

    def _gifts(self, gifts: tuple[str, ...]) -> Found:
        """Return what opened the story of each gift, in the order of the receipt's lines."""
        found = {event.originator_id: (row, event) for row, event in self._read(*gifts)
                 if isinstance(event, Gift)}  # fmt: skip
        return [found[gift] for gift in gifts]

    def _read(self, *streams: str) -> Found:
        """Return the events of these streams that the checkpoint covers, in log order."""
        rows = self._house.recorder.log_of(streams)
        return [
            (row, codec.read(_entry(row), self._origin)[1])
            for row in rows
            if row.leaf < self._prover.size
        ]

    def _prove(self, row: LogRow) -> ProvenEntry:
        if row.leaf not in self._proven:
            self._proven[row.leaf] = ProvenEntry(_entry(row), self._prover.prove(row.leaf))
        return self._proven[row.leaf]


def _entry(row: LogRow) -> bytes:
    assert row.entry is not None, "only leaves with their rows are read"
    return row.entry
