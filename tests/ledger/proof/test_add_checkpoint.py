from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import merkle
from ledger.proof.add_checkpoint import AddCheckpoint, RequestMalformed
from ledger.proof.encoding import b64
from tests.ledger.proof.given import one_letter_off
from tests.ledger.proof.witnessed import TREE, note_of

REQUEST = AddCheckpoint(5, tuple(merkle.consistency(5, 9, TREE)), note_of(9))
HASH = b64(bytes(32))


def test_a_request_reads_back_as_it_was_written() -> None:
    assert REQUEST.encode().startswith(b"old 5\n" + b64(REQUEST.path[0]).encode() + b"\n")
    assert AddCheckpoint.parse(REQUEST.encode()) == REQUEST
    first = AddCheckpoint(0, (), note_of(9))
    assert first.encode() == f"old 0\n\n{note_of(9)}".encode()
    assert AddCheckpoint.parse(first.encode()) == first


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it needs a line"),
        (b"old 5\n", "it needs a line"),
        (b"new 5\n\nx", "it needs a line"),
        (b"old 05\n\nx", "no count"),
        (b"old -1\n\nx", "no count"),
        (b"old 5\n\xff\n\nx", "not UTF-8"),
        (b"old 5\nhash\n\nx", "hash|base64"),
        (b"old 5\nAAAA\n\nx", "a hash has other than 32 bytes"),
        (("old 5\n" + f"{HASH}\n" * 64 + "\nx").encode(), "at most 63 hashes"),
        (b"old 5\n\n" + b"x" * 1_000_000, "more than 1000000 bytes"),
    ],
)
def test_what_is_no_request_is_refused_with_what_is_wrong(body: bytes, why: str) -> None:
    with pytest.raises(Untrusted, match=why):
        AddCheckpoint.parse(body)


def test_63_hashes_may_be_sent() -> None:
    body = ("old 5\n" + f"{HASH}\n" * 63 + "\nx").encode()
    assert len(AddCheckpoint.parse(body).path) == 63


def test_a_request_one_letter_off_is_refused_or_another_request() -> None:
    text = AddCheckpoint(5, REQUEST.path[:1], "x").encode().decode()
    for other in one_letter_off(text, "A0 \n="):
        try:
            read = AddCheckpoint.parse(other.encode())
        except Untrusted:
            continue
        assert read.encode() == other.encode()


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=80))
def test_any_other_bytes_are_untrusted_never_another_error(body: bytes) -> None:
    with pytest.raises(Untrusted):
        AddCheckpoint.parse(body)


def test_the_refusal_names_the_specification() -> None:
    with pytest.raises(RequestMalformed, match=r"c2sp\.org/tlog-witness"):
        AddCheckpoint.parse(b"")
