"""A log in memory that anybody can write, with the product's own signing: what a forger holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import codec
from ledger.domain import organisations, receipt_books, receipts
from ledger.domain.events import (
    EligibilityGranted,
    Event,
    FundOpened,
    GiftReceipted,
    GiftReceived,
    KeyRegistered,
    LedgerFounded,
    OrganisationRegistered,
    ReceiptIssued,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
)
from ledger.domain.organisations import AUTHORITY, POWERS
from ledger.domain.values import Party
from ledger.errors import Unknown
from ledger.money import Money
from ledger.proof import checkpoint, merkle, tiles
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer
from ledger.proof.notes import VerifierKey
from ledger.proof.tlog_proof import TlogProof
from receipts.attachment import stream as attachment
from receipts.bundle import Bundle, ProvenEntry
from receipts.sealing import sealed
from receipts.trust import Trust
from receipts.verdict import Verdict
from receipts.verify import verify
from tests.conftest import OTHER_USCC, USCC
from tests.ledger.proof.given import private

ORIGIN = "forged.example/ledger"
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
DAY = date(2026, 10, 1)
CODE, NUMBER = "23050126", "0000000001"
GIFT, FUND = "gift-1", "fund-1"
NAME = Opening(b64url(bytes(16)), "name", "王某某")
CHECK = Opening(b64url(bytes(range(16))), "check_code", "aB3x9Z")
NOTICE = "公告示例1号"

LOG = private("the log")
SIGNERS = {name: Ed25519Signer(private(name)) for name in (AUTHORITY, USCC, OTHER_USCC, "stolen")}
TRUST = Trust(VerifierKey.of(ORIGIN, LOG.public_key()), SIGNERS[AUTHORITY].kid)

VALID = ("valid", "recorded")
"""What a receipt that nothing speaks against is judged: its last step is the tenth check."""

PROVING = ("founded", "registered", "key", "granted", "allotted", "gift", "receipt")


def public(signer: Ed25519Signer) -> str:
    """Write a signer's public key as the registry keeps it."""
    return b64url(signer.public.public_bytes_raw())


@dataclass(slots=True)
class Log:
    """Signed entries in order; versions follow by themselves unless a forger names one."""

    entries: list[bytes] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    leaves: dict[str, int] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)

    def record(self, name: str, cls: type[Event], stream: str, actor: str, /, **data: Any) -> int:
        """Sign an event with the actor's key, or with the `signer` given; return its leaf."""
        signer = data.pop("signer", None) or SIGNERS[actor]
        self.versions[stream] = data.pop("originator_version", self.versions[stream] + 1)
        head = {
            "originator_id": stream,
            "originator_version": self.versions[stream],
            "timestamp": NOON,
            "actor": actor,
        }
        event = cls(**{**head, **data})
        self.events.append(event)
        self.entries.append(codec.encode(event, ORIGIN, signer))
        self.leaves[name] = len(self.entries) - 1
        return self.leaves[name]

    def note(self, key: Ed25519PrivateKey = LOG, size: int | None = None) -> str:
        """Sign a checkpoint over the first `size` entries."""
        count = len(self.entries) if size is None else size
        root = merkle.root(count, self._subtree())
        return checkpoint.sign(checkpoint.Checkpoint(ORIGIN, count, root), key)

    def prove(self, leaf: int, note: str) -> ProvenEntry:
        """Prove an entry under a checkpoint over the whole log."""
        path = merkle.inclusion(leaf, len(self.entries), self._subtree())
        return ProvenEntry(self.entries[leaf], TlogProof(leaf, tuple(path), note))

    def bundle(
        self,
        names: Sequence[str] = PROVING,
        openings: tuple[Opening, ...] = (NAME, CHECK),
        key: Ed25519PrivateKey = LOG,
    ) -> Bundle:
        """Gather the proof of a receipt from the entries of these names."""
        note = self.note(key)
        proven = [self.prove(leaf, note) for leaf in sorted(self.leaves[n] for n in names)]
        return Bundle(ORIGIN, tuple(proven), openings)

    def consistency(self, old: int) -> list[bytes]:
        """Prove that the log extends what it was at `old` entries."""
        return merkle.consistency(old, len(self.entries), self._subtree())

    def files(self, key: Ed25519PrivateKey = LOG) -> dict[str, bytes]:
        """Publish the log as files, by path."""
        size, subtree = len(self.entries), self._subtree()
        found = {"checkpoint": self.note(key).encode()}
        for index, width in tiles.entry_bundles(size):
            first = index * tiles.WIDTH
            found[tiles.entries_path(index, width)] = tiles.pack_entries(
                self.entries[first : first + width]
            )
        for level, index, width in tiles.hash_tiles(size):
            first = index * tiles.WIDTH
            found[tiles.tile_path(level, index, width)] = b"".join(
                subtree(level * tiles.HEIGHT, n) for n in range(first, first + width)
            )
        return found

    def _subtree(self) -> merkle.Subtree:
        return merkle.over([merkle.leaf_hash(entry) for entry in self.entries])


