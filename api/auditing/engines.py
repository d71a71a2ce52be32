"""Where the blocks of an audit are checked: in processes of this machine, or by Ray.

Both take tasks in order, have a few of them out at a time, and give the results back in the order
of the tasks, so that what an audit finds does not depend on who did the work.
"""

from __future__ import annotations

import importlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, Protocol, TypeVar

from api.working import AHEAD, WorkerLost, in_order
from ledger.errors import Refused

Task = TypeVar("Task")
Result = TypeVar("Result")

SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""Ray tells nobody that it is used, listens on this machine's own address alone (that is what the
second of them does, on any system), and hides no device from a worker."""

STORE_BYTES = 256 * 2**20
"""What Ray may hold of tasks on their way; a block has some 3 MB."""


class RayMissing(Refused):
    """Ray is asked for, but is not part of what the product installs."""

    def __init__(self) -> None:
        super().__init__("--engine ray needs Ray, which is not installed: pip install ray")


class Engine(Protocol):
    """Does the same work for many tasks."""

    def here(self, jobs: int) -> bool:
        """Tell whether so many jobs are done in this very process."""

    def map(
        self, work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int
    ) -> Iterator[tuple[Task, Result]]:
        """Yield every task with its result, in the order of the tasks.

        `work`, tasks and results must be fit to travel between processes.
        """


class Processes:
    """Processes of this machine; with one job, none but this one."""

    def here(self, jobs: int) -> bool:
        """Tell whether so many jobs are done in this very process."""
        return jobs == 1

    def map(
        self, work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int
    ) -> Iterator[tuple[Task, Result]]:
        """Yield every task with its result, in the order of the tasks."""
        return in_order(work, tasks, jobs)


class Ray:
    """Workers of Ray, started on this machine alone and ended with the last task."""

    def here(self, jobs: int) -> bool:
        """Tell that no work is done in this process."""
        del jobs
        return False

    def map(
        self, work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int
    ) -> Iterator[tuple[Task, Result]]:
        """Yield every task with its result, in the order of the tasks."""
        ray = _ray()
        ray.init(
            num_cpus=jobs,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            object_store_memory=STORE_BYTES,
        )
        try:
            yield from _through(ray, work, tasks, jobs)
        finally:
            ray.shutdown()


def _through(
    ray: Any, work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int
) -> Iterator[tuple[Task, Result]]:
    remote, waiting = ray.remote(work), deque[tuple[Task, object]]()
    try:
        for task in tasks:
            waiting.append((task, remote.remote(task)))
            if len(waiting) > jobs * AHEAD:
                done, future = waiting.popleft()
                yield done, ray.get(future)
        while waiting:
            done, future = waiting.popleft()
            yield done, ray.get(future)
    except ray.exceptions.WorkerCrashedError:
        raise WorkerLost from None


def _ray() -> ModuleType:
    """Import Ray under its settings, which it reads as it is imported."""
    os.environ.update(SETTINGS)
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise RayMissing from None


PROCESSES = Processes()
ENGINES: Mapping[str, Engine] = {"processes": PROCESSES, "ray": Ray()}
