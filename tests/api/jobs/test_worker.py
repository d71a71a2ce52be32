"""One job at a time, each to its end: also across cancelling, failing, dying and expiring."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.jobs import asking, kinds
from api.jobs.kinds import EXPORT, IMPORT, Kind
from api.jobs.task import Outcome, Task
from api.jobs.worker import ATTEMPTS_MAX, Stopped, Worker, _Run
from api.people import registering
from api.settings import Settings
from api.wiring import House
from ledger.store.jobs import CANCELLED, DONE, FAILED, QUEUED, RUNNING, WAITING, Job
from tests.api.jobs.office import CLERK, CSV, Office, sent
from tests.conftest import USCC
from tests.houses import general_fund, register

LINES = 3000
"""Rows of a list that takes several commits."""


@pytest.fixture
def job(home: House) -> Job:
    return asking.ask(home, CLERK, EXPORT, {"year": 2026}, [], None)


def state(home: House, job: Job) -> str:
    return home.jobs.find(job.id).state


@contextmanager
def doing(work: object) -> Iterator[None]:
    """Let the job of this file do something else."""
    usual = dict(kinds.KINDS)
    table: dict[str, Kind] = kinds.KINDS  # type: ignore[assignment] # replaced for a moment
    table[EXPORT] = replace(usual[EXPORT], run=work)  # type: ignore[arg-type] # a function
    try:
        yield
    finally:
        table.update(usual)


def test_a_job_is_left_alone_while_another_server_works(home: House, job: Job) -> None:
    with home.database.alone_if_free(f"{home.settings.schema} jobs"):
        assert Worker(home).run_waiting() == 0
        assert state(home, job) == QUEUED
    assert Worker(home).run_waiting() == 1
    assert state(home, job) == DONE


def test_a_job_that_is_cancelled_while_it_runs_stops_at_its_next_step(
    home: House, job: Job
) -> None:
    def work(task: Task) -> Outcome:
        task.progress.begin(2)
        asking.cancel(home, CLERK, job.id)
        task.progress.advance()
        raise AssertionError("it went on")

    with doing(work):
        Worker(home).run_waiting()
    assert state(home, job) == CANCELLED
    assert home.job_files.names(job.id) == []


def test_a_fault_of_ours_ends_the_job_without_a_word_of_it(
    home: House, job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_: Task) -> Outcome:
        raise ZeroDivisionError("a secret of ours")

    with doing(work):
        Worker(home).run_waiting()
    assert state(home, job) == FAILED
    assert asking.result_of(home, job.id) == {
        "error": "a fault of ours ended the job; it was written to the server's log"
    }
    assert "a secret of ours" in caplog.text


def test_a_job_that_failed_and_was_cancelled_at_once_stays_cancelled(home: House, job: Job) -> None:
    def work(_: Task) -> Outcome:
        asking.cancel(home, CLERK, job.id)
        raise ZeroDivisionError

    with doing(work):
        Worker(home).run_waiting()
    assert state(home, job) == CANCELLED


def test_a_job_that_keeps_ending_its_server_is_not_begun_for_ever(home: House, job: Job) -> None:
    home.jobs.change(job.id, [QUEUED], state=RUNNING, attempts=ATTEMPTS_MAX)
    Worker(home).run_waiting()
    assert state(home, job) == FAILED
    assert "was begun 5 times" in str(asking.result_of(home, job.id))


def test_a_server_that_stops_leaves_its_job_to_be_gone_on_with(home: House, job: Job) -> None:
    stopping = threading.Event()
    stopping.set()
    with home.database.alone_if_free("stopping") as held:
        assert held is not None
        assert _Run(home, job, held, stopping).run() is False
    assert state(home, job) == RUNNING
    assert Worker(home).run_waiting() == 1
    assert state(home, job) == DONE
    assert issubclass(Stopped, Exception)


def test_results_and_files_go_when_their_time_is_over(home: House, job: Job, fund: str) -> None:
    never_approved = asking.ask(home, CLERK, IMPORT, {"fund": fund}, [], None)
    home.jobs.change(never_approved.id, [QUEUED], state=WAITING)
    worker = Worker(home)
    worker.run_waiting()
    assert home.job_files.names(job.id) == ["arguments", "out-receipts.xlsx", "result"]
    over = home.jobs.now() - timedelta(days=1)
    for one in (job, never_approved):
        home.jobs.change(one.id, [DONE, WAITING], expires=over)
    worker.expire()

    office = Office(home)
    shown = office.ask("GET", f"/api/v1/jobs/{job.id}").json()
    assert (shown["state"], shown["result"], shown["files"]) == ("expired", None, [])
    assert office.ask("GET", f"/api/v1/jobs/{job.id}/files/receipts.xlsx").status_code == 404
    assert state(home, never_approved) == "expired"
    assert home.job_files.names(never_approved.id) == []


def test_a_worker_in_its_thread_does_what_it_is_woken_for_and_stops(home: House, job: Job) -> None:
    done = threading.Event()

    def work(_: Task) -> Outcome:
        done.set()
        return Outcome({})

    with doing(work), Worker(home) as worker:
        worker.wake()
        assert done.wait(60)
    assert state(home, job) in (DONE, RUNNING)
    Worker(home).run_waiting()


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"state": "disabled"}, "has been closed"), ({"roles": ("auditor",)}, "may not record gift-")],
    ids=["closed", "no clerk any more"],
)
def test_an_account_that_lost_its_right_meanwhile_records_nothing(
    home: House, fund: str, changed: dict[str, Any], said: str
) -> None:
    made, _ = registering.add(home, f"clerk-{fund[-6:]}", USCC, ("clerk",), "test")
    office = Office(home)
    office.acting = replace(CLERK, account=made.id)
    asked = office.ask(
        "POST", "/api/v1/imports", data={"fund": fund}, **sent(f"{CSV}何一,1.00,2026-10-02\n")
    )
    home.accounts.change(made.id, "test", "change", **changed)
    size = home.recorder.size()
    job = office.done(asked)
    assert job["state"] == "failed"
    assert said in job["result"]["error"]
    assert home.recorder.size() == size


DYING = """
import os, sys
from api.jobs import task, worker
from api.settings import Settings
from api.wiring import House

