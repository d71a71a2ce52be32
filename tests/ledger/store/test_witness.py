"""A witness never says two things of one log, whatever it is shown and whenever it dies."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.proof import checkpoint, merkle
from ledger.proof.add_checkpoint import AddCheckpoint, RequestMalformed
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignatures import cosigned
from ledger.proof.notes import VerifierKey
from ledger.store import witness as store
from ledger.store.durable import write_atomically
from ledger.store.witness import (
    EVIDENCE_FORMAT,
    AnotherKeyOfLog,
    GrowthUnproved,
    LogNotWitnessed,
    NotByTheLog,
    SizeDiffers,
    SplitView,
    StateUnreadable,
    Witness,
    WitnessKeys,
)
from tests.ledger.proof.given import LOG, LOG_KEY, ORIGIN, private
from tests.ledger.proof.witnessed import AT, TREE, note_of, of_another_tree, seen_at

WRITING = "ledger.store.witness.write_atomically"
KEYS = WitnessKeys.of("witness.example/tax", bytes(32), bytes(range(32)))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    watching = reopened(tmp_path)
    watching.watch(LOG_KEY)
    return watching


def reopened(folder: Path) -> Witness:
    return Witness(folder, KEYS, lambda: AT + 0.9)


def request(old: int, new: int) -> bytes:
    path = merkle.consistency(old, new, TREE) if old < new else []
    return AddCheckpoint(old, tuple(path), note_of(new)).encode()


def shown(note: str, old: int = 0, *path: bytes) -> bytes:
    return AddCheckpoint(old, path, note).encode()


def evidence(folder: Path) -> list[Path]:
    return sorted(folder.glob("logs/*/evidence/*"))


def test_a_log_that_grows_is_cosigned_with_both_keys(witness: Witness) -> None:
    old = 0
    for size in (0, 1, 7, 7, 8, 40):
        lines = witness.add_checkpoint(request(old, size))
        seconds = cosigned(note_of(size) + lines, KEYS.public)
        assert seconds == dict.fromkeys(KEYS.public, AT)
        old = size
    assert witness.watched()[0].seen == seen_at(40)


def test_what_it_saw_last_it_still_knows_when_it_is_opened_again(
    witness: Witness, tmp_path: Path
) -> None:
    witness.add_checkpoint(request(0, 7))
    again = reopened(tmp_path)
    with pytest.raises(SizeDiffers, match="starts at 0 entries, this witness has seen 7") as told:
        again.add_checkpoint(request(0, 8))
    assert told.value.size == 7
    assert again.add_checkpoint(request(7, 8))


def test_two_trees_of_one_size_are_refused_and_kept_as_evidence(
    witness: Witness, tmp_path: Path
) -> None:
    lines = witness.add_checkpoint(request(0, 7))
    for _ in range(2):
        with pytest.raises(SplitView, match="another tree of 7 entries"):
            witness.add_checkpoint(shown(of_another_tree(7), 7))
    (path,) = evidence(tmp_path)
    told = json.loads(path.read_text("utf-8"))
    assert path.name.startswith("split-")
    assert (told["seen"], told["shown"]) == (note_of(7) + lines, of_another_tree(7))
    assert (told["format"], told["log"], told["received"]) == (EVIDENCE_FORMAT, LOG_KEY.line, AT)
    assert witness.watched()[0].seen == seen_at(7), "it stands by what it saw first"


def test_a_fork_that_is_larger_is_refused_and_kept_as_evidence(
    witness: Witness, tmp_path: Path
) -> None:
    witness.add_checkpoint(request(0, 7))
    path = merkle.consistency(7, 9, TREE)
    with pytest.raises(GrowthUnproved, match="leads to other roots"):
        witness.add_checkpoint(shown(of_another_tree(9), 7, *path))
    with pytest.raises(GrowthUnproved, match="wrong length"):
        witness.add_checkpoint(shown(of_another_tree(9), 7))
    (kept,) = evidence(tmp_path)
    assert json.loads(kept.read_text("utf-8"))["path"]
    assert witness.add_checkpoint(request(7, 9))


def test_a_smaller_tree_is_never_cosigned_after_a_larger_one(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 7))
    for body in (request(0, 5), request(5, 6), request(6, 6)):
        with pytest.raises(SizeDiffers):
            witness.add_checkpoint(body)
    with pytest.raises(RequestMalformed, match="larger than that of its checkpoint"):
        witness.add_checkpoint(shown(note_of(5), 7))


def test_what_anybody_may_send_fills_no_disk(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "UNPROVED_MAX", 2)
    witness.add_checkpoint(request(0, 7))
    for size in range(8, 13):
        with pytest.raises(GrowthUnproved):
            witness.add_checkpoint(shown(note_of(size), 7, bytes(32)))
    assert len(evidence(tmp_path)) == 2
    with pytest.raises(SplitView):
        witness.add_checkpoint(shown(of_another_tree(7), 7))
    assert len(evidence(tmp_path)) == 3, "two trees that the log itself signed are always kept"


def test_an_empty_tree_has_one_root_and_a_proof_from_nothing_is_empty(witness: Witness) -> None:
    with pytest.raises(GrowthUnproved):
        witness.add_checkpoint(shown(of_another_tree(0)))
    with pytest.raises(GrowthUnproved):
        witness.add_checkpoint(shown(note_of(7), 0, bytes(32)))


def test_a_log_that_is_not_watched_is_unknown(witness: Witness) -> None:
    other = checkpoint.sign(Checkpoint("other.example", 1, bytes(32)), LOG)
    with pytest.raises(LogNotWitnessed, match=r"'other\.example' is not watched here"):
        witness.add_checkpoint(shown(other))


def test_a_checkpoint_that_the_log_did_not_sign_is_refused(
    witness: Witness, tmp_path: Path
) -> None:
    forged = checkpoint.sign(seen_at(7), private("thief"))
    with pytest.raises(NotByTheLog, match="no signature by the key"):
        witness.add_checkpoint(shown(forged))
    with pytest.raises(NotByTheLog, match="signature of this note fails"):
        witness.add_checkpoint(shown(note_of(7).replace("\n7\n", "\n8\n")))
    assert evidence(tmp_path) == []


@pytest.mark.parametrize("note", ["", "nonsense", "a\nb\nc\n\n", "one\n1\nAAAA\n\n— a AAAAAAAA\n"])
def test_what_is_no_checkpoint_is_malformed(witness: Witness, note: str) -> None:
    with pytest.raises(RequestMalformed):
        witness.add_checkpoint(shown(note))


def test_signatures_by_others_are_not_kept(witness: Witness, tmp_path: Path) -> None:
    lines = witness.add_checkpoint(shown(note_of(7) + "— stranger AAAAAAAA\n"))
    (seen,) = tmp_path.glob("logs/*/seen")
    assert seen.read_text("utf-8") == note_of(7) + lines


def test_a_log_is_watched_once_and_under_one_key(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 7))
    witness.watch(LOG_KEY)
    assert witness.watched()[0].seen == seen_at(7), "watching it again forgets nothing"
    with pytest.raises(AnotherKeyOfLog):
        witness.watch(VerifierKey.of(ORIGIN, private("thief").public_key()))
    assert witness.watched()[0].key == LOG_KEY


def test_logs_do_not_mix(witness: Witness) -> None:
    other = VerifierKey.of("another.example", private("other log").public_key())
    witness.watch(other)
    witness.add_checkpoint(request(0, 7))
    assert [(each.key, each.seen.size) for each in witness.watched()] == [(other, 0), (LOG_KEY, 7)]


def test_the_newest_checkpoint_is_told_by_the_digest_of_its_log(witness: Witness) -> None:
    digest = store._digest(ORIGIN)
    with pytest.raises(LogNotWitnessed):
        witness.newest(digest)
    lines = witness.add_checkpoint(request(0, 7))
    assert witness.newest(digest) == note_of(7) + lines


@pytest.mark.parametrize("damage", ["unlink", "cut", "bytes", "forged"])
def test_a_witness_that_lost_what_it_saw_cosigns_no_more(
    witness: Witness, tmp_path: Path, damage: str
) -> None:
    witness.add_checkpoint(request(0, 7))
    (seen,) = tmp_path.glob("logs/*/seen")
    if damage == "unlink":
        seen.unlink()
    else:
        whole = seen.read_bytes()
        forged = whole.replace(b"\n7\n", b"\n8\n")
        seen.write_bytes({"cut": whole[:40], "bytes": b"\xff", "forged": forged}[damage])
    with pytest.raises(StateUnreadable, match="is missing or altered"):
        witness.add_checkpoint(request(7, 8))


class Died(Exception):
    """The power went."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_witness_that_dies_while_it_remembers_never_contradicts_itself(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    witness.add_checkpoint(request(0, 5))
    whole = write_atomically

    def dying(path: Path, data: bytes) -> None:
        if when == "after":
            whole(path, data)
        raise Died

    monkeypatch.setattr(WRITING, dying)
    with pytest.raises(Died):
        witness.add_checkpoint(request(5, 7))
    monkeypatch.undo()

    again, stands_at = reopened(tmp_path), 5 if when == "before" else 7
    with pytest.raises(SizeDiffers) as told:
        again.add_checkpoint(request(0, 7))
    assert told.value.size == stands_at
    assert again.add_checkpoint(request(stands_at, 7)), "asked again, it cosigns the same tree"
    with pytest.raises(SplitView):
        again.add_checkpoint(shown(of_another_tree(7), 7))


