"""What a tree needs that is not there yet: fetched some files at a time, each checked, then kept.

Tiles come before the entries under them, the upper ones first, so that each file can be checked on
its own as soon as it is there. A file that is there and right stays; so a copy that was cut off
goes on where it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from ledger.errors import Unknown, Untrusted
from ledger.proof import tiles
from ledger.proof.signed_tiles import Read, SignedTiles, check_entries, check_tile
from ledger.store.mirror import MirrorFolder

AT_ONCE = 6
"""How many files are fetched at the same time."""

AHEAD = 4
"""How many files may wait for each of them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file, and what refuses wrong bytes for it."""

    path: str
    check: Callable[[bytes], None]


def copy(folder: MirrorFolder, read: Read, tree: SignedTiles, before: int) -> int:
    """Bring the folder from a tree of `before` leaves to this one; return how many files are new.

    Nothing that the old tree needs is touched.
    """
    came = 0
    for level, data in tree.edge().items():
        index, width = divmod(tree.size >> level * tiles.HEIGHT, tiles.WIDTH)
        came += folder.put(tiles.tile_path(level, index, width), data)
    for level in reversed(range(tiles.LEVEL_MAX // tiles.HEIGHT + 1)):
        came += _bring(folder, read, _full_tiles(tree, level, before))
    return came + _bring(folder, read, _bundles(tree, before))


def _full_tiles(tree: SignedTiles, level: int, before: int) -> Iterator[Wanted]:
    shift = level * tiles.HEIGHT
    for index, width in tiles.new_bundles(before >> shift, tree.size >> shift):
        if width == tiles.WIDTH:
            path = tiles.tile_path(level, index)
            yield Wanted(path, partial(check_tile, path, node=tree.above(level, index)))


def _bundles(tree: SignedTiles, before: int) -> Iterator[Wanted]:
    for index, width in tiles.new_bundles(before, tree.size):
        path = tiles.entries_path(index, width)
        yield Wanted(path, partial(check_entries, path, tile=tree.tile(0, index)))


def _bring(folder: MirrorFolder, read: Read, wanted: Iterator[Wanted]) -> int:
    """Fetch what is missing or wrong, some files at a time; the first refusal ends it."""
    came, waiting = 0, deque[Future[bool]]()
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for each in wanted:
            waiting.append(pool.submit(_bring_one, folder, read, each))
            if len(waiting) > AT_ONCE * AHEAD:
                came += waiting.popleft().result()
        return came + sum(future.result() for future in waiting)
    finally:
        pool.shutdown(cancel_futures=True)


def _bring_one(folder: MirrorFolder, read: Read, wanted: Wanted) -> bool:
    """Tell whether the file had to be fetched."""
    if _right(folder, wanted):
        return False
    data = read(wanted.path)
    wanted.check(data)
    folder.write(wanted.path, data)
    return True


def _right(folder: MirrorFolder, wanted: Wanted) -> bool:
    try:
        wanted.check(folder.read(wanted.path))
    except (Unknown, Untrusted):
        return False
    return True
