"""The part of a house that public reads see: never its keys or its vault."""

from __future__ import annotations

from typing import Protocol

from ledger.proof.policy import Policy
from ledger.store.checkpoints import Checkpoints
from ledger.store.integrator import States
from ledger.store.log_folder import LogFolder
from ledger.store.recorder import LedgerRecorder
from projections.runner import Runner


class PublicHouse(Protocol):
    """The log, its checkpoints and the read models of one ledger."""

    recorder: LedgerRecorder
    runner: Runner
    log: LogFolder
    checkpoints: Checkpoints

    def states(self) -> States:
        """Return how many entries are sequenced, integrated and published."""
        ...

    def public_policy(self) -> Policy | None:
        """Return the policy of the witnesses by the log's published key; None without one."""
        ...
