"""Keys that work: what a revoked one signs would stand in the log, and nobody would publish it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ledger.application.streams import Streams
from ledger.domain.events import Event, KeyRevoked, KeyRotated, KeyWithdrawn
from ledger.domain.keeping import Unless
from ledger.domain.organisations import KeyUnknown, KeyWasRevoked, stream

ENDINGS = (KeyRevoked.TOPIC, KeyRotated.TOPIC, KeyWithdrawn.TOPIC)
"""Facts after which a key may sign nothing more."""


class WorkingKeys:
    """Keys found working, with the version of their organisation's story they were found at.

    `kid_of` names the key that signs for an organisation now; `forget` lets it choose anew.
    """

    def __init__(
        self, streams: Streams, kid_of: Callable[[str], str], forget: Callable[[], None]
    ) -> None:
        self._streams = streams
        self._kid_of = kid_of
        self._forget = forget
        self._found: dict[str, tuple[str, int]] = {}

    def unless_revoked(self, events: Iterable[Event]) -> list[Unless]:
        """Say what would spoil these facts: that a key which signs them is revoked first.

        Refuses with `KeyWasRevoked` or `KeyUnknown` when one does not work already.
        """
        actors = dict.fromkeys(event.actor for event in events)
        versions = {actor: self._version(actor) for actor in actors}
        return [
            Unless(stream(actor), version, topic)
            for actor, version in versions.items()
            if version is not None
            for topic in ENDINGS
        ]

    def forget(self) -> None:
        """Look again the next time: somebody recorded something meanwhile."""
        self._found.clear()
        self._forget()

    def _version(self, actor: str) -> int | None:
        kid = self._kid_of(actor)
        found = self._found.get(actor)
        if found is not None and found[0] == kid:
            return found[1]
        known = self._streams.find_organisation(actor)
        if known is None:  # the ledger is being founded
            return None
        if kid not in known.keys:  # somebody may have put another in its place
            self._forget()
            kid = self._kid_of(actor)
        if kid in known.revoked:
            raise KeyWasRevoked(actor, kid)
        if kid not in known.keys:
            raise KeyUnknown(actor, kid)
        self._found[actor] = (kid, known.version)
        return known.version
