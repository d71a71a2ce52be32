"""What other places show of a log is held against the copy: a split view is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.mirroring.fetching import NoSuchLog, source
from api.mirroring.others import compare
from api.mirroring.rounds import run_round
from api.mirroring.views import TwoViews
from ledger.store.mirror import MirrorFolder
from tests.api.mirroring.serving import files_of, log_of
from tests.attacks.forging import TRUST, Log
from tests.ledger.proof.given import private

KEY = TRUST.log
LOGGED = log_of(300)


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def mirror(tmp_path: Path) -> MirrorFolder:
    """Copy a log of 300 entries."""
    folder = MirrorFolder(tmp_path / "mirror")
    run_round(folder, source(str(laid_out(tmp_path / "log", files_of(LOGGED)))), KEY)
    return folder


@pytest.mark.parametrize(("size", "state"), [(300, "same"), (120, "behind"), (900, "ahead")])
def test_another_state_of_the_same_log_is_no_contradiction(
    mirror: MirrorFolder, tmp_path: Path, size: int, state: str
) -> None:
    other = laid_out(tmp_path / "other", files_of(log_of(size)))
    found = compare(mirror, KEY, str(other))
    assert (found.state, found.size, found.says) == (state, size, None)


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (300, "two trees of 300 entries"),
        (120, "tree of 300 entries does not begin with its tree of 120"),
        (900, "tree of 900 entries does not begin with its tree of 300"),
    ],
)
def test_another_log_shown_to_others_under_the_same_key_is_a_split_view(
    mirror: MirrorFolder, tmp_path: Path, size: int, says: str
) -> None:
    lie = Log(entries=[b"a lie", *log_of(size).entries[1:]])
    other = laid_out(tmp_path / "other", files_of(lie))
    with pytest.raises(TwoViews, match=says) as refused:
        compare(mirror, KEY, str(other))
    assert (Path(refused.value.where) / "shown").read_bytes() == files_of(lie)["checkpoint"]
    assert mirror.copied(KEY) is not None


def test_a_place_that_shows_nothing_signed_by_the_log_is_wrong(
    mirror: MirrorFolder, tmp_path: Path
) -> None:
    files = files_of(LOGGED, private("a stranger"))
    found = compare(mirror, KEY, str(laid_out(tmp_path / "other", files)))
    assert (found.state, found.size) == ("wrong", None)
    assert "no signature by the key" in str(found.says)


def test_a_place_whose_tiles_are_not_under_its_checkpoint_is_wrong(
    mirror: MirrorFolder, tmp_path: Path
) -> None:
    files = files_of(log_of(900)) | {"tile/0/001": b"\x00" * 8192}
    found = compare(mirror, KEY, str(laid_out(tmp_path / "other", files)))
    assert found.state == "wrong"
    assert "tile/0/001" in str(found.says)


def test_a_place_that_can_not_be_reached_is_not_said_to_agree(
    mirror: MirrorFolder, tmp_path: Path
) -> None:
    found = compare(mirror, KEY, str(tmp_path / "nowhere"))
    assert found.state == "unreachable"
    assert "no such folder" in str(found.says)
    with pytest.raises(NoSuchLog):
        source(str(tmp_path / "nowhere"))
