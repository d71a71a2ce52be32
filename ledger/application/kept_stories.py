"""Stories that were read and verified once, and are read on from there for the next decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class KeptStories(Generic[T]):
    """What streams were folded to, at most `room` of them, those asked for last."""

    def __init__(self, history: History, fold: Callable[[T | None, Any], T], room: int) -> None:
        self._history = history
        self._fold = fold
        self._room = room
        self._kept: dict[str, T] = {}
        self._keeping = Lock()

    def now(self, stream: str) -> T | None:
        """Return what a stream tells as it is now; None when nothing was recorded in it."""
        with self._keeping:
            known = self._kept.pop(stream, None)
        for event in self._history(stream, known.version if known else None):
            known = self._fold(known, event)
        if known is not None:
            with self._keeping:
                self._kept[stream] = known
                if len(self._kept) > self._room:
                    del self._kept[next(iter(self._kept))]
        return known
