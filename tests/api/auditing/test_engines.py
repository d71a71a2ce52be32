"""Blocks are checked by processes or by Ray, and what is found is the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from api.auditing import engines
from api.auditing.engines import ENGINES, RayMissing
from api.working import WorkerLost
from tests.api.auditing.tasks import doubled

SCALE = Path(__file__).parents[3] / "benchmarks" / "audit_scale.py"
EVENTS = 20_000
RAY_SAYS = """
import json
from api.auditing.engines import ENGINES
from api.working import WorkerLost
from pathlib import Path
from tests.api.auditing.tasks import doubled, gone

def listening():
    for name in ("tcp", "tcp6"):
        for line in Path("/proc/net", name).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                yield fields[1].split(":")[0]

before, found = set(listening()), []
for task, result in ENGINES["ray"].map(doubled, range(9), 2):
    found.append((task, result))
    during = set(listening())
try:
    lost = list(ENGINES["ray"].map(gone, range(3), 2))
except WorkerLost:
    lost = None
print(json.dumps({"found": found, "lost": lost, "listened": sorted(during - before)}))
"""
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def test_without_ray_the_audit_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RayMissing, match="pip install ray"):
        next(ENGINES["ray"].map(doubled, range(3), 2))


def test_only_processes_can_do_without_others() -> None:
    assert [ENGINES["processes"].here(jobs) for jobs in (1, 2)] == [True, False]
    assert not ENGINES["ray"].here(1)
    assert list(ENGINES["processes"].map(doubled, range(3), 1)) == [(0, 0), (1, 2), (2, 4)]


class Crashed(Exception):
    """A worker is gone."""


class NearRay:
    """Takes tasks as Ray does, and does each when its result is asked for."""

    def __init__(self, lost: Iterable[int] = ()) -> None:
        self.lost, self.waiting, self.most, self.ended = set(lost), 0, 0, 0
        self.settings: dict[str, Any] = {}
        self.exceptions = SimpleNamespace(WorkerCrashedError=Crashed)

    def init(self, **settings: Any) -> None:
        self.settings = settings

    def shutdown(self) -> None:
        self.ended += 1

    def remote(self, work: Callable[[int], int]) -> Any:
        def sent(task: int) -> Callable[[], int]:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            return lambda: work(task)

        return SimpleNamespace(remote=sent)

    def get(self, future: Callable[[], int]) -> int:
        self.waiting -= 1
        found = future()
        if found in self.lost:
            raise Crashed
        return found


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> NearRay:
    found = NearRay()

    def take(name: str) -> ModuleType | NearRay:
        return found if name == "ray" else import_module(name)

    monkeypatch.setattr(engines, "importlib", SimpleNamespace(import_module=take))
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return found


def test_a_few_tasks_are_out_at_a_time_and_come_back_in_order(near: NearRay) -> None:
    def drawn() -> Iterator[int]:
        yield from range(50)

    assert list(ENGINES["ray"].map(doubled, drawn(), 2)) == [(n, 2 * n) for n in range(50)]
    assert (near.most, near.ended) == (5, 1)
    assert near.settings["num_cpus"] == 2
    assert near.settings["include_dashboard"] is False
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_a_worker_that_is_gone_makes_no_log_sound(near: NearRay) -> None:
    near.lost = {4}
    with pytest.raises(WorkerLost):
        list(ENGINES["ray"].map(doubled, range(9), 2))
    assert near.ended == 1


@pytest.mark.long
def test_ray_does_the_work_and_listens_to_this_machine_alone() -> None:
    told = [sys.executable, "-c", RAY_SAYS]
    done = subprocess.run(told, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["found"] == [[n, 2 * n] for n in range(9)]
    assert said["lost"] is None
    assert set(said["listened"]) <= LOOPBACK


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_several_workers_find_in_a_large_log_what_one_process_finds(
    engine: str, tmp_path: Path
) -> None:
    told = [sys.executable, str(SCALE), "--events", str(EVENTS), "--engine", engine]
    told += ["--results", str(tmp_path)]
    done = subprocess.run(told, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "audit_scale.json").read_text())
    assert found["agree"] is True
    assert found["one"]["root"] == found["several"]["root"]
    assert found["several"]["events"] == EVENTS
    kinds = ("the signature of this", "does not sign for", "fund-2 pays", "not conserved")
    assert len(found["several"]["findings"]) == len(kinds)
    for kind in kinds:
        assert any(kind in each for each in found["several"]["findings"]), kind
