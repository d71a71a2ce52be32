"""Whether two checkpoints of one log can both be true; what proves it if they can't."""

from __future__ import annotations

from collections.abc import Callable

from ledger.errors import Untrusted
from ledger.proof import merkle
from ledger.proof.checkpoint import open_signed
from ledger.proof.merkle import NotConsistent
from ledger.proof.notes import VerifierKey
from ledger.proof.signed_tiles import SignedTiles
from ledger.store.mirror import Contradiction, Shown

TreeOf = Callable[[Shown], SignedTiles]
"""Gives the tree that a checkpoint signs, from wherever it can be read."""


class TwoViews(Untrusted):
    """A log signed what contradicts what it signed before, or for others."""

    def __init__(self, says: str, where: str) -> None:
        super().__init__(f"{says}; both notes, signed by the log, are kept in {where}")
        self.where = where


def open_shown(note: bytes, key: VerifierKey) -> Shown:
    """Return a note that the log's own key signed, with its checkpoint; else raise Untrusted."""
    text = note.decode("utf-8", errors="replace")
    return Shown(text, open_signed(text, key))


def contradiction(known: Shown, shown: Shown, tree_of: TreeOf) -> Contradiction | None:
    """Hold two checkpoints against each other; None if the larger tree begins with the smaller."""
    small, large = sorted((known, shown), key=lambda each: each.seen.size)
    old, new = small.seen, large.seen
    if old.size == new.size:
        says = f"the log signed two trees of {new.size} entries"
        return None if old.root == new.root else Contradiction(known, shown, says)
    path = merkle.consistency(old.size, new.size, tree_of(large).subtree)
    try:
        merkle.check_consistency(old.size, old.root, new.size, new.root, path)
    except NotConsistent:
        says = f"the log's tree of {new.size} entries does not begin with its tree of {old.size}"
        return Contradiction(known, shown, says, path)
    return None


def fuller(known: Shown | None, shown: Shown) -> Shown:
    """Of two notes over one tree return the one shown now, unless signatures are gone from it."""
    if known is None or known.seen != shown.seen:
        return shown
    return shown if _signatures(shown) >= _signatures(known) else known


def _signatures(shown: Shown) -> set[str]:
    return set(shown.note.rpartition("\n\n")[2].splitlines())
