"""The proof inside a receipt is found by plain scanning, and only when it is the only one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.errors import Untrusted
from receipts.attachment import (
    MARKER,
    AttachmentBroken,
    AttachmentDoubled,
    AttachmentMissing,
    attached,
    stream,
)

AROUND = (b"%PDF-1.7\n7 0 obj\n", b"\nendobj\nstartxref\n0\n%%EOF\n")


def file_with(*contents: bytes) -> bytes:
    return AROUND[0] + b"\nendobj\n8 0 obj\n".join(map(stream, contents)) + AROUND[1]


@given(st.binary(max_size=300))
@example(MARKER)
@example(b"{}\n" + MARKER + b"\n")
def test_what_was_attached_comes_out_to_the_byte(content: bytes) -> None:
    if MARKER in content.split(b"\n"):
        with pytest.raises(ValueError, match="marker"):
            stream(content)
        return
    assert attached(file_with(content)) == content


def test_a_name_that_imitates_the_marker_inside_the_json_changes_nothing() -> None:
    content = b'{"payer":"' + MARKER + b'"}'

    assert attached(file_with(content)) == content


def test_a_text_that_looks_like_the_end_of_the_stream_is_carried_whole() -> None:
    content = b"one\nendstream\nendobj\ntwo\r\n"

    assert attached(file_with(content)) == content


def test_a_file_without_a_proof_is_not_trusted() -> None:
    with pytest.raises(AttachmentMissing, match="no proof is attached") as refusal:
        attached(b"%PDF-1.7\n%%EOF\n")
    assert isinstance(refusal.value, Untrusted)


def test_a_second_proof_appended_to_a_receipt_is_not_trusted() -> None:
    with pytest.raises(AttachmentDoubled, match="2 proofs are attached"):
        attached(file_with(b"{}", b"[]"))


def test_a_second_marker_without_a_stream_is_not_trusted_either() -> None:
    with pytest.raises(AttachmentDoubled):
        attached(file_with(b"{}") + b"\n" + MARKER + b"\n")


@pytest.mark.parametrize(
    "length", [b"0", b"1", b"3", b"03", b"-2", b"1e9", b"9999999999", b"2 0 R"]
)
def test_a_length_that_is_off_is_not_trusted(length: bytes) -> None:
    altered = file_with(b"{}").replace(b"/Length 2\n", b"/Length " + length + b"\n")

    with pytest.raises(AttachmentBroken, match="is cut or altered"):
        attached(altered)


def test_a_file_cut_short_is_not_trusted() -> None:
    whole = file_with(b'{"a":1}')
    end = whole.index(b"\nendstream") + len(b"\nendstream")
    for size in range(whole.index(MARKER) + len(MARKER) + 1, end):
        with pytest.raises(AttachmentBroken):
            attached(whole[:size])
