"""What may bring in a key is found in an entry's letters; what is kept of it is what it says."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.auditing.entries import (
    NAMES_A_KEY,
    SPELLINGS,
    UNPROVED,
    KeyDirectory,
    may_name_a_key,
    prove,
    spellings,
)
from ledger import codec
from ledger.proof.encoding import b64url
from tests.attacks.forging import ORIGIN, SIGNERS, told
from tests.conftest import OTHER_USCC, USCC

ENTRIES = told().entries
AROUND = st.binary(max_size=9)


@settings(max_examples=60)
@given(AROUND, AROUND)
@example(b"", b"")
@example(b"\xff", b"\xff")
@example(b"\xff\xff", b"\xff\xff")
def test_a_payload_that_names_a_key_is_found_wherever_the_name_begins(
    before: bytes, after: bytes
) -> None:
    payload = b64url(before + NAMES_A_KEY + after).encode()
    assert may_name_a_key(b"head." + payload + b".signature")
    assert SPELLINGS[len(before) % 3] in payload


@settings(max_examples=60)
@given(AROUND, st.binary(min_size=3, max_size=12), AROUND)
def test_the_spellings_of_any_text_are_as_long_as_they_can_be(
    before: bytes, text: bytes, after: bytes
) -> None:
    spelled = spellings(text)[len(before) % 3]
    assert spelled in b64url(before + text + after).encode()
    assert len(spelled) * 6 > len(text) * 8 - 12, "only letters that others share are left out"


def test_all_entries_that_name_a_key_are_decoded_and_few_others() -> None:
    for entry in ENTRIES:
        _, event = codec.read(entry, ORIGIN)
        assert may_name_a_key(entry) == hasattr(event, "public")


def test_the_keys_are_those_that_the_entries_name() -> None:
    found = KeyDirectory(ORIGIN).gather([*ENTRIES, b"", b"x", b"\xff.a", b"." + SPELLINGS[0]])
    assert {SIGNERS[USCC].kid, SIGNERS[OTHER_USCC].kid} <= found.keys()


def test_what_is_kept_of_an_entry_is_what_it_reads_and_who_signed_is_the_same() -> None:
    keys = KeyDirectory(ORIGIN).gather(ENTRIES)
    entries = [*ENTRIES, None, b"", b"x", ENTRIES[0][:-4] + b"AAAA"]
    directory = KeyDirectory(ORIGIN)
    kept = prove(entries, directory)
    assert [proof.by for proof in kept] == [proof.by for proof in prove(entries, keys)]
    assert [p.read for p in kept[: len(ENTRIES)]] == [codec.read(e, ORIGIN) for e in ENTRIES]
    assert all(proof.by for proof in kept[: len(ENTRIES)])
    assert kept[len(ENTRIES) : -1] == [UNPROVED] * 3
    assert kept[-1].by is None
    assert directory.keys == keys
    assert prove(ENTRIES, KeyDirectory("another.example")) == [UNPROVED] * len(ENTRIES)