def test_nothing_is_handed_out_that_is_not_on_disk(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(WRITING, full)
    with pytest.raises(OSError, match="No space left"):
        witness.add_checkpoint(request(0, 7))
    monkeypatch.undo()
    assert reopened(tmp_path).add_checkpoint(shown(of_another_tree(7)))


def test_of_requests_that_race_only_one_view_is_ever_cosigned(
    witness: Witness, tmp_path: Path
) -> None:
    witness.add_checkpoint(request(0, 5))
    fork = merkle.over([merkle.leaf_hash(b"%d" % n) for n in range(40)])
    together = threading.Barrier(8)

    def ask(number: int) -> Checkpoint | None:
        size = 6 + number // 2
        root = merkle.root(size, TREE if number % 2 else fork)
        seen = Checkpoint(ORIGIN, size, root)
        path = merkle.consistency(5, size, TREE)
        together.wait(timeout=30)
        try:
            witness_of_its_own = reopened(tmp_path)
            body = shown(checkpoint.sign(seen, LOG), 5, *path)
            assert witness_of_its_own.add_checkpoint(body)
        except LedgerError:
            return None
        return seen

    with ThreadPoolExecutor(8) as pool:
        cosigned_trees = [seen for seen in pool.map(ask, range(8)) if seen]
    assert len(cosigned_trees) == 1, "all started at 5 entries: the first moved the witness on"
    assert cosigned_trees[0] == seen_at(cosigned_trees[0].size)


def test_requests_wait_for_each_other_between_reading_and_remembering(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, reached, go_on = write_atomically, threading.Event(), threading.Event()

    def slow(path: Path, data: bytes) -> None:
        reached.set()
        assert go_on.wait(timeout=30)
        whole(path, data)

    monkeypatch.setattr(WRITING, slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(witness.add_checkpoint, request(0, 9))
        assert reached.wait(timeout=30)
        second = pool.submit(reopened(tmp_path).add_checkpoint, request(0, 7))
        go_on.set()
        assert first.result(timeout=30)
        with pytest.raises(SizeDiffers, match="has seen 9"):
            second.result(timeout=30)
    assert witness.watched()[0].seen == seen_at(9), "never rolled back"


def test_a_name_that_can_not_stand_in_a_note_makes_no_witness() -> None:
    with pytest.raises(ValueError, match="can't name a witness"):
        WitnessKeys.of("two words", bytes(32), bytes(32))
