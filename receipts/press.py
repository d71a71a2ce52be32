"""Prints receipts over several processes: pages in, signed files out, each whole or not at all.

Each process has a pipe of its own and ends when it closes, so that none outlives who started it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import compress, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from ledger.errors import Refused
from ledger.store.durable import write_atomically
from receipts.pades import Signer
from receipts.page import Page
from receipts.pdf import render_all

AT_ONCE = 16
"""How many sheets are printed step by step together."""

FEW = 24
"""So few pages are printed before other processes have even started."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page, what is attached to it, and the file that it goes into."""

    path: Path
    page: Page
    attachment: bytes


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    sheets: list[Sheet] = field(default_factory=list)


class Press:
    """Prints with one signer over up to `jobs` processes; the same page gives the same bytes."""

    def __init__(self, signer: Signer, jobs: int = 1) -> None:
        self._signer = signer
        self._jobs = jobs
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        """Start the other processes, if there are to be any."""
        if self._jobs > 1:
            context, key = get_context("spawn"), _private(self._signer)
            for _ in range(self._jobs):
                ours, theirs = context.Pipe()
                process = context.Process(target=work, args=(theirs,), daemon=True)
                process.start()
                theirs.close()
                ours.send((self._signer.certificate, self._signer.root, key))  # by no file
                self._workers.append(_Worker(process, ours))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the pipes, and wait for the processes to end."""
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()
        self._workers = []

    @property
    def pids(self) -> list[int]:
        """The ids of the other processes."""
        return [worker.process.pid for worker in self._workers if worker.process.pid]

    def print_all(self, sheets: Iterable[Sheet]) -> Iterator[tuple[Sheet, Refused | None]]:
        """Print sheets; yield each when its file is there, or with why it can't be.

        They come in the order in which they are done. No more are taken than can be worked on.
        """
        coming = iter(sheets)
        while group := list(islice(coming, AT_ONCE)):
            idle = next((w for w in self._workers if not w.sheets), None)
            while idle is None and self._workers:
                yield from self._done()
                idle = next((w for w in self._workers if not w.sheets), None)
            if idle is None:
                yield from self._alone(group)
                continue
            idle.sheets = group
            with suppress(OSError):  # who is gone is seen to be gone when waited for
                idle.pipe.send(group)
        while any(w.sheets for w in self._workers):
            yield from self._done()

    def _done(self) -> Iterator[tuple[Sheet, Refused | None]]:
        """Wait for a process to have printed; what one could not print is tried again here."""
        ready = wait([w.pipe for w in self._workers if w.sheets])
        for worker in [w for w in self._workers if w.pipe in ready]:
            sheets, worker.sheets = worker.sheets, []
            try:
                printed: list[bool] = worker.pipe.recv()
            except (EOFError, OSError):  # it ended before its time
                self._workers.remove(worker)
                worker.pipe.close()
                printed = [False] * len(sheets)
            yield from ((sheet, None) for sheet in compress(sheets, printed))
            yield from self._alone([s for s, good in zip(sheets, printed, strict=True) if not good])

    def _alone(self, sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Refused | None]]:
        for sheet, made in zip(sheets, _rendered(sheets, self._signer), strict=True):
            if isinstance(made, Refused):
                yield sheet, made
                continue
            write_atomically(sheet.path, made)
            yield sheet, None


def work(pipe: Connection) -> None:
    """Print what comes through a pipe until it closes; say of each whether its file is there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process ends it
    try:
        certificate, root, key = pipe.recv()
        signer = Signer(certificate, root, _loaded(key))
        while True:
            pipe.send(_printed(pipe.recv(), signer))
    except (EOFError, OSError):
        pipe.close()


def _printed(sheets: Sequence[Sheet], signer: Signer) -> list[bool]:
    return [
        not isinstance(made, Refused) and _written(sheet.path, made)
        for sheet, made in zip(sheets, _rendered(sheets, signer), strict=True)
    ]


def _written(path: Path, made: bytes) -> bool:
    try:
        write_atomically(path, made)
    except OSError:
        return False
    return True


def _rendered(sheets: Sequence[Sheet], signer: Signer) -> list[bytes | Refused]:
    return render_all([(sheet.page, sheet.attachment) for sheet in sheets], signer)


def _private(signer: Signer) -> bytes:
    return signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _loaded(key: bytes) -> EllipticCurvePrivateKey:
    loaded = load_der_private_key(key, None)
    assert isinstance(loaded, EllipticCurvePrivateKey), "document keys are P-256"
    return loaded
