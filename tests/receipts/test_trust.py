"""A trust file holds two public keys, and says what is wrong when it does not."""

from __future__ import annotations

import json

import pytest

from ledger.errors import Unreadable
from ledger.proof.policy import Policy
from receipts.trust import FORMAT, WITNESSED, PolicyOfAnotherLog, Trust, TrustUnreadable, of_log
from tests.attacks.forging import TRUST
from tests.ledger.proof.given import LOG_KEY
from tests.ledger.proof.witnessed import cosigner

MEMBERS = json.loads(TRUST.encode())
POLICY = f"log {TRUST.log.line}\nwitness 税务 {cosigner('tax').line}\nquorum 税务\n"
WITNESSED_TRUST = Trust(TRUST.log, TRUST.authority, Policy.parse(POLICY))
WITNESSED_MEMBERS = json.loads(WITNESSED_TRUST.encode())


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
        (json.dumps(MEMBERS | {"format": WITNESSED}).encode(), "this is no policy"),
        (json.dumps(MEMBERS | {"format": WITNESSED, "policy": ""}).encode(), "no policy"),
        (json.dumps(MEMBERS | {"format": WITNESSED, "policy": [POLICY]}).encode(), "no policy"),
        (json.dumps(WITNESSED_MEMBERS | {"policy": "quorum x\n"}).encode(), "line 1: no line"),
        (json.dumps(WITNESSED_MEMBERS | {"policy": "quorum none\n"}).encode(), "names 0 logs"),
        (json.dumps(WITNESSED_MEMBERS | {"log": LOG_KEY.line}).encode(), "the policy is of"),
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


def test_a_trust_file_with_a_policy_is_of_another_format_so_that_no_reader_overlooks_it() -> None:
    assert Trust.parse(WITNESSED_TRUST.encode()) == WITNESSED_TRUST
    assert WITNESSED_MEMBERS == MEMBERS | {"format": WITNESSED, "policy": POLICY}


def test_a_policy_in_a_file_of_the_first_format_is_none() -> None:
    data = json.dumps(MEMBERS | {"policy": POLICY}).encode()
    assert Trust.parse(data) == TRUST


def test_a_policy_is_taken_for_its_own_log_alone() -> None:
    policy = Policy.parse(POLICY)
    assert of_log(policy, TRUST.log) is policy
    with pytest.raises(PolicyOfAnotherLog, match="the policy is of the log"):
        of_log(policy, LOG_KEY)
