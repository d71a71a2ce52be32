"""Three nodes on 127.0.0.1, etcd and PostgreSQL under Patroni on each, to be killed or frozen."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import SystemRandom
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

import psycopg

from ledger.store.embedded_place import account_for, programs
from tests.availability.runbook import ROOT, RUNBOOK, blocks
from tests.foreign.asking import missing

NAMES = ("n1", "n2", "n3")
ADDRESS = "127.0.0.1"
LOOK_S = 0.5
LONGEST_S = 60.0
"""So long a node may take to start, to follow or to take over."""

PORTS = range(16_384, 30_000)
"""Where no system takes ports for outgoing connections: a node that is down keeps its own."""


def check_installed() -> None:
    """Say what is not here that the nodes need."""
    remedy = "run tests/foreign/tools.sh as root on Debian, or install etcd 3.4 or later"
    for program in ("etcd", "etcdctl"):
        if not shutil.which(program):
            missing(program, remedy)
    if not (Path(sys.executable).parent / "patroni").exists():
        missing("Patroni", "install requirements-dev.txt")
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        missing("setpriv", "install util-linux, or run the tests as another user than root")


@dataclass(slots=True)
class Cluster:
    """The nodes' folders and processes; `ran` are the blocks of the runbook that were run."""

    folder: Path
    ran: set[str] = field(default_factory=set)
    _blocks: dict[str, str] = field(default_factory=lambda: blocks(RUNBOOK.read_text("utf-8")))
    _running: dict[tuple[str, str], subprocess.Popen[bytes]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Fill in nodes and settings as an operator would; they belong to the account."""
        cluster = self.folder / "cluster"
        cluster.mkdir()
        ports = iter(free_ports(4 * len(NAMES)))
        lines = [" ".join([name, ADDRESS, *map(str, islice(ports, 4))]) for name in NAMES]
        (cluster / "nodes").write_text("# the nodes of a test\n" + "\n".join(lines) + "\n")
        found = programs(account_for(self.folder, os.geteuid()))
        (cluster / "settings").write_text(
            f"PROGRAMS={found}\nSTATE={self.folder}/state\nCLIENTS={ADDRESS}/32\n"
        )
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self.folder, cluster, *cluster.iterdir()):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)

    @property
    def known(self) -> set[str]:
        """The blocks that the runbook has."""
        return set(self._blocks)

    def environment(self, node: str = NAMES[0]) -> dict[str, str]:
        """Return the variables that the runbook sets, and nothing of this process's own ledger."""
        own = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LEDGER_", "PATRONI_"))}
        return kept | {"CLUSTER": str(self.folder / "cluster"), "NODE": node, "PATH": own}

    def command(self, block: str, *more: str) -> list[str]:
        """Return what runs a block as the account of the nodes, and then `more` after it.

        As root that is `nobody`, who may read this repository and its Python wherever they lie.
        """
        self.ran.add(block)
        script = ["sh", "-euc", "\n".join([self._blocks[block], *more])]
        return [*_AS_NOBODY, *script] if os.geteuid() == 0 else script

    def run(self, block: str, node: str = NAMES[0], *more: str) -> str:
        """Run a block to its end on a node; return what it printed."""
        done = subprocess.run(
            self.command(block, *more),
            cwd=ROOT,
            env=self.environment(node),
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        assert done.returncode == 0, f"{block}: {done.stdout}{done.stderr}"
        return done.stdout

    def tend(self) -> None:
        """Start what ended by itself again, as its service file has systemd do, and say so."""
        for (block, node), process in list(self._running.items()):
            if (code := process.poll()) is not None:
                last = self._log(block, node).read_text("utf-8", "replace").splitlines()[-10:]
                sys.stdout.write(f"{block} on {node} ended with {code} by itself; its log ends:\n")
                sys.stdout.write("".join(f"    {line}\n" for line in last))
                self.start(block, node)

    def is_healthy(self) -> bool:
        """Tell whether all members of etcd answer, as the runbook looks."""
        self.tend()
        return bool(self.run("look"))

    def leader_of_etcd(self) -> str:
        """Return the node whose member of etcd leads the others."""
        until(self.is_healthy, "three healthy members of etcd")
        told = self.run(
            "look", NAMES[0], 'deploy/availability/node etcdctl "$NODE" endpoint status'
        )
        (led,) = [line.split(",")[0] for line in told.splitlines() if line.count(", true, ") == 1]
        nodes = (self.folder / "cluster" / "nodes").read_text().splitlines()[1:]
        (found,) = [name for name, _, port, *_ in map(str.split, nodes) if led.endswith(f":{port}")]
        return found

    def start(self, block: str, node: str) -> None:
        """Start a block that goes on until it is ended."""
        with self._log(block, node).open("ab") as log:
            self._running[block, node] = subprocess.Popen(
                self.command(block),
                cwd=ROOT,
                env=self.environment(node),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log(self, block: str, node: str) -> Path:
        return self.folder / f"{block}-{node}.log"

    def signal(self, block: str, node: str, number: signal.Signals) -> None:
        """Send a signal to all processes of a block on a node, the server's own sessions too.

        Patroni starts PostgreSQL as nobody's child: its folder tells which it is.
        """
        first = [self._running[block, node].pid]
        table = [line.split(None, 2) for line in _asked("ps", "-ww", "-eo", "pid=,ppid=,args=")]
        if block == "postgres":
            data = f"-D {self.folder}/state/{node}/data "
            first += [int(pid) for pid, _, told in table if data in f"{told} "]
        for process in first:
            first += [int(pid) for pid, parent, _ in table if int(parent) == process]
        for process in dict.fromkeys(first):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def kill(self, block: str, node: str) -> None:
        """Kill a block on a node, all at once, as if its machine had lost power."""
        for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, none sees another die
            self.signal(block, node, number)
        self._running.pop((block, node)).wait(LONGEST_S)

    def members(self) -> list[dict[str, Any]]:
        """Return what Patroni says of each node; it may be some seconds old."""
        for line in (self.folder / "cluster/nodes").read_text().splitlines()[1:]:
            port = line.split()[-1]
            with suppress(OSError), urlopen(f"http://{ADDRESS}:{port}/cluster", timeout=3) as told:
                found: list[dict[str, Any]] = json.load(told)["members"]
                return found
        return []

    def leader(self) -> str:
        """Return the node that leads."""
        (name,) = [m["name"] for m in self.members() if m["role"] == "leader"]
        return str(name)

    def is_good(self) -> bool:
        """Tell whether the list is as the runbook says that it should be."""
        self.tend()
        found = self.members()
        roles = sorted(m["role"] for m in found)
        return (
            roles == ["leader", "replica", "sync_standby"]
            and all(m["state"] in ("running", "streaming") for m in found)
            and [m["state"] for m in found].count("streaming") == len(NAMES) - 1
            and len({m.get("timeline") for m in found}) == 1
        )

    def is_checked(self) -> bool:
        """Tell whether the leader's data have checksums and it waits for a standby's disk."""
        with psycopg.connect(self.superuser_url()) as connection:
            asked = "SELECT current_setting(%s) <> 'off' AND current_setting(%s) = 'on'"
            row = connection.execute(asked, ["synchronous_standby_names", "data_checksums"])
            return row.fetchone() == (True,)

    def superuser_url(self) -> str:
        """Return the address of the leader for who may do all."""
        secret = (self.folder / "cluster/passwords/superuser").read_text()
        url = self.url().replace("ledger@", f"postgres:{secret}@", 1)
        return url.replace("/ledger?", "/postgres?", 1)

    def url(self) -> str:
        """Return the address of the ledger's database, as the runbook's script prints it."""
        return self.run("passwords", NAMES[0], "deploy/availability/node url").strip()

    def end(self) -> None:
        """End all that was started here, PostgreSQL first."""
        for block, node in sorted(self._running, reverse=True):
            self.signal(block, node, signal.SIGCONT)
            self.kill(block, node)


def _asked(*command: str) -> list[str]:
    """Return the lines that a program of the system prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def until(asked: Callable[[], bool], what: str, longest_s: float = LONGEST_S) -> float:
    """Wait until something is so; return how long that took, in seconds."""
    begun = monotonic()
    while True:
        with suppress(AssertionError, ValueError, subprocess.TimeoutExpired):
            if asked():
                return monotonic() - begun
        assert monotonic() - begun < longest_s, f"{what}: not after {longest_s:g} s"
        sleep(LOOK_S)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, no two of them alike."""
    found: list[int] = []
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        with suppress(OSError), socket.create_server((ADDRESS, port)):
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError(f"fewer than {count} free ports in {PORTS}")


@contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster]:
    """Give a cluster that runs nothing yet; end whatever it runs afterwards."""
    made = Cluster(folder)
    made.prepare()
    try:
        yield made
    finally:
        made.end()


_READ_ALL = "+dac_read_search"
_AS_NOBODY = (
    *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    *("--inh-caps", _READ_ALL, "--ambient-caps", _READ_ALL, "--"),
)
