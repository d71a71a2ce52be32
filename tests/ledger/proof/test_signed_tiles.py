from __future__ import annotations

from functools import lru_cache

import pytest

from ledger.errors import Unknown
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.signed_tiles import (
    KEPT_MAX,
    EdgeDiffers,
    EntriesDiffer,
    SignedTiles,
    TileDiffers,
    check_entries,
    check_tile,
    or_cut,
)
from ledger.proof.tiles import TileMalformed
from tests.ledger.proof.given import ORIGIN, Disk, leaves
from tests.ledger.proof.given import published as publish

LEAVES = leaves(70_000)
SUBTREE = merkle.over(LEAVES)


@lru_cache
def published(size: int) -> dict[str, bytes]:
    return publish(size)


def signed(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, merkle.root(size, SUBTREE))


def flipped(data: bytes, at: int = 40) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_536, 70_000])
def test_every_tile_of_a_published_tree_is_the_one_under_its_root(size: int) -> None:
    files = published(size)
    tree = SignedTiles(signed(size), Disk(files))
    edge = tree.edge()
    for level, index, width in tiles.hash_tiles(size):
        assert tree.tile(level, index) == files[tiles.tile_path(level, index, width)]
    assert edge == {
        level: files[tiles.tile_path(level, index, width)]
        for level, index, width in tiles.hash_tiles(size)
        if width < tiles.WIDTH
    }


@pytest.mark.parametrize(("old", "new"), [(1, 257), (255, 700), (300, 70_000), (65_536, 70_000)])
def test_growth_is_proved_from_signed_tiles(old: int, new: int) -> None:
    tree = SignedTiles(signed(new), Disk(published(new)))
    path = merkle.consistency(old, new, tree.subtree)
    merkle.check_consistency(old, signed(old).root, new, signed(new).root, path)


def test_a_wrong_tile_is_named_whichever_it_is() -> None:
    size = 66_000
    files = published(size)
    for path in (
        "tile/0/003",
        "tile/0/257.p/208",
        "tile/1/000",
        "tile/1/001.p/1",
        "tile/2/000.p/1",
    ):
        tree = SignedTiles(signed(size), Disk({**files, path: flipped(files[path], 3)}))
        with pytest.raises((TileDiffers, EdgeDiffers)) as refused:
            tree.tile(0, 3)
        named = path in str(refused.value) or isinstance(refused.value, EdgeDiffers)
        assert named, refused.value
        assert isinstance(refused.value, EdgeDiffers) == (".p/" in path)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_tile_cut_short_is_refused_by_its_length(path: str) -> None:
    files = published(300)
    tree = SignedTiles(signed(300), Disk({**files, path: files[path][:-1]}))
    with pytest.raises(TileMalformed, match=path):
        tree.tile(0, 0)


def test_a_full_tile_that_passes_for_a_longer_one_is_refused() -> None:
    files = published(300)
    tree = SignedTiles(signed(300), Disk({**files, "tile/0/000": files["tile/0/000"] * 2}))
    with pytest.raises(TileMalformed, match=r"16384 bytes, expected 8192"):
        tree.tile(0, 0)
    with pytest.raises(TileMalformed, match="8191 bytes, expected 8192"):
        check_tile("x", files["tile/0/000"][:-1], SUBTREE(8, 0))


def test_a_wrong_tile_in_one_place_is_taken_from_the_next() -> None:
    files = published(66_000)
    for path in ("tile/0/003", "tile/1/001.p/1"):
        here = {**files, path: flipped(files[path], 3)}
        tree = SignedTiles(signed(66_000), Disk(here), Disk(files))
        assert tree.tile(0, 3) == files["tile/0/003"]
    tree = SignedTiles(signed(66_000), Disk({}), Disk(files))
    assert tree.tile(0, 3) == files["tile/0/003"]


def test_a_tree_of_which_more_is_read_than_is_remembered_stays_right() -> None:
    tree = SignedTiles(signed(70_000), Disk(published(70_000)))
    tree._kept.update({(9, n): b"" for n in range(KEPT_MAX)})
    assert tree.tile(0, 3) == b"".join(LEAVES[768:1024])
    assert len(tree._kept) == KEPT_MAX


def test_entries_are_held_against_their_tile() -> None:
    entries = [b"one", b"two"]
    tile = b"".join(map(merkle.leaf_hash, entries))
    check_entries("x", tiles.pack_entries(entries), tile)
    for wrong in ([b"one"], [b"two", b"one"], [b"one", b"two", b"three"]):
        with pytest.raises(EntriesDiffer, match="x does not hold"):
            check_entries("x", tiles.pack_entries(wrong), tile)


def test_a_partial_file_that_was_dropped_is_cut_from_the_full_one() -> None:
    entries = [b"%d" % n for n in range(256)]
    files = {"tile/0/000": b"h" * 8192, "tile/entries/000": tiles.pack_entries(entries)}
    read = or_cut(Disk(files))
    assert read("tile/0/000.p/2") == b"h" * 64
    assert tiles.unpack_entries(read("tile/entries/000.p/3")) == entries[:3]
    assert read("tile/0/000") == b"h" * 8192
    for path in ("tile/0/001", "tile/0/001.p/2", "checkpoint"):
        with pytest.raises(Unknown, match=path):
            read(path)
