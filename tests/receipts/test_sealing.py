"""The seal of a file made first covers every byte of it, and stands at its very end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import jws
from receipts.sealing import LINE, TYP, find_seal, sealed
from tests.attacks.forging import SIGNERS
from tests.conftest import OTHER_USCC, USCC

SIGNER = SIGNERS[USCC]
DOCUMENT = b"%PDF-1.7\nsomething\n%%EOF\n"


def test_a_sealed_document_comes_apart_into_itself_and_a_good_seal() -> None:
    document, seal = find_seal(sealed(DOCUMENT, SIGNER))
    assert document == DOCUMENT
    assert seal is not None
    jws.check_seal(seal, document, SIGNER.public, TYP)


def test_the_same_document_and_key_give_the_same_bytes() -> None:
    assert sealed(DOCUMENT, SIGNER) == sealed(DOCUMENT, SIGNER)


@pytest.mark.parametrize("data", [b"", DOCUMENT, LINE, sealed(DOCUMENT, SIGNER) + b"\n"])
def test_a_document_that_does_not_end_with_a_seal_has_none(data: bytes) -> None:
    assert find_seal(data) == (data, None)


@given(st.binary(max_size=300))
def test_any_document_can_be_sealed_and_no_other_fits(data: bytes) -> None:
    document, seal = find_seal(sealed(data, SIGNER))
    assert document == data
    assert seal is not None
    with pytest.raises(Untrusted):
        jws.check_seal(seal, data + b"x", SIGNER.public, TYP)
    with pytest.raises(Untrusted):
        jws.check_seal(seal, data, SIGNERS[OTHER_USCC].public, TYP)
