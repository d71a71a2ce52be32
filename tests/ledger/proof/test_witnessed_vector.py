"""The worked example under two witnesses, with an ML-DSA-44 cosignature made by tlog-scales."""

from __future__ import annotations

from ledger.proof import mldsa
from ledger.proof.cosignatures import CosignerKey, cosigned_at
from ledger.proof.policy import Policy
from receipts.trust import Trust
from tests.ledger.proof.given import vector

EXAMPLE, WITNESSED = vector("worked_example.json"), vector("witnessed.json")
NOTE = "\n".join(EXAMPLE["checkpoint"]) + f"{EXAMPLE['witness_line']}\n{WITNESSED['line']}\n"


def test_the_key_of_the_seed() -> None:
    private = mldsa.private_key(bytes.fromhex(WITNESSED["seed"]))
    key = CosignerKey.of_mldsa("witness.example/library", private.public_key())
    assert key.line == WITNESSED["vkey"]


def test_the_second_in_the_cosignature() -> None:
    assert cosigned_at(NOTE, CosignerKey.parse(WITNESSED["vkey"])) == WITNESSED["time"]


def test_the_policy_and_its_quorum() -> None:
    policy = Policy.parse(WITNESSED["policy"])
    assert policy.encode() == WITNESSED["policy"]
    assert policy.check(NOTE).size == 3
    assert policy.cosigners(NOTE) == {"taxbureau": 1767225600, "library": WITNESSED["time"]}


def test_the_trust_file_with_the_policy() -> None:
    trust = Trust.parse(WITNESSED["trust"].encode())
    assert trust.encode() == WITNESSED["trust"].encode()
    assert trust.open(NOTE).size == 3
