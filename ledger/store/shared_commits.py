"""Commits that threads share: what waits while one is on its way goes together into the next.

One transaction then locks the head once and waits for the disk once, for all of them. Each is
recorded as if it had come alone, in the order they came; one that is refused takes no other with
it (docs/decisions/0047).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent

from ledger.store.recording import BASIS, ROWS, Beside, takes_away

EVENTS_MAX = 5000
"""So many events at the most share a commit, unless one brings more by itself."""

Write = Callable[[Sequence[StoredEvent], Beside], Sequence[int]]
"""Stores events and what belongs beside them in one commit; returns their ids."""


class WriterInterrupted(OperationalError):
    """The thread that wrote for another one was interrupted on the way."""

    def __init__(self) -> None:
        super().__init__("writing was interrupted: look whether this was recorded, then try again")


class Bell:
    """What one thread waits at, and another one rings once."""

    def __init__(self) -> None:
        self._silence = Lock()
        self._silence.acquire()

    def wait(self) -> None:
        """Wait until it rings, or has rung."""
        self._silence.acquire()

    def ring(self) -> None:
        """Let whoever waits go on."""
        self._silence.release()


@dataclass(slots=True, eq=False)
class _Waiting:
    """Events that a thread waits to see stored, and what came of it: ids, or an error.

    `places` are their streams and versions, `facts` their streams and topics, `spoilers` the facts
    that their decision can't bear; `alone` says that they do more than add rows. The thread waits
    at `bell`, which rings once: when this is done, or when the thread `leads` from now on.
    """

    stored: Sequence[StoredEvent]
    beside: Beside
    places: set[tuple[object, int]]
    facts: set[tuple[object, str]]
    spoilers: set[tuple[object, str]]
    alone: bool
    bell: Bell
    leads: bool = False
    ids: Sequence[int] | None = None
    error: Exception | None = None

    @classmethod
    def of(cls, stored: Sequence[StoredEvent], beside: Beside) -> _Waiting:
        """Look at what is to be stored."""
        return cls(
            stored,
            beside,
            {(event.originator_id, event.originator_version) for event in stored},
            {(event.originator_id, event.topic) for event in stored},
            {(fact.stream, fact.topic) for fact in beside.get("unless", ())},
            takes_away(beside),
            Bell(),
        )

    @property
    def done(self) -> bool:
        """Whether its thread can be told."""
        return self.ids is not None or self.error is not None


@dataclass(slots=True)
class _Share:
    """Those that share a commit, with the places and facts that they bring."""

    taken: list[_Waiting] = field(default_factory=list)
    events: int = 0
    places: set[tuple[object, int]] = field(default_factory=set)
    facts: set[tuple[object, str]] = field(default_factory=set)

    def takes(self, one: _Waiting) -> bool:
        """Take one in, unless it must be seen to after those that are here already."""
        if self.taken and (
            one.alone
            or self.taken[0].alone
            or self.events + len(one.stored) > EVENTS_MAX
            or one.places & self.places
            or one.spoilers & self.facts
        ):
            return False
        self.taken.append(one)
        self.events += len(one.stored)
        self.places |= one.places
        self.facts |= one.facts
        return True


class SharedCommits:
    """Writes for many threads, one of them at a time for all that wait."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._order = Lock()
        self._busy = False
        self._waiting: deque[_Waiting] = deque()

    def commit(self, stored: Sequence[StoredEvent], beside: Beside) -> Sequence[int]:
        """Store events and what belongs beside them; return their ids once they are durable."""
        mine = _Waiting.of(stored, beside)
        try:
            self._line_up(mine)
            while not mine.done:
                self._round()
        finally:
            self._leave(mine)
        if mine.error is not None:
            raise mine.error
        assert mine.ids is not None, "whoever goes on is done"
        return mine.ids

    def _line_up(self, mine: _Waiting) -> None:
        """Wait until this is done, or until it is this thread's turn to write."""
        with self._order:
            self._waiting.append(mine)
            mine.leads = not self._busy
            self._busy = True
        if not mine.leads:
            mine.bell.wait()

    def _leave(self, mine: _Waiting) -> None:
        """Wait no longer, whatever came of it; who leads lets the next one write."""
        with self._order:
            if mine in self._waiting:
                self._waiting.remove(mine)
            if mine.leads:
                self._pass_on()

    def _pass_on(self) -> None:
        self._busy = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].bell.ring()

    def _round(self) -> None:
        """Write as many of those that wait, in order, as can share a commit, and tell them."""
        share = _Share()
        try:
            with self._order:
                while self._waiting and share.takes(self._waiting[0]):
                    self._waiting.popleft()
            self._store(share.taken)
        finally:
            for one in share.taken:
                if not one.done:
                    one.error = WriterInterrupted()
                if not one.leads:
                    one.bell.ring()

    def _store(self, taken: Sequence[_Waiting]) -> None:
        """Store what was taken together; if that is refused, each alone."""
        try:
            found = iter(self._write([e for one in taken for e in one.stored], _joined(taken)))
        except (OperationalError, InterfaceError) as error:
            for one in taken:
                one.error = type(error)(*error.args)
        except Exception as error:  # noqa: BLE001 its thread raises it
            if len(taken) == 1:
                taken[0].error = error
                return
            for one in taken:
                self._store([one])
        else:
            for one in taken:
                one.ids = [next(found) for _ in one.stored]


def _joined(taken: Sequence[_Waiting]) -> Beside:
    """Return what lies beside all of them; what several rest on is asked once."""
    if len(taken) == 1:
        return taken[0].beside
    every = {
        name: list(chain.from_iterable(one.beside.get(name, ()) for one in taken))
        for name in (*ROWS, *BASIS)
    }
    return every | {name: list(dict.fromkeys(every[name])) for name in BASIS}
