"""A public index leads to ledgers; whoever checks it sees a log that contradicts what it shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.wiring import House
from deploy.index.ledgers import main
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.notes import VerifierKey
from tests.houses import general_fund, give, register

Said = list[dict[str, object]]


@pytest.fixture
def listed(house: House, tmp_path: Path) -> Path:
    """Publish a ledger, and list it."""
    register(house)
    house.publish()
    row = {
        "name": "省账本 <1>",
        "vkey": house.trust().log.line,
        "log": str(house.log.folder),
        "portal": "https://ledger.example.org",
    }
    path = tmp_path / "list.json"
    path.write_text(json.dumps([row]))
    return path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Said]:
    code = main([str(word) for word in words])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def grow(house: House) -> None:
    give(house, general_fund(house), "1.00")
    house.publish()


def test_an_index_follows_its_logs(
    house: House, listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    for state in ("ahead", "same"):
        code, (found,) = run(capsys, "make", listed, index)
        assert (code, found["state"]) == (0, state)
    page = (index / "index.html").read_text()
    assert "省账本 &lt;1&gt;" in page
    older = (house.log.folder / "checkpoint").read_bytes()
    grow(house)
    assert run(capsys, "check", index)[1][0]["state"] == "ahead"
    run(capsys, "make", listed, index)
    (house.log.folder / "checkpoint").write_bytes(older)
    code, (found,) = run(capsys, "make", listed, index)
    assert (code, found["state"]) == (0, "behind"), "what it showed last stays"
    assert run(capsys, "check", index)[1][0]["state"] == "behind"


@pytest.mark.parametrize("size", [0, 1])
def test_a_log_that_contradicts_what_the_index_shows_is_found(
    house: House, listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    index = tmp_path / "index"
    run(capsys, "make", listed, index)
    path = index / "index.json"
    told = json.loads(path.read_text())
    signer = house.integrator.signer
    other = Checkpoint(house.recorder.origin(), house.recorder.size() - size, b"x" * 32)
    told["ledgers"][0]["checkpoint"] = signer.sign(other, datetime.now(UTC))
    path.write_text(json.dumps(told))

    for words in (("check", index), ("make", listed, index)):
        code, (found,) = run(capsys, *words)
        assert (code, found["state"]) == (1, "wrong")
    assert json.loads(path.read_text()) == told, "the evidence stays"


def test_another_key_for_the_same_log_is_refused(
    listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    run(capsys, "make", listed, index)
    before = (index / "index.json").read_text()
    row = json.loads(listed.read_text())[0]
    origin, another = VerifierKey.parse(row["vkey"]).name, Ed25519PrivateKey.generate()
    row["vkey"] = VerifierKey.of(origin, another.public_key()).line
    listed.write_text(json.dumps([row]))
    code, (found,) = run(capsys, "make", listed, index)
    assert (code, found["state"]) == (1, "wrong")
    assert (index / "index.json").read_text() == before


def test_a_log_that_is_away_and_an_index_that_is_none_are_told_apart(
    listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = json.loads(listed.read_text())[0] | {"log": str(tmp_path / "nowhere")}
    listed.write_text(json.dumps([row]))
    code, (found,) = run(capsys, "make", listed, tmp_path / "index")
    assert (code, found["state"]) == (1, "unreachable")
    for broken in (
        "[1]",
        "{",
        json.dumps([row, row]),
        json.dumps([row | {"portal": "javascript:"}]),
    ):
        listed.write_text(broken)
        assert run(capsys, "make", listed, tmp_path / "index")[0] == 2
    assert run(capsys, "check", tmp_path / "none")[0] == 2
