"""Work is shared with other processes by one that works too, and comes back in order."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from api.shared_work import HELD, shared
from api.working import WorkerLost, in_order, nothing
from tests.api import far_work

LONG_S = 600
"""A task so long that nobody waits for its end."""


def results(tasks: int, jobs: int, pause_s: float = 0.0) -> list[tuple[int, int]]:
    """Return what each task came to, and in which process."""

    def here(task: int) -> tuple[int, int]:
        time.sleep(pause_s)
        return task, os.getpid()

    found = shared(here, far_work.told, range(tasks), jobs, nothing, far_work.__name__)
    return list(found)


def test_results_come_in_the_order_of_their_tasks() -> None:
    for tasks, jobs in ((0, 2), (1, 2), (9, 1), (2 * HELD + 9, 2)):
        assert [task for task, _ in results(tasks, jobs)] == list(range(tasks))


def test_one_job_or_one_task_is_done_here() -> None:
    for tasks, jobs in ((9, 1), (1, 8)):
        assert {process for _, process in results(tasks, jobs)} == {os.getpid()}


def test_the_process_that_shares_its_work_does_some_itself_while_others_start() -> None:
    found = results(400, 2, pause_s=0.02)
    assert found[0][1] == os.getpid()
    assert len({process for _, process in found}) == 2, "the other took some"


def test_a_process_that_is_gone_is_told_of_once() -> None:
    def here(task: int) -> int:
        time.sleep(0.02)
        return task

    with pytest.raises(WorkerLost, match="--jobs 1"):
        list(shared(here, far_work.gone, range(1000), 2, nothing, far_work.__name__))


def test_a_process_that_can_not_begin_is_told_of() -> None:
    def here(task: int) -> int:
        time.sleep(0.02)
        return task

    with pytest.raises(WorkerLost):
        list(shared(here, far_work.same, range(1000), 2, far_work.refuse, far_work.__name__))


def test_whoever_stops_early_leaves_no_process() -> None:
    def here(task: int) -> tuple[int, int]:
        time.sleep(0.01)
        return task, os.getpid()

    found = shared(here, far_work.told, range(10**9), 2, nothing, far_work.__name__)
    other = next(process for _, process in found if process != os.getpid())
    assert alive(other)
    del found
    assert soon(lambda: not alive(other))


def test_who_is_interrupted_does_not_wait_for_tasks_that_take_long() -> None:
    started, found = time.monotonic(), in_order(time.sleep, (0.1, LONG_S, LONG_S), 2)
    assert isinstance(found, Generator)
    next(found)
    with pytest.raises(KeyboardInterrupt):
        found.throw(KeyboardInterrupt)
    assert time.monotonic() - started < LONG_S / 2


def alive(process: int) -> bool:
    """Tell whether a process is there and has not ended."""
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"


def soon(true: Callable[[], bool]) -> bool:
    """Wait until something is true, at most half a minute."""
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()
