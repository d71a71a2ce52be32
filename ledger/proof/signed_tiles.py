"""Tiles that nobody need be trusted for: each is held against the one above, up to a signed root.

The partial tiles at the right edge of the tree give the root together; every full tile is one hash
of the tile above it. So each tile is known to be right the moment it arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from ledger.errors import Unknown, Untrusted
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.merkle import HASH_BYTES
from ledger.proof.tiles import HEIGHT, WIDTH, TileHashes, TileMalformed, tile_path

KEPT_MAX = 512
"""How many checked tiles are remembered: 4 MB of hashes."""

Read = Callable[[str], bytes]
"""Gives a file of a published log by its path; refuses when it is not there."""


class TileDiffers(Untrusted):
    """A tile is not the one under the signed root."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not what the signed root was made of")


class EdgeDiffers(Untrusted):
    """The partial tiles at the right edge of the tree do not give the signed root."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the last tiles of the tree of {size} leaves do not give its signed root")


class EntriesDiffer(Untrusted):
    """Entries are not those that a checked tile holds the hashes of."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} does not hold the entries under the signed root")


WRONG = (EdgeDiffers, TileDiffers, TileMalformed)
"""What a tile is refused with."""


class SignedTiles:
    """The tiles of the tree that a checkpoint signs, each from the first place that has it right.

    Raises what the last place raises, `TileMalformed` for a tile of another length, and
    `EdgeDiffers` or `TileDiffers` for one that is not under the root.
    """

    def __init__(self, seen: Checkpoint, *places: Read) -> None:
        self._seen = seen
        self._places = places
        self._edge: dict[int, bytes] | None = None
        self._kept: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._seen.size

    def edge(self) -> dict[int, bytes]:
        """Return the partial tiles by level, once their root is the signed one."""
        if self._edge is None:
            try:
                self._edge = self._edge_from(self._places)
            except WRONG:  # one of them fits another tree; all from the last place may fit
                self._edge = self._edge_from(self._places[-1:])
        return self._edge

    def _edge_from(self, places: Sequence[Read]) -> dict[int, bytes]:
        levels = range(tiles.LEVEL_MAX // HEIGHT + 1)
        paths = {n: tile_path(n, *self._last(n)) for n in levels if self._last(n)[1]}
        found = {n: _first(places, path, self._last(n)[1]) for n, path in paths.items()}
        hashes = TileHashes({path: found[n] for n, path in paths.items()}.__getitem__, self.size)
        if merkle.root(self.size, hashes.subtree) != self._seen.root:
            raise EdgeDiffers(self.size)
        return found

    def tile(self, level: int, index: int) -> bytes:
        """Return a tile of this tree, full or partial, once it is known to be right."""
        if index == self._last(level)[0]:
            return self.edge()[level]
        if (level, index) not in self._kept:
            path, node = tile_path(level, index), self.above(level, index)
            data = _first(self._places, path, WIDTH, lambda found: check_tile(path, found, node))
            if len(self._kept) >= KEPT_MAX:
                self._kept.pop(next(iter(self._kept)))
            self._kept[level, index] = data
        return self._kept[level, index]

    def above(self, level: int, index: int) -> bytes:
        """Return the hash that the full tile at this place must have, from the tile above it."""
        number, place = divmod(index, WIDTH)
        return _hashes(self.tile(level + 1, number))[place]

    def subtree(self, level: int, index: int) -> bytes:
        """Give the hash of a perfect subtree inside the tree (a `merkle.Subtree`)."""
        tile_level, height = divmod(level, HEIGHT)
        number, place = divmod(index, WIDTH >> height)
        return merkle.over(_hashes(self.tile(tile_level, number)))(height, place)

    def _last(self, level: int) -> tuple[int, int]:
        """Return the index and width of the partial tile of a level; a width of 0 is no tile."""
        return divmod(self.size >> level * HEIGHT, WIDTH)


def _first(
    places: Sequence[Read],
    path: str,
    width: int,
    check: Callable[[bytes], None] = lambda _: None,
) -> bytes:
    """Return the first tile that passes; raise what is wrong with that of the last place."""
    for place in places[:-1]:
        with suppress(Unknown, *WRONG):
            return _exact(place, path, width, check)
    return _exact(places[-1], path, width, check)


def _exact(place: Read, path: str, width: int, check: Callable[[bytes], None]) -> bytes:
    data = place(path)
    if len(data) != width * HASH_BYTES:
        raise TileMalformed(path, len(data), width * HASH_BYTES)
    check(data)
    return data


def check_tile(path: str, data: bytes, node: bytes) -> None:
    """Return quietly if a full tile has the hash that the tile above it says."""
    if len(data) != WIDTH * HASH_BYTES:
        raise TileMalformed(path, len(data), WIDTH * HASH_BYTES)
    if merkle.over(_hashes(data))(HEIGHT, 0) != node:
        raise TileDiffers(path)


def check_entries(path: str, data: bytes, tile: bytes) -> None:
    """Return quietly if a bundle holds exactly the entries whose hashes a tile has."""
    if b"".join(map(merkle.leaf_hash, tiles.unpack_entries(data))) != tile:
        raise EntriesDiffer(path)


def or_cut(read: Read) -> Read:
    """Read a partial file, or what the full one begins with: a log may drop partial ones by then.

    C2SP tlog-tiles, "Partial Tiles": who reads must be ready for that.
    """

    def reading(path: str) -> bytes:
        try:
            return read(path)
        except Unknown as missing:
            whole, partial, width = path.partition(".p/")
            if not partial:
                raise
            try:
                return _cut(read(whole), int(width), entries="/entries/" in path)
            except Unknown:
                raise missing from None

    return reading


def _cut(data: bytes, width: int, *, entries: bool) -> bytes:
    if not entries:
        return data[: width * HASH_BYTES]
    return tiles.pack_entries(tiles.unpack_entries(data)[:width])


def _hashes(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
