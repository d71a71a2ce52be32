"""The seal covers every byte before it, and nothing stands after it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import jws
from receipts.sealing import LINE, TYP, SealMissing, sealed, take_apart
from tests.ledger.proof.given import CHARITY


@given(st.binary(max_size=3000))
def test_a_sealed_document_comes_apart_into_itself_and_its_seal(document: bytes) -> None:
    body, seal = take_apart(sealed(document, CHARITY))
    assert body == document
    jws.check_seal(seal, body, CHARITY.public, TYP)


def test_the_same_document_and_key_give_the_same_bytes() -> None:
    assert sealed(b"%PDF-", CHARITY) == sealed(b"%PDF-", CHARITY)


def test_of_two_seals_the_last_one_covers_the_first() -> None:
    once = sealed(b"%PDF-", CHARITY)
    body, _ = take_apart(sealed(once, CHARITY))
    assert body == once


@pytest.mark.parametrize(
    "end",
    [
        b"",
        LINE,
        LINE + b"a..b",
        LINE + b"a..b\r\n",
        LINE + b"a.b.c\n",
        LINE + b"a..b\n\n",
        LINE + b"a..b \n",
        LINE + b"..\n",
        LINE + b"a" * 1100 + b"..b\n",
    ],
)
def test_a_file_that_does_not_end_with_a_seal_was_cut_or_added_to(end: bytes) -> None:
    with pytest.raises(SealMissing, match="cut or added to"):
        take_apart(b"%PDF-1.7\n" + end)
