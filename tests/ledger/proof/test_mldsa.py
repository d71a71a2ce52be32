from __future__ import annotations

import pytest

from ledger.proof import mldsa
from ledger.proof.ed25519 import SignatureFails
from ledger.proof.mldsa import LatticeKeyUnusable

PRIVATE = mldsa.private_key(bytes(range(32)))
PUBLIC = PRIVATE.public_key()
SIGNATURE = PRIVATE.sign(b"message")


def test_a_key_and_a_signature_have_the_sizes_of_fips_204() -> None:
    assert len(PUBLIC.public_bytes_raw()) == mldsa.KEY_BYTES
    assert len(SIGNATURE) == mldsa.SIGNATURE_BYTES


def test_the_key_of_a_seed_is_always_the_same() -> None:
    again = mldsa.private_key(bytes(range(32))).public_key()
    assert mldsa.public_key(again.public_bytes_raw()) == PUBLIC


def test_a_signature_holds_for_its_message_alone() -> None:
    mldsa.check_signature(PUBLIC, SIGNATURE, b"message", what="note")
    with pytest.raises(SignatureFails, match="note"):
        mldsa.check_signature(PUBLIC, SIGNATURE, b"massage", what="note")
    with pytest.raises(SignatureFails):
        mldsa.check_signature(PUBLIC, SIGNATURE[:-1] + b"\xff", b"message", what="note")


@pytest.mark.parametrize("length", [0, 32, mldsa.KEY_BYTES - 1, mldsa.KEY_BYTES + 1])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(LatticeKeyUnusable, match=f"{length} bytes, not 1312"):
        mldsa.public_key(bytes(length))
