"""Whoever alters a file of a published log is named by an audit of its files alone."""

from __future__ import annotations

import pytest

from api.audit import Audit, audit_log
from ledger.domain.events import GiftReceived
from ledger.proof import checkpoint, merkle, tiles
from tests.attacks.forging import LOG, ORIGIN, TRUST, Files, Log, gift, told
from tests.conftest import USCC

FILES = told().files()


def large() -> Log:
    """A log with full tiles and a tile of tiles."""
    log = told()
    for number in range(2, 262):
        log.record(f"gift {number}", GiftReceived, f"gift-{number}", USCC, **gift())
    return log


@pytest.fixture(scope="module")
def many() -> dict[str, bytes]:
    return large().files()


def audited(files: dict[str, bytes]) -> Audit:
    return audit_log(Files(files), TRUST.log, TRUST.authority)


def flipped(files: dict[str, bytes], path: str, at: int) -> dict[str, bytes]:
    data = files[path]
    return {**files, path: data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]}


def test_the_published_files_are_sound(many: dict[str, bytes]) -> None:
    assert audited(FILES).findings == []
    assert audited(many).findings == []
    assert "tile/1/000.p/1" in many


@pytest.mark.parametrize("path", sorted(FILES))
def test_one_bit_changed_in_any_file_is_found_and_the_file_is_named(path: str) -> None:
    stride = {"checkpoint": 1}.get(path, 13)
    for at in range(0, len(FILES[path]), stride):
        found = audited(flipped(FILES, path, at)).findings
        assert found, f"{path} byte {at}"
        assert any(name in found[0] for name in (path, "entry", "checkpoint")), found


def test_one_bit_changed_in_a_large_log_is_found_in_every_file(many: dict[str, bytes]) -> None:
    for path, data in many.items():
        found = audited(flipped(many, path, len(data) // 2)).findings
        named = path in " ".join(found) or path.startswith("tile/entries")
        assert found, path
        assert named, found


def test_a_missing_file_is_named(many: dict[str, bytes]) -> None:
    for path in many:
        rest = {name: data for name, data in many.items() if name != path}
        assert any(path in finding for finding in audited(rest).findings), path


@pytest.mark.parametrize("more", [b"\x00", b"\n", b"x" * 40])
def test_a_file_cut_or_added_to_is_found(more: bytes) -> None:
    for path, data in FILES.items():
        assert audited({**FILES, path: data + more}).findings, path
        assert audited({**FILES, path: data[:-1]}).findings, path
        assert audited({**FILES, path: b""}).findings, path


def test_two_entries_swapped_with_their_tile_give_another_root() -> None:
    log = told()
    log.entries[-1], log.entries[-2] = log.entries[-2], log.entries[-1]
    swapped = {**log.files(), "checkpoint": FILES["checkpoint"]}
    found = audited(swapped)
    assert "checkpoint: its root is not that of the entries" in found.findings
    assert not found.tree_ok


def test_a_checkpoint_of_another_size_asks_for_other_files() -> None:
    for size in (0, 3, len(told().entries) - 1):
        found = audited({**FILES, "checkpoint": told().note(size=size).encode()})
        assert found.findings or size == 0, size
    root = merkle.EMPTY_ROOT
    beyond = checkpoint.sign(checkpoint.Checkpoint(ORIGIN, 13, root), LOG)
    found = audited({**FILES, "checkpoint": beyond.encode()})
    assert any("tile/entries/000.p/13" in finding for finding in found.findings)


def test_a_checkpoint_that_is_no_text_is_no_crash() -> None:
    found = audited({**FILES, "checkpoint": b"\xff\xfe\x00" * 9})
    assert not found.checkpoint_ok
    assert found.findings[0].startswith("checkpoint: ")


def test_a_bundle_with_one_entry_too_few_says_how_many_there_should_be() -> None:
    path = "tile/entries/000.p/12"
    entries = tiles.unpack_entries(FILES[path])
    found = audited({**FILES, path: tiles.pack_entries(entries[:-1])})
    assert f"{path}: it holds 11 entries, expected 12" in found.findings
