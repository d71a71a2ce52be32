"""A second audit checks no signature twice, and finds all the same whatever was altered since."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest

import api.auditing.blocks
from api.audit import Audit, Keeping, Spread, audit_log, chosen, read_kept, write_kept
from api.auditing import entries
from api.auditing.kept import KeptNotOurs, KeptUnreadable
from tests.api.auditing.test_cores import ONE, TWO, garbage, gifts, large, of_another, stolen
from tests.attacks.forging import ORIGIN, TRUST, Files, Log

DICE = SystemRandom()
Altered = Callable[[dict[str, Any]], object]


def audited(log: Log, keeping: Keeping, spread: Spread = ONE) -> Audit:
    return audit_log(Files(log.files()), TRUST.log, TRUST.authority, spread, keeping=keeping)


def kept(log: Log, tmp_path: Path, spread: Spread = ONE) -> Path:
    """Audit a log, and write what is kept of it."""
    keeping = Keeping()
    audited(log, keeping, spread)
    write_kept(tmp_path / "kept", ORIGIN, keeping)
    return tmp_path / "kept"


def altered(path: Path, change: Altered) -> Path:
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))
    return path


def forged(log: Log) -> None:
    """Alter the signature of the newest entry."""
    log.entries[-1] = log.entries[-1][:-4] + b"AAAA"


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of entries that had their signatures checked, a bundle at a time."""
    seen: list[int] = []
    prove = entries.prove

    def counted(found: tuple[bytes, ...], keys: entries.Keys) -> list[entries.Proof]:
        seen.append(len(found))
        return prove(found, keys)

    monkeypatch.setattr(api.auditing.blocks, "prove", counted)
    return seen


@pytest.mark.parametrize("lie", [lambda _: None, stolen, of_another, garbage])
@pytest.mark.parametrize("spread", [ONE, TWO], ids=["one", "two"])
def test_the_second_audit_finds_what_the_first_one_found(
    tmp_path: Path, lie: Callable[[Log], object], spread: Spread
) -> None:
    log = large(lie)
    first = audited(log, Keeping())
    again = Keeping(read_kept(kept(log, tmp_path, spread), ORIGIN))
    assert audited(log, again, spread) == first
    assert (again.unchanged, again.differs) == (2, False)


