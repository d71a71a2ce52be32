"""What a check of one receipt has to go by: the file taken apart, and what the steps establish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ledger.domain.events import (
    Event,
    GiftReceived,
    GoodsReceived,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptMadeOut,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.organisations import Organisation
from ledger.domain.receipt_life import Receipt, evolve
from receipts.attachment import attached
from receipts.bundle import Bundle, BundleMalformed
from receipts.chain import Chain
from receipts.classes import DeductionClasses
from receipts.sealing import find_seal
from receipts.status import StatusList
from receipts.status_issuers import Issuer

PDF = b"%PDF-"

Opened = ReceiptIssued | ReceiptMadeOut
Gift = GiftReceived | GoodsReceived
OPENED = (ReceiptIssued, ReceiptMadeOut)
GIFTS = (GiftReceived, GoodsReceived)
FATES = (ReceiptReversed, RedReceiptMadeOut, ReceiptExchanged, PaperTakenBack)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a check is asked beside the file.

    `taxpayer` is the number or name of who claims; `classes` gives the class of each gift,
    without it an eligible one counts as limited; `today` tells how old the status list is.
    """

    taxpayer: str | None = None
    classes: DeductionClasses | None = None
    today: date | None = None


@dataclass(slots=True)
class Known:
    """What is known of one receipt so far; nothing in `events` is proved before the steps.

    `opened` is the event that made the receipt out, `place` its leaf, `receipt` what the bundle
    tells of it, `gifts` those it proves by id, `size` how many entries the log had when the proof
    was made.
    """

    bundle: Bundle
    events: list[Event]
    opened: Opened
    receipt: Receipt
    gifts: Mapping[str, Gift]
    place: int
    asked: Asked
    status: StatusList | None
    document: bytes | None = None
    seal: str | None = None
    size: int = 0
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    deduction_class: str = "none"
    rule: str | None = None

    @property
    def issuer(self) -> Organisation:
        """Who made it out."""
        return self.organisations[self.opened.actor]

    @property
    def listed(self) -> Issuer | None:
        """The issuer as the status list's directory tells of it."""
        return self.status.issuers.get(self.opened.actor) if self.status else None


def take_apart(data: bytes, chain: Chain, asked: Asked, status: StatusList | None) -> Known:
    """Read a receipt's PDF or a bundle alone; raise `Untrusted` for anything else."""
    document, seal = find_seal(data) if data.startswith(PDF) else (None, None)
    bundle = Bundle.parse(data if document is None else attached(document))
    events = chain.read(bundle)
    at, opened = _the_receipt(events)
    place = bundle.entries[at].proof.index
    receipt = _folded(opened, events)
    gifts = {event.originator_id: event for event in events if isinstance(event, GIFTS)}
    return Known(bundle, events, opened, receipt, gifts, place, asked, status, document, seal)


def _the_receipt(events: Sequence[Event]) -> tuple[int, Opened]:
    found = [(at, event) for at, event in enumerate(events) if isinstance(event, OPENED)]
    if len(found) != 1:
        raise BundleMalformed(f"it proves {len(found)} receipts, where one is expected")
    return found[0]


def _folded(opened: Opened, events: Sequence[Event]) -> Receipt:
    """Return the receipt with what the bundle tells of its later life."""
    receipt = evolve(None, opened)
    for event in events:
        if isinstance(event, FATES) and event.originator_id == opened.originator_id:
            receipt = evolve(receipt, event)
    return receipt
