"""Every key that ever signed in this ledger, read from the log itself and verified on the way."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger import codec
from ledger.domain.events import Event, KeyRegistered, KeyRotated, LedgerFounded
from ledger.domain.registry import Registry, SignerUnknown
from ledger.proof import jws


class KeyDirectory:
    """Public keys by kid, with the organisation that each one signs for.

    A key that was revoked still verifies what it signed before; that it signed nothing after is
    for the audit, which reads the whole log in order.
    """

    def __init__(
        self, origin: str, entries: Callable[[], list[bytes]], root_key: str | None
    ) -> None:
        self._origin = origin
        self._entries = entries
        self._root_key = root_key
        self._keys: dict[str, tuple[str, Ed25519PublicKey]] = {}

    def verify(self, signed: jws.Jws, event: Event) -> None:
        """Refuse an entry whose key does not sign for its actor, or whose signature fails."""
        found = self._keys.get(signed.kid) or self._read().get(signed.kid)
        if found is None or found[0] != event.actor:
            raise SignerUnknown(signed.kid, event.actor)
        jws.check(signed, found[1], codec.TYP)

    def _read(self) -> dict[str, tuple[str, Ed25519PublicKey]]:
        registry = Registry(self._root_key)
        for entry in self._entries():
            event = codec.admit(entry, self._origin, registry)
            if isinstance(event, LedgerFounded | KeyRegistered | KeyRotated):
                self._keys[event.kid] = (event.organisation, codec.public_key(event.public))
        return self._keys
