from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Unknown
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import open_signed
from ledger.proof.notes import VerifierKey
from ledger.proof.tiles import BundleMalformed, TileHashes, TileMalformed
from tests.ledger.proof.given import Disk, leaves, published, shared, vector

SIZES = (1, 2, 255, 256, 257, 511, 512, 700)
SUBTREE = merkle.over(leaves(700))
ENTRIES = st.lists(st.binary(max_size=30), min_size=1, max_size=tiles.WIDTH)


@pytest.mark.parametrize(
    ("index", "width", "expected"),
    [
        (0, 256, "000"),
        (0, 1, "000.p/1"),
        (7, 256, "007"),
        (999, 255, "999.p/255"),
        (1000, 256, "x001/000"),
        (1234067, 256, "x001/x234/067"),
        (1234067, 9, "x001/x234/067.p/9"),
    ],
)
def test_a_path_groups_its_number_by_three_digits(index: int, width: int, expected: str) -> None:
    assert tiles.tile_path(3, index, width) == f"tile/3/{expected}"
    assert tiles.entries_path(index, width) == f"tile/entries/{expected}"


@pytest.mark.parametrize(
    ("level", "index", "width"), [(0, -1, 1), (0, 0, 0), (0, 0, 257), (64, 0, 1)]
)
def test_a_tile_that_can_not_be_is_our_own_mistake(level: int, index: int, width: int) -> None:
    with pytest.raises(ValueError, match="tile"):
        tiles.tile_path(level, index, width)


def test_the_tiles_of_70000_leaves_are_those_the_standard_counts() -> None:
    every = list(tiles.hash_tiles(70_000))
    assert len(every) == 273 + 1 + 1 + 1 + 1
    partial = [(level, index, width) for level, index, width in every if width < 256]
    assert partial == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tiles.entry_bundles(70_000))[-2:] == [(272, 256), (273, 112)]


