"""Signed bytes: JWS compact strings, detached seals, and the keys they name.

RFC 7515 3.1 (compact form), RFC 8037 3.1 (EdDSA), RFC 7638 (thumbprint as key id), RFC 7797
(unencoded detached payload). Our strings have one form only: fixed header members in canonical
JSON, so that equal content means equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import Untrusted
from ledger.proof.ed25519 import SIGNATURE_BYTES, KeyUnusable, check_signature, public_key
from ledger.proof.encoding import b64url, canonical, read_canonical, unb64url

HEADER_MAX = 1024
"""How many characters of header we read; ours have about 140."""

PARTS = 3
"""Header, payload and signature."""

ATTACHED: dict[str, object] = {"alg": "EdDSA"}
DETACHED: dict[str, object] = {"alg": "EdDSA", "b64": False, "crit": ["b64"]}


class JwsMalformed(Untrusted):
    """A text is not a signed string of our one form."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a signed string of our form (RFC 7515 compact, EdDSA): {why}")


class SignerDiffers(Untrusted):
    """A signed string names another key than the one it is checked against."""

    def __init__(self, named: str, expected: str) -> None:
        super().__init__(f"signed in the name of key {named[:43]!r}, expected {expected!r}")


class TypeDiffers(Untrusted):
    """A signed string was made for another use."""

    def __init__(self, named: str, expected: str) -> None:
        super().__init__(f"signed as {named[:80]!r}, expected {expected!r}")


class Signer(Protocol):
    """Whoever can sign in the name of one key, near or far."""

    @property
    def kid(self) -> str:
        """Name the key: the RFC 7638 thumbprint of its public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519; return 64 bytes."""
        ...


class Ed25519Signer:
    """A signer whose private key is at hand."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public = private.public_key()
        self._kid = thumbprint(self._public)

    @property
    def kid(self) -> str:
        """The RFC 7638 thumbprint of the public key."""
        return self._kid

    @property
    def public(self) -> Ed25519PublicKey:
        """The public half."""
        return self._public

    @property
    def seed(self) -> bytes:
        """The private key (RFC 8032 5.1.5), 32 bytes."""
        return self._private.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519 (RFC 8032 5.1.6); return 64 bytes."""
        return self._private.sign(message)


class Jws(NamedTuple):
    """A signed string taken apart; nothing in it is to be believed before `check`."""

    kid: str
    typ: str
    payload: bytes
    signing_input: bytes
    signature: bytes


def jwk(public: Ed25519PublicKey) -> dict[str, str]:
    """Write a public key as a JWK of its required members only (RFC 8037 2)."""
    return _members(public.public_bytes_raw())


def thumbprint(public: Ed25519PublicKey) -> str:
    """Name a key: base64url of the SHA-256 of its canonical JWK (RFC 7638 3, RFC 8037 A.3)."""
    return _thumbprint(public.public_bytes_raw())


def public_of(members: Mapping[str, object]) -> Ed25519PublicKey:
    """Read a public JWK; refuse any member but `crv`, `kty` and `x`, and a weak key."""
    x = members.get("x")
    if not isinstance(x, str) or dict(members) != {"crv": "Ed25519", "kty": "OKP", "x": x}:
        raise KeyUnusable('its JWK must hold "crv":"Ed25519", "kty":"OKP" and "x", nothing else')
    return public_key(unb64url(x))


def sign(payload: bytes, signer: Signer, typ: str) -> str:
    """Sign a payload as a JWS compact string with the header `alg`, `kid`, `typ`."""
    signed = signing_input(payload, signer.kid, typ)
    return joined(signed, signer.sign(signed)).decode("ascii")


def signing_input(payload: bytes, kid: str, typ: str) -> bytes:
    """Return the bytes that a key signs with a payload (RFC 7515 5.1)."""
    return f"{_write_header(kid, typ, detached=False)}.{b64url(payload)}".encode("ascii")


def joined(signed: bytes, signature: bytes) -> bytes:
    """Return a JWS compact string: what was signed, and the signature over it."""
    return signed + b"." + b64url(signature).encode("ascii")


