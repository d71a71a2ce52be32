"""A witness of logs (C2SP tlog-witness): it cosigns what only grows, and keeps what does not.

Of each log it keeps the newest checkpoint that it cosigned. That is on disk before anybody gets the
cosignature, and one request at a time is weighed for each log: so no two cosignatures of this
witness ever contradict each other. A witness whose folder was lost must get new keys.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from ledger.errors import Refused, Unknown, Unreadable, Untrusted
from ledger.proof import merkle, mldsa, notes
from ledger.proof.add_checkpoint import AddCheckpoint, RequestMalformed
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.cosignatures import CosignerKey, cosign_ed25519, cosign_mldsa
from ledger.proof.encoding import b64
from ledger.proof.merkle import NotConsistent
from ledger.proof.notes import VerifierKey
from ledger.store.durable import write_atomically, write_once

EVIDENCE_FORMAT = "donation-ledger-split-view.v1"
UNPROVED_MAX = 100
"""So many checkpoints without a good proof are kept of a log; anybody may send such."""


class LogNotWitnessed(Unknown):
    """A checkpoint is of a log that this witness does not watch."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"the log {origin!r} is not watched here; add it with: witness log")


class NotByTheLog(Untrusted):
    """A checkpoint is not signed by the log whose name it bears."""

    def __init__(self, origin: str, why: str) -> None:
        super().__init__(f"the checkpoint is not signed by {origin!r}: {why}")


class SizeDiffers(Refused):
    """A request does not start where this witness stands; `size` is where that is."""

    def __init__(self, old: int, size: int) -> None:
        super().__init__(f"the proof starts at {old} entries, this witness has seen {size}")
        self.size = size


class SplitView(Untrusted):
    """A log signed two trees of one size."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"another tree of {size} entries was cosigned before; both checkpoints are kept"
        )


class GrowthUnproved(Untrusted):
    """A checkpoint is not proved to extend what this witness has cosigned."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; the checkpoint is kept")


class AnotherKeyOfLog(Refused):
    """A log is watched already, under another key."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"the log {origin!r} is watched under another key; that can't be changed")


class StateUnreadable(Unreadable):
    """What a witness has seen of a log can't be read; it must not begin anew."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is missing or altered: put it back from where it was lost; a witness that "
            "has forgotten what it saw must not cosign under the same keys"
        )


@dataclass(frozen=True, slots=True)
class WitnessKeys:
    """The two private keys of a witness: one for today's verifiers, one for a quantum age."""

    name: str
    ed25519: Ed25519PrivateKey
    lattice: MLDSA44PrivateKey

    @classmethod
    def of(cls, name: str, ed25519_seed: bytes, lattice_seed: bytes) -> WitnessKeys:
        """Make the keys of two secrets of 32 bytes; ValueError if the name can't name a key."""
        private = Ed25519PrivateKey.from_private_bytes(ed25519_seed)
        made = cls(name, private, mldsa.private_key(lattice_seed))
        assert all(made.public), "a name that can't stand in a note is refused here"
        return made

    @property
    def public(self) -> tuple[CosignerKey, CosignerKey]:
        """The keys to hand out."""
        ed25519 = CosignerKey.of_ed25519(self.name, self.ed25519.public_key())
        return ed25519, CosignerKey.of_mldsa(self.name, self.lattice.public_key())

    def cosign(self, seen: Checkpoint, at: int) -> str:
        """Return one cosignature line of each key, at a POSIX second."""
        return cosign_ed25519(seen, self.name, self.ed25519, at) + cosign_mldsa(
            seen, self.name, self.lattice, at
        )


@dataclass(frozen=True, slots=True)
class Watched:
    """A log under watch: its key, and the cosigned checkpoint as it was seen last, if ever."""

    key: VerifierKey
    note: str
    seen: Checkpoint