def test_only_signatures_of_new_entries_are_checked(tmp_path: Path, checks: list[int]) -> None:
    log = large()
    path = kept(log, tmp_path)
    first = len(log.entries)
    gifts(log, 700, 1000)
    checks.clear()
    again = Keeping(read_kept(path, ORIGIN))
    found = audited(log, again)
    assert (found.events, found.findings) == (len(log.entries), [])
    assert sum(checks) == len(log.entries) - first // 256 * 256
    assert sorted(again.after) == list(range(len(log.entries) // 256))


def test_a_byte_that_changed_in_a_kept_block_is_found(tmp_path: Path) -> None:
    log = large()
    path = kept(log, tmp_path)
    log.entries[40] = log.entries[40][:-3] + b"AAA"  # with the tiles and a checkpoint to match
    keeping = Keeping(read_kept(path, ORIGIN))
    found = audited(log, keeping)
    assert keeping.differs
    assert not found.tree_ok
    assert any(each.startswith("entry 40: the signature") for each in found.findings)
    assert any("tile/entries/000: its entries are not those" in each for each in found.findings)


def test_a_log_that_was_told_anew_under_good_keys_is_found(tmp_path: Path) -> None:
    path = kept(large(), tmp_path)
    log = large(lambda log: gifts(log, 290, 291))
    found = audited(log, Keeping(read_kept(path, ORIGIN)))
    assert [each for each in found.findings if "its entries are not those" in each]
    assert found.signatures_ok


def test_a_log_that_was_cut_is_found(tmp_path: Path) -> None:
    log = large()
    path = kept(log, tmp_path)
    del log.entries[300:]
    found = audited(log, Keeping(read_kept(path, ORIGIN)))
    assert found.findings == ["checkpoint: the log ends before what the audit before this one read"]


def test_a_signature_that_was_only_said_to_hold_is_found_in_the_sample(tmp_path: Path) -> None:
    log = large(forged)
    first = audited(log, Keeping())
    claimed = altered(kept(log, tmp_path), _all_by_the_first)
    believed = Keeping(read_kept(claimed, ORIGIN))
    assert first.findings
    assert not audited(log, believed).findings, "what a forged file can do"
    for spread in (ONE, TWO):
        sampled = Keeping(believed.before, range(2))
        found = audited(log, sampled, spread)
        assert sampled.differs
        assert set(found.findings) > set(first.findings)
        assert "kept: signatures of tile/entries/001 that were kept as checked do not hold" in (
            found.findings
        )


def _all_by_the_first(told: dict[str, Any]) -> None:
    """Say of every bundle that one key signed all of it: who recorded the gifts."""
    counts: dict[int, int] = {}
    for _, runs in told["bundles"].values():
        for count, at in runs:
            counts[at] = counts.get(at, 0) + count
    most = max(counts, key=lambda at: counts[at])
    for bundle in told["bundles"].values():
        bundle[1] = [[256, most]]


def test_a_sound_sample_changes_nothing(tmp_path: Path) -> None:
    log = large(stolen)
    before = read_kept(kept(log, tmp_path), ORIGIN)
    for spread in (ONE, TWO):
        assert audited(log, Keeping(before, range(2)), spread) == audited(log, Keeping())


def test_a_bundle_that_can_not_be_read_stays_kept(tmp_path: Path) -> None:
    log = large()
    before = read_kept(kept(log, tmp_path), ORIGIN)
    files = log.files()
    del files["tile/entries/001"]
    keeping = Keeping(before)
    found = audit_log(Files(files), TRUST.log, TRUST.authority, ONE, keeping=keeping)
    assert "tile/entries/001: tile/entries/001 is missing" in found.findings
    assert keeping.after == before


def test_the_sample_is_drawn_by_lot() -> None:
    assert chosen([], None, DICE) == []
    assert len(chosen(range(301), None, DICE)) == 4
    assert len(chosen(range(300), 20, DICE)) == 20
    assert sorted(chosen(range(3), 20, DICE)) == [0, 1, 2]
    assert chosen(range(300), 0, DICE) == []


WRONG: list[Altered] = [
    lambda told: told.update(kept=2),
    lambda told: told.update(origin="another.example/log"),
    lambda told: told.pop("keys"),
    lambda told: told.update(bundles=3),
    lambda told: told["bundles"].update({"x": ["", []]}),
    lambda told: told["bundles"].update({"0": ["AAAA", [[256, 0]]]}),
    lambda told: told["bundles"]["0"].__setitem__(1, [[255, 0]]),
    lambda told: told["bundles"]["0"].__setitem__(1, [[257, 0], [-1, 0]]),
    lambda told: told["bundles"]["0"].__setitem__(1, [[256, 99]]),
    lambda told: told["bundles"]["0"].__setitem__(1, [[256, -2]]),
]


@pytest.mark.parametrize("change", WRONG)
def test_a_file_that_is_no_such_thing_is_refused(tmp_path: Path, change: Altered) -> None:
    path = altered(kept(large(), tmp_path), change)
    with pytest.raises(KeptUnreadable, match="move it away"):
        read_kept(path, ORIGIN)


def test_a_file_that_others_can_write_is_refused(tmp_path: Path) -> None:
    path = kept(large(), tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o620)
    with pytest.raises(KeptNotOurs, match="written by others"):
        read_kept(path, ORIGIN)


def test_nothing_is_kept_before_the_first_audit(tmp_path: Path) -> None:
    assert read_kept(tmp_path / "none", ORIGIN) == {}
    with pytest.raises(KeptUnreadable):
        read_kept(tmp_path, ORIGIN)
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(KeptUnreadable):
        read_kept(tmp_path / "empty", ORIGIN)
