"""Which key signs for an organisation now: one that lies here, or one that is held elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from ledger.domain.organisations import Organisation
from ledger.engine import HeldElsewhere
from ledger.proof.jws import Signer
from ledger.store.key_files import KeyFiles


class Signers:
    """Signers by organisation; `known` tells what the log says of one, None if nothing yet."""

    def __init__(self, keys: KeyFiles, known: Callable[[str], Organisation | None]) -> None:
        self._keys = keys
        self._known = known
        self._chosen: dict[str, Signer] = {}

    def signer_of(self, organisation: str) -> Signer:
        """Return the signer of the newest key here that works.

        If there is none: the signer of a key that the organisation keeps itself, which signs
        nothing here; else that of the newest key here, for the refusal to name it.
        """
        if organisation not in self._chosen:
            self._chosen[organisation] = self._choose(organisation)
        return self._chosen[organisation]

    def forget(self) -> None:
        """Choose again the next time: keys may have changed."""
        self._chosen.clear()

    def _choose(self, organisation: str) -> Signer:
        known, here = self._known(organisation), self._keys.signers(organisation)
        working = known.keys if known else {}
        for signer in here:
            if signer.kid in working:
                return signer
        own = [kid for kid in working if known and kid in known.own_keys]
        if own:
            return HeldElsewhere(organisation, own[-1])
        return here[0] if here else self._keys.signer_of(organisation)
