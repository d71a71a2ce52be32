"""Work spread over processes: tasks go out in order, a few ahead; results come back in order."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import TypeVar

from ledger.errors import Unreadable

AHEAD = 2
"""How many tasks may wait for each process, so that none is idle and memory stays bounded."""

Task = TypeVar("Task")
Result = TypeVar("Result")


class WorkerLost(Unreadable):
    """A process that was checking a part is gone, so nothing can be said of that."""

    def __init__(self) -> None:
        super().__init__(
            "a process that was checking a part of it was ended from outside (perhaps there was "
            "not enough memory); run it again, with --jobs 1 if need be"
        )


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def nothing() -> None:
    """Have nothing to do before the first task."""


def in_order(
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    jobs: int,
    begin: Callable[[], object] = nothing,
) -> Iterator[tuple[Task, Result]]:
    """Yield every task with its result, in the order of the tasks.

    With one job the work is done here; with more, `work`, `begin` and what they take and give must
    be fit to travel between processes, and no process starts for a single task. `begin` is called
    once, before the first task, wherever work is done.
    """
    coming = iter(tasks)
    first = list(islice(coming, 2))
    if jobs == 1 or len(first) == 1:
        begin()
        for task in _chained(first, coming):
            yield task, work(task)
        return
    yield from _spread(work, _chained(first, coming), jobs, begin)


def _chained(first: list[Task], coming: Iterator[Task]) -> Iterator[Task]:
    while first:
        yield first.pop(0)
    yield from coming


def _spread(
    work: Callable[[Task], Result],
    tasks: Iterator[Task],
    jobs: int,
    begin: Callable[[], object],
) -> Iterator[tuple[Task, Result]]:
    """Spread tasks over fresh processes; what is imported here they need too."""
    pool = pool_of(jobs, begin, [name for name in sys.modules if name.startswith("api.")])
    waiting: deque[tuple[Task, Future[Result]]] = deque()
    stopped = True
    try:
        for task in tasks:
            waiting.append((task, pool.submit(work, task)))
            if len(waiting) > jobs * AHEAD:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
        stopped = False
    except BrokenProcessPool:
        raise WorkerLost from None
    finally:
        if stopped:
            _end(pool)
        pool.shutdown(cancel_futures=True)


def _end(pool: ProcessPoolExecutor) -> None:
    """End processes at work: what they do is of no use any more, and may take an hour."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 public from Python 3.14
        process.terminate()


def pool_of(jobs: int, begin: Callable[[], object], modules: list[str]) -> ProcessPoolExecutor:
    """Return fresh processes, which hold no thread and no connection of this one.

    They start with the first task; `modules` are imported once, where they are all forked from.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(modules)
    return ProcessPoolExecutor(jobs, context, _begin, (begin,))


def _begin(begin: Callable[[], object]) -> None:
    """Leave stopping to the parent, and let the collector pass over the modules that are there.

    A parent that was killed stops nobody: who waits for its next task would wait for ever.
    """
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin()
    gc.freeze()


def _end_with(parent: BaseProcess | None) -> None:
    if parent:
        parent.join()
        os._exit(1)
