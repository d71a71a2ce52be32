"""What the command line keeps of a log that it audited, and goes by the next time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli import main
from tests.api.auditing.test_cores import large
from tests.attacks.forging import TRUST, Log

Run = Callable[..., tuple[int, dict[str, object]]]


def written(log: Log, folder: Path) -> Path:
    """Write a log as it is published."""
    for path, data in {**log.files(), "vkey": TRUST.log.line.encode() + b"\n"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def audit(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*args: object) -> tuple[int, dict[str, object]]:
        code = main(["audit", *map(str, args), "--jobs", "1", "--json"])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else {}

    return run


def test_the_second_audit_goes_by_what_the_first_one_kept(tmp_path: Path, audit: Run) -> None:
    log, kept = written(large(), tmp_path / "log"), tmp_path / "kept.json"
    code, first = audit("--log", log, "--kept", kept)
    assert (code, first["kept"]) == (0, {"unchanged": 0, "checked_again": 0})
    code, again = audit("--log", log, "--kept", kept)
    assert (code, again["kept"]) == (0, {"unchanged": 2, "checked_again": 1})
    assert again | {"kept": None} == first | {"kept": None}
    assert audit("--log", log, "--kept", kept, "--sample", 0)[1]["kept"] == {
        "unchanged": 2,
        "checked_again": 0,
    }
    assert audit("--log", log, "--engine", "processes")[1]["root"] == first["root"]


def test_what_is_kept_stays_when_the_log_is_not_what_it_was(tmp_path: Path, audit: Run) -> None:
    log, kept = large(), tmp_path / "kept.json"
    folder = written(log, tmp_path / "log")
    audit("--log", folder, "--kept", kept)
    before = kept.read_bytes()
    log.entries[40] = log.entries[40][:-3] + b"AAA"
    written(log, folder)
    for _ in range(2):
        code, found = audit("--log", folder, "--kept", kept)
        assert code == 1
        assert "tile/entries/000: its entries are not those" in str(found["findings"])
        assert kept.read_bytes() == before


@pytest.mark.parametrize(
    "args", [("--kept", "x"), ("--engine", "ray"), ("--sample", 3), ("--log", "x", "--sample", 3)]
)
def test_what_is_kept_belongs_to_a_published_log(
    args: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *map(str, args)]) == 2
    assert "name it with --log" in capsys.readouterr().err
