"""The published shape of the tree (C2SP tlog-tiles): paths, widths, bundles; no disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ledger.errors import Unknown, Untrusted
from ledger.proof.merkle import HASH_BYTES, Subtree, over

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""How many hashes or entries fill a tile."""

LEVEL_MAX = 63
LENGTH_BYTES = 2
ENTRY_MAX = 65535
"""The longest entry a bundle can hold, in bytes."""


class BundleMalformed(Untrusted):
    """Bytes are no bundle of entries."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a bundle of entries: {why}")


class TileMalformed(Untrusted):
    """A tile has not the length its place in the tree demands."""

    def __init__(self, path: str, found: int, expected: int) -> None:
        super().__init__(f"{path} has {found} bytes, expected {expected}")


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Name the tile of hashes at `level`, number `index`; below 256 wide it is a partial one."""
    if not 0 <= level <= LEVEL_MAX:
        raise ValueError(f"a tile's level lies between 0 and {LEVEL_MAX}, not at {level}")
    return f"tile/{level}/{_number(index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Name the bundle of entries over the level-0 tile of the same number and width."""
    return f"tile/entries/{_number(index, width)}"


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """Write a bundle of 1 to 256 entries, each behind its length in two bytes."""
    if not 0 < len(entries) <= WIDTH:
        raise ValueError(f"a bundle holds 1 to {WIDTH} entries, not {len(entries)}")
    if (longest := max(map(len, entries))) > ENTRY_MAX:
        raise ValueError(f"an entry of {longest} bytes is longer than {ENTRY_MAX}")
    return b"".join(len(entry).to_bytes(LENGTH_BYTES, "big") + entry for entry in entries)


def unpack_entries(data: bytes) -> list[bytes]:
    """Read a bundle to its last byte; refuse a cut one, an empty one, an overfull one."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < WIDTH:
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data) or not entries:
        raise BundleMalformed(f"it is cut short, is empty or holds more than {WIDTH}")
    return entries


def hash_tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Give (level, index, width) of every tile of a tree of `size` leaves, partial ones too."""
    return new_tiles(0, size)


def entry_bundles(size: int) -> Iterator[tuple[int, int]]:
    """Give (index, width) of every bundle of a tree of `size` leaves, the partial one too."""
    return new_bundles(0, size)


def new_tiles(old: int, new: int) -> Iterator[tuple[int, int, int]]:
    """Give the tiles a tree grown from `old` to `new` leaves must write, in the same form."""
    level = 0
    while old < new:
        for index, width in new_bundles(old, new):
            yield level, index, width
        level, old, new = level + 1, old >> HEIGHT, new >> HEIGHT


def new_bundles(old: int, new: int) -> Iterator[tuple[int, int]]:
    """Give the bundles a tree grown from `old` to `new` leaves must write."""
    first, filled, rest = old >> HEIGHT, new >> HEIGHT, new % WIDTH
    for index in range(first, filled):
        yield index, WIDTH
    if rest and old < new:
        yield filled, rest


class TileHashes:
    """The tree of `size` leaves as its tiles tell it; `subtree` is a `merkle.Subtree`.

    `read` gives a tile's bytes by its path and raises Unknown where there is none. What tiles say
    is not proved: whoever reads foreign ones checks the path made from them against a signed root.
    """

    def __init__(self, read: Callable[[str], bytes], size: int) -> None:
        self._read = read
        self._size = size
        self._tiles: dict[tuple[int, int], Subtree] = {}

    def subtree(self, level: int, index: int) -> bytes:
        """Give the hash of a perfect subtree that lies inside the tree."""
        if (index + 1) << level > self._size:
            raise ValueError(f"subtree {index} of level {level} lies outside the tree")
        tile_level, height = divmod(level, HEIGHT)
        number, place = divmod(index, WIDTH >> height)
        return self._tile(tile_level, number)(height, place)

    def above(self, level: int, index: int) -> bytes:
        """Give node `index` of a tile `level`, made from the full tile below it, not read."""
        return self._tile(level - 1, index)(HEIGHT, 0)

    def _tile(self, level: int, number: int) -> Subtree:
        if (level, number) not in self._tiles:
            full = self._size >> level * HEIGHT
            width = min(WIDTH, full - number * WIDTH)
            self._tiles[level, number] = over(self._hashes(level, number, width))
        return self._tiles[level, number]

    def _hashes(self, level: int, number: int, width: int) -> list[bytes]:
        """Read the tile of that width, or the full one: a log may drop partial tiles by then."""
        try:
            data = self._read_tile(level, number, width)
        except Unknown:
            if width == WIDTH:
                raise
            data = self._read_tile(level, number, WIDTH)
        return [data[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]

    def _read_tile(self, level: int, number: int, width: int) -> bytes:
        path = tile_path(level, number, width)
        data = self._read(path)
        if len(data) != width * HASH_BYTES:
            raise TileMalformed(path, len(data), width * HASH_BYTES)
        return data


def _number(index: int, width: int) -> str:
    """Write 1234067 as x001/x234/067, so that no folder grows large; a partial tile adds .p/W."""
    if index < 0 or not 0 < width <= WIDTH:
        raise ValueError(f"no tile has number {index} and width {width}")
    *upper, last = f"{index:,}".split(",")
    path = "/".join([*(f"x{group:0>3}" for group in upper), f"{last:0>3}"])
    return path if width == WIDTH else f"{path}.p/{width}"
