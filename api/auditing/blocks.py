"""A block of a published log: its entries against their tiles, and the hashes of its subtrees.

A block begins at a multiple of its length, a power of two, so that its compact range (the roots of
its perfect subtrees) joins the ranges left of it into the root of RFC 6962 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.auditing.entries import KeyDirectory, Keys, Proof, prove, signed_by
from api.auditing.kept import KeptBundle
from ledger.proof import merkle, tiles

BLOCK_BUNDLES = 16
"""How many bundles make a block if nobody says otherwise: 4096 entries, some 3 MB."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The entries of a tile of the log, and the tile, as they were read."""

    index: int
    width: int
    entries: tuple[bytes, ...]
    tile: bytes
    before: tuple[str, ...] = ()
    """What is wrong with the entries' file."""
    after: tuple[str, ...] = ()
    """What is wrong with the tile's file."""
    kept: KeptBundle | None = None
    """What the audit before this one kept of it."""
    sampled: bool = False
    """Whether the signatures are checked again, although the entries are as they were."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bundles that lie side by side, and the keys that entries up to their end name.

    With a directory in their place, it takes in the keys, and what is read of entries is kept.
    Without either, signatures are left alone.
    """

    bundles: tuple[Bundle, ...]
    keys: Keys | KeyDirectory | None


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """Who signed a bundle's entries, and whether the tile is made of them.

    `node` is the hash over its 256 leaves, or over the tile where the entries are damaged; None of
    a partial one, and where neither can be had.
    """

    proofs: tuple[Proof, ...]
    tile_ok: bool
    node: bytes | None
    altered: bool = False
    """The entries are not those of which something was kept."""
    false: bool = False
    """What was kept of these very entries is not so."""


@dataclass(frozen=True, slots=True)
class CheckedBlock:
    """The bundles, and the compact range of the entries; None where some are missing."""

    bundles: tuple[CheckedBundle, ...]
    peaks: tuple[tuple[int, bytes], ...] | None


def check_block(block: Block) -> CheckedBlock:
    """Check what of a block needs no order: leaf hashes, tiles and signatures."""
    whole, frontier, checked = True, merkle.Frontier(), []
    for bundle in block.bundles:
        hashes = [merkle.leaf_hash(entry) for entry in bundle.entries]
        node, tile_ok = _node(bundle, hashes), b"".join(hashes) == bundle.tile
        whole = whole and len(hashes) == bundle.width
        if whole:
            _grow(frontier, hashes, node)
        checked.append(_proved(bundle, block.keys, node if len(hashes) == bundle.width else None,
                               CheckedBundle((), tile_ok, node)))  # fmt: skip
    return CheckedBlock(tuple(checked), tuple(frontier.peaks) if whole else None)


def _proved(
    bundle: Bundle, keys: Keys | KeyDirectory | None, node: bytes | None, checked: CheckedBundle
) -> CheckedBundle:
    """Add who signed the entries; `node` is the hash over them."""
    kept = bundle.kept
    if keys is None:
        return checked
    proofs = kept.proofs() if kept else ()
    same = kept is not None and kept.node == node and len(proofs) == len(bundle.entries)
    false = same and bundle.sampled and not _hold(bundle.entries, proofs)
    if same and not false:
        if isinstance(keys, KeyDirectory):
            keys.gather(bundle.entries)
        return replace(checked, proofs=proofs)
    return replace(
        checked,
        proofs=tuple(prove(bundle.entries, keys)),
        altered=kept is not None and not same,
        false=false,
    )


def _hold(entries: Sequence[bytes], proofs: Sequence[Proof]) -> bool:
    """Tell whether every entry is signed by the key that is said to have signed it."""
    told = zip(entries, proofs, strict=True)
    return all(signed_by(entry, proof.by) for entry, proof in told if proof.by is not None)


def _grow(frontier: merkle.Frontier, hashes: Sequence[bytes], node: bytes | None) -> None:
    if node is not None:
        frontier.append_subtree(tiles.HEIGHT, node)
        return
    for each in hashes:
        frontier.append(each)


def _node(bundle: Bundle, hashes: Sequence[bytes]) -> bytes | None:
    if len(hashes) != bundle.width:
        size = merkle.HASH_BYTES
        hashes = [bundle.tile[at : at + size] for at in range(0, len(bundle.tile), size)]
    if len(hashes) != tiles.WIDTH:
        return None
    for _ in range(tiles.HEIGHT):
        hashes = list(map(merkle.node_hash, hashes[::2], hashes[1::2]))
    return hashes[0]
