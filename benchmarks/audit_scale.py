"""A large log audited by one process and by several: the same root and findings, and how fast.

Makes a published log of `--events` entries in a folder (which `--folder` keeps), then audits it in
a process of its own for each way. CPU seconds and the largest resident memory are of every process
that the audit starts, looked up every second in /proc. Prints a table and keeps the JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from auditing import LOG, ORIGIN, SIGNERS
from machine import asking, keep
from made_log import make_log
from rich.console import Console
from rounds import spread

from api.answers import table
from api.audit import Spread, audit_log
from api.auditing.engines import ENGINES
from api.mirroring.fetching import source
from ledger.domain.organisations import AUTHORITY
from ledger.proof.notes import VerifierKey

RESULTS = "audit_scale.json"
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_S = 1


def audited(folder: Path, jobs: int, engine: str) -> dict[str, object]:
    """Audit the log; say what was found."""
    known = VerifierKey.of(ORIGIN, LOG.public_key())
    spread = Spread(jobs, engine=ENGINES[engine])
    found = audit_log(source(str(folder)), known, SIGNERS[AUTHORITY].kid, spread)
    return {"root": found.root, **found.as_json()}


def measured(folder: Path, jobs: int, engine: str) -> dict[str, Any]:
    """Audit the log in a process of its own; say what was found and what it took."""
    told = [sys.executable, __file__, "--one", "--folder", str(folder)]
    told += ["--jobs", str(jobs), "--engine", engine]
    used: dict[int, tuple[str, float, int]] = {}
    started = time.perf_counter()
    with tempfile.TemporaryFile() as answer, subprocess.Popen(told, stdout=answer) as auditor:
        while True:
            used |= {pid: seen for pid in family(auditor.pid) if (seen := use_of(pid))}
            with suppress(subprocess.TimeoutExpired):
                auditor.wait(LOOK_S)
                break
        wall = time.perf_counter() - started
        answer.seek(0)
        found: dict[str, Any] = json.loads(answer.read().splitlines()[-1])
    peaks = sorted(
        ((name, round(kib / 1024)) for name, _, kib in used.values()), key=lambda p: -p[1]
    )
    found["kinds"] = Counter(one.split(": ", 1)[-1][:40] for one in found["findings"][:10_000])
    return found | {
        "engine": engine,
        "jobs": jobs,
        "wall_s": round(wall, 2),
        "cpu_s": round(sum(cpu for _, cpu, _ in used.values()), 2),
        "cpu_s_of_reader": round(used[auditor.pid][1], 2),
        "peak_mib": peaks,
        "entries_per_second": round(found["events"] / wall, 1),
    }


def family(ancestor: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [ancestor]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*"):
            found += map(int, told_of(task / "children").split())
    return found


def use_of(pid: int) -> tuple[str, float, int] | None:
    """Return the name of a process, its CPU seconds and its peak of memory in KiB; None if gone."""
    stat, status = told_of(Path(f"/proc/{pid}/stat")), told_of(Path(f"/proc/{pid}/status"))
    peak = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    if not stat or not peak:
        return None
    fields = stat.rpartition(")")[2].split()
    name = stat[stat.index("(") + 1 : stat.rindex(")")]
    return name, (int(fields[11]) + int(fields[12])) / TICKS, int(peak[0])


def told_of(path: Path) -> str:
    """Read what is told of a process; nothing of one that has just ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def compared(folder: Path, events: int, jobs: int, engine: str, rounds: int) -> dict[str, Any]:
    """Audit a log both ways, who begins in turn; say whether they agree."""
    ways, ratios = [(1, "processes"), (jobs, engine)], []
    for turn in range(rounds):
        found = {way: measured(folder, *way) for way in (ways if turn % 2 == 0 else ways[::-1])}
        alone, several = found[ways[0]], found[ways[1]]
        ratios.append(alone["wall_s"] / several["wall_s"])
        same = all(alone[name] == several[name] for name in ("root", "events", "findings"))
        if not same:
            break
    count = len(alone["findings"])
    for one in (alone, several):
        one["findings"] = one["findings"][:20]
    return {
        "events": events,
        "agree": same,
        "findings": count,
        **spread("times_as_fast", ratios),
        "one": alone,
        "several": several,
    }


def main() -> None:
    """Make the log, audit it both ways, print and keep the results."""
    asked = asking(__doc__)
    asked.add_argument("--events", type=int, default=200_000)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--engine", choices=ENGINES, default="processes")
    asked.add_argument("--folder", type=Path, help="where the log is made, or lies already")
    asked.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        print(json.dumps(audited(given.folder, given.jobs, given.engine)))
        return
    with tempfile.TemporaryDirectory() as made:
        folder, started = given.folder or Path(made), time.perf_counter()
        if not (folder / "checkpoint").exists():
            make_log(folder, given.events, given.jobs)
        made_s = round(time.perf_counter() - started, 1)
        results = {"made_s": made_s} | compared(
            folder, given.events, given.jobs, given.engine, given.rounds
        )
    names = ("root", "wall_s", "cpu_s", "cpu_s_of_reader", "peak_mib", "entries_per_second")
    rows = [(name, str(results["one"][name]), str(results["several"][name])) for name in names]
    rows += [(name, str(results[name]), "") for name in ("agree", "findings", "times_as_fast")]
    Console().print(table("a large log audited", ("what", "one>", "several>"), rows))
    keep(given.results / RESULTS, results, given.rounds)
    if not results["agree"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
