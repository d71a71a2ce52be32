"""A bundle has one form, and says what is wrong with any other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof.encoding import NotCanonical, canonical
from receipts.bundle import ENTRIES_MAX, FORMAT, FORMAT_V1, Bundle, BundleMalformed
from tests.attacks.forging import ORIGIN, told

BUNDLE = told().bundle()
MEMBERS = json.loads(BUNDLE.encode())


def test_a_bundle_that_was_written_reads_back_as_it_was() -> None:
    assert Bundle.parse(BUNDLE.encode()) == BUNDLE
    assert MEMBERS["format"] == FORMAT
    assert MEMBERS["origin"] == ORIGIN


def older(bundle: Bundle) -> bytes:
    """Write a bundle in its older form, as receipts carried it before."""
    entries = [{"entry": e.entry.decode(), "proof": e.proof.encode()} for e in bundle.entries]
    kept = {name: MEMBERS[name] for name in ("openings", "origin")}
    return canonical({**kept, "entries": entries, "format": FORMAT_V1})


def test_the_older_form_reads_as_the_same_bundle_and_takes_more_room() -> None:
    assert Bundle.parse(older(BUNDLE)) == BUNDLE
    assert len(older(BUNDLE)) > len(BUNDLE.encode())


def test_a_proof_and_the_checkpoint_together_are_a_tlog_proof() -> None:
    for member, proven in zip(MEMBERS["entries"], BUNDLE.entries, strict=True):
        assert member["proof"] + MEMBERS["checkpoint"] == proven.proof.encode()


def test_proofs_under_several_checkpoints_keep_them_in_the_older_form() -> None:
    first = BUNDLE.entries[0]
    other = replace(first, proof=replace(first.proof, checkpoint="another\n"))
    mixed = replace(BUNDLE, entries=(other, *BUNDLE.entries[1:]))
    assert json.loads(mixed.encode())["format"] == FORMAT_V1
    assert Bundle.parse(mixed.encode()) == mixed


def test_each_form_has_its_own_name() -> None:
    for data, said in ((older(BUNDLE), FORMAT_V1), (BUNDLE.encode(), FORMAT)):
        other = FORMAT if said == FORMAT_V1 else FORMAT_V1
        with pytest.raises(BundleMalformed, match=f"its format is '{other}'"):
            Bundle.parse(data.replace(said.encode(), other.encode()))


def test_an_entry_stands_in_the_bundle_as_it_stands_in_the_log() -> None:
    entries = [entry["entry"].encode() for entry in MEMBERS["entries"]]
    log = told()
    assert entries == [entry for entry in log.entries if entry in entries]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": "v2"}, "its format is 'v2'"),
        ({"entries": []}, "it has 0 entries"),
        ({"entries": MEMBERS["entries"] * (ENTRIES_MAX // 7 + 1)}, "it has 1001 entries"),
        ({"entries": {}}, "a list is missing"),
        ({"entries": [{"entry": "a" * 2**17, "proof": ""}]}, "take more than 131072 bytes"),
        ({"entries": [[]]}, "it should hold entry, proof"),
        ({"entries": [{"entry": "a"}]}, "it should hold entry, proof"),
        ({"entries": [7]}, "it should hold entry, proof"),
        ({"entries": [{"entry": "é", "proof": ""}]}, "an entry is not ASCII"),
        ({"entries": [{"entry": None, "proof": ""}]}, "a text is missing"),
        ({"openings": "x"}, "a list is missing"),
        ({"origin": 1}, "a text is missing"),
        ({"more": 1}, "it should hold entries, format, openings, origin"),
        ({"checkpoint": ""}, "one checkpoint before its entries"),
        ({"checkpoint": 1}, "a text is missing"),
        ({"d": 1}, "one checkpoint before its entries"),
        (
            {"entries": [{"entry": "a", "proof": "c2sp.org/tlog-proof@v1\nindex 0\n\nx"}]},
            "does not end where the checkpoint follows",
        ),
    ],
)
def test_what_is_no_bundle_says_why(change: dict[str, object], why: str) -> None:
    with pytest.raises(BundleMalformed, match=why):
        Bundle.parse(canonical({**MEMBERS, **change}))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'"entry":"e', b'"entry":"\\u0065'),
        (b'"entry":"e', b'"entry":"\\e'),
        (b'"proof":"c2sp', b'"proof":"c2\x7fsp'),
        (b'"proof":"c2sp', b'"proof":"c2\x01sp'),
        (b'"proof":"c2sp', b'"proof":"c2\nsp'),
        (b'"proof":"c2sp', b'"proof":"c2\\u000asp'),
        (b'"proof":"c2sp', b'"proof":"\\u0063' + b"2sp"),
        (b'"proof":"c2sp', b'"proof":"c2\\\\nsp'),
        (b'"proof":"c2sp', b'"proof":"c2\xffsp'),
        (b'"proof":"c2sp', b'"proof": "c2sp'),
    ],
)
def test_a_known_entry_written_otherwise_is_refused(written: bytes, instead: bytes) -> None:
    data = BUNDLE.encode()
    assert Bundle.parse(data) == BUNDLE
    assert written in data
    with pytest.raises(Untrusted):
        Bundle.parse(data.replace(written, instead, 1))


def test_a_proof_in_an_escaped_spelling_is_not_canonical() -> None:
    data = BUNDLE.encode().replace(b"c2sp.org", b"c2sp\\u002eorg", 1)
    with pytest.raises(NotCanonical):
        Bundle.parse(data)


def test_the_same_entry_with_another_proof_is_another() -> None:
    one, other = BUNDLE.entries[:2]
    forged = replace(one, proof=other.proof)
    assert hash(forged) == hash(one)
    assert forged != one
    assert len({one, forged}) == 2


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_to_be_untrusted(data: bytes) -> None:
    with pytest.raises(Untrusted):
        Bundle.parse(data)
