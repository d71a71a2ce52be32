"""The script of a node: what it writes and refuses, and that no password stands in the open."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from tests.availability.runbook import ROOT, RUNBOOK, blocks

NODE = ROOT / "deploy" / "availability" / "node"
NODES = """# name address and ports
n1 10.0.0.1 2379 2380 5432 8008

n2 10.0.0.2 2379 2380 5433 8008
n3 10.0.0.3 2379 2380 5434 8008
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nodes").write_text(NODES)
    (tmp_path / "settings").write_text(
        f'PROGRAMS=/pg/bin\nSTATE={tmp_path}/state\nCLIENTS="10.0.1.0/24 10.0.2.7/32"\n'
    )
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *words],
        env={"PATH": os.environ["PATH"], "CLUSTER": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_password_is_made_once_and_only_its_owner_reads_it(folder: Path) -> None:
    def made() -> dict[str, str]:
        assert run(folder, "passwords").returncode == 0
        return {path.name: path.read_text() for path in (folder / "passwords").iterdir()}

    first = made()
    assert set(first) == {"superuser", "replication", "rewind", "ledger", "restapi"}
    assert len(set(first.values())) == len(first)
    assert {len(secret) for secret in first.values()} == {48}
    assert made() == first
    assert {path.stat().st_mode & 0o077 for path in (folder / "passwords").iterdir()} == {0}


def test_a_nodes_configuration_waits_for_a_standby_and_holds_no_password(folder: Path) -> None:
    run(folder, "passwords")
    assert run(folder, "make", "n2").returncode == 0
    text = (folder / "state/n2/patroni.yml").read_text()
    for secret in (folder / "passwords").iterdir():
        assert secret.read_text() not in text
    said = yaml.safe_load(text)
    shared = said["bootstrap"]["dcs"]
    assert shared["synchronous_mode"] is shared["synchronous_mode_strict"] is True
    assert shared["loop_wait"] + 2 * shared["retry_timeout"] <= shared["ttl"]
    assert shared["postgresql"]["parameters"]["synchronous_commit"] == "on"
    assert "data-checksums" in said["bootstrap"]["initdb"]
    assert said["etcd3"]["hosts"] == ["10.0.0.1:2379", "10.0.0.2:2379", "10.0.0.3:2379"]
    assert said["postgresql"]["connect_address"] == "10.0.0.2:5433"
    rules = said["postgresql"]["pg_hba"]
    assert "host ledger ledger 10.0.1.0/24 scram-sha-256" in rules
    assert "host replication replicator 10.0.0.3/32 scram-sha-256" in rules
    assert not [rule for rule in rules if "trust" in rule or "0.0.0.0" in rule]  # noqa: S104


@pytest.mark.parametrize(("words", "state"), [(["n3"], "new"), (["n3", "existing"], "existing")])
def test_a_member_of_etcd_knows_the_others(folder: Path, words: list[str], state: str) -> None:
    assert run(folder, "make", *words).returncode == 0
    said = yaml.safe_load((folder / "state/n3/etcd.yml").read_text())
    assert said["initial-cluster-state"] == state
    assert said["initial-cluster"] == (
        "n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380,n3=http://10.0.0.3:2380"
    )


def test_the_address_names_all_nodes_and_asks_for_the_one_that_writes(folder: Path) -> None:
    said = conninfo_to_dict(run(folder, "url").stdout.strip())
    assert (said["host"], said["port"]) == ("10.0.0.1,10.0.0.2,10.0.0.3", "5432,5433,5434")
    assert said["target_session_attrs"] == "read-write"
    assert "password" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["make", "n4"], "no node 'n4' in"),
        (["postgres"], "no node '' in"),
        (["postgres", "n1"], "there is no password of superuser; run: node passwords"),
    ],
)
def test_what_is_missing_is_named(folder: Path, words: list[str], said: str) -> None:
    done = run(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_without_a_verb_it_says_what_there_is(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 2
    assert set(blocks(RUNBOOK.read_text("utf-8"))) >= {"passwords", "make", "etcd", "postgres"}
    for verb in ("passwords", "make", "etcd", "postgres", "ctl", "etcdctl", "replace", "url"):
        assert f"node {verb}" in done.stdout


@pytest.mark.parametrize("service", ["etcd", "postgres"])
def test_a_service_runs_the_runbooks_command(service: str) -> None:
    unit = (NODE.parent / f"donation-ledger-{service}.service").read_text()
    (command,) = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    shown = blocks(RUNBOOK.read_text("utf-8"))[service].strip().replace('"$NODE"', "${NODE}")
    assert command.endswith(shown)


def test_the_runbooks_names_are_examples_that_work(tmp_path: Path) -> None:
    for name in ("nodes", "settings"):
        (tmp_path / name).write_text((NODE.parent / f"{name}.example").read_text())
    assert "10.0.0.3:5432" in run(tmp_path, "url").stdout
