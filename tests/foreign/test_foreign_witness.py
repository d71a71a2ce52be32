"""Witnesses and verifiers nobody here wrote agree with ours, both ways, and on what is a fork."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tlog_scales.signing import MLDSA44CosignatureSigner, Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from ledger.proof import merkle
from ledger.proof.cosignatures import CosignerKey, cosigned, cosigned_at
from ledger.proof.encoding import b64
from ledger.proof.policy import Policy
from ledger.store.witness import SplitView
from ledger.store.witness_asking import HttpPost, WitnessSawMore, WitnessSawOther
from ledger.store.witnessing import Cosigning
from tests.api.witnessed_log import keys, listening, witness_of
from tests.foreign.asking import HERE, aics_python
from tests.ledger.proof.given import LOG_KEY, ORIGIN
from tests.ledger.proof.witnessed import (
    AT,
    TREE,
    cosigned_by,
    cosigner,
    lattice_cosigned_by,
    lattice_cosigner,
    note_of,
    of_another_tree,
    seen_at,
)

THEIRS = "witness.example/another-author"


def theirs(note: str, *lines: str) -> set[str]:
    """Return the lines of the keys under which tlog-scales found a good signature."""
    seen = TheirCheckpoint.from_text(note)
    keys_there = VkeySet(*map(Vkey.from_string, lines))
    good = {key.key_id for key, _ in keys_there.verify(seen.signatures, seen)}
    return {line for line in lines if Vkey.from_string(line).key_id in good}


def test_tlog_scales_accepts_our_signatures_of_all_three_types() -> None:
    note = lattice_cosigned_by(cosigned_by(note_of(7), "tax"), "audit")
    lines = (LOG_KEY.line, cosigner("tax").line, lattice_cosigner("audit").line)
    assert theirs(note, *lines) == {*lines}
    assert theirs(note, cosigner("audit").line, lattice_cosigner("tax").line) == set()


@pytest.mark.filterwarnings("ignore")
def test_tlog_scales_refuses_our_cosignatures_on_another_tree() -> None:
    note = lattice_cosigned_by(cosigned_by(note_of(7), "tax"), "audit")
    moved = of_another_tree(7) + note.removeprefix(note_of(7))
    lines = (cosigner("tax").line, lattice_cosigner("audit").line)
    assert theirs(moved, *lines) == set()


def test_we_accept_a_cosignature_that_tlog_scales_makes() -> None:
    signer = MLDSA44CosignatureSigner("library.example", bytes(range(32)))
    line = signer.sign(TheirCheckpoint.from_text(note_of(7))).serialize()
    key = CosignerKey.parse(signer.vkey.serialize())  # type: ignore[no-untyped-call]  # theirs
    assert (key.name, key.kind) == ("library.example", "ml-dsa-44")
    assert abs(cosigned_at(f"{note_of(7)}{line}\n", key) - time.time()) < 3600


@pytest.fixture
def another_witness(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Start aics-witness on this machine, watching our log; yield its address and its key."""
    command = str(aics_python().with_name("aics-witness"))
    config = str(tmp_path / "witness.json")
    setup = [command, "init", "-c", config, "--name", THEIRS, "--listen", "127.0.0.1:0"]
    subprocess.run(setup, check=True, capture_output=True, timeout=60, cwd=tmp_path)
    add = [command, "add-log", "-c", config, "--origin", ORIGIN, "--vkey", LOG_KEY.line]
    subprocess.run(add, check=True, capture_output=True, timeout=60, cwd=tmp_path)
    server = subprocess.Popen(
        [command, "serve", "-c", config], stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        yield _announced(server)
    finally:
        server.terminate()
        server.communicate(timeout=60)


def _announced(server: subprocess.Popen[str]) -> tuple[str, str]:
    """Read from what a witness says at its start where it listens, and its key."""
    assert server.stderr is not None
    said = ""
    for line in server.stderr:
        said += line
        if listens := re.search(r"listening on (\S+)", line):
            key = re.search(r"witness vkey (\S+)", said)
            assert key is not None, said
            return listens[1], key[1]
    raise AssertionError(said)


def consistency(old: int, new: int) -> list[bytes]:
    return merkle.consistency(old, new, TREE)


def cosigning(url: str, vkey: str) -> Cosigning:
    policy = f"log {LOG_KEY.line}\nwitness another {vkey} {url}\nquorum another\n"
    return Cosigning(Policy.parse(policy), HttpPost(), time.time)


def test_a_witness_of_another_author_cosigns_our_log_as_it_grows_and_refuses_a_fork(
    another_witness: tuple[str, str],
) -> None:
    url, vkey = another_witness
    ask = cosigning(url, vkey)
    for size in (3, 3, 20, 33):
        both_keys = lattice_cosigned_by(note_of(size), ORIGIN)
        note = ask(both_keys, consistency)
        assert ask.satisfied(note), ask.silent
        assert abs(cosigned_at(note, CosignerKey.parse(vkey)) - time.time()) < 300
        assert theirs(note, LOG_KEY.line, vkey) == {LOG_KEY.line, vkey}
    forgetful = cosigning(url, vkey)
    assert forgetful.satisfied(forgetful(note_of(40), consistency)), "it is told where to start"
    for asking in (ask, forgetful):
        with pytest.raises(WitnessSawMore, match="has seen 40 entries of this log, we hold 33"):
            asking(note_of(33), consistency)
        with pytest.raises(WitnessSawOther, match="another tree of 40 entries"):
            asking(of_another_tree(40), consistency)


def test_a_witness_of_another_author_refuses_a_larger_fork(
    another_witness: tuple[str, str],
) -> None:
    ask = cosigning(*another_witness)
    ask(note_of(20), consistency)
    with pytest.raises(WitnessSawOther, match="another tree of 20 entries"):
        ask(of_another_tree(33), consistency)
    assert ask.satisfied(ask(note_of(33), consistency)), "it stands by the tree it saw first"


def test_a_client_of_another_author_gets_cosignatures_from_our_witness(tmp_path: Path) -> None:
    python, key = aics_python(), keys("tax").public[0]
    witness = witness_of(tmp_path, "tax", LOG_KEY, at=time.time())
    growing = [(note_of(size), proofs_to(size)) for size in (3, 3, 20, 33)]
    forked = [(of_another_tree(33), proofs_to(33)), (note_of(20), {}), (note_of(40), proofs_to(40))]
    with listening(witness) as url:
        asked = {"url": url, "vkey": key.line, "checkpoints": growing + forked}
        done = subprocess.run(
            [python, HERE / "aics" / "submit.py"],
            input=json.dumps(asked), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *cosigned_ones, fork, older, after = json.loads(done.stdout)
    for size, (outcome, lines) in zip((3, 3, 20, 33), cosigned_ones, strict=True):
        assert outcome == "cosigned", lines
        assert key in cosigned(note_of(size) + lines, (key,))
    assert fork[0] == "refused"
    assert fork[1].startswith("WitnessRejected: "), fork
    assert "422" in fork[1] or "another tree of 33" in fork[1]
    assert older[1].startswith("WitnessAhead: "), older
    assert after[0] == "cosigned"
    assert witness.watched()[0].seen == seen_at(40)
    assert len([*tmp_path.glob("logs/*/evidence/split-*")]) == 1


def proofs_to(new: int) -> dict[int, list[str]]:
    return {old: [b64(each) for each in consistency(old, new)] for old in range(new + 1)}


def test_the_evidence_is_two_checkpoints_that_tlog_scales_finds_signed_by_the_log(
    tmp_path: Path,
) -> None:
    witness = witness_of(tmp_path, "tax", LOG_KEY)
    witness.add_checkpoint(f"old 0\n\n{note_of(7)}".encode())
    with pytest.raises(SplitView):
        witness.add_checkpoint(f"old 7\n\n{of_another_tree(7)}".encode())
    (path,) = tmp_path.glob("logs/*/evidence/*")
    kept = json.loads(path.read_text("utf-8"))
    seen, shown = (TheirCheckpoint.from_text(kept[name]) for name in ("seen", "shown"))
    assert (seen.size, shown.size) == (7, 7)
    assert seen.root_hash != shown.root_hash
    assert theirs(kept["seen"], LOG_KEY.line) == theirs(kept["shown"], LOG_KEY.line)
    assert len(theirs(kept["seen"], LOG_KEY.line, keys("tax").public[0].line)) == 2
    assert kept["received"] == AT