def die(self, units=1):
    os.kill(os.getpid(), 9)

task.Progress.advance = die
house = House(Settings(data=__import__("pathlib").Path(sys.argv[1]), database_url=sys.argv[2],
                       schema=sys.argv[3]))
worker.Worker(house).run_waiting()
"""
"""A server that is killed when the first batch of a list has been recorded."""


def test_an_import_whose_server_is_killed_is_gone_on_with_and_counts_each_row_once(
    settings: Settings,
) -> None:
    house = House(settings, create=True)
    register(house)
    fund = general_fund(house)
    office = Office(house)
    rows = "".join(f"赵{n},{n}.00,2026-10-11\n" for n in range(1, LINES + 1))
    asked = office.ask("POST", "/api/v1/imports", data={"fund": fund}, **sent(CSV + rows))
    before = house.recorder.size()

    dead = subprocess.run(
        [sys.executable, "-c", DYING, str(settings.data), str(settings.database_url),
         settings.schema],
        env=os.environ, check=False, capture_output=True, timeout=300,
    )  # fmt: skip
    assert dead.returncode == -signal.SIGKILL, dead.stderr
    interrupted = office.ask("GET", asked.headers["Location"]).json()
    assert interrupted["state"] == "running"
    assert 0 < house.recorder.size() - before < LINES

    job = office.done(asked)
    assert job["state"] == "done"
    (report,) = job["result"]["reports"]
    assert report["recorded"] + report["already"] == LINES
    assert report["recorded"] > 0
    assert report["already"] > 0
    assert house.recorder.size() - before == LINES
    house.close()
