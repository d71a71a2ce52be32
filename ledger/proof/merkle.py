"""The tree over all entries: roots, proofs that an entry is in it, proofs that it only grew.

RFC 6962 2.1 and RFC 9162 2.1 with SHA-256. A tree is seen through a `Subtree`: a function that
gives the hash of any perfect subtree, wherever it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from ledger.errors import Untrusted

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves (RFC 9162 2.1.1)."""

Subtree = Callable[[int, int], bytes]
"""(level, index) -> hash over the leaves [index << level, (index + 1) << level)."""


class NotIncluded(Untrusted):
    """A path does not lead from this leaf to this root."""

    def __init__(self, index: int, size: int, why: str) -> None:
        super().__init__(f"leaf {index} is not proved to be in the tree of {size} leaves: {why}")


class NotConsistent(Untrusted):
    """A path does not show that the larger tree begins with the smaller one."""

    def __init__(self, old_size: int, new_size: int, why: str) -> None:
        super().__init__(
            f"the tree of {new_size} leaves is not proved to extend that of {old_size}: {why}"
        )


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry's exact bytes (RFC 9162 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two nodes into the one above (RFC 9162 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(size: int, subtree: Subtree) -> bytes:
    """Give the root of the first `size` leaves (RFC 9162 2.1.1)."""
    return _hash(0, size, subtree) if size else EMPTY_ROOT


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Give the path from leaf `index` up to the root of `size` leaves (RFC 9162 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} lies outside a tree of {size} leaves")
    return _path(index, 0, size, subtree)


