"""Brings the published log up to the event store: nothing leaves before it is signed and kept.

The order of the steps, and what a crash between two of them leaves behind, is in
docs/decisions/0022-signed-before-shown.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Protocol, TypeAlias, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from ledger.errors import Untrusted
from ledger.proof import checkpoint as notes
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignatures import CosignerKey, cosign_mldsa
from ledger.proof.notes import VerifierKey
from ledger.store.checkpoints import Checkpoints, Kept, lattice_signed_at
from ledger.store.log_folder import LogDiffers, LogFolder
from ledger.store.log_objects import Directory, FileMissing
from ledger.store.recorder import LogRow

BATCH = 5000


class LogAhead(Untrusted):
    """The published log holds more than the event store, as after a restore from a backup."""

    def __init__(self, published: int, stored: int) -> None:
        super().__init__(
            f"the published log has {published} entries, the event store only {stored}: it was "
            "restored from an older backup; nothing is signed until the missing entries are back: "
            "restore a newer backup of the database"
        )


class LogBehind(Untrusted):
    """The published log holds less than was published, as after a restore of its folder."""

    def __init__(self, shown: int, published: int) -> None:
        super().__init__(
            f"the published log shows {shown} entries, but {published} were published: its folder "
            "or bucket is gone, or was restored from an older backup; nothing is signed; run: "
            "donation-ledger integrate --write-again, which writes it anew from the event store"
        )


class Entries(Protocol):
    """The event store, as the integrator sees it."""

    def origin(self) -> str:
        """Return the log's name."""
        ...

    def size(self) -> int:
        """Return how many entries are sequenced."""
        ...

    def log(self, start: int, stop: int) -> Sequence[LogRow]:
        """Return leaves `start` to `stop`, not included."""
        ...


Consistency: TypeAlias = Callable[[int, int], list[bytes]]
"""(old size, new size) -> the proof that the new tree begins with the old one (RFC 9162 2.1.4)."""


class Witnesses(Protocol):
    """Those who are asked to cosign, and how many of them are enough."""

    def __call__(self, note: str, consistency: Consistency, /) -> str:
        """Return the note with the cosignatures that were to be had."""
        ...

    def satisfied(self, note: str, /) -> bool:
        """Tell whether a note has as many as the policy asks for."""
        ...


class NoWitnesses:
    """Nobody is asked, and nobody is needed."""

    def __call__(self, note: str, _consistency: Consistency, /) -> str:
        """Return the note as it is."""
        return note

    def satisfied(self, _note: str, /) -> bool:
        """Tell that it is enough."""
        return True


NO_WITNESSES = NoWitnesses()


@dataclass(frozen=True, slots=True)
class LogSigner:
    """The log's two keys, of one name: Ed25519, and ML-DSA-44 beside it."""

    name: str
    private: Ed25519PrivateKey
    lattice: MLDSA44PrivateKey

    @property
    def vkey(self) -> VerifierKey:
        """What verifies the Ed25519 signature: the log's key (C2SP signed-note, type 01)."""
        return VerifierKey.of(self.name, self.private.public_key())

    @property
    def cosigner(self) -> CosignerKey:
        """What verifies the ML-DSA-44 signature (C2SP tlog-cosignature, type 06)."""
        return CosignerKey.of_mldsa(self.name, self.lattice.public_key())

    def sign(self, grown: Checkpoint, at: datetime) -> str:
        """Sign a checkpoint with both keys; return the whole note."""
        second = int(at.timestamp())
        return notes.sign(grown, self.private) + cosign_mldsa(
            grown, self.name, self.lattice, second
        )


class Looked(Protocol):
    """The server that is looked at."""

    def confirm(self) -> None:
        """Fail, sooner or later, on a server that leads no more and does not know it yet."""
        ...


class OnlyOne:
    """The one server that there is."""

    def confirm(self) -> None:
        """Do nothing: what it tells stands."""


