from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof.ed25519 import (
    FIELD,
    WEAK,
    KeyUnusable,
    check_signature,
    public_key,
    quickly_accepted,
)
from tests.ledger.proof import curve
from tests.ledger.proof.given import CHARITY, shared, vector

SMALL = [curve.times(count, curve.point(max(WEAK - {FIELD - 1}))) for count in range(8)]
"""The eight points of small order."""


def verdict(key: str, message: str, signature: str) -> bool:
    try:
        public = public_key(bytes.fromhex(key))
        check_signature(public, bytes.fromhex(signature), bytes.fromhex(message), what="vector")
    except Untrusted:
        return False
    return True


def test_signatures_of_wycheproof_are_judged_as_it_says() -> None:
    for case in vector("wycheproof_ed25519.json"):
        seen = verdict(case["key"], case["message"], case["signature"])
        assert seen is case["valid"], case["about"]


@pytest.mark.shared
def test_all_signatures_of_wycheproof_are_judged_as_it_says() -> None:
    whole = json.loads((shared("wycheproof") / "ed25519_test.json").read_text(encoding="utf-8"))
    for group in whole["testGroups"]:
        for case in group["tests"]:
            seen = verdict(group["publicKey"]["pk"], case["msg"], case["sig"])
            assert seen is (case["result"] == "valid"), case["tcId"]


def norm(public: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        public.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def both(key: bytes, signature: bytes, message: bytes) -> tuple[bool, bool]:
    """Return what libsodium says, and what OpenSSL says, whose word holds."""
    public = Ed25519PublicKey.from_public_bytes(key)
    return quickly_accepted(public, signature, message), norm(public, signature, message)


@pytest.mark.shared
def test_the_quick_library_and_the_norm_agree_on_wycheproof() -> None:
    whole = json.loads((shared("wycheproof") / "ed25519_test.json").read_text(encoding="utf-8"))
    for group in whole["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            quick, held = both(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            assert quick is held, case["tcId"]


def test_there_are_eight_points_of_small_order() -> None:
    assert len(set(SMALL)) == 8
    assert {y for _, y in SMALL} == WEAK


@pytest.mark.parametrize("nonce_bent", SMALL)
@pytest.mark.parametrize("key_bent", SMALL)
def test_the_quick_library_accepts_nothing_bent_that_the_norm_refuses(
    key_bent: curve.Point, nonce_bent: curve.Point
) -> None:
    """Such signatures, which only the holder of a key can make, divide libraries."""
    key, held = curve.bent_key(77, key_bent), 0
    for number in range(16):
        message = b"message %d" % number
        signature = curve.sign(77, 1000 + number, message, key_bent, nonce_bent)
        quick, by_norm = both(key, signature, message)
        assert by_norm or not quick
        held += by_norm
    if nonce_bent == curve.ZERO:
        assert held == 16 if key_bent == curve.ZERO else held < 16
    elif key_bent == curve.ZERO:
        assert held == 0


def test_what_the_quick_library_leaves_open_the_norm_accepts() -> None:
    """R may be of small order: libsodium refuses it, OpenSSL does not, and OpenSSL decides."""
    key = curve.bent_key(77, curve.ZERO)
    signature = curve.sign(77, 0, b"message", curve.ZERO, curve.ZERO)
    assert both(key, signature, b"message") == (False, True)
    check_signature(public_key(key), signature, b"message", what="vector")


@given(st.binary(max_size=80), st.integers(0, 63), st.integers(1, 255))
def test_a_changed_signature_is_accepted_by_neither(message: bytes, at: int, by: int) -> None:
    signature, key = bytearray(CHARITY.sign(message)), CHARITY.public.public_bytes_raw()
    assert both(key, bytes(signature), message) == (True, True)
    signature[at] ^= by
    assert both(key, bytes(signature), message) == (False, False)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_has_64_bytes(length: int) -> None:
    message = b"message"
    signed = CHARITY.sign(message) + message
    key = CHARITY.public.public_bytes_raw()
    assert both(key, signed[:length], signed[length:]) == (False, False)


@pytest.mark.parametrize("y", sorted(WEAK))
@pytest.mark.parametrize("sign", [0, 2**255])
def test_a_key_of_small_order_is_refused(y: int, sign: int) -> None:
    with pytest.raises(KeyUnusable, match="small order"):
        public_key((y + sign).to_bytes(32, "little"))


@pytest.mark.parametrize("y", [FIELD, FIELD + 3, 2**255 - 1])
def test_a_second_spelling_of_a_key_is_refused(y: int) -> None:
    with pytest.raises(KeyUnusable, match="not reduced"):
        public_key(y.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_has_32_bytes(length: int) -> None:
    with pytest.raises(KeyUnusable, match=f"it has {length} bytes"):
        public_key(bytes(length))


def test_a_key_reads_back() -> None:
    raw = CHARITY.public.public_bytes_raw()
    assert public_key(raw).public_bytes_raw() == raw
