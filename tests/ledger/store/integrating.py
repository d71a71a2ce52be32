"""A synthetic event store and a log in memory, whose writes can be made to fail one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof import mldsa
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.cosignatures import CosignerKey, cosign_ed25519, cosigned
from ledger.proof.merkle import leaf_hash
from ledger.store.checkpoints import Checkpoints, Kept
from ledger.store.integrator import (
    NO_WITNESSES,
    Alone,
    Consistency,
    Integrator,
    LogSigner,
    Witnesses,
)
from ledger.store.log_folder import LogFolder
from ledger.store.log_objects import FileMissing, LogObjects, OtherBytesThere
from ledger.store.recorder import LogRow

ORIGIN = "log.example/ledger"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"log seed").digest())
SIGNER = LogSigner(ORIGIN, KEY, mldsa.private_key(sha256(b"lattice seed").digest()))
WITNESS = Ed25519PrivateKey.from_private_bytes(sha256(b"wit seed").digest())
WITNESS_KEY = CosignerKey.of_ed25519("witness.example/bureau", WITNESS.public_key())


def row(leaf: int, said: str = "entry") -> LogRow:
    entry = f"{said} {leaf}".encode()
    return LogRow(leaf, leaf_hash(entry), f"stream {leaf}", 1, "topic", entry)


class Store:
    """Rows of a log, as the event store gives them."""

    def __init__(self, size: int, said: str = "entry") -> None:
        self.rows = [row(leaf, said) for leaf in range(size)]
        self.known = size

    def origin(self) -> str:
        return ORIGIN

    def size(self) -> int:
        return self.known

    def log(self, start: int, stop: int) -> list[LogRow]:
        return self.rows[start : min(stop, self.known)]


class PowerCut(OSError):
    """The machine stops."""


@dataclass(slots=True)
class Power:
    """Lasts until write number `at`; that one lands before the cut, or does not."""

    at: int = 0
    lands: bool = False
    written: int = 0

    @contextmanager
    def write(self) -> Iterator[bool]:
        """Tell whether a write lands, and stop the machine when it is its turn."""
        self.written += 1
        yield self.written != self.at or self.lands
        if self.written == self.at:
            raise PowerCut


@dataclass
class Memory:
    """A place for the files of a log."""

    files: dict[str, bytes] = field(default_factory=dict)
    power: Power = field(default_factory=Power)

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileMissing(path)
        return self.files[path]

    def exists(self, path: str) -> bool:
        return path in self.files

    def put_once(self, path: str, data: bytes) -> None:
        with self.power.write() as lands:
            if self.files.get(path, data) != data:
                raise OtherBytesThere(path)
            if lands:
                self.files[path] = data

    def replace(self, path: str, data: bytes) -> None:
        with self.power.write() as lands:
            if lands:
                self.files[path] = data

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()


class Cut(Checkpoints):
    """The real table, on a machine whose power may be cut."""

    power = Power()

    def keep(
        self, size: int, note: str, at: datetime, published_at: datetime | None = None
    ) -> Kept:
        with self.power.write() as lands:
            if lands:
                return super().keep(size, note, at, published_at)
        raise AssertionError("the power was cut")

    def cosigned(self, size: int, note: str) -> None:
        with self.power.write() as lands:
            if lands:
                super().cosigned(size, note)

    def shown(self, size: int, at: datetime) -> None:
        with self.power.write() as lands:
            if lands:
                super().shown(size, at)


class Bureau:
    """A witness that keeps the newest tree it saw; away, it answers nobody."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.seen: set[tuple[int, bytes]] = set()

    def __call__(self, note: str, consistency: Consistency, /) -> str:
        if self.away or self.satisfied(note):
            return note
        self.asked += 1
        seen = open_signed(note, SIGNER.vkey)
        self.seen.add((seen.size, seen.root))
        assert consistency(0, seen.size) == []
        return note + cosign_ed25519(seen, WITNESS_KEY.name, WITNESS, 1793000000)

    def satisfied(self, note: str, /) -> bool:
        return bool(cosigned(note, (WITNESS_KEY,)))


def never_lost() -> AbstractContextManager[Callable[[], object]]:
    return nullcontext(lambda: None)


def integrator(
    store: Store,
    objects: LogObjects,
    kept: Checkpoints,
    witnesses: Witnesses = NO_WITNESSES,
    alone: Alone = never_lost,
) -> Integrator:
    return Integrator(
        store, LogFolder(objects), kept, SIGNER, lambda _leaf: lambda _row: None, lambda: NOON,
        alone, witnesses,
    )  # fmt: skip


def published(objects: LogObjects) -> Checkpoint | None:
    return LogFolder(objects).published(SIGNER.vkey)
