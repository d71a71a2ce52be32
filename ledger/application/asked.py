"""One request of one account: what it may record, and that it is answered once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.application.batch import Batch
from ledger.domain import permissions
from ledger.domain.acting import Acting
from ledger.domain.events import AttemptRefused, Event
from ledger.domain.keeping import AskedRow
from ledger.errors import Refused


class ChangedMeanwhile(Refused):
    """What a request was made for is not at the version that it names (RFC 9110 13.1.1)."""

    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(
            f"{stream} is at version {found}, not at {expected}: somebody recorded there since you "
            "looked; look again and decide anew"
        )


class KeyOfMany(Refused):
    """A request with an idempotency key is recorded in one commit."""

    def __init__(self) -> None:
        super().__init__(
            "this takes more than one commit, so that one idempotency key can't answer for it; ask "
            "for it as a job"
        )


@dataclass(slots=True)
class Asked:
    """What an account asks for: under which idempotency key, and which versions it has seen.

    `key` and `digest` are SHA-256 (hex) of the key and of all that is asked for; without a key
    nothing of the request is remembered. `expected` are versions by stream. What is recorded for
    it stands in `recorded`, after a dry run too. `own` are the gifts bound to the account.
    """

    acting: Acting
    key: str | None = None
    digest: str = ""
    expected: Mapping[str, int] = field(default_factory=dict)
    recorded: list[Event] = field(default_factory=list)
    own: frozenset[str] = frozenset()

    def admit(self, batch: Batch) -> None:
        """Refuse a batch that the account may not record, or that was asked for of the past."""
        permissions.check(self.acting, batch.events, self.own)
        for stream, expected in self.expected.items():
            self._check_version(stream, expected, batch.events)

    def _check_version(self, stream: str, expected: int, events: Sequence[Event]) -> None:
        first = next((e.originator_version for e in events if e.originator_id == stream), None)
        if first is not None and first != expected + 1:
            raise ChangedMeanwhile(stream, expected, first - 1)

    def row(self, batch: Batch, seal: Callable[..., str]) -> list[AskedRow]:
        """Return the row that answers the request when it comes again.

        An attempt that was refused answers nothing: it may be tried again under the same key.
        """
        if self.key is None or all(isinstance(e, AttemptRefused) for e in batch.events):
            return []
        if self.recorded:
            raise KeyOfMany
        places = [(e.originator_id, e.originator_version) for e in batch.events]
        row = AskedRow(self.acting.account, self.key, self.digest, tuple(places))
        return [row.sealed(seal)]
