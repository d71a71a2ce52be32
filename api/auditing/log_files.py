"""A published log audited from its files alone: checkpoint, bundles of entries, tiles of hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice

from api.auditing.blocks import (
    BLOCK_BUNDLES,
    Block,
    Bundle,
    CheckedBlock,
    CheckedBundle,
    check_block,
)
from api.auditing.engines import PROCESSES, Engine
from api.auditing.entries import KeyDirectory, Proof
from api.auditing.findings import Audit
from api.auditing.kept import Keeping
from api.auditing.reading import Reader
from api.auditing.upper import UpperTiles
from ledger.domain.events import Event
from ledger.domain.history import History
from ledger.errors import LedgerError, Untrusted
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import open_signed
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from projections.garbage import collect_new, uncollected

ReadFile = Callable[[str], bytes]
"""Gives a file of a published log by its path; refuses when it is not there."""

Watch = Callable[[int, Event | None, History], None]
"""Is told of every leaf, of the event it stands for, and of the history up to it."""

READERS = 4
"""How many files are read at the same time."""

LOST_MAX = 1000
"""After so many tiles in a row that can't be read, nobody looks for the next one."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How the work is spread: over so many processes, in blocks of so many bundles (2**k)."""

    jobs: int = 1
    bundles: int = BLOCK_BUNDLES
    engine: Engine = PROCESSES

    @property
    def alone(self) -> bool:
        """Tell whether this process does all of the work."""
        return self.engine.here(self.jobs)


ALONE = Spread()


def audit_log(
    read: ReadFile,
    key: VerifierKey,
    root_key: str | None,
    spread: Spread = ALONE,
    watch: Watch | None = None,
    policy: Policy | None = None,
    keeping: Keeping | None = None,
) -> Audit:
    """Audit a published log from its files alone; a block of entries at a time is in memory.

    With a policy, the checkpoint must bear its quorum too. With `keeping`, signatures that the
    audit before this one has checked are not checked again.
    """
    audit = Audit()
    reader = Reader(audit, key.name, root_key)

    def see(leaf: int, entry: bytes, proof: Proof) -> None:
        event = reader.read(leaf, entry, proof)
        if watch:
            watch(leaf, event, reader.history)

    Files(audit, read, key, spread, policy, keeping).check(see)
    reader.close()
    return audit


See = Callable[[int, bytes, Proof], object]


