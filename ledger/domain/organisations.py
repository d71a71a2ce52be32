"""Organisations: who is registered, which keys sign for them, when they are eligible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import assert_never

from ledger.domain.credit_codes import credit_code
from ledger.domain.eligibility_grounds import bars
from ledger.domain.events import (
    DocumentKeyRegistered,
    DocumentKeyRevoked,
    EligibilityCancelled,
    EligibilityEnded,
    EligibilityGranted,
    EligibilityListed,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    KeyWithdrawn,
    LedgerFounded,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.domain.kinds import KINDS, issuing_code, issuing_kind
from ledger.errors import Refused

AUTHORITY = "authority"
"""The id of the authority that a new ledger starts with."""

CHARITY = "charity"
"""The kind that an organisation is of if nothing else is said."""

POWERS = ("register", "eligibility", "finance", "naming", "tax")
"""Register organisations and keys; grant eligibility; allot receipt numbers; decide on names;
mark receipts as deducted.

A ledger keeps the powers it was founded with: one founded before a power was known lacks it."""

SERVER, ORGANISATION = "server", "organisation"
"""Who keeps the private half of a key."""

NEEDS_NO_LIST = "县级以上人民政府及其部门，无需列入名单（企业所得税法实施条例第五十一条）"
"""Why gifts to government can be deducted on every day; it stands on receipts."""

EligibilityFact = EligibilityGranted | EligibilityListed | EligibilityCancelled | EligibilityEnded

NAME_MAX = 200


class NameUnusable(Refused):
    """A name is empty, too long, or holds control characters."""

    def __init__(self, name: str) -> None:
        super().__init__(f"name {name[:40]!r} can't be used: 1 to {NAME_MAX} printable characters")


class OrganisationAlreadyRegistered(Refused):
    """The credit code is registered under another name."""

    def __init__(self, organisation: str, name: str) -> None:
        super().__init__(f"{organisation} is already registered as {name}")


class OrganisationIsOfKind(Refused):
    """The credit code is registered as an organisation of another kind."""

    def __init__(self, organisation: str, kind: str) -> None:
        super().__init__(f"{organisation} is already registered as {kind}")


class KeyUnknown(Refused):
    """The key is not one of the organisation's working keys."""

    def __init__(self, organisation: str, kid: str) -> None:
        super().__init__(f"{organisation} has no working key {kid}")


class NoWorkingKey(Refused):
    """The organisation has no key left that could be revoked."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"no such key of {organisation} works; make one (key renew)")


class KeyWasRevoked(Refused):
    """A revoked key never signs again; whoever stole it may still hold it."""

    def __init__(self, organisation: str, kid: str) -> None:
        super().__init__(f"key {kid} of {organisation} was revoked; register another one")


@dataclass(frozen=True, slots=True)
class EligibilityPeriod:
    """Days on which gifts to the organisation may be deducted, both ends included."""

    first_day: date
    last_day: date
    notice: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Eligibility was lost from a day on, and can't be granted anew before `until`, None: ever."""

    effective: date
    ground: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Organisation:
    """What the ledger knows of an organisation."""

    id: str
    version: int
    name: str
    kind: str
    powers: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    """Working keys: kid to public key (base64url, RFC 8037 `x`)."""
    revoked: frozenset[str] = frozenset()
    """Kids that sign nothing more."""
    own_keys: frozenset[str] = frozenset()
    """Kids of which the organisation itself keeps the private half."""
    eligibility: tuple[EligibilityPeriod, ...] = ()
    certificates: Mapping[str, str] = field(default_factory=dict)
    """Certificates ever registered for documents: fingerprint to DER in base64url."""
    documents_revoked: frozenset[str] = frozenset()
    """Fingerprints of certificates whose keys sign no document more."""
    bar: Bar | None = None
    """What keeps eligibility from being granted anew."""
    eligibility_facts: tuple[EligibilityFact, ...] = ()
    """What was ever recorded of its eligibility, in order."""

    @property
    def documents(self) -> dict[str, str]:
        """Certificates whose keys sign documents: fingerprint to DER in base64url."""
        return {f: c for f, c in self.certificates.items() if f not in self.documents_revoked}

    def eligible_on(self, day: date) -> EligibilityPeriod | None:
        """Return the eligibility period that covers the day of a gift, if any (rules 2.1).

        Government of county level and above is eligible without a list, on every day.
        """
        if self.kind in KINDS and KINDS[self.kind].listing == "always":
            return EligibilityPeriod(date.min, date.max, NEEDS_NO_LIST)
        return next((p for p in self.eligibility if p.first_day <= day <= p.last_day), None)


def stream(organisation: str) -> str:
    """Return the stream of an organisation."""
    return f"organisation-{organisation}"


