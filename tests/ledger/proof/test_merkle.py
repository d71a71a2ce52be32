from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import merkle
from ledger.proof.encoding import unb64
from ledger.proof.merkle import NotConsistent, NotIncluded
from tests.ledger.proof.given import leaves, shared, vector

LARGEST = 130
LEAVES = leaves(LARGEST)
SUBTREE = merkle.over(LEAVES)
ROOTS = [merkle.root(size, SUBTREE) for size in range(LARGEST + 1)]


def by_definition(hashes: list[bytes]) -> bytes:
    """The root as RFC 9162 2.1.1 defines it, word for word."""
    if len(hashes) < 2:
        return hashes[0] if hashes else merkle.EMPTY_ROOT
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(by_definition(hashes[:split]), by_definition(hashes[split:]))


def included(case: dict[str, Any]) -> bool:
    path = [unb64(each) for each in case["proof"] or []]
    leaf, root = unb64(case["leafHash"]), unb64(case["root"])
    try:
        merkle.check_inclusion(leaf, case["leafIdx"], case["treeSize"], path, root)
    except NotIncluded:
        return False
    return True


def consistent(case: dict[str, Any]) -> bool:
    path = [unb64(each) for each in case["proof"] or []]
    old, new = unb64(case["root1"]), unb64(case["root2"])
    try:
        merkle.check_consistency(case["size1"], old, case["size2"], new, path)
    except NotConsistent:
        return False
    return True


def outcome(leaf: bytes, index: int, path: list[bytes], known: merkle.Climbs | None) -> str:
    try:
        merkle.check_inclusion(leaf, index, 37, path, ROOTS[37], known)
    except NotIncluded as refused:
        return str(refused)
    return "included"


def test_what_was_climbed_before_lets_no_forged_path_through() -> None:
    known: merkle.Climbs = {}
    paths = [merkle.inclusion(index, 37, SUBTREE) for index in range(37)]
    for index, path in enumerate(paths):
        assert outcome(LEAVES[index], index, path, known) == "included"
    climbed = dict(known)
    for index, path in enumerate(paths):
        other = LEAVES[(index + 1) % 37]
        forged = [(LEAVES[index], path[:-1]), (LEAVES[index], [*path, other]), (other, path)]
        for at, node in enumerate(path):
            flipped = bytes([node[0] ^ 1]) + node[1:]
            forged.append((LEAVES[index], [*path[:at], flipped, *path[at + 1 :]]))
        for leaf, lies in forged:
            assert outcome(leaf, index, lies, known) == outcome(leaf, index, lies, None)
            assert outcome(leaf, index, lies, known) != "included"
        assert outcome(LEAVES[index], (index + 2) % 37, path, known) != "included"
    assert known == climbed


def test_roots_follow_the_definition() -> None:
    assert [by_definition(LEAVES[:size]) for size in range(LARGEST + 1)] == ROOTS


def test_every_leaf_of_every_small_tree_proves_its_place() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            path = merkle.inclusion(index, size, SUBTREE)
            merkle.check_inclusion(LEAVES[index], index, size, path, ROOTS[size])


def test_every_small_tree_proves_that_it_extends_every_smaller_one() -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            path = merkle.consistency(old, new, SUBTREE)
            merkle.check_consistency(old, ROOTS[old], new, ROOTS[new], path)


def test_a_path_proves_no_other_leaf_place_size_or_root() -> None:
    for size in range(1, 20):
        for index in range(size):
            path = merkle.inclusion(index, size, SUBTREE)
            leaf, root = LEAVES[index], ROOTS[size]
            forgeries: list[tuple[bytes, int, int, list[bytes], bytes]] = [
                (LEAVES[index + 1], index, size, path, root),
                (leaf, index, size, path, ROOTS[size + 1]),
                (leaf, index, size, [*path, root], root),
                (leaf, index, size, [root, *path], root),
                (leaf, -1, size, path, root),
                (leaf, size, size, path, root),
            ]
            forgeries += [
                (leaf, other, size, path, root) for other in range(size) if other != index
            ]
            forgeries += [
                (leaf, index, size, path[:at] + path[at + 1 :], root) for at in range(len(path))
            ]
            for forgery in forgeries:
                with pytest.raises(NotIncluded, match="is not proved to be in the tree"):
                    merkle.check_inclusion(*forgery)


