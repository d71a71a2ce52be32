"""Those who keep watch over a ledger from outside and inside, and what each of them says of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from api.audit import audit_log
from api.mirroring.rounds import run_round
from api.wiring import House
from ledger.errors import LedgerError
from ledger.proof import merkle, tiles
from ledger.proof.add_checkpoint import AddCheckpoint
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.store.log_folder import LogFolder
from ledger.store.mirror import MirrorFolder
from ledger.store.witness import Witness, WitnessKeys
from receipts.attachment import attached
from receipts.bundle import Bundle
from receipts.trust import Trust
from receipts.verify import verify
from tests.attacks.tampering import Backup, Place

WITNESS = WitnessKeys.of("witness.example/library", bytes(32), bytes(range(32)))
CLOCK = 1_800_000_000.0


@dataclass
class World:
    """A ledger, those who followed it up to now, and what its operator kept from before."""

    place: Place
    trust: Trust
    earlier: Backup
    """The ledger before the last gifts, the receipt and the checkpoint that all followers saw."""

    known: Checkpoint
    """What mirror, witness and the receipt's holder have seen."""

    receipt: bytes
    mirror: Path
    witness: Path
    handed: bytes = field(default=b"")
    """What the holder is given in place of the receipt, if anything."""

    @property
    def log(self) -> LogFolder:
        """The log as strangers read it."""
        return LogFolder(self.place.log)

    def shown(self) -> Checkpoint:
        """The checkpoint that strangers are shown."""
        return open_signed(self.log.note(), self.trust.log)

    @contextmanager
    def opened(self) -> Iterator[House]:
        """Open the ledger as its operator does."""
        house = House(self.place.settings)
        try:
            yield house
        finally:
            house.close()

    def growth(self, old: int) -> list[bytes]:
        """Prove growth as the operator can: from the files shown, else from the database."""
        size = self.shown().size
        try:
            return merkle.consistency(old, size, tiles.TileHashes(self.log.read, size).subtree)
        except LedgerError:
            rows = self.place.house.recorder.log(0, size)
            return merkle.consistency(old, size, merkle.over([row.hash for row in rows]))


def follow(world: World) -> None:
    """Let mirror and witness see the log as it stands."""
    folder = MirrorFolder(world.mirror)
    with folder.locked():
        run_round(folder, world.log.read, world.trust.log)
    watcher = Witness(world.witness, WITNESS, lambda: CLOCK)
    watcher.watch(world.trust.log)
    watcher.add_checkpoint(AddCheckpoint(0, (), world.log.note()).encode())


def auditor_of_the_database(world: World) -> list[str]:
    """Audit the database, and what is published from it, with the operator's own data folder."""
    return world.place.audit().findings


def auditor_of_the_log(world: World) -> list[str]:
    """Audit the published log, having seen nothing of it before."""
    return audit_log(world.log.read, world.trust.log, world.trust.authority).findings


def mirror(world: World) -> list[str]:
    """Copy what is new, having copied the log before."""
    with _copy(world.mirror) as copy:
        folder = MirrorFolder(copy)
        try:
            with folder.locked():
                run_round(folder, world.log.read, world.trust.log)
        except LedgerError as error:
            return [str(error)]
    return []


def witness(world: World) -> list[str]:
    """Be asked for a cosignature, having given one before."""
    with _copy(world.witness) as copy:
        watcher, size = Witness(copy, WITNESS, lambda: CLOCK), world.shown().size
        old = min(world.known.size, size)
        request = AddCheckpoint(old, tuple(world.growth(old)), world.log.note())
        try:
            watcher.add_checkpoint(request.encode())
        except LedgerError as error:
            return [str(error)]
    return []


def holder_of_a_receipt(world: World) -> list[str]:
    """Verify the receipt; then hold the checkpoint inside it against the log as it is shown."""
    verdict = verify(world.handed or world.receipt, world.trust)
    if verdict.result != "valid":
        return [f"{step.step}: {step.says}" for step in verdict.steps if not step.ok]
    kept = Bundle.parse(attached(world.receipt)).entries[0].proof.checkpoint
    known, shown = open_signed(kept, world.trust.log), world.shown()
    try:
        path = world.growth(known.size) if known.size <= shown.size else []
        merkle.check_consistency(known.size, known.root, shown.size, shown.root, path)
    except LedgerError as error:
        return [str(error)]
    return []


@contextmanager
def _copy(folder: Path) -> Iterator[Path]:
    """Let one look at a time be forgotten: the next act meets a follower who saw the honest log."""
    copy = Path(mkdtemp()) / "copy"
    shutil.copytree(folder, copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy.parent)


DATABASE = "auditor of the database"
LOG = "auditor of the published log"
MIRROR = "mirror that followed before"
COSIGNER = "witness"
HOLDER = "holder of a receipt"

WATCH: dict[str, Callable[[World], list[str]]] = {
    MIRROR: mirror,
    COSIGNER: witness,
    HOLDER: holder_of_a_receipt,
    LOG: auditor_of_the_log,
    DATABASE: auditor_of_the_database,
}
"""The database is audited last: that publishes what is new."""
