"""Work shared with other processes by one that works too: it waits for nobody to start."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Generic

from api.working import AHEAD, Result, Task, WorkerLost, nothing, pool_of

HELD = 64
"""How many tasks are done ahead of the first that is not done, at most."""


class _Part(Generic[Task, Result]):
    """A task, and its result wherever it is made."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.given: Future[Result] | None = None
        self.made: list[Result] = []

    @property
    def done(self) -> bool:
        return bool(self.made) or (self.given is not None and self.given.done())

    @property
    def free(self) -> bool:
        """Whether nobody has it: what was given out is not taken back."""
        return not self.made and self.given is None

    def result(self) -> Result:
        """Return the result; wait for it where another process has it."""
        if self.made:
            return self.made[0]
        assert self.given is not None, "it was given out, or done here"
        return self.given.result()


def shared(
    here: Callable[[Task], Result],
    there: Callable[[Task], Result],
    tasks: Iterable[Task],
    jobs: int,
    begin: Callable[[], object],
    imported: str,
) -> Iterator[Result]:
    """Yield the results in the order of their tasks, done here and by `jobs` - 1 processes more.

    `here` does it in this process, `there` in the others, where `begin` is called once before.
    They get tasks as soon as one of them has imported the module `imported`; what they take and
    give must be fit to travel. Raise `WorkerLost` if one of them ends before its time.
    """
    coming = iter(tasks)
    first = list(islice(coming, 2))
    if jobs == 1 or len(first) == 1:
        yield from map(here, chain(first, coming))
        return
    pool = pool_of(jobs - 1, begin, [imported])
    try:
        with ThreadPoolExecutor(1) as starter:  # starting waits for the imports
            ready = starter.submit(_start, pool)
            yield from _results(here, there, chain(first, coming), pool, ready, (jobs - 1) * AHEAD)
    except BrokenProcessPool:
        raise WorkerLost from None
    finally:
        pool.shutdown(cancel_futures=True)


def _start(pool: ProcessPoolExecutor) -> None:
    pool.submit(nothing).result()


def _results(
    here: Callable[[Task], Result],
    there: Callable[[Task], Result],
    tasks: Iterator[Task],
    pool: ProcessPoolExecutor,
    ready: Future[None],
    most: int,
) -> Iterator[Result]:
    parts: deque[_Part[Task, Result]] = deque()
    while True:
        parts.extend(_Part(task) for task in islice(tasks, HELD - len(parts)))
        if not parts:
            return
        if ready.done():
            ready.result()
            _give_out(there, parts, pool, most)
        if parts[0].done or not _do_one(here, parts):
            yield parts.popleft().result()


def _give_out(
    there: Callable[[Task], Result],
    parts: Collection[_Part[Task, Result]],
    pool: ProcessPoolExecutor,
    most: int,
) -> None:
    """Give out the first that are free, so that no more than `most` are out and not done."""
    out = sum(part.given is not None and not part.done for part in parts)
    for part in islice((part for part in parts if part.free), most - out):
        part.given = pool.submit(there, part.task)


def _do_one(here: Callable[[Task], Result], parts: Iterable[_Part[Task, Result]]) -> bool:
    """Do the first that nobody has; tell whether there was one."""
    mine = next((part for part in parts if part.free), None)
    if mine is not None:
        mine.made.append(here(mine.task))
    return mine is not None
