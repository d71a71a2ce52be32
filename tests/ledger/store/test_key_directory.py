"""Keys read from the log: each signs for its own organisation, and nothing else."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.wiring import House
from ledger import codec
from ledger.domain.events import KeyRegistered
from ledger.domain.organisations import AUTHORITY, stream
from ledger.domain.registry import ActsBeyondPower, RootKeyDiffers, SignerUnknown
from ledger.proof.ed25519 import SignatureFails
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer
from ledger.store.key_directory import KeyDirectory
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, register
from tests.invariants import check_house


def directory(house: House, root_key: str | None = None) -> KeyDirectory:
    return KeyDirectory(house.recorder.origin(), house.recorder.registry_entries, root_key)


def entry_of(house: House, stream_name: str) -> bytes:
    return bytes(house.recorder.select_events(stream_name)[0].state)


def test_an_entry_is_verified_with_the_key_its_log_names(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (one,) = give(house, fund, "1.00")
    keys = directory(house, house.root_key())

    for name in (fund, one):
        keys.verify(*codec.read(entry_of(house, name), house.recorder.origin()))
    check_house(house)


def test_a_key_signs_for_its_own_organisation_alone(house: House) -> None:
    register(house)
    register(house, OTHER_USCC, "另一基金会")
    origin = house.recorder.origin()
    _, event = codec.read(entry_of(house, general_fund(house)), origin)
    forged = codec.encode(event, origin, house.keys.signer_of(OTHER_USCC))

    with pytest.raises(SignerUnknown, match=f"does not sign for {USCC}"):
        directory(house).verify(*codec.read(forged, origin))


def test_a_key_that_nobody_registered_signs_nothing(house: House) -> None:
    register(house)
    origin = house.recorder.origin()
    _, event = codec.read(entry_of(house, general_fund(house)), origin)
    stranger = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secrets.token_bytes(32)))

    with pytest.raises(SignerUnknown):
        directory(house).verify(*codec.read(codec.encode(event, origin, stranger), origin))


def test_an_entry_whose_signature_fails_is_refused(house: House) -> None:
    register(house)
    entry = entry_of(house, general_fund(house))
    head, body, signature = entry.split(b".")
    other = b"A" if signature[:1] != b"A" else b"B"

    with pytest.raises(SignatureFails):
        directory(house).verify(
            *codec.read(b".".join([head, body, other + signature[1:]]), house.recorder.origin())
        )


def test_a_ledger_founded_with_another_key_than_the_trusted_one_is_refused(house: House) -> None:
    register(house)
    entry = entry_of(house, general_fund(house))

    with pytest.raises(RootKeyDiffers):
        directory(house, "another").verify(*codec.read(entry, house.recorder.origin()))


def test_a_charity_that_registers_keys_is_refused(house: House) -> None:
    register(house)
    origin, signer = house.recorder.origin(), house.keys.signer_of(USCC)
    forged = KeyRegistered(
        originator_id=stream(USCC),
        originator_version=3,
        timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        actor=USCC,
        organisation=AUTHORITY,
        kid=signer.kid,
        public=b64url(signer.public.public_bytes_raw()),
    )
    entries = [*house.recorder.registry_entries(), codec.encode(forged, origin, signer)]
    entry = entry_of(house, general_fund(house))

    with pytest.raises(ActsBeyondPower):
        KeyDirectory(origin, lambda: entries, None).verify(*codec.read(entry, origin))


def test_a_revoked_key_still_verifies_what_it_signed_before(house: House) -> None:
    register(house)
    entry = entry_of(house, general_fund(house))
    house.ledger.organisations.revoke_key(USCC, house.keys.signer_of(USCC).kid, "lost")

    directory(house).verify(*codec.read(entry, house.recorder.origin()))
    check_house(house)
