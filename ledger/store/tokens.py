"""Keys in a PKCS#11 token (a USB key, a smart card, SoftHSM): they sign and never leave it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from ledger.errors import Unreadable
from ledger.proof.ed25519 import KEY_BYTES, public_key
from ledger.proof.jws import thumbprint

OCTET_STRING = b"\x04\x20"
"""How DER begins that holds 32 bytes: CKA_EC_POINT of an Edwards key (PKCS#11 3.0 6.3.5)."""


class TokenSupportMissing(Unreadable):
    """The optional part that speaks PKCS#11 is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "tokens need the package python-pkcs11; install the extra: "
            "pip install 'donation-ledger[pkcs11]'"
        )


class TokenRefused(Unreadable):
    """The module, the token, its PIN or its key did not do what was asked."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}; check --pkcs11, --token, --key and the PIN")


class TokenSigner:
    """Signs with the Ed25519 key of an open session."""

    def __init__(self, private: Any, public: bytes, mechanism: Any) -> None:
        self._private = private
        self._mechanism = mechanism
        self.public = public_key(public)
        self._kid = thumbprint(self.public)

    @property
    def kid(self) -> str:
        """The RFC 7638 thumbprint of the public key."""
        return self._kid

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519 (CKM_EDDSA without parameters: RFC 8032 5.1.6); return 64 bytes."""
        return bytes(self._private.sign(message, mechanism=self._mechanism))


@contextmanager
def opened(module: Path, token: str, key: str, pin: str) -> Iterator[TokenSigner]:
    """Open a session with a token by its label; lend the signer of the key with that label."""
    try:
        pkcs11 = import_module("pkcs11")
        failures = import_module("pkcs11.exceptions").PKCS11Error
    except ImportError:
        raise TokenSupportMissing from None
    try:
        held = pkcs11.lib(str(module)).get_token(token_label=token)
        with held.open(user_pin=pin) as session:
            yield _signer(pkcs11, session, key)
    except (failures, RuntimeError) as error:
        why = str(error) or type(error).__name__
        raise TokenRefused(f"the token {token!r} refused", why) from None


def _signer(pkcs11: Any, session: Any, label: str) -> TokenSigner:
    kinds = {"key_type": pkcs11.KeyType.EC_EDWARDS, "label": label}
    private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, **kinds)
    public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, **kinds)
    point = raw_point(bytes(public[pkcs11.Attribute.EC_POINT]))
    return TokenSigner(private, point, pkcs11.Mechanism.EDDSA)


def raw_point(point: bytes) -> bytes:
    """Return the 32 bytes of a public key; some tokens wrap them in DER, some do not."""
    if len(point) == len(OCTET_STRING) + KEY_BYTES and point.startswith(OCTET_STRING):
        return point[len(OCTET_STRING) :]
    return point
