"""The tiles above the lowest ones, made from those below as they come; none is held twice."""

from __future__ import annotations

from collections.abc import Callable

from ledger.proof import merkle, tiles

Compare = Callable[[str, bytes], None]
"""Compares a published tile, given by its path, with what it must hold."""


class UpperTiles:
    """The right edge of each level: nodes that wait for their tile to be full."""

    def __init__(self, compare: Compare) -> None:
        self._compare = compare
        self._rows: list[list[bytes | None]] = []
        self._filled: list[int] = []

    def add(self, node: bytes | None, level: int = 1) -> None:
        """Take in the node over the next full tile below; None if nobody can say what it is."""
        if level > len(self._rows):
            self._rows.append([])
            self._filled.append(0)
        row = self._rows[level - 1]
        row.append(node)
        if len(row) == tiles.WIDTH:
            known = self._close(level)
            self.add(merkle.over(known)(tiles.HEIGHT, 0) if known else None, level + 1)

    def close(self) -> None:
        """Compare the partial tiles at the end of each level."""
        for level, row in enumerate(self._rows, 1):
            if row:
                self._close(level)

    def _close(self, level: int) -> list[bytes]:
        """Compare a tile if all of it is known; return its hashes then."""
        row, index = self._rows[level - 1], self._filled[level - 1]
        self._rows[level - 1] = []
        self._filled[level - 1] += 1
        known = [node for node in row if node is not None]
        if len(known) < len(row):
            return []
        self._compare(tiles.tile_path(level, index, len(row)), b"".join(known))
        return known
