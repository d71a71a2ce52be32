"""Secrets of accounts that must be read again: encrypted, each bound to what it is for."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import Untrusted
from ledger.proof.encoding import b64url, unb64url
from ledger.store.accounts import Means
from ledger.store.vault_keys import derive

NONCE_BYTES = 12


class BoxAltered(Untrusted):
    """An encrypted secret was moved or altered."""

    def __init__(self, whose: str) -> None:
        super().__init__(f"accounts: a secret of {whose} can't be opened; run: audit")


def box(means: Means, whose: str, secret: str) -> str:
    """Return a secret encrypted (AES-256-GCM) for one account."""
    nonce = means.random(NONCE_BYTES)
    return b64url(nonce + _cipher(means).encrypt(nonce, secret.encode(), whose.encode()))


def unbox(means: Means, whose: str, boxed: str) -> str:
    """Return the secret of an account; refuse a box that is another's."""
    data = unb64url(boxed)
    try:
        return (
            _cipher(means).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], whose.encode()).decode()
        )
    except (InvalidTag, ValueError):
        raise BoxAltered(whose) from None


def _cipher(means: Means) -> AESGCM:
    return AESGCM(derive(means.key(), "boxes of accounts"))