Looking: TypeAlias = Callable[[], AbstractContextManager[Looked]]
"""Lets all that is read in its block come from one server."""


def one_server() -> AbstractContextManager[Looked]:
    """Look where there is no other server."""
    return nullcontext(OnlyOne())


Found = TypeVar("Found")


def _sure(look: Callable[[], Found], looking: Looking) -> Found:
    """Hold what is stored against what is published; look again, at the same server, if it differs.

    After a change of leader some connections may still speak to the former one, which knows less
    than was published since.
    """
    with looking() as server:
        with suppress(LogAhead, LogBehind, LogDiffers):
            return look()
        server.confirm()
        return look()


Alone: TypeAlias = Callable[[], AbstractContextManager[Callable[[], object]]]
"""Keeps other integrators out; gives what raises if the lock has been lost meanwhile."""


@dataclass(frozen=True)
class Integrator:
    """Signs and publishes what is sequenced.

    `checker(leaf)` gives what refuses a forged entry, from that leaf on, in order.
    """

    entries: Entries
    log: LogFolder
    checkpoints: Checkpoints
    signer: LogSigner
    checker: Callable[[int], Callable[[LogRow], object]]
    clock: Callable[[], datetime]
    alone: Alone
    witnesses: Witnesses = NO_WITNESSES
    looking: Looking = one_server

    @cached_property
    def vkey(self) -> VerifierKey:
        """The key that the log is known by."""
        return self.signer.vkey

    def integrate(self) -> Checkpoint:
        """Sign all sequenced entries and publish as far as the witnesses agree.

        Return the newest signed checkpoint. One that is not published yet is finished first, as
        it stands: while its witnesses are missing, no other is signed.
        """
        with self.alone() as still_alone, self.log.locked():
            size, last = self._held_together()
            done = last is None or self._settled(last, size) or self._published(last, still_alone)
            if last is None or (last.size < size and done):
                last = self._signed(last, size)
                self._published(last, still_alone)
            return self._seen(last)

    def write_again(self) -> Checkpoint | None:
        """Write every file of the newest published checkpoint anew; return that, if there is one.

        For a folder or bucket that was lost, or restored from an older backup. Where it shows
        more than the event store has, or another tree, that was not what happened: it is refused.
        The files of a checkpoint that waits for its witnesses are written too.
        """
        with self.alone() as still_alone, self.log.locked():
            last = self._agreed(self.entries.size(), self._readable())
            kept = self.checkpoints.newest()
            for one in {one.size: one for one in (kept, last) if one}.values():
                self._write_anew(self._seen(one))
            if kept is None:
                return None
            still_alone()
            self._show(kept.note)
            return self._seen(kept)

    def _readable(self) -> Checkpoint | None:
        """Return the published checkpoint; None where there is none, or a damaged one."""
        with suppress(Untrusted):
            return self.log.published(self.vkey)
        return None

    def _write_anew(self, seen: Checkpoint) -> None:
        if self._root_of_store(seen.size) != seen.root:
            raise LogDiffers("the event store")
        self._write(self._empty, seen.size)
        self._tree_of(seen)

    @property
    def _empty(self) -> Checkpoint:
        return Checkpoint(self.vkey.name, 0, merkle.EMPTY_ROOT)

    def _held_together(self) -> tuple[int, Kept | None]:
        """Return how many entries are stored, and what stands; look again before refusing that."""

        def look() -> tuple[int, Kept | None]:
            return (size := self.entries.size()), self._standing(size)

        return _sure(look, self.looking)

    def _standing(self, size: int) -> Kept | None:
        """Return the newest signed checkpoint, after holding store, table and log together.

        1. Neither speaks of entries that the store has not got.
        2. The published one is kept under its size, with the same root; or it was signed before
           there was a table, or before the table was restored, and the store gives its root.
        3. None that was published is missing from the published log.
        """
        shown = self.log.published(self.vkey)
        last = self._agreed(size, shown)  # 1, 2
        newest = self.checkpoints.newest()
        if newest and (shown is None or shown.size < newest.size):  # 3
            raise LogBehind(shown.size if shown else 0, newest.size)
        return last

    def _agreed(self, size: int, shown: Checkpoint | None) -> Kept | None:
        """Hold what is signed and what is shown against the store; return the newest signed."""
        last = self.checkpoints.signed()
        seen = [self._seen(last)] if last else []
        for one in [*seen, *([shown] if shown else [])]:
            if one.size > size:
                raise LogAhead(one.size, size)
        return self._known(shown, last) if shown else last

    def _known(self, shown: Checkpoint, last: Kept | None) -> Kept:
        """Find the published checkpoint among those kept; return the newest of these."""
        kept = self.checkpoints.signed(shown.size)
        if kept is None and (last is None or last.size < shown.size):
            if self._root_of_store(shown.size) != shown.root:
                raise LogDiffers("the event store")
            note, at = self.log.note(), self._now(last)
            second = lattice_signed_at(note, self.signer.cosigner)
            signed = at if second is None else datetime.fromtimestamp(second, UTC)
            return self.checkpoints.keep(shown.size, note, signed, published_at=max(at, signed))
        if kept is None or self._seen(kept) != shown or last is None:
            raise LogDiffers("checkpoint")
        return last

    def _root_of_store(self, size: int) -> bytes:
        frontier = merkle.Frontier()
        for first in range(0, size, BATCH):
            for row in self.entries.log(first, min(first + BATCH, size)):
                frontier.append(row.hash)
        return frontier.root()

    def _seen(self, kept: Kept) -> Checkpoint:
        seen = notes.open_signed(kept.note, self.vkey)
        if seen.size != kept.size:
            raise LogDiffers(f"checkpoints: the row of {kept.size}")
        return seen

    def _now(self, last: Kept | None) -> datetime:
        """Return the second it is, not before what was done last."""
        now = self.clock().replace(microsecond=0)
        return max(now, last.published_at or last.signed_at) if last else now

    def _signed(self, last: Kept | None, size: int) -> Kept:
        """Write the files of a tree of that size, sign it and keep the note; show nothing.

        1. The tiles as they lie there give the root that was signed last.
        2. What is written begins with the same leaves, and each new entry is checked.
        3. The tree that is signed extends the one that was signed last, and the published one.
        """
        old = self._seen(last) if last else self._empty
        self._tree_of(old)  # 1
        self._write(old, size)  # 2
        hashes = tiles.TileHashes(self.log.read, size)
        for one in (old, self.log.published(self.vkey) or self._empty):  # 3
            _must_give(one, hashes)
        grown = Checkpoint(self.vkey.name, size, merkle.root(size, hashes.subtree))
        at = self._now(last)
        return self.checkpoints.keep(size, self.signer.sign(grown, at), at)

    def _settled(self, kept: Kept, size: int) -> bool:
        """Tell whether a checkpoint is published, and cosigned as far as that still matters.

        One that was published before its witnesses were asked for is shown with them afterwards,
        unless a newer one is about to be.
        """
        if kept.published_at is None:
            return False
        return kept.size < size or self.witnesses.satisfied(self.log.note())

    def _published(self, kept: Kept, still_alone: Callable[[], object]) -> bool:
        """Publish a kept checkpoint if enough witnesses cosign; tell whether it is published."""
        hashes = self._tree_of(self._seen(kept))
        note = self.witnesses(
            kept.note, lambda old, new: merkle.consistency(old, new, hashes.subtree)
        )
        if note != kept.note:
            self.checkpoints.cosigned(kept.size, note)
        if self.witnesses.satisfied(note):
            still_alone()
            self._show(note)
            if kept.published_at is None:
                self.checkpoints.shown(kept.size, self._now(kept))
        return kept.published_at is not None or self.witnesses.satisfied(note)

    def _tree_of(self, seen: Checkpoint) -> tiles.TileHashes:
        """Return the tiles as they lie there, held against a signed checkpoint."""
        hashes = tiles.TileHashes(self.log.read, seen.size)
        _must_give(seen, hashes)
        return hashes

    def _show(self, note: str) -> None:
        self.log.replace("vkey", f"{self.vkey.line}\n".encode())
        self.log.replace("checkpoint", note.encode())

    def _write(self, old: Checkpoint, new: int) -> None:
        """Write the bundles and tiles that a tree grown from `old` to `new` leaves needs."""
        known, check = tiles.TileHashes(self.log.read, old.size), self.checker(old.size)

        def admit(row: LogRow) -> None:
            if row.leaf >= old.size:
                check(row)
            elif row.hash != known.subtree(0, row.leaf):
                raise LogDiffers("the event store")

        for index, width in tiles.new_bundles(old.size, new):
            self._write_bundle(index, width, admit)
        node = self._nodes(old.size, new)
        for level, index, width in tiles.new_tiles(old.size, new):
            if level:
                first = index * tiles.WIDTH
                nodes = [node(level, n) for n in range(first, first + width)]
                self.log.objects.put_once(tiles.tile_path(level, index, width), b"".join(nodes))

    def _nodes(self, old: int, new: int) -> Callable[[int, int], bytes]:
        """Give nodes of upper tiles: old ones as they lie there, new ones from the tile below."""
        known = tiles.TileHashes(self.log.read, old)
        grown = tiles.TileHashes(self.log.read, new)

        def node(level: int, index: int) -> bytes:
            if (index + 1) << tiles.HEIGHT * level <= old:
                return known.subtree(tiles.HEIGHT * level, index)
            return grown.above(level, index)

        return node

    def _write_bundle(self, index: int, width: int, admit: Callable[[LogRow], object]) -> None:
        """Write a bundle and its tile, once all its rows are admitted."""
        rows = self.entries.log(256 * index, 256 * index + width)
        entries = [row.entry for row in rows if row.entry is not None]
        hashes = [row.hash for row in rows]
        if len(rows) != width or [merkle.leaf_hash(e) for e in entries] != hashes:
            raise LogDiffers(
                f"the event store between leaves {256 * index} and {256 * index + width}"
            )
        for row in rows:
            admit(row)
        put = self.log.objects.put_once
        put(tiles.entries_path(index, width), tiles.pack_entries(entries))
        put(tiles.tile_path(0, index, width), b"".join(hashes))


