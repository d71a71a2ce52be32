"""A bundle has one form, and says what is wrong with any other."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof.encoding import canonical
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


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_to_be_untrusted(data: bytes) -> None:
    with pytest.raises(Untrusted):
        Bundle.parse(data)
