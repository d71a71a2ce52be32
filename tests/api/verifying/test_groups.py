"""Receipts are checked in groups of bounded size, and come to what each comes to by itself."""

from __future__ import annotations

import os
import pickle
from datetime import date
from pathlib import Path

import pytest

from api.verifying.files import FileUnreadable
from api.verifying.groups import AT_ONCE, BYTES_AT_ONCE, Target, grouped, targets
from api.verifying.session import Checked, Session, StatusNeeded, check_all
from ledger.money import Money
from tests.attacks.forging import TRUST
from tests.receipts.signed import document, printed, told

SESSION = Session(TRUST.encode(), None, None, date(2026, 11, 22))
STORY, LATE = told(), told(granted={"last_day": date(2026, 9, 30)})
FILE, OTHER = (document(story.encode(), printed(story)) for story in (STORY, LATE))
MISPRINTED = document(STORY.encode(), printed(STORY, amount=Money(1)))
MIXED = (FILE, OTHER, MISPRINTED, FILE[:-1], b"", STORY.encode())


def mixed(folder: Path, count: int) -> list[Path]:
    """Write receipts that are good, repeated, damaged, empty and bundles alone."""
    folder.mkdir()
    for place in range(count):
        data = MIXED[place % len(MIXED)]
        ending = "bundle.json" if data == MIXED[-1] else "pdf"
        (folder / f"{place:03d}.{ending}").write_bytes(data)
    return sorted(folder.iterdir())


def checked(found: list[Target]) -> tuple[list[Checked], int]:
    advances: list[int] = []
    results = list(check_all(SESSION, found, 1, advances.append))
    return results, sum(advances)


def test_a_folder_of_more_than_a_group_comes_to_what_its_files_come_to_alone(
    tmp_path: Path,
) -> None:
    paths = mixed(tmp_path / "many", AT_ONCE + 9)
    gone = paths[3]
    found = targets([tmp_path / "many"])
    gone.unlink()
    together, advanced = checked(found)
    assert [one.path for one in together] == paths
    assert advanced == len(paths)
    for one in together:
        (alone,), _ = checked([Target(one.path, alone=False)])
        assert one.verdict == alone.verdict
    results = {one.verdict.result for one in together}
    assert results == {"valid", "not_eligible", "mismatch", "untrusted"}
    told = [one for one in together if one.verdict.receipt and one.path.suffix == ".pdf"]
    assert {one.twice for one in told} == {None, str(paths[0])}, "all are of one number"


def test_a_file_that_is_named_and_not_there_stops_after_those_before_it(tmp_path: Path) -> None:
    before, after = tmp_path / "a.pdf", tmp_path / "c.pdf"
    before.write_bytes(FILE)
    after.write_bytes(OTHER)
    found = [Target(path, alone=True) for path in (before, tmp_path / "b.pdf", after)]
    results = check_all(SESSION, found, 1, lambda _: None)
    assert next(results).verdict.result == "valid"
    with pytest.raises(FileUnreadable, match=r"b\.pdf"):
        next(results)


def test_a_list_between_receipts_keeps_its_place(tmp_path: Path) -> None:
    first, listed, last = tmp_path / "a.pdf", tmp_path / "b.csv", tmp_path / "c.pdf"
    first.write_bytes(FILE)
    listed.write_text("no list", encoding="utf-8")
    last.write_bytes(OTHER)
    found = [Target(path, alone=True) for path in (first, listed, last)]
    results = check_all(SESSION, found, 1, lambda _: None)
    assert next(results).path == first
    with pytest.raises(StatusNeeded, match=r"b\.csv"):
        next(results)


def sparse(path: Path, size: int) -> Target:
    with path.open("wb") as file:
        os.truncate(file.fileno(), size)
    return Target(path, alone=False)


def test_a_group_holds_few_files_and_few_bytes_and_keeps_their_order(tmp_path: Path) -> None:
    small = [sparse(tmp_path / f"{n}.pdf", 1) for n in range(AT_ONCE + 1)]
    assert list(grouped(small)) == [small[:AT_ONCE], small[AT_ONCE:]]
    half = BYTES_AT_ONCE // 2
    large = [sparse(tmp_path / f"large-{n}.pdf", half) for n in range(3)]
    huge = sparse(tmp_path / "huge.pdf", BYTES_AT_ONCE + 1)
    assert list(grouped([*large, huge])) == [large[:2], large[2:], [huge]]
    assert list(grouped([])) == []


def test_lists_and_codes_are_checked_one_by_one() -> None:
    names = ("a.pdf", "b.PDF", "c.CSV", "d.csv", "e.TXT", "f.png", "g.bundle.json", "h")
    found = [Target(Path(name), alone=True) for name in names]
    together = [[target.path.name for target in group] for group in grouped(found)]
    assert together == [
        ["a.pdf", "b.PDF"], ["c.CSV"], ["d.csv"], ["e.TXT"], ["f.png"], ["g.bundle.json", "h"],
    ]  # fmt: skip


def test_several_processes_find_what_one_finds_in_the_same_order(tmp_path: Path) -> None:
    mixed(tmp_path / "many", 3 * AT_ONCE + 5)
    found = targets([tmp_path / "many"])
    (tmp_path / "many" / "100.pdf").unlink()  # found, and gone before it is read
    advances: list[int] = []
    assert list(check_all(SESSION, found, 2, advances.append)) == checked(found)[0]
    assert sum(advances) == len(found)


def test_several_processes_stop_at_a_named_file_as_one_does(tmp_path: Path) -> None:
    paths = mixed(tmp_path / "many", 3 * AT_ONCE)
    gone = paths[AT_ONCE + 6]
    gone.unlink()
    found = targets(paths)
    for jobs in (1, 2):
        told = check_all(SESSION, found, jobs, lambda _: None)
        with pytest.raises(FileUnreadable, match=gone.name):
            list(told)


def test_a_file_that_can_not_be_read_is_told_of_by_another_process(tmp_path: Path) -> None:
    error = FileUnreadable(tmp_path / "gone.pdf", "no such file")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 our own bytes
    assert type(again) is FileUnreadable
    assert str(again) == str(error)
