"""Stories that were read and verified once, and are read on from there for the next decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar


class Versioned(Protocol):
    """Something folded from its stream, up to a version."""

    @property
    def version(self) -> int:
        """The version of the last event it was folded from."""


T = TypeVar("T", bound=Versioned)

History = Callable[[str, int | None], Sequence[Any]]
"""Gives the verified events of a stream, those after a version."""

USES_MAX = 100
"""How often a story is told as it was kept before it is read on all the same."""


@dataclass(slots=True)
class _Kept(Generic[T]):
    """A story as it was read last, and how often it was told since without being read on."""

    story: T
    uses: int = 0


class KeptStories(Generic[T]):
    """What streams were folded to, at most `room` of them, those asked for last."""

    def __init__(self, history: History, fold: Callable[[T | None, Any], T], room: int) -> None:
        self._history = history
        self._fold = fold
        self._room = room
        self._kept: dict[str, _Kept[T]] = {}
        self._keeping = Lock()

    def now(self, stream: str) -> T | None:
        """Return what a stream tells as it is now; None when nothing was recorded in it."""
        kept = self._kept.get(stream)
        known = kept.story if kept else None
        for event in self._history(stream, known.version if known else None):
            known = self._fold(known, event)
        if known is not None:
            self._keep(stream, known)
        return known

    def lately(self, stream: str) -> T | None:
        """Return what a stream told when it was read last; one that is not kept is read.

        For decisions that only certain later facts can spoil, which are looked for after this
        version when the decision is recorded. So that there is never much to look through, a story
        is read on once in `USES_MAX` times.
        """
        with self._keeping:
            kept = self._kept.pop(stream, None)
            if kept is not None:
                self._kept[stream] = kept
                kept.uses += 1
        return self.now(stream) if kept is None or kept.uses > USES_MAX else kept.story

    def _keep(self, stream: str, known: T) -> None:
        """Keep a story as the newest, unless another thread has read it further."""
        with self._keeping:
            other = self._kept.pop(stream, None)
            further = other is not None and other.story.version > known.version
            self._kept[stream] = other if other and further else _Kept(known)
            if len(self._kept) > self._room:
                del self._kept[next(iter(self._kept))]
