"""Passkeys (WebAuthn, W3C Recommendation level 2): made, and used as a first or a second factor.

As a first factor the authenticator must say that it verified the person (a PIN, a finger), so that
it is two factors at once; beside a password its presence is enough.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.people.addresses import Address
from api.people.house import People
from ledger.errors import Refused
from ledger.proof.encoding import b64url, unb64url
from ledger.store.accounts_tables import Account, Passkey

ENROL, SIGN_IN, SECOND = "passkey enrol", "passkey sign-in", "passkey second"
TITLE = "善款账本 Donation Ledger"
NAME_AT_MOST = 60
KEYS_AT_MOST = 10
REQUIRED, PREFERRED = UserVerificationRequirement.REQUIRED, UserVerificationRequirement.PREFERRED


class PasskeyRefused(Refused):
    """What came back is not the answer of a passkey of ours to what was asked."""

    def __init__(self) -> None:
        super().__init__("通行密钥没有通过 (the passkey was not accepted; try again)")


def enrolment(people: People, account: Account, address: Address) -> dict[str, object]:
    """Return what a browser needs to make a passkey for an account."""
    known = people.accounts.passkeys(account.id)
    if len(known) >= KEYS_AT_MOST:
        raise PasskeyRefused
    options = webauthn.generate_registration_options(
        rp_id=address.host,
        rp_name=TITLE,
        user_id=account.id.encode(),
        user_name=account.login,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=PREFERRED
        ),
        exclude_credentials=_described(known),
    )
    return _given(people, ENROL, options, f"{account.id} {b64url(options.challenge)}")


def enrol(
    people: People, account: Account, address: Address, said: Mapping[str, Any], name: str
) -> None:
    """Keep the passkey that a browser made for this account."""
    challenge = _taken(people, ENROL, account, said)
    try:
        made = webauthn.verify_registration_response(
            credential=_credential(said), expected_challenge=challenge,
            expected_rp_id=address.host, expected_origin=address.origin,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise PasskeyRefused from None
    named = name.strip()[:NAME_AT_MOST]
    passkey = Passkey(
        id=b64url(made.credential_id), account=account.id, count=made.sign_count,
        name=named if named and named.isprintable() else "passkey",
        public=b64url(made.credential_public_key), created_at=people.accounts.means.clock(),
        last_used=None,
    )  # fmt: skip
    people.accounts.add_passkey(passkey, account.login)


def question(people: People, address: Address, account: Account | None) -> dict[str, object]:
    """Return what a browser needs to use a passkey: of this account, or of whichever."""
    known = people.accounts.passkeys(account.id) if account else []
    options = webauthn.generate_authentication_options(
        rp_id=address.host,
        allow_credentials=_described(known) or None,
        user_verification=PREFERRED if account else REQUIRED,
    )
    whose = account.id if account else "anybody"
    kind = SECOND if account else SIGN_IN
    return _given(people, kind, options, f"{whose} {b64url(options.challenge)}")


def answered(
    people: People, address: Address, account: Account | None, said: Mapping[str, Any]
) -> Account:
    """Return whose passkey answered; where an account is given, it must be that one's."""
    challenge = _taken(people, SECOND if account else SIGN_IN, account, said)
    credential = _credential(said)
    passkey = people.accounts.find_passkey(str(credential.get("id", ""))[:1400])
    found = people.accounts.find(passkey.account) if passkey else None
    if passkey is None or found is None or not found.active:
        raise PasskeyRefused
    if account is not None and found.id != account.id:
        raise PasskeyRefused
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=address.host,
            expected_origin=address.origin, credential_public_key=unb64url(passkey.public),
            credential_current_sign_count=passkey.count, require_user_verification=account is None,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise PasskeyRefused from None
    people.accounts.used_passkey(passkey, verified.new_sign_count)
    return found


def _given(people: People, kind: str, options: Any, content: str) -> dict[str, object]:
    name = people.challenges.give(kind, content)
    return {"challenge": name, "options": json.loads(webauthn.options_to_json(options))}


def _taken(people: People, kind: str, account: Account | None, said: Mapping[str, Any]) -> bytes:
    """Return the challenge that was given for this, once."""
    kept = people.challenges.take(kind, str(said.get("challenge", "")))
    whose, _, challenge = (kept or "").partition(" ")
    if whose != (account.id if account else "anybody"):
        raise PasskeyRefused
    return unb64url(challenge)


def _credential(said: Mapping[str, Any]) -> dict[str, Any]:
    credential = said.get("credential")
    if not isinstance(credential, dict):
        raise PasskeyRefused
    return cast("dict[str, Any]", credential)


def _described(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=unb64url(one.id)) for one in known]
