"""The worked example of our formats, byte for byte: five tools nobody here wrote accept it."""

from __future__ import annotations

from ledger.proof import checkpoint, merkle, tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.encoding import b64, canonical, parse_canonical
from ledger.proof.notes import VerifierKey
from ledger.proof.tlog_proof import TlogProof
from tests.ledger.proof.given import LOG, LOG_KEY, vector

EXAMPLE = vector("worked_example.json")
ENTRIES = [entry.encode() for entry in EXAMPLE["entries"]]
LEAVES = [bytes.fromhex(leaf) for leaf in EXAMPLE["leaves"]]
NODE = bytes.fromhex(EXAMPLE["node_0_1"])
SUBTREE = merkle.over(LEAVES)
NOTE = "\n".join(EXAMPLE["checkpoint"])
SEEN = Checkpoint(EXAMPLE["origin"], 3, bytes.fromhex(EXAMPLE["root"]))


def test_the_key_of_the_log() -> None:
    assert LOG_KEY.line == EXAMPLE["log_vkey"]


def test_the_entries_are_canonical() -> None:
    assert [canonical(parse_canonical(entry)) for entry in ENTRIES] == ENTRIES


def test_the_leaves_the_node_and_the_root() -> None:
    assert [merkle.leaf_hash(entry) for entry in ENTRIES] == LEAVES
    assert merkle.node_hash(LEAVES[0], LEAVES[1]) == NODE
    assert merkle.root(3, SUBTREE) == SEEN.root


def test_the_tile_of_entries() -> None:
    assert [tiles.entries_path(*bundle) for bundle in tiles.entry_bundles(3)] == [
        EXAMPLE["entries_tile"]
    ]
    assert tiles.pack_entries(ENTRIES) == b"".join(b"\x00\x12" + entry for entry in ENTRIES)


def test_the_signed_checkpoint() -> None:
    assert checkpoint.sign(SEEN, LOG) == NOTE
    assert checkpoint.open_signed(NOTE, LOG_KEY) == SEEN


def test_the_checkpoint_with_the_line_of_its_witness() -> None:
    assert checkpoint.open_signed(f"{NOTE}{EXAMPLE['witness_line']}\n", LOG_KEY) == SEEN


def test_the_paths() -> None:
    assert merkle.inclusion(2, 3, SUBTREE) == [NODE]
    assert merkle.inclusion(0, 3, SUBTREE) == [LEAVES[1], LEAVES[2]]
    assert merkle.consistency(2, 3, SUBTREE) == [LEAVES[2]]
    merkle.check_consistency(2, NODE, 3, SEEN.root, [LEAVES[2]])


def test_the_proof_of_the_last_entry() -> None:
    proof = TlogProof(2, (NODE,), NOTE)
    assert proof.encode() == f"c2sp.org/tlog-proof@v1\nindex 2\n{b64(NODE)}\n\n{NOTE}"
    assert (
        TlogProof.parse(proof.encode()).check(ENTRIES[2], VerifierKey.parse(LOG_KEY.line)) == SEEN
    )
