from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import Unknown
from ledger.proof.checkpoint import open_signed
from ledger.store.mirror import (
    Contradiction,
    KeptDamaged,
    MirrorBusy,
    MirrorFolder,
    OtherLog,
    Shown,
)
from tests.ledger.proof.given import LOG_KEY, published
from tests.ledger.proof.given import private as private_key


def shown(size: int) -> Shown:
    note = published(size)["checkpoint"].decode()
    return Shown(note, open_signed(note, LOG_KEY))


def test_two_mirrors_never_work_in_one_folder(tmp_path: Path) -> None:
    with (
        MirrorFolder(tmp_path).locked(),
        pytest.raises(MirrorBusy, match="another mirror"),
        MirrorFolder(tmp_path).locked(),
    ):
        pass
    with MirrorFolder(tmp_path).locked():
        pass


def test_the_key_of_the_first_run_is_kept(tmp_path: Path) -> None:
    folder = MirrorFolder(tmp_path)
    assert folder.key() is None
    folder.pin(LOG_KEY)
    folder.pin(LOG_KEY)
    assert MirrorFolder(tmp_path).key() == LOG_KEY
    other = type(LOG_KEY).of("other.example/log", private_key("other").public_key())
    with pytest.raises(OtherLog, match="holds the log of key donations"):
        folder.pin(other)


def test_the_newest_checkpoint_may_be_one_whose_tree_is_not_here_yet(tmp_path: Path) -> None:
    folder = MirrorFolder(tmp_path)
    assert folder.newest(LOG_KEY) is None
    assert folder.copied(LOG_KEY) is None
    folder.finish(shown(3), 0)
    assert folder.newest(LOG_KEY) == shown(3)
    for size in (3, 20, 100):
        folder.keep(shown(size))
    folder.write("checkpoints/7.old", b"")
    assert folder.newest(LOG_KEY) == shown(100)
    assert folder.copied(LOG_KEY) == shown(3)
    assert folder.at(20, LOG_KEY) == shown(20)
    assert folder.at(21, LOG_KEY) is None


def test_a_kept_checkpoint_that_was_altered_is_named(tmp_path: Path) -> None:
    folder = MirrorFolder(tmp_path)
    folder.keep(shown(3))
    folder.write("checkpoints/3", shown(3).note.replace("\n3\n", "\n4\n").encode())
    with pytest.raises(KeptDamaged, match="checkpoints/3 was altered"):
        folder.newest(LOG_KEY)


def test_a_file_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    folder = MirrorFolder(tmp_path)
    assert folder.put("tile/0/000.p/1", b"a") is True
    assert folder.put("tile/0/000.p/1", b"a") is False
    assert folder.put("tile/0/000.p/1", b"b") is True
    assert folder.read("tile/0/000.p/1") == b"b"
    with pytest.raises(Unknown):
        folder.read("tile/0/000")


def test_partial_files_go_only_where_the_full_one_is_there(tmp_path: Path) -> None:
    folder = MirrorFolder(tmp_path)
    for path, data in (published(200) | published(300) | published(310)).items():
        folder.write(path, data)
    folder.finish(shown(310), 200)
    left = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.p")}
    assert left == {"tile/0/001.p", "tile/entries/001.p", "tile/1/000.p"}
    assert (tmp_path / "tile/0/001.p/44").exists(), "who read an older checkpoint may need it"


def test_evidence_is_both_notes_what_they_say_and_the_proof(tmp_path: Path) -> None:
    folder = MirrorFolder(tmp_path)
    found = Contradiction(shown(3), shown(20), "the log lies", [b"\x00" * 32])
    where = folder.accuse(found)
    assert where == tmp_path / "evidence" / f"3-20-{shown(20).seen.root.hex()[:16]}"
    assert (where / "known").read_text() == shown(3).note
    assert (where / "shown").read_text() == shown(20).note
    assert (where / "says").read_text() == "the log lies\n"
    assert (where / "consistency").read_text().count("\n") == 1
