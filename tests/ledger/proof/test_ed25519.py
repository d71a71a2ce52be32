from __future__ import annotations

import json

import pytest

from ledger.errors import Untrusted
from ledger.proof.ed25519 import FIELD, WEAK, KeyUnusable, check_signature, public_key
from tests.ledger.proof.given import CHARITY, shared, vector


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
