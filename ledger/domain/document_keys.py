"""Document keys: which certificate's key signs an organisation's PDF files, one at a time."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.events import DocumentKeyRegistered, DocumentKeyRevoked
from ledger.domain.organisations import Organisation, printable_name, stream
from ledger.domain.public_words import public_words
from ledger.errors import Refused


class DocumentKeyWasRevoked(Refused):
    """A revoked key never signs a document again; whoever stole it may still hold it."""

    def __init__(self, organisation: str, fingerprint: str) -> None:
        super().__init__(
            f"the document key of certificate {fingerprint} of {organisation} was revoked; "
            "make another one (key renew)"
        )


class DocumentKeyUnknown(Refused):
    """The organisation has no working document key of that certificate."""

    def __init__(self, organisation: str, fingerprint: str) -> None:
        super().__init__(f"{organisation} has no working document key of certificate {fingerprint}")


def register(
    known: Organisation, certificate: str, fingerprint: str, actor: str, at: datetime
) -> DocumentKeyRegistered | None:
    """Decide that a certificate's key signs documents; None when one does so already.

    `certificate` is DER in base64url, `fingerprint` the SHA-256 of the DER in hex.
    """
    if known.documents:
        return None
    if fingerprint in known.documents_revoked:
        raise DocumentKeyWasRevoked(known.id, fingerprint)
    return DocumentKeyRegistered(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        certificate=certificate,
        fingerprint=fingerprint,
    )


def revoke(
    known: Organisation, fingerprint: str, reason: str, actor: str, at: datetime
) -> DocumentKeyRevoked:
    """Decide that a document key signs nothing more; what it signed before stays good."""
    if fingerprint not in known.documents:
        raise DocumentKeyUnknown(known.id, fingerprint)
    return DocumentKeyRevoked(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        fingerprint=fingerprint,
        reason=public_words(printable_name(reason)),
    )
