"""Three nodes under load: killed, frozen, switched over, and no acknowledged gift is lost."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from api.settings import Settings
from api.wiring import House
from ledger.domain.events import GiftReceived
from tests.availability.clients import Clients
from tests.availability.cluster import (
    ADDRESS,
    NAMES,
    Cluster,
    check_installed,
    cluster_in,
    free_ports,
    until,
)
from tests.conftest import USCC

COMMAND = Path(sys.executable).parent / "donation-ledger"
CLIENTS = 4
LONGER_S = 5.0
"""So long a leader stays frozen after another has taken over."""

BACK_S = 90.0
"""Longest time until writes must go on; ttl and a start of PostgreSQL on a busy machine."""

pytestmark = pytest.mark.soak


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Give three nodes that run nothing yet, in a folder that their account reaches."""
    check_installed()
    folder = Path(tempfile.mkdtemp(prefix="ledger-three-"))
    folder.chmod(0o755)
    try:
        with cluster_in(folder) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Desk:
    """The ledger on the cluster: its commands, and servers that clients record through."""

    cluster: Cluster
    data: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the runbook's own block, and a data folder."""
        secret = self.cluster.folder / "cluster/passwords/ledger"
        named = {"LEDGER_DATABASE_URL": self.cluster.url(), "LEDGER_DATA": str(self.data)}
        named["LEDGER_DATABASE_PASSWORD_FILE"] = str(secret)
        return {**self.cluster.environment(), **named}

    def tell(self, *words: str) -> Any:
        """Run a command of the product to its end; return its JSON."""
        done = subprocess.run(
            [COMMAND, *words, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve the portal as `serve` does; give its address."""
        (port,) = free_ports(1)
        log = (self.cluster.folder / f"serve-{port}.log").open("ab")
        served = subprocess.Popen(
            [COMMAND, "serve"],
            env={**self.environment, "LEDGER_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            address = f"http://{ADDRESS}:{port}"
            until(lambda: status_of(f"{address}/healthz") == 200, "the portal")
            yield address
        finally:
            served.kill()
            served.wait()
            log.close()


def status_of(url: str) -> int:
    """Return how a server answers, 0 if it does not."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def set_up(cluster: Cluster, data: Path) -> Desk:
    """Follow the runbook from empty machines to a ledger that was founded."""
    cluster.run("passwords")
    for name in NAMES:
        cluster.run("make", name)
    for name in NAMES:
        cluster.start("etcd", name)
    until(cluster.is_healthy, "three healthy members of etcd")
    for name in NAMES:
        cluster.start("postgres", name)
    until(cluster.is_good, "a leader, a sync standby and a replica")
    assert cluster.is_checked()
    founded = subprocess.run(
        ["sh", "-euc", founding(cluster)],
        cwd=Path(__file__).resolve().parents[2],
        env={**cluster.environment(), "LEDGER_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert founded.returncode == 0, founded.stderr
    return Desk(cluster, data)


def founding(cluster: Cluster) -> str:
    """Return the runbook's block that founds a ledger; it is run by the account of the ledger."""
    return cluster.command("ledger")[-1]


def kill_the_leader(cluster: Cluster, clients: Clients) -> float:
    """Kill the machine of the leader; return the write outage; bring the node back."""
    leader, at_s = cluster.leader(), monotonic()
    cluster.kill("postgres", leader)
    until(lambda: cluster.leader() != leader, "another leads")
    clients.wait_for(20, BACK_S)
    outage_s = clients.outage_s(at_s)
    cluster.start("postgres", leader)
    until(cluster.is_good, "the killed node follows")
    return outage_s


def freeze_the_leader(cluster: Cluster, clients: Clients) -> float:
    """Freeze the leader for longer than it may be silent; return the write outage."""
    leader, at_s = cluster.leader(), monotonic()
    cluster.signal("postgres", leader, signal.SIGSTOP)
    try:
        until(lambda: cluster.leader() != leader, "another leads")
        sleep(LONGER_S)
    finally:
        cluster.signal("postgres", leader, signal.SIGCONT)
    clients.wait_for(20, BACK_S)
    until(cluster.is_good, "the frozen node follows")
    return clients.outage_s(at_s)


def switch_over(cluster: Cluster, clients: Clients) -> float:
    """Change the leader on purpose; return the write outage."""
    leader, at_s = cluster.leader(), monotonic()
    cluster.run("switch")
    until(lambda: cluster.leader() != leader, "another leads")
    clients.wait_for(20, BACK_S)
    until(cluster.is_good, "the former leader follows")
    return clients.outage_s(at_s)


def lose_a_member_of_etcd(cluster: Cluster) -> None:
    """Lose the member of etcd that leads, with its disk, and give it another place."""
    lost = cluster.leader_of_etcd()
    cluster.kill("etcd", lost)
    shutil.rmtree(cluster.folder / "state" / lost / "etcd")
    cluster.run("replace", lost)
    cluster.start("etcd", lost)
    until(cluster.is_healthy, "three healthy members of etcd")


def copy_a_replica_anew(cluster: Cluster) -> None:
    """Have the replica that no commit waits for copied from the leader."""
    (replica,) = [m["name"] for m in cluster.members() if m["role"] == "replica"]
    cluster.run("anew", replica)
    until(cluster.is_good, "the node that was copied follows")


def gifts_of(desk: Desk) -> Counter[str]:
    """Return how often each gift stands in the log, by its stream."""
    settings = Settings.read(desk.environment)
    house = House(settings)
    try:
        found = house.recorder.log(0, house.recorder.size())
        return Counter(str(row.stream) for row in found if row.topic == GiftReceived.TOPIC)
    finally:
        house.close()


def test_no_acknowledged_gift_is_lost_when_leaders_are_killed_frozen_and_changed(
    cluster: Cluster, tmp_path: Path
) -> None:
    desk = set_up(cluster, tmp_path / "var")
    desk.tell("charity", "register", USCC, "示范基金会")
    fund = desk.tell("fund", "open", "--charity", USCC, "总")["fund"]
    desk.tell("account", "add", "clerk-1", "--organisation", USCC, "--role", "clerk")
    token = desk.tell("account", "token", "clerk-1", "--scope", "clerk")["token"]
    outages_s: dict[str, float] = {}
    with ExitStack() as stack:
        servers = [stack.enter_context(desk.serving()) for _ in range(2)]
        clients = Clients(servers, token, fund)
        clients.start(CLIENTS)
        stack.callback(clients.stop)
        clients.wait_for(60, BACK_S)

        outages_s["killed"] = kill_the_leader(cluster, clients)
        outages_s["frozen"] = freeze_the_leader(cluster, clients)
        outages_s["switched"] = switch_over(cluster, clients)
        lose_a_member_of_etcd(cluster)
        copy_a_replica_anew(cluster)
        clients.wait_for(20, BACK_S)
        assert {status_of(f"{server}/readyz") for server in servers} == {200}
    audited = subprocess.run(
        cluster.command("audit")[-3:], env=desk.environment, capture_output=True, check=False
    )
    assert audited.returncode == 0, audited.stdout
    assert desk.tell("audit")["findings"] == []
    check(desk, clients, outages_s)
    assert cluster.ran == cluster.known


def check(desk: Desk, clients: Clients, outages_s: dict[str, float]) -> None:
    """Hold what clients were told against the log: each once, and nothing twice."""
    gifts, told = gifts_of(desk), [one.stream for one in clients.acknowledged]
    again = sum(one.again for one in clients.acknowledged)
    silent = len(gifts) - len(told)
    said = ", ".join(f"{name} {outage:.1f} s" for name, outage in outages_s.items())
    sys.stdout.write(
        f"{len(told)} acknowledged, {again} of them committed before their answer was lost, "
        f"{silent} committed and not asked for again; writes paused: {said}; {clients.statuses}\n"
    )
    assert clients.unclear == []
    assert set(gifts.values()) == {1}
    assert set(told) <= set(gifts), "an acknowledged gift is lost"
    assert len(set(told)) == len(told), "a gift was recorded under two keys"
    assert 0 <= silent <= CLIENTS, "a gift was recorded twice"
