"""The witnesses of this ledger: the policy in the data folder, and what asks them to cosign."""

from __future__ import annotations

import time
from pathlib import Path

from ledger.errors import Unreadable
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from ledger.store.durable import write_atomically
from ledger.store.integrator import NO_WITNESSES, Witnesses
from ledger.store.witness_asking import HttpPost
from ledger.store.witnessing import Cosigning, check_addresses
from receipts.trust import of_log

POLICY = "witnesses.policy"


class PolicyNotText(Unreadable):
    """A policy file holds other bytes than text."""

    def __init__(self) -> None:
        super().__init__("this is no policy (C2SP tlog-policy): it is not UTF-8")


def read_policy(data: bytes, log: VerifierKey) -> Policy:
    """Read the policy of this ledger's log; refuse one of another log, or with a bad address."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise PolicyNotText from None
    policy = of_log(Policy.parse(text), log)
    check_addresses(policy)
    return policy


def policy_in(folder: Path, log: VerifierKey) -> Policy | None:
    """Return the policy of a data folder, or None when it has none."""
    path = folder / POLICY
    return read_policy(path.read_bytes(), log) if path.exists() else None


def install(folder: Path, data: bytes, log: VerifierKey) -> Policy:
    """Put a policy into a data folder, as it is written, if it can be used for this ledger."""
    policy = read_policy(data, log)
    write_atomically(folder / POLICY, data)
    return policy


def witnesses(policy: Policy | None) -> Witnesses:
    """Return what asks the witnesses of a policy; without one, nobody is asked."""
    return Cosigning(policy, HttpPost(), time.time) if policy else NO_WITNESSES
