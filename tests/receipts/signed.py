"""The least file that a receipt can be, signed with a document key (PAdES) that the log has."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from ledger.domain.events import DocumentKeyRegistered
from ledger.domain.organisations import AUTHORITY
from ledger.domain.organisations import stream as stream_of
from ledger.proof.encoding import b64url
from ledger.proof.merkle import leaf_hash
from receipts import certificates, pades, qr
from receipts.attachment import stream
from receipts.pades import Signer
from receipts.qr import Elements
from tests.attacks.forging import CHECK, SIGNERS
from tests.conftest import USCC
from tests.receipts.made_out import Story, made_out

FIRST_DAY = date(2026, 1, 1)


@cache
def signer(place: int = 1, organisation: str = USCC) -> Signer:
    """Make a document key from a number, certified by the one root of these tests."""
    root_key, key = (ec.derive_private_key(n, ec.SECP256R1()) for n in (99, place))
    root = certificates.root(root_key, "示例主管机关", FIRST_DAY)
    leaf = certificates.leaf(
        root, root_key, key.public_key(), organisation, "示例基金会53", FIRST_DAY
    )
    return Signer(leaf, root, key)


def registration(known: Signer) -> dict[str, Any]:
    """What the registration of a document key says beside its organisation."""
    return {
        "certificate": b64url(known.certificate),
        "fingerprint": certificates.fingerprint(known.certificate),
    }


def register(story: Story, known: Signer, name: str = "document") -> None:
    """Register a document key for the issuer."""
    story.of_issuer(name, DocumentKeyRegistered, **registration(known))


def register_root(story: Story) -> None:
    """Register the one root certificate of these tests for the authority."""
    said = {
        "certificate": b64url(signer().root),
        "fingerprint": certificates.fingerprint(signer().root),
        "organisation": AUTHORITY,
    }
    story.tell("root", DocumentKeyRegistered, stream_of(AUTHORITY), AUTHORITY, **said)


def told(**lies: Any) -> Story:
    """Tell a receipt whose issuer has a document key."""
    story = Story(**lies)
    register_root(story)
    register(story, signer())
    return story


def elements(story: Story, **changes: Any) -> Elements:
    """What the printed code of a story's receipt says."""
    said = made_out()
    leaf = leaf_hash(story.log.entries[story.log.leaves["receipt"]])
    given = {name: said[name] for name in ("code", "number", "issued_on", "amount")}
    given |= {"check_code": CHECK.value, "issuer": USCC, "leaf": leaf}
    return Elements(**(given | changes))


def printed(story: Story, **changes: Any) -> bytes:
    """Write what the file's description says of the printed code."""
    return b"/Keywords (" + qr.payload(elements(story, **changes), SIGNERS[USCC]).encode() + b")"


def document(bundle: bytes, page: bytes = b"", by: Signer | None = None) -> bytes:
    """Lay out the least file that carries a bundle and a page, and sign it."""
    known = by or signer()
    before, after = pades.dictionary(known, date(2026, 11, 21), b"(x)")
    file = bytearray(b"%PDF-1.7\n1 0 obj\n" + stream(bundle) + b"\nendobj\n2 0 obj\n<<\n")
    file += page + b"\n>>\nendobj\n3 0 obj\n" + before
    at = len(file)
    file += after + b"\nendobj\n%%EOF\n"
    pades.sign(file, at, known)
    return bytes(file)
