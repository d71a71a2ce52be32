from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import checkpoint, merkle
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.ed25519 import SignatureFails
from ledger.proof.encoding import COUNT_MAX, b64
from ledger.proof.merkle import NotIncluded
from ledger.proof.tlog_proof import ProofMalformed, TlogProof
from tests.ledger.proof.given import LOG, LOG_KEY, ORIGIN, entries, leaves, one_letter_off

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple)
SUBTREE = merkle.over(leaves(20))


def proof(index: int, size: int) -> TlogProof:
    seen = Checkpoint(ORIGIN, size, merkle.root(size, SUBTREE))
    path = tuple(merkle.inclusion(index, size, SUBTREE))
    return TlogProof(index, path, checkpoint.sign(seen, LOG))


@settings(deadline=None)
@given(st.integers(0, COUNT_MAX), HASHES, st.text())
def test_a_proof_reads_back(index: int, path: tuple[bytes, ...], note: str) -> None:
    written = TlogProof(index, path, note)
    assert TlogProof.parse(written.encode()) == written


@settings(deadline=None)
@given(st.text(max_size=30))
def test_a_text_is_the_one_spelling_of_its_proof_or_refused(text: str) -> None:
    for each in (text, f"c2sp.org/tlog-proof@v1\nindex {text}", f"c2sp.org/tlog-proof@v1\n{text}"):
        with contextlib.suppress(Untrusted):
            assert TlogProof.parse(each).encode() == each


def test_the_longest_path_reads_back() -> None:
    longest = TlogProof(0, (bytes(32),) * 63, "note")
    assert TlogProof.parse(longest.encode()) == longest


def test_a_proof_proves_its_entry() -> None:
    for index, entry in enumerate(entries(20)):
        seen = TlogProof.parse(proof(index, 20).encode()).check(entry, LOG_KEY)
        assert (seen.origin, seen.size) == (ORIGIN, 20)


def test_a_proof_one_letter_off_is_refused_wherever_it_stands() -> None:
    entry = entries(6)[5]
    for forged in one_letter_off(proof(5, 6).encode(), "0Q—+= \n"):
        with pytest.raises(Untrusted):
            TlogProof.parse(forged).check(entry, LOG_KEY)


def test_a_proof_proves_no_other_entry() -> None:
    with pytest.raises(NotIncluded, match="leads to another root"):
        proof(5, 6).check(entries(6)[4], LOG_KEY)


def test_a_proof_under_a_root_nobody_signed_is_refused() -> None:
    honest = proof(5, 6)
    forged = TlogProof(5, honest.path, honest.checkpoint.replace("\n6\n", "\n7\n"))
    with pytest.raises(SignatureFails):
        forged.check(entries(6)[5], LOG_KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\n\nnote",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex0\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra QQ==\nindex 0\n\nnote",
        f"c2sp.org/tlog-proof@v1\nindex 0\n{b64(bytes(31))}\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + f"{b64(bytes(32))}\n" * 64 + "\nnote",
    ],
)
def test_a_proof_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(ProofMalformed):
        TlogProof.parse(text)


@pytest.mark.parametrize("index", ["", "00", "-1", " 1", "1 ", "9223372036854775808"])
def test_an_index_has_one_spelling(index: str) -> None:
    with pytest.raises(Untrusted, match="is no count"):
        TlogProof.parse(f"c2sp.org/tlog-proof@v1\nindex {index}\n\nnote")
