"""The one subclass of the event-sourcing Application: signed bytes in, trusted events out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any, NoReturn, Protocol

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
from ledger.proof.ed25519 import SIGNATURE_BYTES

MANY = 500
"""From so many events on, those of one actor are signed in bulk."""


class Conflict(Refused):
    """Somebody else recorded in this stream first."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"somebody else recorded in {stream} at the same moment; try again")


class Overtaken(Refused):
    """What a prepared request rests on has changed before it was submitted."""

    def __init__(self, stream: str) -> None:
        super().__init__(
            f"something that this request rests on was recorded meanwhile ({stream}, or a key); "
            "nothing of it was stored: prepare it again"
        )


class EntryMoved(Untrusted):
    """A row does not hold the entry that belongs in its place."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(f"the entry stored at {stream} version {version} belongs elsewhere")


class KeyIsHeldElsewhere(Refused):
    """An organisation keeps its key itself: nothing can be signed for it here."""

    def __init__(self, organisation: str, kid: str) -> None:
        super().__init__(
            f"the key of {organisation} ({kid}) is held elsewhere; a command that records takes "
            "--prepare FILE: sign FILE where the key is, then submit it here"
        )


class HeldElsewhere:
    """The signer of a key whose private half is not here."""

    def __init__(self, organisation: str, kid: str) -> None:
        self._organisation = organisation
        self._kid = kid

    @property
    def kid(self) -> str:
        """The RFC 7638 thumbprint of the public key."""
        return self._kid

    def sign(self, _message: bytes) -> bytes:
        """Refuse with `KeyIsHeldElsewhere`."""
        raise KeyIsHeldElsewhere(self._organisation, self._kid)


class ManySigner(Protocol):
    """Signs many messages with the key of one signer, wherever that is quickest."""

    def sign_all(
        self, signer: jws.Signer, messages: Iterable[bytes]
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield each message, in order, with the signature that `signer` makes."""
        ...


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An event before its signature: whose key must sign which bytes (RFC 7515 5.1), and where."""

    actor: str
    kid: str
    signing_input: bytes
    elsewhere: bool


class Waiting(Protocol):
    """Keeps what waits to be signed elsewhere."""

    def keep(self, entries: Sequence[Unsigned], beside: Mapping[str, object]) -> NoReturn:
        """Keep events and the rows beside them; end the command by raising."""
        ...


class SignedMapper(Mapper[str]):
    """Maps an event to its JWS and back, verifying each signature it reads.

    `signer_of` names the signer of an organisation, and `forget` lets it choose anew; `verify`
    refuses an entry whose key does not sign for its actor. `many` signs what comes in bulk.
    """

    def __init__(
        self,
        origin: str,
        signer_of: Callable[[str], jws.Signer],
        verify: Callable[[jws.Jws, Event], None],
        forget: Callable[[], None] = lambda: None,
        many: ManySigner | None = None,
    ) -> None:
        super().__init__(JSONTranscoder())
        self._many = many
        self.forget = forget
        self.origin = origin
        self._signer_of = signer_of
        self._verify = verify

    def kid_of(self, organisation: str) -> str:
        """Name the key that signs for an organisation now."""
        return self._signer_of(organisation).kid

    def signer_of(self, organisation: str) -> jws.Signer:
        """Return what signs for an organisation now."""
        return self._signer_of(organisation)

    def awaits(self, event: Event) -> bool:
        """Tell whether an event must be signed elsewhere."""
        return isinstance(self._signer_of(event.actor), HeldElsewhere)

    def unsigned(self, event: Event) -> Unsigned:
        """Return an event as its key must sign it."""
        kid = self.kid_of(event.actor)
        signed = codec.signing_input(event, self.origin, kid)
        return Unsigned(event.actor, kid, signed, self.awaits(event))

    def signed(self, entry: Unsigned, signature: bytes | None) -> StoredEvent:
        """Return an entry with its signature, verified; with None it is signed here.

        Refuses with `KeyIsHeldElsewhere` what must be signed elsewhere, and with `Untrusted` a
        signature that is not the key's.
        """
        if signature is None:
            signer = self._signer_of(entry.actor)
            if signer.kid != entry.kid:
                raise Conflict(entry.actor)
            signature = signer.sign(entry.signing_input)
        state = jws.joined(entry.signing_input, signature)
        signed, event = codec.read(state, self.origin)
        self._verify(signed, event)
        return _stored(event, state)

    def read_unsigned(self, signing_input: bytes) -> tuple[jws.Jws, Event]:
        """Read what was signed, or will be; no signature is looked at."""
        return codec.read(jws.joined(signing_input, bytes(SIGNATURE_BYTES)), self.origin)

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Sign an event."""
        state = codec.encode(domain_event, self.origin, self._signer_of(domain_event.actor))
        return _stored(domain_event, state)

    def to_stored_events(self, events: Sequence[Event]) -> list[StoredEvent]:
        """Sign events, each with the key of its actor; many of one actor in bulk."""
        actors = {event.actor for event in events}
        if self._many is None or len(events) < MANY or len(actors) > 1:
            return [self.to_stored_event(event) for event in events]
        signer = self._signer_of(*actors)
        inputs = (codec.signing_input(event, self.origin, signer.kid) for event in events)
        entries = starmap(jws.joined, self._many.sign_all(signer, inputs))
        return [_stored(event, entry) for event, entry in zip(events, entries, strict=True)]

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Verify a row and return its event; a row moved or relabelled is refused."""
        signed, event = codec.read(stored_event.state, self.origin)
        here = (stored_event.originator_id, stored_event.originator_version, stored_event.topic)
        if here != (event.originator_id, event.originator_version, event.TOPIC):
            raise EntryMoved(str(stored_event.originator_id), stored_event.originator_version)
        self._verify(signed, event)
        return event


def _stored(event: Event, state: bytes) -> StoredEvent:
    return StoredEvent(event.originator_id, event.originator_version, event.TOPIC, state)


class Engine(Application[str]):
    """Keeps events; everything it needs is handed in, nothing is read from the environment."""

    name = "ledger"

    def __init__(
        self, mapper: SignedMapper, recorder: ApplicationRecorder, waiting: Waiting | None = None
    ) -> None:
        self._handed_mapper = mapper
        self._handed_recorder = recorder
        self._waiting = waiting
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

    @property
    def origin(self) -> str:
        """The log that all this is recorded in."""
        return self._handed_mapper.origin

    def kid_of(self, organisation: str) -> str:
        """Name the key that signs for an organisation now."""
        return self._handed_mapper.kid_of(organisation)

    def forget_signers(self) -> None:
        """Choose anew which keys sign: they may have changed."""
        self._handed_mapper.forget()

    def history(self, stream: str, after: int | None = None) -> list[Any]:
        """Return the events of a stream, those after a version, each verified."""
        return list(self.events.get(stream, gt=after))

    def record(self, events: Sequence[Event], beside: Mapping[str, object]) -> None:
        """Store events, and the rows that belong `beside` them, in one transaction.

        A connection may die after the commit and before its answer; the retry then meets our own
        rows. They are ours if the same bytes lie in the same place: signatures are deterministic
        and ids are random. What must be signed elsewhere is kept for that, where there is a place.
        """
        if self._waiting and any(self._handed_mapper.awaits(event) for event in events):
            self._waiting.keep([self._handed_mapper.unsigned(event) for event in events], beside)
        stored = self._handed_mapper.to_stored_events(events)
        try:
            self._handed_recorder.insert_events(stored, **beside)
        except IntegrityError:
            if not self._landed(stored[-1]):
                raise Conflict(events[0].originator_id) from None

    def _landed(self, event: StoredEvent) -> bool:
        version = event.originator_version
        found = self.recorder.select_events(event.originator_id, gt=version - 1, lte=version)
        return [s.state for s in found] == [event.state]

    def submit(
        self, entries: Sequence[tuple[Unsigned, bytes | None]], beside: Mapping[str, object]
    ) -> int:
        """Store entries that were signed elsewhere, with what waited beside them, in one commit.

        Each comes with its signature, or None if it is signed here. Returns their number; what was
        stored so already is left as it is. Refuses with `Overtaken` when something that they rest
        on has changed meanwhile.
        """
        stored = [self._handed_mapper.signed(entry, signature) for entry, signature in entries]
        try:
            self._handed_recorder.insert_events(stored, **beside)
        except IntegrityError:
            if not self.holds([entry.signing_input for entry, _ in entries]):
                raise Overtaken(str(stored[0].originator_id)) from None
        return len(stored)

    def holds(self, signing_inputs: Sequence[bytes]) -> bool:
        """Tell whether all these stand in the log, each with a signature."""
        return all(self._holds(each) for each in signing_inputs)

    def _holds(self, signing_input: bytes) -> bool:
        _, event = self._handed_mapper.read_unsigned(signing_input)
        version = event.originator_version
        found = self.recorder.select_events(event.originator_id, gt=version - 1, lte=version)
        return [bytes(s.state).rpartition(b".")[0] for s in found] == [signing_input]
