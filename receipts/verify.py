"""Checks a receipt with nothing but its file and a trust file: no server, no database, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, get_args

from ledger import codec
from ledger.domain.events import (
    Event,
    GiftReceived,
    GoodsReceived,
    OrganisationEvent,
    ReceiptIssued,
    ReceiptNumbersAllotted,
)
from ledger.domain.gifts import worth
from ledger.domain.organisations import Organisation
from ledger.domain.receipts import numbered, stream, well_formed
from ledger.domain.registry import Registry
from ledger.errors import Refused, Untrusted
from ledger.money import Money
from ledger.proof import jws
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.merkle import check_inclusion, leaf_hash
from receipts import says
from receipts.attachment import attached
from receipts.bundle import Bundle
from receipts.sealing import TYP as SEAL_TYP
from receipts.sealing import take_apart
from receipts.trust import Trust

T = TypeVar("T", bound=Event)

MISMATCHES = ("number", "gift", "openings")
"""Steps whose failure means that parts disagree; any other failure means no trust at all."""


class ReceiptDiffers(Untrusted):
    """Parts of a receipt disagree."""

    def __init__(self, what: str) -> None:
        super().__init__(what)


class NotEligible(Untrusted):
    """Gifts to the issuer could not be deducted on the day of the gift."""

    def __init__(self, issuer: str, day: str) -> None:
        super().__init__(f"{issuer} was not eligible on {day}")


@dataclass(frozen=True, slots=True)
class Step:
    """One check: its name, whether it holds, and what it says in words."""

    step: str
    ok: bool
    says: str


@dataclass(slots=True)
class Verdict:
    """What a check found; `receipt` tells what the receipt says once that is proved."""

    result: str = "valid"
    deduction_class: str = "none"
    steps: list[Step] = field(default_factory=list)
    receipt: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Evidence:
    """What the steps have established so far."""

    trust: Trust
    document: bytes | None = None
    seal: str | None = None
    bundle: Bundle | None = None
    checkpoint: Checkpoint | None = None
    events: list[Event] = field(default_factory=list)
    registry: Registry = field(default_factory=Registry)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def proofs(self) -> Bundle:
        assert self.bundle is not None, "the first step reads it"
        return self.bundle

    @property
    def receipt(self) -> ReceiptIssued:
        return _only([e for e in self.events if isinstance(e, ReceiptIssued)], "receipt")

    @property
    def gift(self) -> GiftReceived | GoodsReceived:
        found = [e for e in self.events if isinstance(e, GiftReceived | GoodsReceived)]
        return _only(found, "gift")

    @property
    def issuer(self) -> Organisation:
        return self.registry.organisations[self.receipt.actor]


def _only(found: list[T], what: str) -> T:
    if len(found) != 1:
        raise ReceiptDiffers(f"it proves {len(found)} {what}s, where one is expected")
    if found[0].originator_version != 1:
        raise ReceiptDiffers(f"its {what} does not open its own story")
    return found[0]


def verify(data: bytes, trust: Trust) -> Verdict:
    """Check a receipt's file, or a bundle alone; say each step in words.

    1. format: the file carries one bundle, in its one form.
    2. checkpoint: the trusted log key signed the one checkpoint of all proofs.
    3. inclusion: each entry's exact bytes are a leaf under that checkpoint.
    4. issuer: from the trusted authority on, each entry's signer was registered, still working
       at that point of the log, and had the right to sign that fact.
    5. number: it has the right form and was allotted to the issuer.
    6. gift: the receipt names that gift, its day, its charity, and not more than its amount.
    7. openings: payer and check code are those sealed in the signed event.
    8. seal: a working key of the issuer signed every byte of the file (not asked of a bundle).
    9. eligibility: the issuer was eligible on the day of the gift.
    """
    verdict, evidence = Verdict(), _Evidence(trust)
    steps: dict[str, Callable[[_Evidence], None]] = {
        "format": lambda known: _read(known, data),  # 1
        "checkpoint": _check_checkpoint,  # 2
        "inclusion": _check_inclusion,  # 3
        "issuer": _check_signers,  # 4
        "number": _check_number,  # 5
        "gift": _check_gift,  # 6
        "openings": _check_openings,  # 7
        "seal": _check_seal,  # 8
        "eligibility": _check_eligibility,  # 9
    }
    for step, check in steps.items():
        if step == "seal" and evidence.seal is None:
            continue
        try:
            check(evidence)
        except (Untrusted, Refused) as error:
            verdict.steps.append(Step(step, ok=False, says=says.failed(step, str(error))))
            verdict.result = _result(step)
            return verdict
        verdict.steps.append(Step(step, ok=True, says=says.passed(step)))
        if step == "openings":
            verdict.receipt = _summary(evidence)
    verdict.deduction_class = "limited"
    return verdict


def _result(failed: str) -> str:
    if failed == "eligibility":
        return "not_eligible"
    return "mismatch" if failed in MISMATCHES else "untrusted"


def _read(known: _Evidence, data: bytes) -> None:
    if data.startswith(b"%PDF-"):
        known.document, known.seal = take_apart(data)
        data = attached(known.document)
    known.bundle = Bundle.parse(data)


def _check_checkpoint(known: _Evidence) -> None:
    bundle = known.proofs
    if len({e.proof.checkpoint for e in bundle.entries}) != 1:
        raise ReceiptDiffers("its proofs lead to different checkpoints")
    first = bundle.entries[0]
    if bundle.origin != known.trust.log.name:
        raise ReceiptDiffers(f"it belongs to the log {bundle.origin!r}, which is not trusted")
    known.checkpoint = open_signed(first.proof.checkpoint, known.trust.log)


def _check_inclusion(known: _Evidence) -> None:
    indexes = [e.proof.index for e in known.proofs.entries]
    if indexes != sorted(set(indexes)):
        raise ReceiptDiffers("its entries are not in the order of the log")
    assert known.checkpoint is not None, "the step before opened it"
    size, root = known.checkpoint.size, known.checkpoint.root
    for proven in known.proofs.entries:
        leaf = leaf_hash(proven.entry)
        check_inclusion(leaf, proven.proof.index, size, proven.proof.path, root)


def _check_signers(known: _Evidence) -> None:
    known.registry = Registry(known.trust.authority)
    for proven in known.proofs.entries:
        before = dict(known.registry.organisations)
        event = codec.admit(proven.entry, known.proofs.origin, known.registry)
        if isinstance(event, get_args(OrganisationEvent)):
            _check_next(before.get(event.organisation), event)
        known.events.append(event)


def _check_next(before: Organisation | None, event: OrganisationEvent) -> None:
    """Refuse a gap: a cancelled eligibility or revoked key could have been left out there."""
    expected = before.version + 1 if before else 1
    if event.originator_version != expected:
        raise ReceiptDiffers(f"event {expected} of {event.organisation} was left out")


def _check_number(known: _Evidence) -> None:
    receipt = known.receipt
    numbered(receipt.code, receipt.number)
    if receipt.originator_id != stream(receipt.code, receipt.number):
        raise ReceiptDiffers("code and number are not those of its stream")
    lots = [e for e in known.events if isinstance(e, ReceiptNumbersAllotted)]
    if not any(
        lot.code == receipt.code
        and lot.organisation == receipt.actor
        and lot.first <= int(receipt.number) <= lot.last
        for lot in lots
    ):
        raise ReceiptDiffers(f"{receipt.code} {receipt.number} was not allotted to its issuer")


def _check_gift(known: _Evidence) -> None:
    receipt, gift = known.receipt, known.gift
    same = {
        "gift": (receipt.gift, gift.originator_id),
        "charity": ({receipt.organisation, receipt.actor}, {gift.organisation}),
        "signer": (receipt.actor, gift.actor),
        "day of the gift": (receipt.gift_on, gift.received_on),
    }
    for what, (said, recorded) in same.items():
        if said != recorded:
            raise ReceiptDiffers(f"the {what} on the receipt is not the one recorded")
    if not Money(0) < receipt.amount <= worth(gift):
        raise ReceiptDiffers(f"the receipt says {receipt.amount}, the gift was {worth(gift)}")


def _check_openings(known: _Evidence) -> None:
    openings = known.proofs.openings
    if {o.digest for o in openings} != set(known.receipt.payer.sealed):
        raise ReceiptDiffers("the opened fields are not those sealed in the receipt's event")
    known.names = {o.name: o.value for o in openings}
    if set(known.names) != {"name", "check_code"}:
        raise ReceiptDiffers("payer and check code must be opened")
    well_formed(known.receipt.code, known.receipt.number, known.names["check_code"])


def _check_seal(known: _Evidence) -> None:
    assert known.document is not None, "a seal was found in it"
    assert known.seal is not None, "only called when there is one"
    kid = jws.seal_kid(known.seal)
    if kid not in known.issuer.keys:
        raise ReceiptDiffers(f"key {kid} does not sign for {known.issuer.name}")
    key = codec.public_key(known.issuer.keys[kid])
    jws.check_seal(known.seal, known.document, key, SEAL_TYP)


def _check_eligibility(known: _Evidence) -> None:
    receipt = known.receipt
    period = known.issuer.eligible_on(receipt.gift_on)
    if period is None or not receipt.eligible or receipt.notice != period.notice:
        raise NotEligible(known.issuer.name, receipt.gift_on.isoformat())


def _summary(known: _Evidence) -> dict[str, str]:
    receipt = known.receipt
    return {
        "code": receipt.code,
        "number": receipt.number,
        "check_code": known.names["check_code"],
        "payer": known.names["name"],
        "issuer": known.issuer.name,
        "issuer_uscc": known.issuer.id,
        "amount": receipt.amount.decimal(),
        "gift_on": receipt.gift_on.isoformat(),
        "issued_on": receipt.issued_on.isoformat(),
    }