class Files:
    """The files of a log under the key that signs its checkpoint."""

    def __init__(
        self,
        audit: Audit,
        read: ReadFile,
        key: VerifierKey,
        spread: Spread,
        policy: Policy | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self._audit = audit
        self._read = read
        self._key = key
        self._spread = spread
        self._policy = policy
        self._keeping = keeping or Keeping()
        self._frontier = merkle.Frontier()
        self._upper = UpperTiles(self._compare)
        self._lost = False

    def check(self, see: See | None = None) -> None:
        """Check that checkpoint, bundles and tiles agree; let `see` look at each entry.

        Without `see`, signatures of entries are left alone too.
        """
        try:
            note = self._read("checkpoint").decode("utf-8", errors="replace")
            seen = open_signed(note, self._key)
        except LedgerError as error:
            self._audit.find(f"checkpoint: {error}", "checkpoint_ok")
            return
        self._hold(note)
        directory = KeyDirectory(self._key.name) if see else None
        blocks = self._blocks(seen.size, directory)
        with uncollected():
            for block, checked in self._spread.engine.map(check_block, blocks, self._spread.jobs):
                self._take(block, checked, see)
        if self._frontier.size == seen.size:
            root = self._frontier.root()
            self._audit.root = root.hex()
            if root != seen.root:
                self._audit.find("checkpoint: its root is not that of the entries", "tree_ok")
        self._upper.close()
        if any(index >= seen.size // tiles.WIDTH for index in self._keeping.before):
            self._keeping.differs = True
            self._audit.find(
                "checkpoint: the log ends before what the audit before this one read", "tree_ok"
            )

    def _hold(self, note: str) -> None:
        """Hold the checkpoint to the policy; what it lacks is no reason to leave the rest."""
        try:
            if self._policy:
                self._policy.check(note)
        except Untrusted as error:
            self._audit.find(f"checkpoint: {error}", "checkpoint_ok")

    def _blocks(self, size: int, directory: KeyDirectory | None) -> Iterator[Block]:
        """Read the log a block at a time; a task leaves with all keys named up to its end.

        A process that works alone takes a bundle at a time: what is read of it stays at hand for
        the processor until it is all done.
        """
        places, lost = tiles.entry_bundles(size), 0
        with ThreadPoolExecutor(READERS) as readers:
            while batch := list(islice(places, self._spread.bundles)):
                bundles = tuple(readers.map(self._bundle, batch))
                if self._spread.alone:
                    yield from (Block((bundle,), directory) for bundle in bundles)
                else:
                    entries = (entry for bundle in bundles for entry in bundle.entries)
                    yield Block(bundles, directory.gather(entries) if directory else None)
                collect_new()
                lost = 0 if any(bundle.tile for bundle in bundles) else lost + len(bundles)
                if lost > LOST_MAX:
                    self._audit.find(f"log: {lost} tiles in a row can't be read; the rest is left")
                    return

    def _bundle(self, place: tuple[int, int]) -> Bundle:
        entries, before = self._try(tiles.entries_path(*place), tiles.unpack_entries)
        tile, after = self._try(tiles.tile_path(0, *place), lambda data: [data])
        kept = self._keeping.before.get(place[0]) if place[1] == tiles.WIDTH else None
        sampled = place[0] in self._keeping.sample
        return Bundle(*place, tuple(entries), b"".join(tile), before, after, kept, sampled)

    def _try(
        self, path: str, take: Callable[[bytes], list[bytes]]
    ) -> tuple[list[bytes], tuple[str, ...]]:
        try:
            return take(self._read(path)), ()
        except LedgerError as error:
            return [], (f"{path}: {error}",)

    def _take(self, block: Block, checked: CheckedBlock, see: See | None) -> None:
        for bundle, found in zip(block.bundles, checked.bundles, strict=True):
            self._take_bundle(bundle, found, see)
        if checked.peaks is None:
            self._lost = True
        for level, peak in () if self._lost else checked.peaks or ():
            self._frontier.append_subtree(level, peak)

    def _take_bundle(self, bundle: Bundle, found: CheckedBundle, see: See | None) -> None:
        find = partial(self._audit.find, part="tree_ok")
        path = tiles.entries_path(bundle.index, bundle.width)
        count = len(bundle.entries)
        for fault in bundle.before:
            find(fault)
        if not bundle.before and count != bundle.width:
            find(f"{path}: it holds {count} entries, expected {bundle.width}")
        if see:
            first = bundle.index * tiles.WIDTH
            for place, (entry, proof) in enumerate(zip(bundle.entries, found.proofs, strict=True)):
                see(first + place, entry, proof)
        for fault in bundle.after:
            find(fault)
        if not (bundle.before or bundle.after or found.tile_ok):
            tile = tiles.tile_path(0, bundle.index, bundle.width)
            find(f"{tile}: it differs from what the entries give")
        if bundle.width == tiles.WIDTH:
            self._upper.add(found.node)
            self._keep(bundle, found)

    def _keep(self, bundle: Bundle, found: CheckedBundle) -> None:
        """Say where a full bundle is not what it was, and keep it for the next audit."""
        path, keeping = tiles.entries_path(bundle.index), self._keeping
        if found.altered:
            keeping.differs = True
            self._audit.find(
                f"{path}: its entries are not those that the audit before this one read", "tree_ok"
            )
        if found.false:
            keeping.differs = True
            self._audit.find(f"kept: signatures of {path} that were kept as checked do not hold")
        keeping.unchanged += bundle.kept is not None and not (found.altered or found.false)
        if found.node and len(found.proofs) == bundle.width:
            keeping.keep(bundle.index, found.node, found.proofs)

    def _compare(self, path: str, expected: bytes) -> None:
        try:
            found = self._read(path)
        except LedgerError as error:
            self._audit.find(f"{path}: {error}", "tree_ok")
            return
        if found != expected:
            self._audit.find(f"{path}: it differs from what the tiles below give", "tree_ok")
