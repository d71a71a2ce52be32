"""Keys in place of others: who vouches for a new key, and why an old one signs nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.domain.events import KeyRotated, KeyWithdrawn
from ledger.domain.organisations import (
    ORGANISATION,
    SERVER,
    KeyUnknown,
    KeyWasRevoked,
    Organisation,
    printable_name,
    stream,
)
from ledger.domain.public_words import public_words
from ledger.errors import Refused, Untrusted

FIRST, SUPERSEDED, LOST, COMPROMISED, CEASED = (
    "first", "superseded", "lost", "compromised", "ceased",
)  # fmt: skip
ROTATION_GROUNDS = (FIRST, SUPERSEDED, LOST, COMPROMISED)
WITHDRAWAL_GROUNDS = (COMPROMISED, SUPERSEDED, LOST, CEASED)
CUSTODIES = (SERVER, ORGANISATION)

POSSESSION = "donation-ledger-key-possession.v1"
HANDOVER = "donation-ledger-key-handover.v1"
"""The first lines of what is signed: no other text that a key of ours signs begins so."""


class GroundUnknown(Refused):
    """A key is replaced or withdrawn for one of a few grounds."""

    def __init__(self, ground: str, known: tuple[str, ...]) -> None:
        super().__init__(f"ground {ground!r} is none of: {', '.join(known)}")


class CustodyUnknown(Refused):
    """The private half of a key is kept by the server or by the organisation."""

    def __init__(self, custody: str) -> None:
        super().__init__(f"custody {custody!r} is none of: {', '.join(CUSTODIES)}")


class ReplacedKeyUnnamed(Refused):
    """An organisation that has had a key changes it only in its place."""

    def __init__(self, organisation: str) -> None:
        super().__init__(
            f"{organisation} has had a key; prove the new one with --replaces=KID (see key show)"
        )


class KeyWorksAlready(Refused):
    """The key signs for the organisation already."""

    def __init__(self, organisation: str, kid: str) -> None:
        super().__init__(f"key {kid} signs for {organisation} already")


class HandoverMissing(Refused):
    """A key that works is superseded only with its own signature."""

    def __init__(self, kid: str) -> None:
        super().__init__(
            f"key {kid} still works and did not sign the handover; let its holder sign it (key "
            "handover), or name the ground: lost or compromised"
        )


class HandoverNotTaken(Refused):
    """A key that was lost, stolen or revoked hands nothing over."""

    def __init__(self, kid: str | None) -> None:
        super().__init__(f"key {kid} hands nothing over on that ground; leave the handover out")


class RotationBroken(Untrusted):
    """A rotation on record does not follow from the keys that stood before it."""

    def __init__(self, organisation: str, kid: str, why: str) -> None:
        super().__init__(f"the rotation of {organisation} to key {kid} does not hold: {why}")


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedKey:
    """A public key (JWK `x`) with its holder's proof; `replaces` is None for a first key."""

    kid: str
    public: str
    replaces: str | None
    custody: str
    possession: str
    handover: str | None


@dataclass(frozen=True, slots=True)
class Voucher:
    """A signature (base64url) that a key must have made over a statement."""

    kid: str
    public: str
    signature: str
    statement: bytes
    what: str


def statement(use: str, origin: str, organisation: str, kid: str, replaces: str | None) -> bytes:
    """Return what a new key signs (`POSSESSION`), or the key it replaces (`HANDOVER`).

    Five lines, each ended by LF; "-" stands for no replaced key.
    """
    lines = (use, origin, organisation, kid, replaces or "-")
    return "".join(f"{line}\n" for line in lines).encode()


def rotate(
    known: Organisation, offered: OfferedKey, ground: str, note: str | None,
    actor: str, at: datetime,
) -> KeyRotated:  # fmt: skip
    """Decide that an offered key signs in place of another one.

    That its signatures are good is for whoever can check them: see `vouchers`.
    """
    if offered.kid in known.keys:
        raise KeyWorksAlready(known.id, offered.kid)
    if offered.kid in known.revoked:
        raise KeyWasRevoked(known.id, offered.kid)
    _check_ground(known, offered, ground)
    return KeyRotated(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        kid=offered.kid,
        public=offered.public,
        replaces=offered.replaces,
        ground=ground,
        note=None if note is None else public_words(printable_name(note)),
        custody=offered.custody,
        possession=offered.possession,
        handover=offered.handover,
    )


def withdraw(
    known: Organisation, kid: str, ground: str, note: str, actor: str, at: datetime
) -> KeyWithdrawn:
    """Decide that a key signs nothing more."""
    if ground not in WITHDRAWAL_GROUNDS:
        raise GroundUnknown(ground, WITHDRAWAL_GROUNDS)
    if kid not in known.keys:
        raise KeyUnknown(known.id, kid)
    return KeyWithdrawn(
        originator_id=stream(known.id),
        originator_version=known.version + 1,
        timestamp=at,
        actor=actor,
        organisation=known.id,
        kid=kid,
        ground=ground,
        note=public_words(printable_name(note)),
    )


def vouchers(event: KeyRotated, known: Organisation, origin: str) -> tuple[Voucher, ...]:
    """Return the signatures that a rotation holds, to be checked; else raise `RotationBroken`.

    `known` is the organisation as it stood before. The new key vouches for itself, and a key that
    still works for its successor.
    """
    if event.kid in known.keys or event.kid in known.revoked:
        raise RotationBroken(known.id, event.kid, "that key was registered before")
    try:
        _check_ground(known, event, event.ground)
    except Refused as refusal:
        raise RotationBroken(known.id, event.kid, str(refusal)) from None
    signed = statement(POSSESSION, origin, known.id, event.kid, event.replaces)
    own = Voucher(event.kid, event.public, event.possession, signed, "proof of possession")
    if event.handover is None:
        return (own,)
    assert event.replaces is not None, "only a key that is replaced hands over"
    signed = statement(HANDOVER, origin, known.id, event.kid, event.replaces)
    old = known.keys[event.replaces]
    return own, Voucher(event.replaces, old, event.handover, signed, "handover of a key")


def _check_ground(known: Organisation, offered: OfferedKey | KeyRotated, ground: str) -> None:
    """Refuse a ground, or a handover, that does not fit the key that is replaced."""
    if offered.custody not in CUSTODIES:
        raise CustodyUnknown(offered.custody)
    old, ever = offered.replaces, {*known.keys, *known.revoked}
    if old is None and ever:
        raise ReplacedKeyUnnamed(known.id)
    if old is not None and old not in ever:
        raise KeyUnknown(known.id, old)
    grounds = (FIRST,) if old is None else ROTATION_GROUNDS[1:]
    if ground not in grounds:
        raise GroundUnknown(ground, grounds)
    hands_over = ground == SUPERSEDED and old in known.keys
    if hands_over and offered.handover is None:
        raise HandoverMissing(str(old))
    if not hands_over and offered.handover is not None:
        raise HandoverNotTaken(old)