def _must_give(seen: Checkpoint, hashes: tiles.TileHashes) -> None:
    if merkle.root(seen.size, hashes.subtree) != seen.root:
        raise LogDiffers("a tile of the log")


@dataclass(frozen=True, slots=True)
class States:
    """How far the ledger has come: three sizes, none larger than the one before.

    Sequenced is committed, with its place in the log; integrated lies under a signed root;
    published is what everybody can check.
    """

    sequenced: int
    integrated: int
    published: int


def states(entries: Entries, checkpoints: Checkpoints, log: LogFolder) -> States:
    """Read the three sizes, the last first, so that none is ahead of another while they grow."""
    shown, kept = log.shown(), checkpoints.signed()
    published = shown.size if shown else 0
    return States(entries.size(), max(published, kept.size if kept else 0), published)


def refuse_if_put_back(entries: Entries, log: LogFolder, looking: Looking) -> None:
    """Raise `LogAhead` where a folder shows more entries than there are: none is to be added.

    What would be recorded then could never be published. A bucket is not asked, so that recording
    does not wait for it, nor is a damaged folder: the integrator refuses both.
    """
    shown = None
    with suppress(Untrusted, FileMissing):
        shown = log.shown() if isinstance(log.objects, Directory) else None

    def look() -> None:
        if shown and shown.size > (stored := entries.size()):
            raise LogAhead(shown.size, stored)

    _sure(look, looking)
