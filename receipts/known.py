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
from receipts.cms import Signed
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
    was made; `signed` is the file's signature over its digest, its value yet to be checked.
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
    signed: Signed | None = None
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


@dataclass(slots=True)
class Parts:
    """A receipt's PDF or a bundle alone while it is taken apart; each step raises `Untrusted`."""

    data: bytes
    document: bytes | None = None
    seal: str | None = None
    attached: bytes = b""
    bundle: Bundle = field(init=False)
    events: list[Event] = field(default_factory=list)

    def find(self) -> None:
        """Find the seal and the attached bundle."""
        if self.data.startswith(PDF):
            self.document, self.seal = find_seal(self.data)
        self.attached = self.data if self.document is None else attached(self.document)

    def parse(self) -> None:
        """Read the bundle."""
        self.bundle = Bundle.parse(self.attached)

    def read(self, chain: Chain) -> None:
        """Read what its entries say."""
        self.events = chain.read(self.bundle)

    def known(self, asked: Asked, status: StatusList | None) -> Known:
        """Return what the steps begin with: one receipt, its life and its gifts."""
        bundle, events = self.bundle, self.events
        at, opened = _the_receipt(events)
        place, receipt = bundle.entries[at].proof.index, _folded(opened, events)
        gifts = {event.originator_id: event for event in events if isinstance(event, GIFTS)}
        document, seal = self.document, self.seal
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