def printable_name(name: str) -> str:
    """Return a public name, trimmed, if people can read it."""
    trimmed = name.strip()
    if not trimmed or len(trimmed) > NAME_MAX or not trimmed.isprintable():
        raise NameUnusable(name)
    return trimmed


def register_charity(
    known: Organisation | None, uscc: str, name: str, actor: str, at: datetime, kind: str = CHARITY
) -> OrganisationRegistered | None:
    """Decide the registration of a charity, or of another `kind` that may issue receipts.

    None when it is registered just so already.
    """
    issuing_kind(kind)
    issuing_code(credit_code(uscc))
    name = printable_name(name)
    if known is not None:
        if known.name != name:
            raise OrganisationAlreadyRegistered(uscc, known.name)
        if known.kind != kind:
            raise OrganisationIsOfKind(uscc, known.kind)
        return None
    return OrganisationRegistered(
        originator_id=stream(uscc),
        originator_version=1,
        timestamp=at,
        actor=actor,
        organisation=uscc,
        name=name,
        kind=kind,
    )


def found_ledger(name: str, kid: str, public: str, at: datetime) -> LedgerFounded:
    """Decide the first event of a ledger: its authority vouches for itself, with all powers."""
    return LedgerFounded(
        originator_id=stream(AUTHORITY),
        originator_version=1,
        timestamp=at,
        actor=AUTHORITY,
        organisation=AUTHORITY,
        name=printable_name(name),
        powers=POWERS,
        kid=kid,
        public=public,
    )


def register_key(
    known: Organisation, kid: str, public: str, actor: str, at: datetime
) -> KeyRegistered:
    """Decide that a key signs for the organisation from now on."""
    if kid in known.revoked:
        raise KeyWasRevoked(known.id, kid)
    return KeyRegistered(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        kid=kid,
        public=public,
    )


def evolve(known: Organisation | None, event: OrganisationEvent) -> Organisation:  # noqa: PLR0911 a line a fact
    """Apply one fact."""
    if isinstance(event, LedgerFounded):
        keys = {event.kid: event.public}
        return Organisation(event.organisation, 1, event.name, "authority", event.powers, keys)
    if isinstance(event, OrganisationRegistered):
        return Organisation(event.organisation, 1, event.name, event.kind)
    assert known is not None, "only a registration can open an organisation's story"
    known = replace(known, version=event.originator_version)
    match event:
        case KeyRegistered():
            return replace(known, keys={**known.keys, event.kid: event.public})
        case KeyRevoked() | KeyWithdrawn():
            return _without(known, event.kid)
        case KeyRotated():
            return _rotated(known, event)
        case EligibilityGranted() | EligibilityListed():
            period = EligibilityPeriod(event.first_day, event.last_day, event.notice)
            facts = (*known.eligibility_facts, event)
            return replace(known, eligibility=(*known.eligibility, period), eligibility_facts=facts)
        case EligibilityCancelled() | EligibilityEnded():
            cut = _cut(known.eligibility, event.effective)
            facts = (*known.eligibility_facts, event)
            known = replace(known, eligibility=cut, eligibility_facts=facts)
            return replace(known, bar=_barred(known.bar, event))
        case DocumentKeyRegistered():
            held = {**known.certificates, event.fingerprint: event.certificate}
            return replace(known, certificates=held)
        case DocumentKeyRevoked():
            gone = known.documents_revoked | {event.fingerprint}
            return replace(known, documents_revoked=gone)
        case _:
            assert_never(event)


def _without(known: Organisation, kid: str | None) -> Organisation:
    """Take a key out of those that work."""
    if kid is None:
        return known
    keys = {k: x for k, x in known.keys.items() if k != kid}
    return replace(known, keys=keys, revoked=known.revoked | {kid})


def _rotated(known: Organisation, event: KeyRotated) -> Organisation:
    known = _without(known, event.replaces)
    own = {event.kid} if event.custody == ORGANISATION else frozenset[str]()
    keys = {**known.keys, event.kid: event.public}
    return replace(known, keys=keys, own_keys=known.own_keys | own)


def _cut(periods: tuple[EligibilityPeriod, ...], effective: date) -> tuple[EligibilityPeriod, ...]:
    return tuple(
        replace(p, last_day=min(p.last_day, effective - timedelta(days=1)))
        for p in periods
        if p.first_day < effective
    )


def _barred(known: Bar | None, event: EligibilityCancelled | EligibilityEnded) -> Bar | None:
    """Return the bar that holds after an end of eligibility: the longer of two."""
    if isinstance(event, EligibilityCancelled) or not bars(event.ground, event.barred_until):
        return known
    new = Bar(event.effective, event.ground, event.barred_until)
    if known is None or (known.until is not None and _later(new.until, known.until)):
        return new
    return known


def _later(until: date | None, than: date) -> bool:
    return until is None or until > than
