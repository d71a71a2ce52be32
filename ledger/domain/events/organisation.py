"""Facts about organisations: who may sign what, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFounded(Event):
    """The first fact of a ledger: its authority, vouching for itself, with powers and key.

    Whoever trusts the ledger pins this key; everything else is derived from it.
    """

    TOPIC: ClassVar[str] = "ledger-founded.v1"

    organisation: str
    name: str
    powers: tuple[str, ...]
    kid: str
    public: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationRegistered(Event):
    """An organisation exists: a charity by its unified social credit code."""

    TOPIC: ClassVar[str] = "organisation-registered.v1"

    organisation: str
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRegistered(Event):
    """From here on the key signs for the organisation (Ed25519, JWK of RFC 8037)."""

    TOPIC: ClassVar[str] = "key-registered.v1"

    organisation: str
    kid: str
    public: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRevoked(Event):
    """From here on the key signs nothing; what it signed before stays good."""

    TOPIC: ClassVar[str] = "key-revoked.v1"

    organisation: str
    kid: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityGranted(Event):
    """公益性捐赠税前扣除资格 from day to day, both included, by a joint notice (rules 2.1)."""

    TOPIC: ClassVar[str] = "eligibility-granted.v1"

    organisation: str
    first_day: date
    last_day: date
    notice: str
    applicant_kind: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityCancelled(Event):
    """Eligibility ends with the month of the notice; earlier gifts keep theirs (rules 2.1)."""

    TOPIC: ClassVar[str] = "eligibility-cancelled.v1"

    organisation: str
    notice_date: date
    effective: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentKeyRegistered(Event):
    """From here on the key of this certificate signs documents for the organisation.

    `certificate` is DER in base64url: ECDSA P-256 for PDF signatures (ETSI EN 319 142-1);
    `fingerprint` is the SHA-256 of the DER in hex.
    """

    TOPIC: ClassVar[str] = "document-key-registered.v1"

    organisation: str
    certificate: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentKeyRevoked(Event):
    """From here on the key signs no document; what it signed before stays good."""

    TOPIC: ClassVar[str] = "document-key-revoked.v1"

    organisation: str
    fingerprint: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityListed(Event):
    """公益性捐赠税前扣除资格 by a list: who gave notice, when, for which kind of applicant.

    `departments` are of "finance", "tax", "civil-affairs" (公告2020年第27号 art. 5; for mass
    organisations without the last, 公告2021年第20号); `level` is "national", "provincial" or
    "city".
    """

    TOPIC: ClassVar[str] = "eligibility-listed.v1"

    organisation: str
    first_day: date
    last_day: date
    notice: str
    notice_date: date
    applicant_kind: int
    departments: tuple[str, ...]
    level: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityEnded(Event):
    """Eligibility ends with the month of a notice, for a ground of 公告2020年第27号 art. 7-9.

    Nothing reaches back. Before `barred_until` it can't be granted anew; None is for good, if the
    ground says so.
    """

    TOPIC: ClassVar[str] = "eligibility-ended.v1"

    organisation: str
    notice: str
    notice_date: date
    effective: date
    ground: str
    barred_until: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRotated(Event):
    """From here on a key signs for the organisation in place of another, which signs nothing more.

    `possession` is the new key's signature, `handover` the replaced one's, over the statements of
    `ledger.domain.key_rotation` (Ed25519, base64url); there is no handover from a key that was
    lost, compromised or revoked. `replaces` is None for an organisation's first key. `ground` is
    "first", "superseded", "lost" or "compromised"; `custody` says who keeps the private half:
    "server" or "organisation".
    """

    TOPIC: ClassVar[str] = "key-rotated.v1"

    organisation: str
    kid: str
    public: str
    replaces: str | None
    ground: str
    note: str | None
    custody: str
    possession: str
    handover: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyWithdrawn(Event):
    """From here on the key signs nothing, for a typed ground; what it signed before stays good.

    `ground` is "compromised", "superseded", "lost" or "ceased" (as CRLReason of RFC 5280 5.3.1).
    """

    TOPIC: ClassVar[str] = "key-withdrawn.v1"

    organisation: str
    kid: str
    ground: str
    note: str
