"""A ledger at work whose machine is lost, and the runbook's commands that bring it back."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg

from api.settings import Settings
from api.wiring import House
from ledger.store import embedded
from tests.soak.killing import CONTEXT, write

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = ROOT / "docs" / "operating.md"
LONGEST_S = 180.0


def commands(heading: str) -> list[str]:
    """Return the commands of the code block that follows a line of the runbook."""
    text = RUNBOOK.read_text().partition(heading)[2]
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    assert block, f"the runbook has no commands after {heading!r}"
    lines = [line.partition("  #")[0].strip() for line in block[1].splitlines()]
    return [line for line in lines if line]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the ledger held at one moment, taken while nobody could commit."""

    at: str
    size: int
    digest: str


@dataclass(slots=True)
class Site:
    """One ledger: where it lies, and where its backups go; on the embedded server without a URL."""

    folder: Path
    data: Path
    url: str | None = None
    writer: BaseProcess | None = None
    receiver: subprocess.Popen[bytes] | None = None
    acknowledged: list[str] = field(default_factory=list)
    _told: Connection | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the ledger."""
        return Settings(self.data, self.url)

    @property
    def environment(self) -> dict[str, str]:
        """What a shell that the runbook is typed into has set."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        programs = Path(sys.executable).parent
        return {
            **kept,
            "PATH": f"{programs}:{kept.get('PATH', '/usr/bin:/bin')}",
            "PYTHON": sys.executable,
            "PYTHONPATH": str(ROOT),
            "LEDGER_DATA": str(self.data),
            "BACKUPS": str(self.folder / "backups"),
            "KEYS": str(self.folder / "keys"),
            "PASSPHRASE": str(self.folder / "passphrase"),
            **({"LEDGER_DATABASE_URL": self.url} if self.url else {}),
        }

    def run(self, command: str, **more: str) -> tuple[int, str]:
        """Type a command; return its exit code and what it said."""
        ran = subprocess.run(
            ["/bin/sh", "-c", command], cwd=ROOT, env=self.environment | more,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LONGEST_S,
            check=False,
        )  # fmt: skip
        return ran.returncode, ran.stdout

    def type(self, command: str, **more: str) -> str:
        """Type a command that must succeed; return what it said."""
        code, said = self.run(command, **more)
        assert code == 0, f"{command}: {code}\n{said}"
        return said

    def receive(self, command: str) -> None:
        """Start what receives the write-ahead log."""
        self.receiver = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"], cwd=ROOT, env=self.environment,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + LONGEST_S
        while not self._streams():
            assert time.monotonic() < end, "nothing receives the write-ahead log"
            time.sleep(0.1)

    def _streams(self) -> bool:
        with psycopg.connect(self.url or embedded.ensure(self.data)) as connection:
            query = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
            row = connection.execute(query).fetchone()
        return row is not None and row[0] > 0

    def record(self, fund: str) -> None:
        """Let a process of its own record gifts until it is killed."""
        self._told, tells = CONTEXT.Pipe(duplex=False)
        self.writer = CONTEXT.Process(target=write, args=(self.settings, tells, fund))
        self.writer.start()
        tells.close()

    def until(self, gifts: int) -> None:
        """Wait until so many gifts were acknowledged."""
        assert self._told is not None
        while len(self.acknowledged) < gifts:
            assert self._told.poll(LONGEST_S), "nothing was recorded"
            self.acknowledged += self._told.recv()

    def moment(self) -> Moment:
        """Note what there is at a moment in which nobody can commit."""
        house = House(self.settings)
        try:
            with house.database.writing() as connection:
                locked = "SELECT size FROM ledger.head FOR UPDATE"
                size = connection.execute(locked).fetchall()[0]["size"]
                told = connection.execute("SELECT clock_timestamp()::text AS at").fetchall()
            return Moment(told[0]["at"], size, digest(house, size))
        finally:
            house.close()

    def lose(self) -> None:
        """Kill all that runs and destroy the data folder, in the midst of recording."""
        assert self.writer is not None
        assert self._told is not None
        self.writer.kill()
        self.writer.join()
        while self._told.poll():
            try:
                self.acknowledged += self._told.recv()
            except EOFError:
                break
        cluster = (self.data / "postgres").resolve()
        os.kill(int((cluster / "data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        time.sleep(1.0)  # its backends end, and the receiver notes that it is gone
        self.stop_receiving()
        shutil.rmtree(cluster)
        shutil.rmtree(self.data)

    def stop_receiving(self) -> None:
        """Interrupt what receives the write-ahead log."""
        assert self.receiver is not None
        self.receiver.send_signal(signal.SIGINT)
        self.receiver.wait(LONGEST_S)

    def remove(self) -> None:
        """End what still runs, and remove the cluster where root had put it."""
        for process in (self.writer, self.receiver):
            if process is not None:
                process.kill()
        if self.data.exists():
            embedded.stop(self.data)
            shutil.rmtree((self.data / "postgres").resolve(), ignore_errors=True)
            shutil.rmtree(self.data, ignore_errors=True)

    def audited(self) -> dict[str, object]:
        """Run the product's audit; return what it found."""
        _, said = self.run("donation-ledger audit --json 2>/dev/null")
        found: dict[str, object] = json.loads(said)
        return found


def digest(house: House, size: int) -> str:
    """Return the digest of the first so many entries, and of their leaves."""
    found = sha256()
    for rows in house.recorder.log_in_batches(0, size):
        for row in rows:
            found.update(row.hash + (row.entry or b"gone"))
    return found.hexdigest()
