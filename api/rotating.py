"""Keys put in the place of others: kept by this server, or taken over from their holders."""

from __future__ import annotations

from api.wiring import House
from ledger.domain.key_rotation import FIRST, LOST, SUPERSEDED
from ledger.domain.organisations import SERVER, Organisation
from ledger.engine import KeyIsHeldElsewhere
from ledger.proof.jws import Ed25519Signer
from ledger.store.public_halves import PublicHalf, prove


def rotate(house: House, organisation: str, ground: str, note: str | None) -> bool:
    """Make a key here in place of the one that works; tell whether something was to be done.

    Refuses where the organisation keeps its key itself: it makes the new one there.
    """
    known = house.ledger.streams.organisation(organisation)
    old = _working_here(house, known)
    if old is None and (own := known.own_keys & set(known.keys)):
        raise KeyIsHeldElsewhere(organisation, min(own))
    if house.dry_run:
        return True
    new = _fresh(house, known)
    half = prove(new, organisation, house.recorder.origin(), _replaced(house, known, old))
    if ground == SUPERSEDED and old is not None:
        half = half.handed_over(old)
    if half.replaces is None:
        ground = FIRST
    offered = half.offered(organisation, half.origin, SERVER)
    return house.ledger.organisations.rotate_key(organisation, offered, ground, note)


def renew_signing(house: House, organisation: str) -> bool:
    """Make another key if none works, or the file of the one that does was lost."""
    known = house.ledger.streams.recipient(organisation)
    if _working_here(house, known) or known.own_keys & set(known.keys):
        return False
    return rotate(house, organisation, LOST, None)


def adopt(house: House, half: PublicHalf, ground: str | None, note: str | None) -> bool:
    """Take over a key that its organisation keeps itself; tell whether it was new.

    Where the replaced key lies here, it signs the handover here.
    """
    known = house.ledger.streams.organisation(half.organisation)
    ground = ground or (SUPERSEDED if half.replaces else FIRST)
    old = _working_here(house, known)
    if ground == SUPERSEDED and half.handover is None and old and old.kid == half.replaces:
        half = half.handed_over(old)
    offered = half.offered(half.organisation, house.recorder.origin())
    return house.ledger.organisations.rotate_key(half.organisation, offered, ground, note)


def register_holder(house: House, uscc: str, name: str, half: PublicHalf, kind: str) -> None:
    """Register an organisation that keeps its key itself; its document key is kept here."""
    offered = half.offered(uscc, house.recorder.origin())
    house.ledger.organisations.register_holder(uscc, name, offered, kind)
    if not house.dry_run:
        house.document_signer(uscc)
    house.publish()


def _working_here(house: House, known: Organisation) -> Ed25519Signer | None:
    here = house.keys.signers(known.id)
    return next((signer for signer in here if signer.kid in known.keys), None)


def _fresh(house: House, known: Organisation) -> Ed25519Signer:
    """Return a key that never was registered: one that a crash left behind, or a new one."""
    here = house.keys.signers(known.id)
    if not here or here[0].kid in known.keys or here[0].kid in known.revoked:
        house.keys.renew(known.id)
    return house.keys.signers(known.id)[0]


def _replaced(house: House, known: Organisation, old: Ed25519Signer | None) -> str | None:
    """Return the key whose place a new one takes: one that works, else the last one known here."""
    if old is not None:
        return old.kid
    here = [signer.kid for signer in house.keys.signers(known.id)]
    ended = [kid for kid in here if kid in known.revoked]
    return next(iter([*known.keys, *ended, *sorted(known.revoked)]), None)