def consistency(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Give the proof that `new` leaves begin with the same `old` (RFC 9162 2.1.4.1).

    It is empty where nothing needs proof: from no leaves at all, or between equal sizes.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves can't extend one of {old}")
    return _subproof(old, 0, new, subtree, known=True) if old else []


Climbs = dict[tuple[int, int, bytes], Sequence[bytes]]
"""(node, last, hash) -> the rest of a path that led from there to one root, of one size."""


def check_inclusion(
    leaf: bytes,
    index: int,
    size: int,
    path: Sequence[bytes],
    root: bytes,
    known: Climbs | None = None,
) -> None:
    """Return quietly if the path leads from the leaf hash to the root (RFC 9162 2.1.3.2).

    `known` has what was climbed before under this size and this root, and takes in the new: a path
    that meets a node with the very hash and the very rest that led to the root goes no further.
    """
    if not 0 <= index < size:
        raise NotIncluded(index, size, "there is no such leaf")
    if not _all_hashes(leaf, root, *path):
        raise NotIncluded(index, size, f"a hash has other than {HASH_BYTES} bytes")
    node, last, seen = index, size - 1, leaf
    known = {} if known is None else known
    climbed: Climbs = {}
    for at, sibling in enumerate(path):
        place, rest = (node, last, seen), path[at:]
        if known.get(place) == rest:
            break
        climbed[place] = rest
        if last == 0:
            raise NotIncluded(index, size, "its path is too long")
        if node % 2 or node == last:
            seen = node_hash(sibling, seen)
            node, last = _climb(node, last)
        else:
            seen = node_hash(seen, sibling)
        node, last = node >> 1, last >> 1
    else:
        if last:
            raise NotIncluded(index, size, "its path is too short")
        if seen != root:
            raise NotIncluded(index, size, "its path leads to another root")
    known.update(climbed)


def check_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Return quietly if the new tree begins with the old one (RFC 9162 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        raise NotConsistent(old_size, new_size, "a tree only grows")
    if not _all_hashes(old_root, new_root, *path):
        raise NotConsistent(old_size, new_size, f"a hash has other than {HASH_BYTES} bytes")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise NotConsistent(old_size, new_size, "a tree without leaves has another root")
    if old_size in (0, new_size):
        if path or (old_size == new_size and old_root != new_root):
            raise NotConsistent(old_size, new_size, "equal sizes differ, or a path has no use")
        return
    if (seen := _retrace(old_size, old_root, new_size, path)) is None:
        raise NotConsistent(old_size, new_size, "its path has the wrong length")
    if seen != (old_root, new_root):
        raise NotConsistent(old_size, new_size, "its path leads to other roots")


class Frontier:
    """A growing tree of which only the right edge is kept: at most one hash a level."""

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @classmethod
    def at(cls, size: int, subtree: Subtree) -> Frontier:
        """Take a tree up again where it stood at `size` leaves."""
        frontier = cls()
        frontier._size = size
        frontier._peaks = [
            subtree(level, (size >> level) - 1)
            for level in reversed(range(size.bit_length()))
            if size >> level & 1
        ]
        return frontier

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._size

    @property
    def peaks(self) -> list[tuple[int, bytes]]:
        """(level, hash) of the perfect subtrees that it consists of, from left to right.

        They are the compact range of its leaves: all that another tree needs to take them in.
        """
        size = self._size
        levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
        return list(zip(levels, self._peaks, strict=True))

    def append(self, leaf_hash: bytes) -> None:
        """Add a leaf's hash at the right."""
        self.append_subtree(0, leaf_hash)

    def append_subtree(self, level: int, peak: bytes) -> None:
        """Add the hash over the next 2**level leaves; ValueError where no such subtree begins."""
        full = self._size >> level
        if full << level != self._size:
            raise ValueError(f"no subtree of level {level} begins at leaf {self._size}")
        while full & 1:
            peak, full = node_hash(self._peaks.pop(), peak), full >> 1
        self._peaks.append(peak)
        self._size += 1 << level

    def root(self) -> bytes:
        """Give the root of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        *left, seen = self._peaks
        for peak in reversed(left):
            seen = node_hash(peak, seen)
        return seen


def over(leaves: Sequence[bytes]) -> Subtree:
    """See a sequence of leaf hashes as a tree; it may grow at its end while in use."""
    kept: dict[tuple[int, int], bytes] = {}

    def subtree(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        if (level, index) not in kept:
            left, right = subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1)
            kept[level, index] = node_hash(left, right)
        return kept[level, index]

    return subtree


def _split(length: int) -> int:
    """Give the largest power of two below `length`: so many leaves go left."""
    return 1 << ((length - 1).bit_length() - 1)


def _hash(start: int, end: int, subtree: Subtree) -> bytes:
    length = end - start
    level = length.bit_length() - 1
    left = subtree(level, start >> level)
    if length == 1 << level:
        return left
    return node_hash(left, _hash(start + (1 << level), end, subtree))


def _path(index: int, start: int, end: int, subtree: Subtree) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, subtree), _hash(middle, end, subtree)]
    return [*_path(index, middle, end, subtree), _hash(start, middle, subtree)]


def _subproof(old: int, start: int, end: int, subtree: Subtree, *, known: bool) -> list[bytes]:
    """Prove the part [start, end); `known` as long as it begins where the old tree begins."""
    if old == end:
        return [] if known else [_hash(start, end, subtree)]
    middle = start + _split(end - start)
    if old <= middle:
        left = _subproof(old, start, middle, subtree, known=known)
        return [*left, _hash(middle, end, subtree)]
    right = _subproof(old, middle, end, subtree, known=False)
    return [*right, _hash(start, middle, subtree)]


def _climb(node: int, last: int) -> tuple[int, int]:
    """Go up the levels at which the node is a left one without a sibling."""
    while node and node % 2 == 0:
        node, last = node >> 1, last >> 1
    return node, last


def _retrace(
    old_size: int, old_root: bytes, new_size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Compute the old and the new root a path leads to; None if its length can't be right."""
    node, last = old_size - 1, new_size - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    hashes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not path:
        return None
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if node % 2 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            node, last = _climb(node, last)
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _all_hashes(*hashes: bytes) -> bool:
    return {*map(len, hashes)} == {HASH_BYTES}