def parse(compact: str | bytes) -> Jws:
    """Take a signed string apart without believing it; refuse any form `sign` does not write."""
    text = _ascii(compact)
    header, payload, signature = _three_parts(text)
    kid, typ = _read_header(header, detached=False)
    signing_input = text[: len(header) + 1 + len(payload)]
    return Jws(kid, typ, unb64url(payload), signing_input, _read_signature(signature))


def check(jws: Jws, public: Ed25519PublicKey, typ: str) -> bytes:
    """Return the payload if this key signed it for this use (RFC 7515 5.2)."""
    _check_names(jws.kid, jws.typ, public, typ)
    check_signature(public, jws.signature, jws.signing_input, what=typ)
    return jws.payload


def verify(compact: str | bytes, public: Ed25519PublicKey, typ: str) -> bytes:
    """Return the payload of a signed string; else raise Untrusted.

    1. The string has our one form.
    2. It was made for the use `typ` and names this very key.
    3. The key signed these very bytes (a second valid signature: see `check_signature`).
    """
    return check(parse(compact), public, typ)


def seal(document: bytes, signer: Signer, typ: str) -> str:
    """Sign a document that travels beside its seal, byte for byte as it is (RFC 7797 5)."""
    header = _write_header(signer.kid, typ, detached=True)
    return f"{header}..{b64url(signer.sign(_sealed_bytes(header.encode('ascii'), document)))}"


def check_seal(seal: str, document: bytes, public: Ed25519PublicKey, typ: str) -> None:
    """Return quietly if this key sealed this document for this use; else raise Untrusted."""
    header, signature = _two_parts(seal)
    kid, named = _read_header(header, detached=True)
    _check_names(kid, named, public, typ)
    check_signature(public, _read_signature(signature), _sealed_bytes(header, document), what=typ)


def seal_kid(seal: str) -> str:
    """Read which key a seal names, to look it up; nothing is proved by it."""
    header, signature = _two_parts(seal)
    _read_signature(signature)
    kid, _ = _read_header(header, detached=True)
    return kid


def _sealed_bytes(header: bytes, document: bytes) -> bytes:
    return header + b"." + document


def _check_names(kid: str, named: str, public: Ed25519PublicKey, typ: str) -> None:
    if named != typ:
        raise TypeDiffers(named, typ)
    if kid != (expected := thumbprint(public)):
        raise SignerDiffers(kid, expected)


def _ascii(text: str | bytes) -> bytes:
    if not text.isascii():
        raise JwsMalformed("it is not ASCII")
    return text.encode("ascii") if isinstance(text, str) else text


def _three_parts(text: bytes) -> list[bytes]:
    parts = text.split(b".", 3)
    if len(parts) != PARTS:
        raise JwsMalformed("it must have three parts with points between")
    return parts


def _two_parts(seal: str) -> tuple[bytes, bytes]:
    header, payload, signature = _three_parts(_ascii(seal))
    if payload:
        raise JwsMalformed("a seal carries no payload: its document travels beside it")
    return header, signature


@lru_cache(maxsize=1024)
def _thumbprint(raw: bytes) -> str:
    return b64url(sha256(canonical(_members(raw))).digest())


def _members(raw: bytes) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": b64url(raw)}


@lru_cache(maxsize=1024)
def _write_header(kid: str, typ: str, *, detached: bool) -> str:
    fixed = DETACHED if detached else ATTACHED
    return b64url(canonical({**fixed, "kid": kid, "typ": typ}))


@lru_cache(maxsize=1024)
def _read_header(encoded: bytes, *, detached: bool) -> tuple[str, str]:
    """Return `kid` and `typ`; a header is kept, for a ledger's strings share a few."""
    if len(encoded) > HEADER_MAX:
        raise JwsMalformed(f"its header has more than {HEADER_MAX} characters")
    match read_canonical(unb64url(encoded)):
        case {"kid": str(kid), "typ": str(typ)}:
            if encoded == _write_header(kid, typ, detached=detached).encode("ascii"):
                return kid, typ
    members = ", ".join(sorted({*(DETACHED if detached else ATTACHED), "kid", "typ"}))
    raise JwsMalformed(f"its header must hold {members} as we write them, nothing else")


def _read_signature(encoded: bytes) -> bytes:
    signature = unb64url(encoded)
    if len(signature) != SIGNATURE_BYTES:
        raise JwsMalformed(f"its signature has {len(signature)} bytes, not {SIGNATURE_BYTES}")
    return signature
