"""Organisations: who is registered, which keys sign for them, when they are eligible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, date, datetime, timedelta
from typing import assert_never

from ledger.domain.credit_codes import credit_code
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityGranted,
    KeyRegistered,
    KeyRevoked,
    LedgerFounded,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.errors import Refused

AUTHORITY = "authority"
"""The id of the authority that a new ledger starts with."""

POWERS = ("register", "eligibility", "finance", "naming")
"""Register organisations and keys; grant eligibility; allot receipt numbers; decide on names.

A ledger keeps the powers it was founded with: those founded before decide on no names."""

NAME_MAX = 200


class NameUnusable(Refused):
    """A name is empty, too long, or holds control characters."""

    def __init__(self, name: str) -> None:
        super().__init__(f"name {name[:40]!r} can't be used: 1 to {NAME_MAX} printable characters")


class OrganisationAlreadyRegistered(Refused):
    """The credit code is registered under another name."""

    def __init__(self, organisation: str, name: str) -> None:
        super().__init__(f"{organisation} is already registered as {name}")


class KeyUnknown(Refused):
    """The key is not one of the organisation's working keys."""

    def __init__(self, organisation: str, kid: str) -> None:
        super().__init__(f"{organisation} has no working key {kid}")


class KeyWasRevoked(Refused):
    """A revoked key never signs again; whoever stole it may still hold it."""

    def __init__(self, organisation: str, kid: str) -> None:
        super().__init__(f"key {kid} of {organisation} was revoked; register another one")


class PeriodBackwards(Refused):
    """A period ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"the period from {first} to {last} ends before it begins")


class EligibilityOverlaps(Refused):
    """Two eligibility periods would cover the same day."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"eligibility from {first} to {last} is already granted; days overlap")


class NothingToCancel(Refused):
    """No eligibility period reaches beyond the month of the cancel notice."""

    def __init__(self, effective: date) -> None:
        super().__init__(f"no eligibility reaches {effective}, the first day a cancel would take")


class ApplicantKindUnknown(Refused):
    """Applicants are of kind 1, 2 or 3 (公告2020年第27号 art. 5-6)."""

    def __init__(self, kind: int) -> None:
        super().__init__(f"applicant kind {kind} is none of 1 (renewed), 2 (regained), 3 (new)")


@dataclass(frozen=True, slots=True)
class EligibilityPeriod:
    """Days on which gifts to the organisation may be deducted, both ends included."""

    first_day: date
    last_day: date
    notice: str


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
    eligibility: tuple[EligibilityPeriod, ...] = ()

    def eligible_on(self, day: date) -> EligibilityPeriod | None:
        """Return the eligibility period that covers the day of a gift, if any (rules 2.1)."""
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
    known: Organisation | None, uscc: str, name: str, actor: str, at: datetime
) -> OrganisationRegistered | None:
    """Decide a charity's registration; None when it is registered just so already."""
    credit_code(uscc)
    name = printable_name(name)
    if known is not None:
        if known.name != name:
            raise OrganisationAlreadyRegistered(uscc, known.name)
        return None
    return OrganisationRegistered(
        originator_id=stream(uscc),
        originator_version=1,
        timestamp=at,
        actor=actor,
        organisation=uscc,
        name=name,
        kind="charity",
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


def revoke_key(known: Organisation, kid: str, reason: str, actor: str, at: datetime) -> KeyRevoked:
    """Decide that a key signs nothing more."""
    if kid not in known.keys:
        raise KeyUnknown(known.id, kid)
    return KeyRevoked(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        kid=kid,
        reason=printable_name(reason),
    )


def grant_eligibility(
    known: Organisation,
    first_day: date,
    last_day: date,
    notice: str,
    applicant_kind: int,
    actor: str,
    at: datetime,
) -> EligibilityGranted | None:
    """Decide a period of eligibility; None when the same notice granted just this before."""
    if last_day < first_day:
        raise PeriodBackwards(first_day, last_day)
    if applicant_kind not in (1, 2, 3):
        raise ApplicantKindUnknown(applicant_kind)
    notice = printable_name(notice)
    for period in known.eligibility:
        if period == EligibilityPeriod(first_day, last_day, notice):
            return None
        if period.first_day <= last_day and first_day <= period.last_day:
            raise EligibilityOverlaps(period.first_day, period.last_day)
    return EligibilityGranted(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        first_day=first_day,
        last_day=last_day,
        notice=notice,
        applicant_kind=applicant_kind,
    )


def cancel_eligibility(
    known: Organisation, notice_date: date, actor: str, at: datetime
) -> EligibilityCancelled:
    """Decide the end of eligibility: from the month after the notice (公告2020年第27号 art. 10)."""
    if notice_date.year == MAXYEAR:
        raise NothingToCancel(notice_date)
    effective = first_of_next_month(notice_date)
    if not any(p.last_day >= effective for p in known.eligibility):
        raise NothingToCancel(effective)
    return EligibilityCancelled(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        notice_date=notice_date,
        effective=effective,
    )


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def evolve(known: Organisation | None, event: OrganisationEvent) -> Organisation:
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
        case KeyRevoked():
            keys = {k: x for k, x in known.keys.items() if k != event.kid}
            return replace(known, keys=keys, revoked=known.revoked | {event.kid})
        case EligibilityGranted():
            period = EligibilityPeriod(event.first_day, event.last_day, event.notice)
            return replace(known, eligibility=(*known.eligibility, period))
        case EligibilityCancelled():
            return replace(known, eligibility=_cut(known.eligibility, event.effective))
        case _:
            assert_never(event)


def _cut(periods: tuple[EligibilityPeriod, ...], effective: date) -> tuple[EligibilityPeriod, ...]:
    return tuple(
        replace(p, last_day=min(p.last_day, effective - timedelta(days=1)))
        for p in periods
        if p.first_day < effective
    )
