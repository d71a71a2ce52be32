"""Commits that threads share: what waits while one is on its way goes together into the next.

One transaction then locks the head once and waits for the disk once, for all of them. Each is
recorded as if it had come alone, in the order they came; one that is refused takes no other with
it (docs/decisions/0047).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock
from typing import Any

from eventsourcing.persistence import DataError, IntegrityError, StoredEvent

EVENTS_MAX = 5000
"""So many events at the most share a commit, unless one brings more by itself."""

ROWS = ("openings", "sources", "asked")
"""What may lie beside events that share a commit: rows that are added."""
BASIS = ("unless", "needed")
"""What a decision rests on. All else that may lie beside takes rows away, and is done alone."""

Beside = Mapping[str, Any]
Write = Callable[[Sequence[StoredEvent], Beside], Sequence[int]]
"""Stores events and what belongs beside them in one commit; returns their ids."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """Events that a thread waits to see stored, and what came of it."""

    stored: Sequence[StoredEvent]
    beside: Beside
    ids: Sequence[int] = ()
    error: BaseException | None = None
    done: bool = False

    @property
    def alone(self) -> bool:
        """Whether it does more than add rows."""
        return any(given for name, given in self.beside.items() if name not in (*ROWS, *BASIS))


@dataclass(slots=True)
class _Share:
    """Those that share a commit, with the places and facts that they bring."""

    taken: list[_Waiting] = field(default_factory=list)
    events: int = 0
    places: set[tuple[str, int]] = field(default_factory=set)
    facts: set[tuple[str, str]] = field(default_factory=set)

    def takes(self, one: _Waiting) -> bool:
        """Take one in, unless it must be seen to after those that are here already."""
        places = {(str(e.originator_id), e.originator_version) for e in one.stored}
        spoiled = {(fact.stream, fact.topic) for fact in one.beside.get("unless", ())}
        if self.taken and (
            one.alone
            or self.taken[0].alone
            or self.events + len(one.stored) > EVENTS_MAX
            or places & self.places
            or spoiled & self.facts
        ):
            return False
        self.taken.append(one)
        self.events += len(one.stored)
        self.places |= places
        self.facts |= {(str(e.originator_id), e.topic) for e in one.stored}
        return True


class SharedCommits:
    """Writes for many threads, one of them at a time for all that wait."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._writing = Lock()
        self._waiting: deque[_Waiting] = deque()

    def commit(self, stored: Sequence[StoredEvent], beside: Beside) -> Sequence[int]:
        """Store events and what belongs beside them; return their ids once they are durable."""
        mine = _Waiting(stored, beside)
        self._waiting.append(mine)
        with self._writing:
            while not mine.done:
                self._store(self._together())
        if mine.error is not None:
            raise mine.error
        return mine.ids

    def _together(self) -> list[_Waiting]:
        """Take from those that wait, in order, as many as can share a commit."""
        share = _Share()
        while self._waiting and share.takes(self._waiting[0]):
            self._waiting.popleft()
        return share.taken

    def _store(self, taken: Sequence[_Waiting]) -> None:
        """Store what was taken together; if that is refused, each alone."""
        try:
            ids = iter(self._write([e for one in taken for e in one.stored], _joined(taken)))
            for one in taken:
                one.ids = [next(ids) for _ in one.stored]
        except (IntegrityError, DataError) as error:
            if len(taken) == 1:
                taken[0].error = error
            else:
                for one in taken:
                    self._store([one])
        except BaseException as error:
            for one in taken:
                one.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for one in taken:
                one.done = True


def _joined(taken: Sequence[_Waiting]) -> Beside:
    """Return what lies beside all of them; what several rest on is asked once."""
    if len(taken) == 1:
        return taken[0].beside
    every = {
        name: list(chain.from_iterable(one.beside.get(name, ()) for one in taken))
        for name in (*ROWS, *BASIS)
    }
    return every | {name: list(dict.fromkeys(every[name])) for name in BASIS}
