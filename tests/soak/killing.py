"""A ledger at work in processes of its own, any of which, or its database, may be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Any

from eventsourcing.persistence import PersistenceError
from psycopg import Error as DatabaseError

import api.app  # noqa: F401 loaded once, for every web server that is started
from api import serving
from api.settings import Settings
from api.wiring import House
from ledger.errors import LedgerError
from tests.houses import give

CONTEXT = get_context("forkserver")
DATABASE = "database"
LOOK_S = 0.1
"""How often it is looked for processes that have ended."""

ROUND_S = 0.05
"""How long integrator and writer rest between two rounds."""

BATCH = ("1.00", "2.00", "3.00")
"""Gifts that are recorded in one commit: all of them are there afterwards, or none."""


@dataclass(slots=True)
class Worker:
    """A process that is started again whenever it has ended; `weight` says how often it is hit."""

    start: Callable[[], BaseProcess]
    weight: int
    process: BaseProcess | None = None

    def keep_up(self) -> None:
        """Start it unless it lives."""
        if self.process is None or not self.process.is_alive():
            self.end()
            self.process = self.start()

    def kill(self) -> bool:
        """Kill it; tell whether it was alive."""
        alive = self.process is not None and self.process.is_alive()
        self.end()
        return alive

    def end(self) -> None:
        """Make sure that it is no more."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process.close()
            self.process = None


@dataclass(slots=True)
class Site:
    """Integrators, web servers, writers and a database, kept at work until told otherwise."""

    settings: Settings
    fund: str
    workers: dict[str, Worker] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    killed: dict[str, int] = field(default_factory=dict)
    _heard: list[Connection] = field(default_factory=list)

    def add(self, name: str, weight: int, work: Callable[..., None], *given: Any) -> None:
        """Add a process that does this work; those that acknowledge events get a pipe."""

        def start() -> BaseProcess:
            hears, tells = CONTEXT.Pipe(duplex=False)
            process = CONTEXT.Process(target=work, args=(self.settings, tells, *given))
            process.start()
            tells.close()
            self._heard.append(hears)
            return process

        self.workers[name] = Worker(start, weight)

    def work(self, seconds: float) -> None:
        """Keep everybody at work for so long, and note what is acknowledged."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            for worker in self.workers.values():
                worker.keep_up()
            for heard in wait(self._heard, min(left, LOOK_S)):
                assert isinstance(heard, Connection)
                self._hear(heard)

    def _hear(self, end: Connection) -> None:
        try:
            while end.poll():
                self.acknowledged += end.recv()
        except (EOFError, OSError):
            end.close()
            self._heard.remove(end)

    def kill_one(self, chance: Random, database: int) -> None:
        """Kill one of those at work, or with that weight the database; count it if it lived."""
        weights = {name: worker.weight for name, worker in self.workers.items()}
        (name,) = chance.choices([*weights, DATABASE], [*weights.values(), database])
        hit = self._kill_database() if name == DATABASE else self.workers[name].kill()
        self.killed[name] = self.killed.get(name, 0) + hit

    def _kill_database(self) -> bool:
        """Kill the postmaster; tell whether there was one: an earlier kill leaves its note."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            note = (self.settings.data / "postgres" / "data" / "postmaster.pid").read_text()
            os.kill(int(note.split()[0]), signal.SIGKILL)
            return True
        return False

    def end(self) -> None:
        """End all processes, and hear the last of what they acknowledged."""
        for worker in self.workers.values():
            worker.end()
        for end in [*self._heard]:
            self._hear(end)


def integrate(settings: Settings, _told: Connection) -> None:
    """Publish again and again, as `integrate --every` does."""
    _as_commanded(settings)
    serving.integrate(Namespace(every=ROUND_S))


def serve(settings: Settings, _told: Connection) -> None:
    """Serve the portal, as `serve` does."""
    _as_commanded(settings)
    serving.serve(Namespace())


def _as_commanded(settings: Settings) -> None:
    """Be a process that the command line started for this ledger; what it says is not kept."""
    for name in [name for name in os.environ if name.startswith("LEDGER_")]:
        del os.environ[name]
    os.environ.update(LEDGER_DATA=str(settings.data), LEDGER_PORT=str(settings.port))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())


def write(settings: Settings, told: Connection, fund: str) -> None:
    """Record gifts for ever, and tell of each only after it is acknowledged."""
    rest = Event()
    while not rest.wait(ROUND_S):
        with contextlib.suppress(LedgerError, DatabaseError, PersistenceError, OSError):
            _write(settings, told, fund, rest)


def _write(settings: Settings, told: Connection, fund: str, rest: Event) -> None:
    house = House(settings)
    try:
        while not rest.wait(ROUND_S):
            told.send(give(house, fund, *BATCH))
    finally:
        house.close()
