"""The files of one import: all read and checked before anything of them is recorded.

What was read is kept for recording as long as it is little. Of many or long files the rest is let
go and read again when its turn comes, so that memory holds a few files however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from api.importing.orders import Order
from api.importing.recording import open_file
from api.imports.rows import SourceFile
from ledger.errors import Unreadable

HELD_ROWS = 200_000
"""Rows that are kept between the two readings; one takes about 1.1 KB."""


class FileChanged(Unreadable):
    """A file is no longer what was read and checked when the import began."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: it was changed while it was imported; nothing of it was recorded; import "
            "it again when it stays as it is"
        )


class Lists:
    """Files to import. Each is read whole when it is its turn; the second time it is the same."""

    def __init__(self, paths: Sequence[Path], order: Order) -> None:
        self._paths = paths
        self._order = order
        self._digests: dict[int, str] = {}
        self._held: dict[int, SourceFile] = {}
        self._rows = 0

    def __iter__(self) -> Iterator[SourceFile]:
        """Yield the files in order; the iterator itself holds none of them."""
        for number in range(len(self._paths)):
            yield self._file(number)

    def _file(self, number: int) -> SourceFile:
        if number in self._held:
            return self._held[number]
        path = self._paths[number]
        file = open_file(path, self._order)
        if self._digests.setdefault(number, file.sha256) != file.sha256:
            raise FileChanged(path)
        rows = sum(len(table.rows) + len(table.rejected) for table in file.tables)
        if self._rows + rows <= HELD_ROWS:
            self._held[number] = file
            self._rows += rows
        return file
