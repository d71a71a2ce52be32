"""Files on disk: whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.store import durable
from ledger.store.durable import atomically, write_atomically, write_once


def test_a_file_is_written_with_its_folders_and_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"

    write_atomically(path, b"first", mode=0o640)
    write_atomically(path, b"second")

    assert path.read_bytes() == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_of_two_writers_of_a_file_that_is_written_once_the_first_wins(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    write_once(path, b"first", mode=0o600)
    write_once(path, b"second")

    assert path.read_bytes() == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("write", [write_atomically, write_once])
def test_a_full_disk_leaves_what_was_there_and_no_rest(
    write: Callable[[Path, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write(path, b"first")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(path, b"second")

    assert path.read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_name_that_is_taken_by_a_folder_leaves_no_rest(tmp_path: Path) -> None:
    (tmp_path / "taken" / "inside").mkdir(parents=True)

    with pytest.raises(OSError, match="taken"):
        write_atomically(tmp_path / "taken", b"data")

    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_every_new_folder_on_the_way_is_made_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    sync = durable.sync_folder

    def noted(folder: Path) -> None:
        synced.append(folder)
        sync(folder)

    monkeypatch.setattr(durable, "sync_folder", noted)
    write_atomically(tmp_path / "a" / "b" / "file", b"data")

    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]


def test_a_long_file_is_written_piece_by_piece_and_read_before_it_takes_its_place(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a" / "file"

    with atomically(path, mode=0o600) as file:
        file.write(b"first ")
        file.write(b"second")
        file.seek(0)
        assert file.read() == b"first second"
        assert not path.exists()

    assert path.read_bytes() == b"first second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_long_file_that_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"first")

    def write() -> None:
        with atomically(path) as file:
            file.write(b"half of")
            raise KeyError

    with pytest.raises(KeyError):
        write()

    assert path.read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
