"""How text is found by any part of it: what is written is cut into single signs and pairs."""

from __future__ import annotations

import unicodedata

LONGEST = 100
"""Signs of a question that count."""


def plain(text: str) -> str:
    """Return text as it is compared: one form of each sign (NFKC), no case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def grams(*texts: str | None) -> list[str]:
    """Return every sign of the texts, and every two signs that stand together, each once."""
    found: set[str] = set()
    for text in texts:
        signs = plain(text or "")
        found.update(signs)
        found.update(signs[at : at + 2] for at in range(len(signs) - 1))
    return sorted(found)


def asked(text: str) -> list[str]:
    """Return what all must be there where a text is to be found: its pairs, or its one sign."""
    signs = plain(text)[:LONGEST]
    return sorted({signs[at : at + 2] for at in range(len(signs) - 1)} or set(signs))
