"""A bundle has one form, and says what is wrong with any other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof.encoding import NotCanonical, canonical
from receipts.bundle import ENTRIES_MAX, FORMAT, Bundle, BundleMalformed
from tests.attacks.forging import ORIGIN, told

BUNDLE = told().bundle()
MEMBERS = json.loads(BUNDLE.encode())


def test_a_bundle_that_was_written_reads_back_as_it_was() -> None:
    assert Bundle.parse(BUNDLE.encode()) == BUNDLE
    assert MEMBERS["format"] == FORMAT
    assert MEMBERS["origin"] == ORIGIN


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