def test_a_tree_of_256_leaves_has_a_full_tile_and_one_above() -> None:
    assert list(tiles.hash_tiles(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles.entry_bundles(256)) == [(0, 256)]


def test_the_highest_level_of_tiles_is_63() -> None:
    assert tiles.tile_path(63, 0, 1) == "tile/63/000.p/1"


def test_an_empty_tree_has_no_tiles() -> None:
    assert not list(tiles.hash_tiles(0))
    assert not list(tiles.entry_bundles(0))


@settings(deadline=None)
@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_a_grown_tree_writes_what_it_lacks_and_nothing_twice(one: int, other: int) -> None:
    old, new = sorted((one, other))
    before, after = set(tiles.hash_tiles(old)), set(tiles.hash_tiles(new))
    written = list(tiles.new_tiles(old, new))
    assert len(written) == len(set(written))
    assert set(written) == after - before
    bundles = set(tiles.entry_bundles(new)) - set(tiles.entry_bundles(old))
    assert set(tiles.new_bundles(old, new)) == bundles


@settings(deadline=None)
@given(ENTRIES)
def test_a_bundle_reads_back(entries: list[bytes]) -> None:
    assert tiles.unpack_entries(tiles.pack_entries(entries)) == entries


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_bytes_are_the_one_bundle_of_their_entries_or_refused(data: bytes) -> None:
    with contextlib.suppress(BundleMalformed):
        assert tiles.pack_entries(tiles.unpack_entries(data)) == data


@settings(deadline=None)
@given(ENTRIES, st.data())
def test_a_cut_bundle_is_refused_or_ends_between_entries(
    entries: list[bytes], data: st.DataObject
) -> None:
    whole = tiles.pack_entries(entries)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with contextlib.suppress(BundleMalformed):
        assert tiles.unpack_entries(cut) == entries[: len(tiles.unpack_entries(cut))]


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x01", b"\x00\x00\x00", bytes(2 * 257)])
def test_a_bundle_cut_short_empty_or_overfull_is_refused(data: bytes) -> None:
    with pytest.raises(BundleMalformed, match="cut short, is empty or holds more than 256"):
        tiles.unpack_entries(data)


def test_the_longest_entry_fits_and_a_longer_one_is_our_own_mistake() -> None:
    longest = bytes(tiles.ENTRY_MAX)
    assert tiles.unpack_entries(tiles.pack_entries([longest])) == [longest]
    with pytest.raises(ValueError, match="longer than 65535"):
        tiles.pack_entries([longest + b"x"])


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_of_no_or_too_many_entries_is_our_own_mistake(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 256 entries"):
        tiles.pack_entries([b""] * count)


@pytest.mark.parametrize("size", SIZES)
def test_tiles_tell_the_same_tree_as_its_leaves(size: int) -> None:
    seen = TileHashes(Disk(published(size)), size)
    assert merkle.root(size, seen.subtree) == merkle.root(size, SUBTREE)
    for index in {0, size // 2, size - 1}:
        path = merkle.inclusion(index, size, seen.subtree)
        assert path == merkle.inclusion(index, size, SUBTREE)
    for old in {1, size // 2, size - 1}:
        path = merkle.consistency(old, size, seen.subtree)
        assert path == merkle.consistency(old, size, SUBTREE)


def test_a_tree_of_three_levels_of_tiles_is_read_from_few_of_them() -> None:
    size = 256 * 256 + 256 + 3
    zero, one, two = bytes(32), bytes([1]) * 32, bytes([2]) * 32
    disk = Disk(
        {
            "tile/0/257.p/3": zero * 3,
            "tile/1/001.p/1": one,
            "tile/2/000.p/1": two,
            "tile/1/000": one * 256,
        }
    )
    seen = TileHashes(disk, size)
    right = merkle.node_hash(one, merkle.node_hash(merkle.node_hash(zero, zero), zero))
    assert merkle.root(size, seen.subtree) == merkle.node_hash(two, right)
    assert "tile/1/000" not in disk.asked
    assert seen.subtree(9, 100) == merkle.node_hash(one, one)


def test_a_tile_is_read_once() -> None:
    disk = Disk(published(257))
    seen = TileHashes(disk, 257)
    for index in range(257):
        merkle.inclusion(index, 257, seen.subtree)
    assert sorted(disk.asked) == ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]


def test_a_full_tile_stands_in_for_a_partial_one_that_was_dropped() -> None:
    files = published(256)
    seen = TileHashes(Disk(files), 255)
    assert merkle.root(255, seen.subtree) == merkle.root(255, SUBTREE)


def test_a_tile_that_is_nowhere_is_unknown() -> None:
    with pytest.raises(Unknown):
        TileHashes(Disk({}), 3).subtree(0, 0)
    with pytest.raises(Unknown):
        TileHashes(Disk({}), 256).subtree(0, 0)


@pytest.mark.parametrize("length", [0, 31, 64, 8192])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(TileMalformed, match=r"tile/0/000\.p/3 has .* expected 96"):
        TileHashes(Disk({"tile/0/000.p/3": bytes(length)}), 3).subtree(0, 0)


def test_asking_for_a_subtree_outside_the_tree_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="outside the tree"):
        TileHashes(Disk(published(3)), 3).subtree(1, 1)


def test_the_tiles_of_tessera_hold_the_hashes_of_its_entries() -> None:
    log = vector("tessera.json")
    disk = Disk({"tile/0/000.p/15": bytes.fromhex(log["hash_tile_15"])})
    note = "\n".join(log["checkpoints"][15])
    seen = open_signed(note, VerifierKey.parse(log["key"]))
    assert merkle.root(15, TileHashes(disk, 15).subtree) == seen.root


@pytest.mark.shared
def test_the_published_tiles_of_tessera_lead_to_its_checkpoints() -> None:
    folder = shared("tessera-tlog")
    key = VerifierKey.parse((folder / "VERIFIER_KEY.txt").read_text(encoding="utf-8").strip())
    for size in range(1, 16):
        seen = open_signed((folder / f"checkpoint.{size}").read_text(encoding="utf-8"), key)
        hashes = TileHashes(lambda path: (folder / path).read_bytes(), size)
        assert merkle.root(size, hashes.subtree) == seen.root
        bundle = (folder / tiles.entries_path(0, size)).read_bytes()
        entries = tiles.unpack_entries(bundle)
        assert tiles.pack_entries(entries) == bundle
        for index, entry in enumerate(entries):
            path = merkle.inclusion(index, size, hashes.subtree)
            merkle.check_inclusion(merkle.leaf_hash(entry), index, size, path, seen.root)