def test_an_inner_node_does_not_pass_for_a_leaf() -> None:
    inner = LEAVES[0] + LEAVES[1]
    with pytest.raises(NotIncluded):
        merkle.check_inclusion(
            merkle.leaf_hash(inner), 0, 2, merkle.inclusion(0, 2, merkle.over(LEAVES[:2])), ROOTS[4]
        )


def test_a_path_shows_no_other_growth() -> None:
    for new in range(2, 20):
        for old in range(1, new):
            path = merkle.consistency(old, new, SUBTREE)
            forgeries: list[tuple[int, bytes, int, bytes, list[bytes]]] = [
                (old, ROOTS[old - 1], new, ROOTS[new], path),
                (old, ROOTS[old], new, ROOTS[new + 1], path),
                (old - 1, ROOTS[old], new, ROOTS[new], path),
                (old, ROOTS[old], new, ROOTS[new], [*path, ROOTS[1]]),
                (old, ROOTS[old], new, ROOTS[new], [ROOTS[1], *path]),
                (old, ROOTS[old], new, ROOTS[new], path[:-1]),
                (old, ROOTS[old], new, ROOTS[new], path[1:]),
                (new, ROOTS[old], old, ROOTS[new], path),
            ]
            for forgery in forgeries:
                with pytest.raises(NotConsistent, match="is not proved to extend"):
                    merkle.check_consistency(*forgery)


def test_nothing_is_proved_by_a_path_where_none_is_needed() -> None:
    merkle.check_consistency(0, merkle.EMPTY_ROOT, 0, merkle.EMPTY_ROOT, [])
    with pytest.raises(NotConsistent, match="without leaves has another root"):
        merkle.check_consistency(0, ROOTS[1], 0, ROOTS[1], [])
    with pytest.raises(NotConsistent, match="without leaves has another root"):
        merkle.check_consistency(0, ROOTS[1], 3, ROOTS[3], [])
    with pytest.raises(NotConsistent, match="equal sizes differ"):
        merkle.check_consistency(3, ROOTS[3], 3, ROOTS[4], [])
    with pytest.raises(NotConsistent, match="a path has no use"):
        merkle.check_consistency(3, ROOTS[3], 3, ROOTS[3], [ROOTS[1]])
    with pytest.raises(NotConsistent, match="a path has no use"):
        merkle.check_consistency(0, merkle.EMPTY_ROOT, 3, ROOTS[3], [ROOTS[1]])


def test_a_hash_of_another_length_is_refused() -> None:
    with pytest.raises(NotIncluded, match="other than 32 bytes"):
        merkle.check_inclusion(LEAVES[0], 0, 2, [LEAVES[1] + b"x"], ROOTS[2])
    with pytest.raises(NotConsistent, match="other than 32 bytes"):
        merkle.check_consistency(1, ROOTS[1], 2, ROOTS[2], [b""])


def test_an_enormous_size_ends_at_once() -> None:
    with pytest.raises(NotIncluded, match="too short"):
        merkle.check_inclusion(LEAVES[0], 0, 2**63 - 1, [], ROOTS[1])
    with pytest.raises(NotConsistent, match="wrong length"):
        merkle.check_consistency(1, ROOTS[1], 2**63 - 1, ROOTS[2], [ROOTS[3]])


@pytest.mark.parametrize(("index", "size"), [(-1, 2), (2, 2), (0, 0)])
def test_asking_for_a_leaf_outside_the_tree_is_our_own_mistake(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="lies outside a tree"):
        merkle.inclusion(index, size, SUBTREE)


