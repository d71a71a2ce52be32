"""The one subclass of the event-sourcing Application: signed bytes in, trusted events out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    JSONTranscoder,
    Mapper,
    StoredEvent,
)
from eventsourcing.utils import Environment, EnvType

from ledger import codec
from ledger.domain.events import Event
from ledger.errors import Refused, Untrusted
from ledger.proof import jws


class Conflict(Refused):
    """Somebody else recorded in this stream first."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"somebody else recorded in {stream} at the same moment; try again")


class EntryMoved(Untrusted):
    """A row does not hold the entry that belongs in its place."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(f"the entry stored at {stream} version {version} belongs elsewhere")


class SignedMapper(Mapper[str]):
    """Maps an event to its JWS and back, verifying each signature it reads.

    `signer_of` names the signer of an organisation; `verify` refuses an entry whose key does not
    sign for its actor.
    """

    def __init__(
        self,
        origin: str,
        signer_of: Callable[[str], jws.Signer],
        verify: Callable[[jws.Jws, Event], None],
    ) -> None:
        super().__init__(JSONTranscoder())
        self._origin = origin
        self._signer_of = signer_of
        self._verify = verify

    def kid_of(self, organisation: str) -> str:
        """Name the key that signs for an organisation now."""
        return self._signer_of(organisation).kid

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Sign an event."""
        state = codec.encode(domain_event, self._origin, self._signer_of(domain_event.actor))
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.TOPIC,
            state=state,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Verify a row and return its event; a row moved or relabelled is refused."""
        signed, event = codec.read(stored_event.state, self._origin)
        here = (stored_event.originator_id, stored_event.originator_version, stored_event.topic)
        if here != (event.originator_id, event.originator_version, event.TOPIC):
            raise EntryMoved(str(stored_event.originator_id), stored_event.originator_version)
        self._verify(signed, event)
        return event


class Engine(Application[str]):
    """Keeps events; everything it needs is handed in, nothing is read from the environment."""

    name = "ledger"

    def __init__(self, mapper: SignedMapper, recorder: ApplicationRecorder) -> None:
        self._handed_mapper = mapper
        self._handed_recorder = recorder
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Ignore the process's environment: a stray variable would change what is stored."""
        return Environment(name, dict(env or {}))

    def construct_mapper(self) -> Mapper[str]:
        """Use the mapper that was handed in."""
        return self._handed_mapper

    def construct_recorder(self) -> ApplicationRecorder:
        """Use the recorder that was handed in."""
        return self._handed_recorder

    def kid_of(self, organisation: str) -> str:
        """Name the key that signs for an organisation now."""
        return self._handed_mapper.kid_of(organisation)

    def history(self, stream: str, after: int | None = None) -> list[Any]:
        """Return the events of a stream, those after a version, each verified."""
        return list(self.events.get(stream, gt=after))

    def record(self, events: Sequence[Event], beside: Mapping[str, object]) -> None:
        """Store events, and the rows that belong `beside` them, in one transaction.

        A connection may die after the commit and before its answer; the retry then meets our own
        rows. They are ours if the same bytes lie in the same place: signatures are deterministic
        and ids are random.
        """
        try:
            self.save(*events, **beside)
        except IntegrityError:
            if not self._landed(events[-1]):
                raise Conflict(events[0].originator_id) from None

    def _landed(self, event: Event) -> bool:
        version = event.originator_version
        found = self.recorder.select_events(event.originator_id, gt=version - 1, lte=version)
        return [s.state for s in found] == [self.mapper.to_stored_event(event).state]