class Witness:
    """A witness in a folder: `logs/<SHA-256 of the origin>/` has `vkey`, `seen` and `evidence/`.

    `clock` gives the POSIX time in seconds.
    """

    def __init__(self, folder: Path, keys: WitnessKeys, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._keys = keys
        self._clock = clock

    def watch(self, key: VerifierKey) -> None:
        """Watch a log from now on; safe to repeat."""
        log = self._log(key.name)
        write_once(log / "seen", b"")  # before the key, which makes the log known
        write_once(log / "vkey", f"{key.line}\n".encode())
        if self._watched(key.name).key != key:
            raise AnotherKeyOfLog(key.name)

    def watched(self) -> list[Watched]:
        """Return every log under watch, by name."""
        files = (self._folder / "logs").glob("*/vkey")
        keys = [VerifierKey.parse(path.read_text("utf-8").rstrip("\n")) for path in files]
        return [self._watched(key.name) for key in sorted(keys, key=lambda key: key.name)]

    def newest(self, digest: str) -> str:
        """Return the newest cosigned checkpoint of the log whose origin has this SHA-256 (hex)."""
        for each in self.watched():
            if _digest(each.key.name) == digest and each.note:
                return each.note
        raise LogNotWitnessed(digest)

    def add_checkpoint(self, body: bytes) -> str:
        """Return the cosignature lines for a checkpoint, or refuse it (C2SP add-checkpoint).

        1. The request is well formed, and its note holds a checkpoint.
        2. Its log is watched, and signed it with the key under watch.
        3. The proof starts where this witness stands; nobody else moves it meanwhile.
        4. The tree extends the one seen last.
        5. The checkpoint and the cosignatures are on disk before they are handed out.
        """
        request = AddCheckpoint.parse(body)  # 1
        origin = _checkpoint_in(request.note).origin
        before = self._watched(origin)  # 2
        seen = _signed(request.note, before.key)
        if request.old > seen.size:
            raise RequestMalformed("its old size is larger than that of its checkpoint")
        with self._locked(origin):
            last = self._watched(origin)
            if request.old != last.seen.size:  # 3
                raise SizeDiffers(request.old, last.seen.size)
            self._check_grown(last, seen, request)  # 4
            lines = self._keys.cosign(seen, int(self._clock()))
            note = _by_log_alone(request.note, seen) + lines
            write_atomically(self._log(origin) / "seen", note.encode())  # 5
        return lines

    def _check_grown(self, last: Watched, seen: Checkpoint, request: AddCheckpoint) -> None:
        """Refuse, and keep, a checkpoint that does not extend the last one."""
        old = last.seen
        if last.note and old.size == seen.size and old.root != seen.root:
            self._keep("split", last, request)
            raise SplitView(seen.size)
        try:
            merkle.check_consistency(old.size, old.root, seen.size, seen.root, request.path)
        except NotConsistent as why:
            self._keep("unproved", last, request, UNPROVED_MAX)
            raise GrowthUnproved(str(why)) from None

    def _keep(
        self, what: str, last: Watched, request: AddCheckpoint, most: int | None = None
    ) -> None:
        """Keep both checkpoints for whoever looks into it; the same two are kept once."""
        folder = self._log(last.key.name) / "evidence"
        text = request.note.partition("\n\n")[0]
        path = folder / f"{what}-{sha256(text.encode()).hexdigest()[:32]}.json"
        if most is not None and len([*folder.glob(f"{what}-*")]) >= most:
            return
        members = {
            "format": EVIDENCE_FORMAT,
            "log": last.key.line,
            "path": [b64(each) for each in request.path],
            "received": int(self._clock()),
            "seen": last.note,
            "shown": request.note,
        }
        data = json.dumps(members, ensure_ascii=False, indent=2, sort_keys=True)
        write_once(path, data.encode() + b"\n")

    def _watched(self, origin: str) -> Watched:
        log = self._log(origin)
        try:
            line = (log / "vkey").read_text("utf-8")
        except FileNotFoundError:
            raise LogNotWitnessed(origin) from None
        try:
            key = VerifierKey.parse(line.removesuffix("\n"))
            note = (log / "seen").read_text("utf-8")
            empty = Checkpoint(origin, 0, merkle.EMPTY_ROOT)
            return Watched(key, note, open_signed(note, key) if note else empty)
        except (OSError, UnicodeDecodeError, Untrusted):
            raise StateUnreadable(log / "seen") from None

    def _log(self, origin: str) -> Path:
        return self._folder / "logs" / _digest(origin)

    @contextmanager
    def _locked(self, origin: str) -> Iterator[None]:
        """Hold a log against any other request, of this process or another."""
        with (self._log(origin) / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _digest(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def _checkpoint_in(note: str) -> Checkpoint:
    try:
        return Checkpoint.parse(notes.take_apart(note)[0])
    except Untrusted as why:
        raise RequestMalformed(str(why)) from None


def _signed(note: str, key: VerifierKey) -> Checkpoint:
    try:
        return open_signed(note, key)
    except Untrusted as why:
        raise NotByTheLog(key.name, str(why)) from None


def _by_log_alone(note: str, seen: Checkpoint) -> str:
    """Leave out signatures by others: anybody may have added them."""
    signatures = note.rpartition("\n\n")[2].split("\n")
    by_log = [line for line in signatures if line.startswith(f"\u2014 {seen.origin} ")]
    return f"{seen.text}\n" + "".join(f"{line}\n" for line in by_log)
