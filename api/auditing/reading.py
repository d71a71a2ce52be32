"""Entries in log order: who may sign what, and what must hold of the whole history."""

from __future__ import annotations

from api.auditing.entries import UNPROVED, Proof
from api.auditing.findings import Audit
from ledger import codec
from ledger.domain.events import Event
from ledger.domain.history import History
from ledger.domain.registry import Registry
from ledger.errors import Untrusted


class Reader:
    """Reads entries in log order: rights, and what must hold of the whole history."""

    def __init__(self, audit: Audit, origin: str, root_key: str | None) -> None:
        self._audit = audit
        self._origin = origin
        self._registry = Registry(root_key)
        self.history = History()

    def read(self, leaf: int, entry: bytes, proof: Proof = UNPROVED) -> Event | None:
        """Take in the next entry; return its event, or None when it can't be believed.

        What `proof` does not hold of this entry is read and proved here.
        """
        self._audit.events += 1
        try:
            event = self._admit(entry, proof)
        except Untrusted as error:
            self._audit.find(f"entry {leaf}: {error}", "signatures_ok")
            return None
        self.history.see(leaf, event)
        return event

    def _admit(self, entry: bytes, proof: Proof) -> Event:
        """Admit an entry as `codec.admit` does, with the signature that is proved already.

        A key that was revoked, or that signs for others, is not the registry's key here, and its
        entry is refused as if nothing had been proved.
        """
        signed, event = proof.read or codec.read(entry, self._origin)
        if proof.by is None or proof.by != self._registry.public_key(signed.kid, event):
            return codec.admit(entry, self._origin, self._registry)
        return codec.take_in(event, self._origin, self._registry)

    def close(self) -> None:
        """Report what the whole history breaks."""
        self.history.close()
        for finding in self.history.findings:
            part = "receipt_numbers_ok" if "receipt" in finding or "number" in finding else None
            self._audit.find(finding, part)
        self._audit.money_conserved = self.history.money_conserved
