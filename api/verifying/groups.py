"""What is checked together: receipts that lie side by side, so many that a step is asked of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.verifying import lists, pictures
from api.verifying.files import RECEIPT_MAX, receipts_in

TEXT = ".txt"
AT_ONCE, BYTES_AT_ONCE = 64, RECEIPT_MAX
"""How many files are checked together, and how many bytes they may have if they are several."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file to check; `alone` when it was named itself, and not found in a folder."""

    path: Path
    alone: bool

    @property
    def ending(self) -> str:
        """The ending of its name, in small letters."""
        return self.path.suffix.lower()

    @property
    def is_receipt(self) -> bool:
        """Tell whether it is taken for a receipt's file, and not for a list or a printed code."""
        return self.ending not in (TEXT, *lists.ENDINGS, *pictures.ENDINGS)

    @property
    def size(self) -> int:
        """How many bytes it has; none where nobody can tell, which reading it will say."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def targets(paths: Sequence[Path]) -> list[Target]:
    """Return what lies at these paths, folders opened."""
    return [Target(found, alone=not path.is_dir()) for path in paths for found in receipts_in(path)]


def grouped(found: Iterable[Target]) -> Iterator[list[Target]]:
    """Yield targets in order, receipts in groups and all else one by one."""
    group: list[Target] = []
    size = 0
    for target in found:
        added = target.size
        full = len(group) == AT_ONCE or size + added > BYTES_AT_ONCE
        if group and (full or not (target.is_receipt and group[-1].is_receipt)):
            yield group
            group, size = [], 0
        group.append(target)
        size += added
    if group:
        yield group
