"""One round of a mirror: what the log shows now, held against all that it showed before.

Nothing is believed before its signature; nothing is copied before the log is shown to have only
grown; the copy's own checkpoint is replaced after everything that it needs is there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from api.mirroring.copying import copy
from api.mirroring.views import TwoViews, contradiction, fuller, open_shown
from ledger.errors import LedgerError
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from ledger.proof.signed_tiles import Read, SignedTiles
from ledger.store.mirror import Contradiction, MirrorFolder, Shown


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to: the tree as it is copied now, how many leaves and files are new."""

    origin: str
    size: int
    root: bytes
    grown: int
    files: int


def run_round(
    folder: MirrorFolder, read: Read, key: VerifierKey, policy: Policy | None = None
) -> Round:
    """Copy what is new; the caller holds the folder's lock.

    1. The log's own key signed the checkpoint.
    2. It is no older than the newest that was seen, and of one size there is one root.
    3. Its tree begins with the newest that was seen.
    4. As many witnesses cosigned it as the policy asks, if there is one; it was seen in any case.
    5. Every tile and every entry is under its root.
    6. Only then it is the copy's own.
    """
    shown = open_shown(read("checkpoint"), key)  # 1
    folder.pin(key)
    newest, copied = folder.newest(key), folder.copied(key)
    if newest and shown.seen.size < newest.seen.size:
        raise accused(folder, _older(folder, newest, shown, key))  # 2
    needed = _Needed(read)
    tree = SignedTiles(shown.seen, folder.read, needed.for_proof)
    found = contradiction(newest, shown, lambda _: tree) if newest else None
    if found:
        raise accused(folder, found)  # 2, 3
    kept = fuller(newest, shown)
    if kept != copied:
        tree.edge()
        folder.keep(kept)
    if policy:
        policy.check(shown.note)  # 4
    if kept == copied:
        return _round(shown, shown.seen.size, 0)
    before = copied.seen.size if copied else 0
    files = copy(folder, needed.for_copy, tree, before)  # 5
    folder.finish(kept, before)  # 6
    return _round(shown, before, files)


def _round(shown: Shown, before: int, files: int) -> Round:
    seen = shown.seen
    return Round(seen.origin, seen.size, seen.root, seen.size - before, files)


def accused(folder: MirrorFolder, found: Contradiction) -> TwoViews:
    """Keep the evidence; return the refusal that names it."""
    return TwoViews(found.says, str(folder.accuse(found)))


def _older(folder: MirrorFolder, newest: Shown, shown: Shown, key: VerifierKey) -> Contradiction:
    """Say what is wrong with a smaller tree: another one, or an older one shown again."""
    same, copied = folder.at(shown.seen.size, key), folder.copied(key)
    for known in (same, copied):
        if known and known.seen.size >= shown.seen.size:
            with suppress(LedgerError):  # the copy is damaged; the two notes must do
                found = contradiction(known, shown, lambda k: SignedTiles(k.seen, folder.read))
                if found:
                    return found
    says = (
        f"the log shows an older checkpoint of {shown.seen.size} entries after one of "
        f"{newest.seen.size}"
    )
    return Contradiction(newest, shown, says)


class _Needed:
    """Hands on to the copy what was fetched for the proof before it, so that it comes once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._kept: dict[str, bytes] = {}

    def for_proof(self, path: str) -> bytes:
        """Read a file and keep it."""
        self._kept[path] = self._read(path)
        return self._kept[path]

    def for_copy(self, path: str) -> bytes:
        """Give a file that was kept, once; read another one."""
        return self._kept.pop(path, None) or self._read(path)
