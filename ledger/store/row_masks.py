"""What a row of a file says, masked for the public: equal rows must not join one person's gifts.

The keyed digest of a row's content is equal wherever the same is said, so that a list published
again is recognised; in an event it is masked by its own identity, which no other row has.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from functools import lru_cache

from ledger.domain.keeping import SourceRow
from ledger.domain.values import Source
from ledger.store.vault_keys import derive

MARK = "m-"
"""Before what is masked; events recorded before masks hold the digest itself."""


def masked(source: Source, secret: bytes) -> Source:
    """Return the source as an event says it."""
    return replace(source, content=_masked(source.identity, source.content, secret))


def as_said(row: SourceRow, said: SourceRow | None, secret: bytes) -> SourceRow:
    """Return a row of the table as its event should say it: masked, or not if that is older."""
    if said is not None and not said.content.startswith(MARK):
        return row
    try:
        return replace(row, content=_masked(row.identity, row.content, secret))
    except ValueError:  # it was altered into what is no digest
        return row


def _masked(identity: str, content: str, secret: bytes) -> str:
    """Return MARK and the hex of the digest, exclusive-or a mask of the same length."""
    mask = hmac.digest(_mask_key(secret), identity.encode(), "sha256")
    digest = bytes.fromhex(content)
    if len(digest) != len(mask):
        raise ValueError(f"a digest of {len(digest)} bytes")
    return f"{MARK}{int.from_bytes(digest) ^ int.from_bytes(mask):064x}"


@lru_cache(maxsize=4)
def _mask_key(secret: bytes) -> bytes:
    return derive(secret, "row mask")
