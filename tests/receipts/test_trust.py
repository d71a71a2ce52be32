"""A trust file holds two public keys, and says what is wrong when it does not."""

from __future__ import annotations

import json

import pytest

from ledger.errors import Unreadable
from receipts.trust import FORMAT, Trust, TrustUnreadable
from tests.attacks.forging import TRUST

MEMBERS = json.loads(TRUST.encode())


def test_a_trust_file_that_was_written_reads_back_as_it_was() -> None:
    assert Trust.parse(TRUST.encode()) == TRUST
    assert MEMBERS["format"] == FORMAT


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"9" * 10_000, "it is not JSON"),
        (b"[]", f"its format is not {FORMAT}"),
        (b"{}", f"its format is not {FORMAT}"),
        (json.dumps(MEMBERS | {"format": "v2"}).encode(), f"its format is not {FORMAT}"),
        (json.dumps(MEMBERS | {"log": None}).encode(), "the keys are missing"),
        (json.dumps(MEMBERS | {"authority": 1}).encode(), "the keys are missing"),
        (json.dumps(MEMBERS | {"log": "x+1+y"}).encode(), "base64"),
        (json.dumps(MEMBERS | {"log": MEMBERS["log"][:-8] + "AAAAAAA="}).encode(), "key"),
    ],
)
def test_what_is_no_trust_file_says_why_and_how_to_get_one(data: bytes, why: str) -> None:
    with pytest.raises(TrustUnreadable, match=why) as refused:
        Trust.parse(data)
    assert isinstance(refused.value, Unreadable)
    assert "trust export" in str(refused.value)
