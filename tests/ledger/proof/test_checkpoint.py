from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import checkpoint, merkle, notes
from ledger.proof.checkpoint import Checkpoint, CheckpointMalformed, OriginDiffers
from ledger.proof.encoding import COUNT_MAX, b64
from ledger.proof.notes import VerifierKey
from tests.ledger.proof.given import LOG, LOG_KEY, ORIGIN, one_letter_off, shared, vector

SEEN = Checkpoint(ORIGIN, 3, bytes(range(32)))
ROOT = b64(bytes(32))


@settings(deadline=None)
@given(st.integers(0, COUNT_MAX), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back(size: int, root: bytes) -> None:
    seen = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.parse(seen.text) == seen
    assert checkpoint.open_signed(checkpoint.sign(seen, LOG), LOG_KEY) == seen


def test_a_signed_checkpoint_one_letter_off_is_refused() -> None:
    for forged in one_letter_off(checkpoint.sign(SEEN, LOG), "0Q—+= \n"):
        with pytest.raises(Untrusted):
            checkpoint.open_signed(forged, LOG_KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n3\n{ROOT}",
        f"{ORIGIN}\n3\n{ROOT}\n\n",
        f"{ORIGIN}\n3\n{ROOT}\nextension\n",
        f"\n3\n{ROOT}\n",
        f"a b\n3\n{ROOT}\n",
        f"{ORIGIN}\n3\n{b64(bytes(31))}\n",
        f"{ORIGIN}\n3\n\n",
    ],
)
def test_a_checkpoint_has_three_lines(text: str) -> None:
    with pytest.raises(CheckpointMalformed):
        Checkpoint.parse(text)


@pytest.mark.parametrize("size", ["", "03", "-3", "3 ", "+3", "1e3", "9223372036854775808"])
def test_a_size_has_one_spelling(size: str) -> None:
    with pytest.raises(Untrusted, match="is no count"):
        Checkpoint.parse(f"{ORIGIN}\n{size}\n{ROOT}\n")


def test_a_root_has_one_spelling() -> None:
    with pytest.raises(Untrusted, match="not canonical base64"):
        Checkpoint.parse(f"{ORIGIN}\n3\n{ROOT[:-2]}B=\n")


def test_a_checkpoint_of_another_log_is_refused_though_our_key_signed_it() -> None:
    elsewhere = Checkpoint("elsewhere.example/log", 3, bytes(32))
    with pytest.raises(OriginDiffers, match=r"elsewhere.*expected one of 'donations"):
        checkpoint.open_signed(notes.sign(elsewhere.text, ORIGIN, LOG), LOG_KEY)


def test_the_checkpoints_of_tessera_open_and_extend_each_other() -> None:
    log = vector("tessera.json")
    key = VerifierKey.parse(log["key"])
    assert key.line == log["key"]
    subtree = merkle.over([merkle.leaf_hash(entry.encode()) for entry in log["entries"]])
    for size, lines in enumerate(log["checkpoints"]):
        seen = checkpoint.open_signed("\n".join(lines), key)
        assert seen == Checkpoint(key.name, size, merkle.root(size, subtree))


@pytest.mark.shared
def test_the_published_files_of_tessera_open() -> None:
    folder = shared("tessera-tlog")
    key = VerifierKey.parse((folder / "VERIFIER_KEY.txt").read_text(encoding="utf-8").strip())
    for size in range(16):
        note = (folder / f"checkpoint.{size}").read_text(encoding="utf-8")
        assert checkpoint.open_signed(note, key).size == size
