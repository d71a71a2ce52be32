"""What a row of a file says, masked for the public: equal rows must not join one person's gifts.

The keyed digest of a row's content is equal wherever the same is said, so that a list published
again is recognised; in an event it is masked by its own identity, which no other row has.
"""

from __future__ import annotations

import hmac
from dataclasses import replace

from ledger.domain.keeping import SourceRow
from ledger.domain.values import Source
from ledger.store.vault_keys import derive

MARK = "m-"
"""Before what is masked; events recorded before masks hold the digest itself."""


def mask_key(secret: bytes) -> bytes:
    """Derive the key of all masks."""
    return derive(secret, "row mask")


def masked(source: Source, key: bytes) -> Source:
    """Return the source as an event says it."""
    return replace(source, content=_masked(source.identity, source.content, key))


def as_said(row: SourceRow, key: bytes) -> SourceRow | None:
    """Return a row of the table as its event should say it, unless that is older than masks.

    None for one that was altered into what is no digest, be it the mask of one.
    """
    try:
        content = _masked(row.identity, row.content, key)
    except ValueError:
        return None
    return SourceRow(row.identity, row.organisation, row.listing, content, row.stream)


def _masked(identity: str, content: str, key: bytes) -> str:
    """Return MARK and the hex of the digest, exclusive-or a mask of the same length."""
    mask, digest = hmac.digest(key, identity.encode(), "sha256"), bytes.fromhex(content)
    if len(digest) != len(mask) or digest.hex() != content:
        raise ValueError(f"not the lowercase hex of {len(mask)} bytes: {content!r}")
    both = int.from_bytes(digest, "big") ^ int.from_bytes(mask, "big")
    return MARK + both.to_bytes(len(mask), "big").hex()
