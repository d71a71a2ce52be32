"""Files of jobs are closed piece by piece: none can be moved, cut off, renamed or read."""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path

import pytest

from ledger.store.job_files import CHUNK, PREFIX_BYTES, TAG_BYTES, FileAltered, FileGone, JobFiles

KEY = bytes(range(32))
BOX = CHUNK + TAG_BYTES


@pytest.fixture
def files(tmp_path: Path) -> JobFiles:
    return JobFiles(tmp_path / "jobs", lambda: KEY, secrets.token_bytes)


def put(files: JobFiles, data: bytes, name: str = "in-0", job: str = "a1") -> None:
    files.put(job, name, io.BytesIO(data))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_what_is_put_comes_back_whole(files: JobFiles, size: int) -> None:
    data = secrets.token_bytes(size)
    put(files, data)
    assert files.read("a1", "in-0") == data


def test_nothing_lies_there_in_clear_and_nobody_else_may_look(
    files: JobFiles, tmp_path: Path
) -> None:
    put(files, "王某某".encode() * 100)
    (place,) = (p for p in tmp_path.rglob("*") if p.is_file())
    assert "王某某".encode() not in place.read_bytes()
    assert place.stat().st_mode & 0o077 == 0
    assert (tmp_path / "jobs").stat().st_mode & 0o777 == 0o700


def altered(data: bytes) -> dict[str, bytes]:
    first, second = data[PREFIX_BYTES : PREFIX_BYTES + BOX], data[PREFIX_BYTES + BOX :]
    prefix = data[:PREFIX_BYTES]
    return {
        "a byte": data[:-1] + bytes([data[-1] ^ 1]),
        "cut at a piece": prefix + first,
        "pieces exchanged": prefix + second + first,
        "nothing left": prefix,
        "empty": b"",
    }


@pytest.mark.parametrize("how", ["a byte", "cut at a piece", "pieces exchanged", "nothing left",
                                 "empty"])  # fmt: skip
def test_a_file_that_was_altered_is_not_given_out(
    files: JobFiles, tmp_path: Path, how: str
) -> None:
    put(files, secrets.token_bytes(2 * CHUNK))
    place = tmp_path / "jobs/a1/in-0"
    place.write_bytes(altered(place.read_bytes())[how])
    with pytest.raises(FileAltered, match="file in-0 of job a1 is not what was put there"):
        files.read("a1", "in-0")


def test_a_file_put_in_the_place_of_another_is_seen(files: JobFiles, tmp_path: Path) -> None:
    put(files, b"mine", job="a1")
    put(files, b"yours", job="b2")
    os.replace(tmp_path / "jobs/b2/in-0", tmp_path / "jobs/a1/in-0")  # noqa: PTH105 one call
    with pytest.raises(FileAltered):
        files.read("a1", "in-0")


@pytest.mark.parametrize(("job", "name"), [("a1", "../b2/in-0"), ("..", "in-0"), ("a1", "in-1")])
def test_only_names_of_ours_are_looked_for(files: JobFiles, job: str, name: str) -> None:
    put(files, b"x")
    with pytest.raises(FileGone, match="there is no file"):
        files.read(job, name)


def test_files_go_by_the_beginning_of_their_names_or_all_together(files: JobFiles) -> None:
    for name in ("in-0", "in-1", "result"):
        put(files, b"x", name)
    files.drop("a1", "in-")
    assert files.names("a1") == ["result"]
    files.drop("a1")
    assert files.names("a1") == []


def test_a_failed_write_leaves_what_was_there(files: JobFiles, tmp_path: Path) -> None:
    put(files, b"before")

    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        files.put("a1", "in-0", Broken())
    assert files.read("a1", "in-0") == b"before"
    assert [p.name for p in (tmp_path / "jobs/a1").iterdir()] == ["in-0"]


def test_a_place_to_work_in_is_empty_at_first_and_gone_at_the_end(
    files: JobFiles, tmp_path: Path
) -> None:
    left = tmp_path / "jobs/a1/work"
    left.mkdir(parents=True)
    (left / "of-a-killed-run").touch()
    with files.workplace("a1") as folder:
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "x").touch()
    assert not folder.exists()


def test_what_was_being_handed_in_when_a_server_was_killed_is_swept_away(
    files: JobFiles, tmp_path: Path
) -> None:
    with files.incoming() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        files.sweep(folder.stat().st_mtime - 1)
        assert folder.exists(), "it is in use"
    assert not folder.exists()
    left = tmp_path / "jobs/incoming-left"
    left.mkdir()
    files.sweep(left.stat().st_mtime + 1)
    assert not left.exists()
