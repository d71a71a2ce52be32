"""What an act rests on: one of a few fixed reasons, and a document named by its digest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger.errors import Refused

DOCUMENT = re.compile(r"[0-9a-f]{64}")


class ReasonUnknown(Refused):
    """A public reason is one of a few words; free text could name a person."""

    def __init__(self, reason: str, known: Sequence[str]) -> None:
        super().__init__(f"reason {reason!r} is none of {', '.join(known)}")


class DocumentMalformed(Refused):
    """A document is named by the SHA-256 of its bytes, never by a title."""

    def __init__(self, digest: str) -> None:
        super().__init__(
            f"document {digest!r} is no SHA-256: give the file's digest, 64 digits 0-9 and a-f"
        )


def reason(word: str, known: Sequence[str]) -> str:
    """Return the reason if it is one of those known."""
    if word not in known:
        raise ReasonUnknown(word, known)
    return word


def document(digest: str | None) -> str | None:
    """Return a document's digest, if there is one, when it has the form of one."""
    if digest is not None and not DOCUMENT.fullmatch(digest):
        raise DocumentMalformed(digest)
    return digest