@pytest.mark.parametrize(("old", "new"), [(-1, 2), (3, 2)])
def test_asking_for_a_tree_to_shrink_is_our_own_mistake(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="can't extend"):
        merkle.consistency(old, new, SUBTREE)


def test_a_growing_tree_has_the_same_roots() -> None:
    frontier = merkle.Frontier()
    for size, leaf in enumerate(LEAVES):
        assert (frontier.size, frontier.root()) == (size, ROOTS[size])
        frontier.append(leaf)


@settings(deadline=None)
@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_a_growing_tree_may_be_taken_up_anywhere(start: int, end: int) -> None:
    frontier = merkle.Frontier.at(start, SUBTREE)
    assert frontier.root() == ROOTS[start]
    for leaf in LEAVES[start:end]:
        frontier.append(leaf)
    assert frontier.root() == ROOTS[max(start, end)]


def test_a_sequence_may_grow_while_it_is_seen_as_a_tree() -> None:
    growing = LEAVES[:5]
    subtree = merkle.over(growing)
    assert merkle.root(5, subtree) == ROOTS[5]
    growing += LEAVES[5:8]
    assert merkle.root(8, subtree) == ROOTS[8]


def a_tree_can_have(case: dict[str, Any]) -> bool:
    """One case accepts two equal roots of 12 bytes; ours have 32 or are refused."""
    return len(unb64(case["root1"])) == merkle.HASH_BYTES


def test_the_cases_of_transparency_dev_are_judged_as_they_say() -> None:
    cases = vector("merkle_rfc6962.json")
    for case in cases["inclusion"]:
        assert included(case) is not case["wantErr"], case["desc"]
    for case in cases["consistency"]:
        expected = not case["wantErr"] and a_tree_can_have(case)
        assert consistent(case) is expected, case["desc"]


@pytest.mark.shared
def test_all_cases_of_transparency_dev_are_judged_as_they_say() -> None:
    folder = shared("merkle-rfc6962")
    files = sorted(folder.rglob("*.json"))
    assert len(files) > 160
    for file in files:
        case = json.loads(file.read_text(encoding="utf-8"))
        if "leafIdx" in case:
            assert included(case) is not case["wantErr"], file
        else:
            expected = not case["wantErr"] and a_tree_can_have(case)
            assert consistent(case) is expected, file


def test_every_refusal_of_a_proof_is_untrusted() -> None:
    assert issubclass(NotIncluded, Untrusted)
    assert issubclass(NotConsistent, Untrusted)


def in_blocks(size: int, width: int) -> merkle.Frontier:
    """Grow a tree from blocks that were each hashed alone, in the manner of an audit."""
    whole = merkle.Frontier()
    for first in range(0, size, width):
        block = merkle.Frontier()
        for leaf in LEAVES[first : min(first + width, size)]:
            block.append(leaf)
        for level, peak in block.peaks:
            whole.append_subtree(level, peak)
    return whole


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16, 32, 64, 128])
def test_blocks_hashed_apart_join_into_the_root_of_the_definition(width: int) -> None:
    for size in range(70):
        whole = in_blocks(size, width)
        assert (whole.size, whole.root()) == (size, by_definition(LEAVES[:size]))


@settings(max_examples=60)
@given(st.integers(0, LARGEST), st.integers(0, 7), st.integers(0, LARGEST))
def test_blocks_join_and_the_tree_goes_on_leaf_by_leaf(size: int, k: int, more: int) -> None:
    whole = in_blocks(size, 1 << k)
    for leaf in LEAVES[size:more]:
        whole.append(leaf)
    assert whole.root() == ROOTS[max(size, more)]
    assert sum(1 << level for level, _ in whole.peaks) == whole.size


def test_a_subtree_is_only_taken_in_where_one_begins() -> None:
    frontier = merkle.Frontier()
    frontier.append(LEAVES[0])
    with pytest.raises(ValueError, match="no subtree of level 1 begins at leaf 1"):
        frontier.append_subtree(1, LEAVES[1])
    assert (frontier.size, frontier.root()) == (1, LEAVES[0])
