"""Every script of `make bench` runs whole, in small, and the report finds all that was promised."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.test_report import BENCHMARKS, described, scripts_that_run

SMALL = {
    "bench.py": ("--rounds", "1"),
    "rebuilding.py": ("--events", "2000", "--one-by-one", "50", "--rounds", "1"),
    "receipts_drawn.py": ("--receipts", "16", "--rounds", "1"),
    "receipt_parts.py": ("--receipts", "16", "--rounds", "1"),
    "verifying.py": ("--receipts", "16", "--rounds", "1"),
    "auditing.py": ("--gifts", "60", "--rounds", "1"),
    "audit_scale.py": ("--events", "2000", "--rounds", "1"),
    "memory.py": ("--gifts", "500"),
    "reading.py": ("--events", "10000", "--rounds", "1"),
    "trace_scale.py": ("--gifts", "20000", "--rounds", "1"),
}


def run(script: str, results: Path, *asked: str) -> None:
    """Run a script as `make bench` does, but for its length."""
    command = [sys.executable, str(BENCHMARKS / script), "--results", str(results), *asked]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.long
def test_all_scripts_run_and_the_report_finds_a_figure_for_each_promise(tmp_path: Path) -> None:
    for script in scripts_that_run():
        run(script, tmp_path, *SMALL[script])
        found = json.loads((tmp_path / described()[script]).read_text())
        assert found["machine"]["cores"]
    run("report.py", tmp_path)
    figures = json.loads((tmp_path / "summary.json").read_text())["figures"]
    missing = {one["beside"] for one in figures if one["figure"] is None}
    assert not missing or missing == {"Emmett, 16 at a time"}, "a peer that needs Node.js"


@pytest.mark.long
def test_one_ledger_of_a_length_is_taken_through_every_command(tmp_path: Path) -> None:
    run("memory.py", tmp_path, "--length", "500", "--gifts", "400")
    found = json.loads((tmp_path / "memory_at_length.json").read_text())
    assert found["peaks"].keys() == found["took_s"].keys()
    assert {"gifts recorded in bulk", "import", "rebuild", "audit of the log"} < set(found["peaks"])
    assert all(peak > 30 for peak in found["peaks"].values()), "MiB: Python alone takes more"