class Files:
    """Reads a published log from memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def __call__(self, path: str) -> bytes:
        """Return a file, or refuse."""
        if path not in self._files:
            raise Unknown(f"{path} is missing")
        return self._files[path]


def told(**lies: Mapping[str, Any] | None) -> Log:
    """Tell the story of one receipt; a lie replaces fields of the event it is named for.

    The events are founded, registered, key, other, other_key, granted, allotted, fund, gift,
    drawn, receipt, marked; None leaves one out. `before_X` tells events of one's own first.
    """
    log = Log()
    for name, (cls, stream, actor, data) in _honest().items():
        for *where, told_there in (lies.get(f"before_{name}") or {}).get("events", ()):
            log.record(*where, **told_there)
        lie = lies.get(name, {})
        if lie is not None:
            given = {**data, **lie}
            place = given.pop("stream", stream), given.pop("actor", actor)
            log.record(name, cls, *place, **given)
    return log


def _honest() -> dict[str, tuple[type[Event], str, str, dict[str, Any]]]:
    authority, charity = organisations.stream(AUTHORITY), organisations.stream(USCC)
    other, book = organisations.stream(OTHER_USCC), receipt_books.stream(CODE)
    return {
        "founded": (LedgerFounded, authority, AUTHORITY, {
            "organisation": AUTHORITY, "name": "示例主管机关", "powers": POWERS,
            "kid": SIGNERS[AUTHORITY].kid, "public": public(SIGNERS[AUTHORITY]),
        }),
        "registered": (OrganisationRegistered, charity, AUTHORITY, registration(USCC)),
        "key": (KeyRegistered, charity, AUTHORITY, key_of(USCC)),
        "other": (OrganisationRegistered, other, AUTHORITY, registration(OTHER_USCC)),
        "other_key": (KeyRegistered, other, AUTHORITY, key_of(OTHER_USCC)),
        "granted": (EligibilityGranted, charity, AUTHORITY, grant()),
        "allotted": (ReceiptNumbersAllotted, book, AUTHORITY, {
            "organisation": USCC, "code": CODE, "first": 1, "last": 100,
        }),
        "fund": (FundOpened, FUND, USCC, {
            "organisation": USCC, "name": "示例资金", "kind": "general", "purpose": None,
            "place": None,
        }),
        "gift": (GiftReceived, GIFT, USCC, gift()),
        "drawn": (ReceiptNumbersDrawn, book, USCC, {
            "organisation": USCC, "code": CODE, "first": 1, "last": 1,
        }),
        "receipt": (ReceiptIssued, receipts.stream(CODE, NUMBER), USCC, receipt()),
        "marked": (GiftReceipted, GIFT, USCC, {"code": CODE, "number": NUMBER}),
    }  # fmt: skip


def registration(organisation: str) -> dict[str, Any]:
    """What a registration says."""
    return {
        "organisation": organisation,
        "name": f"示例基金会{organisation[:2]}",
        "kind": "charity",
    }


def key_of(organisation: str) -> dict[str, Any]:
    """What the registration of a key says."""
    signer = SIGNERS[organisation]
    return {"organisation": organisation, "kid": signer.kid, "public": public(signer)}


def grant() -> dict[str, Any]:
    """What a grant of eligibility says."""
    return {
        "organisation": USCC,
        "first_day": date(2026, 1, 1),
        "last_day": date(2028, 12, 31),
        "notice": NOTICE,
        "applicant_kind": 3,
    }


def gift() -> dict[str, Any]:
    """What a gift says."""
    return {
        "organisation": USCC,
        "fund": FUND,
        "amount": Money(100_00),
        "booked": Money(100_00),
        "exchange": None,
        "donor": Party(id="donor-1", sealed=(NAME.digest,)),
        "received_on": DAY,
        "date_basis": "row",
        "source": None,
        "sealed": (),
    }


def receipt() -> dict[str, Any]:
    """What a receipt says."""
    return {
        "organisation": USCC,
        "code": CODE,
        "number": NUMBER,
        "gift": GIFT,
        "payer": Party(id="payer-1", sealed=tuple(sorted((NAME.digest, CHECK.digest)))),
        "amount": Money(100_00),
        "issued_on": date(2026, 11, 21),
        "gift_on": DAY,
        "eligible": True,
        "notice": NOTICE,
        "specimen": True,
    }


def document(bundle: bytes, signer: Ed25519Signer = SIGNERS[USCC]) -> bytes:
    """Lay out the least file that a receipt can be, and seal it."""
    return sealed(b"%PDF-1.7\n1 0 obj\n" + attachment(bundle) + b"\nendobj\n%%EOF\n", signer)


def judged(bundle: Bundle | bytes, trust: Trust = TRUST) -> tuple[str, str]:
    """Verify; return the result and the last step, which is the one that refused."""
    return judgement(verify(bundle if isinstance(bundle, bytes) else bundle.encode(), trust))


def judgement(verdict: Verdict) -> tuple[str, str]:
    """Return a verdict's result and the first step that failed, or the last that did not."""
    failed = [step.step for step in verdict.steps if not step.ok]
    assert bool(failed) == (verdict.result != "valid")
    return verdict.result, failed[0] if failed else verdict.steps[-1].step


def with_entry(bundle: Bundle, place: int, **changes: Any) -> Bundle:
    """Change one proven entry of a bundle."""
    entries = list(bundle.entries)
    entries[place] = replace(entries[place], **changes)
    return replace(bundle, entries=tuple(entries))
