"""Imports killed at any moment, database included, lose no gift and record none twice."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.store import embedded
from tests.conftest import USCC

ROWS = 6000
COMMAND = Path(sys.executable).parent / "donation-ledger"
MOMENTS_S = (0.6, 0.9, 1.1, 1.3, 1.5, 1.8, 2.1, 2.5, 0.7, 1.2)
"""When the command is killed; every third time the database server is killed with it."""

pytestmark = pytest.mark.soak


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Give a data folder with an embedded server of its own."""
    folder = tmp_path / "var"
    yield folder
    embedded.stop(folder)
    shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)


def run(data: Path, *words: object) -> Any:
    """Run a command to its end; return its JSON."""
    done = subprocess.run(
        [COMMAND, *map(str, words), "--json"],
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return json.loads(done.stdout)


def environment(data: Path) -> dict[str, str]:
    """Return the process environment with this data folder and no other database."""
    kept = {k: v for k, v in os.environ.items() if k != "LEDGER_DATABASE_URL"}
    return {**kept, "LEDGER_DATA": str(data)}


def kill_after(data: Path, seconds: float, words: list[object], *, server: bool) -> None:
    """Start a command in a process group of its own, and kill it, and perhaps the database."""
    started = subprocess.Popen(
        [COMMAND, *map(str, words)],
        env=environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        started.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        if server:
            kill_server(data)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def kill_server(data: Path) -> None:
    """Kill the database, if this moment finds one running: an earlier kill leaves its note."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        note = (data / "postgres" / "data" / "postmaster.pid").read_text().split()
        os.kill(int(note[0]), signal.SIGKILL)


def test_an_import_killed_ten_times_ends_with_every_row_recorded_once(
    data: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "名单.csv"
    rows = "".join(f"{n},捐赠人{n % 700},{n % 90 + 1}.{n % 100:02d}\n" for n in range(1, ROWS + 1))
    listed.write_text("序号,捐赠人,金额（元）\n" + rows, encoding="utf-8")
    total = sum((n % 90 + 1) * 100 + n % 100 for n in range(1, ROWS + 1))
    run(data, "charity", "register", USCC, "示范基金会")
    fund = run(data, "fund", "open", "--charity", USCC, "总")["fund"]
    command: list[object] = ["import", listed, "--charity", USCC, "--fund", fund]

    for round_, moment in enumerate(MOMENTS_S):
        kill_after(data, moment, command, server=round_ % 3 == 2)

    (report,) = run(data, *command)
    assert report["recorded"] + report["already"] == ROWS
    (balance,) = run(data, "balance")
    assert balance["balance"] == f"{total // 100}.{total % 100:02d}"
    assert run(data, "audit")["findings"] == []
