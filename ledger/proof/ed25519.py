"""Ed25519 keys and signatures from outside: one spelling per key, no key that signs everything."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from ledger.errors import Untrusted

KEY_BYTES = 32
SIGNATURE_BYTES = 64
FIELD = 2**255 - 19
SIGN_BIT = 2**255

_Y_OF_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
WEAK = frozenset({0, 1, FIELD - 1, _Y_OF_ORDER_8, FIELD - _Y_OF_ORDER_8})
"""The y of the eight points of small order: under such a key one signature fits many messages."""


class KeyUnusable(Untrusted):
    """Bytes are no Ed25519 public key that we would let anyone sign with."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no usable Ed25519 public key: {why}")


class SignatureFails(Untrusted):
    """A signature was not made by this key over these bytes."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the signature of this {what} fails: other bytes, or another key")


def public_key(raw: bytes) -> Ed25519PublicKey:
    """Read a public key of 32 bytes (RFC 8032 5.1.2); refuse a second spelling and a weak point."""
    if len(raw) != KEY_BYTES:
        raise KeyUnusable(f"it has {len(raw)} bytes, not {KEY_BYTES}")
    y = int.from_bytes(raw, "little") % SIGN_BIT
    if y >= FIELD:
        raise KeyUnusable("its coordinate is not reduced")
    if y in WEAK:
        raise KeyUnusable("it is a point of small order")
    return Ed25519PublicKey.from_public_bytes(raw)


def check_signature(
    public: Ed25519PublicKey, signature: bytes, message: bytes, *, what: str
) -> None:
    """Return quietly if `signature` is the key's over `message`; `what` names it in the refusal.

    That a signature has no second valid form is left to OpenSSL, which checks S < L and compares
    R byte for byte (RFC 8032 5.1.7). libsodium takes half the time and accepts nothing that OpenSSL
    refuses; so it is asked first, and its refusal decides nothing (docs/decisions/0046).
    """
    if quickly_accepted(public, signature, message):
        return
    try:
        public.verify(signature, message)
    except InvalidSignature as reason:
        raise SignatureFails(what) from reason


def quickly_accepted(public: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Tell whether libsodium accepts a signature; of one that it does not, nothing is known."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        crypto_sign_open(b"".join((signature, message)), public.public_bytes_raw())
    except BadSignatureError:
        return False
    return True
