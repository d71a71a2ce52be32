"""Who may sign which fact: the organisations and keys of a ledger, folded from its events."""

from __future__ import annotations

from ledger.domain.events import (
    ClaimNoticeSettled,
    ClaimReleased,
    DocumentKeyRegistered,
    DocumentKeyRevoked,
    EligibilityCancelled,
    EligibilityEnded,
    EligibilityGranted,
    EligibilityListed,
    Event,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    KeyWithdrawn,
    LedgerFounded,
    OrganisationEvent,
    OrganisationRegistered,
    ReceiptClaimed,
    ReceiptLimitSet,
    ReceiptNumbersAllotted,
    ReceiptsChecked,
)
from ledger.domain.events.naming import NamingApproved, NamingRejected
from ledger.domain.key_rotation import Voucher, vouchers
from ledger.domain.organisations import AUTHORITY, Organisation, evolve
from ledger.errors import Untrusted

POWER_FOR: dict[type[Event], str] = {
    OrganisationRegistered: "register",
    KeyRegistered: "register",
    KeyRevoked: "register",
    KeyRotated: "register",
    KeyWithdrawn: "register",
    EligibilityGranted: "eligibility",
    EligibilityCancelled: "eligibility",
    EligibilityListed: "eligibility",
    EligibilityEnded: "eligibility",
    DocumentKeyRegistered: "register",
    DocumentKeyRevoked: "register",
    ReceiptNumbersAllotted: "finance",
    ReceiptLimitSet: "finance",
    ReceiptClaimed: "tax",
    ClaimReleased: "tax",
    ClaimNoticeSettled: "tax",
    ReceiptsChecked: "tax",
    NamingApproved: "naming",
    NamingRejected: "naming",
}
"""Facts that only an authority with that power may sign; all others are the charity's own."""


class SignerUnknown(Untrusted):
    """An entry is signed by a key that was not registered, or no longer, when it was recorded."""

    def __init__(self, kid: str, actor: str) -> None:
        super().__init__(f"key {kid} does not sign for {actor} at this point of the log")


class RootKeyDiffers(Untrusted):
    """The ledger was founded with another key than the one that is trusted."""

    def __init__(self, kid: str) -> None:
        super().__init__(f"the ledger was founded with key {kid}, which is not the trusted one")


class ActsBeyondPower(Untrusted):
    """An organisation signed a fact that is not its to sign."""

    def __init__(self, actor: str, topic: str) -> None:
        super().__init__(f"{actor} has no right to record {topic}")


class StoryBroken(Untrusted):
    """A fact refers to an organisation that was never registered, or founds a ledger twice."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"the story of organisation {organisation} has no proper beginning")


class Registry:
    """Organisations and working keys up to a point of the log.

    Whoever trusts a ledger pins the key it was founded with (`root_key`, a kid); with None the
    founding key is taken as it comes.
    """

    def __init__(self, root_key: str | None = None) -> None:
        self._root_key = root_key
        self.organisations: dict[str, Organisation] = {}

    def public_key(self, kid: str, event: Event) -> str:
        """Return the public key (JWK `x`) that `kid` names, if it signs for the actor here."""
        if isinstance(event, LedgerFounded):
            return self._founding_key(kid, event)
        actor = self.organisations.get(event.actor)
        if actor is None or kid not in actor.keys:
            raise SignerUnknown(kid, event.actor)
        return actor.keys[kid]

    def _founding_key(self, kid: str, event: LedgerFounded) -> str:
        if event.kid != kid or event.actor != AUTHORITY or event.organisation != AUTHORITY:
            raise SignerUnknown(kid, event.actor)
        if self._root_key not in (None, kid):
            raise RootKeyDiffers(kid)
        return event.public

    def check_power(self, event: Event) -> None:
        """Refuse an event whose actor has no right to record it."""
        power = POWER_FOR.get(type(event))
        actor = self.organisations.get(event.actor)
        if power is not None and (actor is None or power not in actor.powers):
            raise ActsBeyondPower(event.actor, event.TOPIC)

    def vouchers(self, event: Event, origin: str) -> tuple[Voucher, ...]:
        """Return the signatures that an event itself holds, and which keys must have made them.

        Refuses a rotation that does not follow from the keys that are registered here.
        """
        if not isinstance(event, KeyRotated):
            return ()
        known = self.organisations.get(event.organisation)
        if known is None:
            raise StoryBroken(event.organisation)
        return vouchers(event, known, origin)

    def apply(self, event: OrganisationEvent) -> None:
        """Take in one fact about an organisation."""
        known = self.organisations.get(event.organisation)
        opening = isinstance(event, LedgerFounded | OrganisationRegistered)
        if opening == (known is not None):
            raise StoryBroken(event.organisation)
        self.organisations[event.organisation] = evolve(known, event)
