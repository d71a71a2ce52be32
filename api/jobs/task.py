"""What a kind of job is given to work with, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.wiring import House
from ledger.domain.acting import Acting

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that was handed in: where it lies now, how it was called, what its content is."""

    path: Path
    name: str
    kind: str


@dataclass(slots=True)
class Progress:
    """How far a job has come, in units of its own; `tell` hears of every change.

    `tell` ends the work by raising: the job was cancelled, or another server took it over.
    """

    tell: Callable[[int, int], None]
    total: int = 0
    done: int = 0

    def begin(self, total: int) -> None:
        """Say how many units there are."""
        self.total, self.done = total, 0
        self.tell(self.done, self.total)

    def advance(self, units: int = 1) -> None:
        """Say that so many more are done."""
        self.done += units
        self.tell(self.done, self.total)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One run of a job: `house` records as the account that acts, and as nobody else.

    `approver` is the second account, where one agreed. `folder` is private and goes with the run;
    `keep` and `kept` put away what a later run of the same job must know, by name.
    """

    house: House
    acting: Acting
    arguments: Mapping[str, Any]
    handed: Sequence[Handed]
    folder: Path
    progress: Progress
    approver: Acting | None
    keep: Callable[[str, bytes], None]
    kept: Callable[[str], bytes | None]

    @property
    def charity(self) -> str:
        """The organisation that acts: no job is for another one."""
        return self.acting.organisation


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: JSON for who asked, files to fetch; `waits` for a second account."""

    result: Json
    files: Mapping[str, Path] = field(default_factory=dict)
    waits: bool = False
