"""The one DER form of the signature inside a receipt's PDF (RFC 5652, profile PAdES B-B)."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

SEQUENCE, SET, INTEGER, OCTETS, OID = 0x30, 0x31, 0x02, 0x04, 0x06
CONTEXT_0 = 0xA0
LONG = 0x80

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
SHA_256 = bytes.fromhex("300b0609608648016503040201")
ECDSA_WITH_SHA_256 = bytes.fromhex("300a06082a8648ce3d040302")
VERSION_1 = bytes.fromhex("020101")

CERTIFICATES = 2
"""The signer's certificate and its root, so that a reader can show the whole path."""

_PARTS = 4
"""Version, digest algorithms, content and certificates stand before the signers."""

_SIGNER_PARTS = 6
_DIGEST = slice(46, 78)
"""Where the message digest lies in the signed attributes."""

_BEFORE_DIGEST = MESSAGE_DIGEST + bytes((SET, 34, OCTETS, 32))
_BEFORE_VALUE = ECDSA_WITH_SHA_256 + bytes((OCTETS,))


class Malformed(ValueError):
    """Bytes that are not laid out as DER, or not as this form."""


class Signed(NamedTuple):
    """What differs from one signature to the next."""

    certificate: bytes
    root: bytes
    digest: bytes
    value: bytes


def tlv(tag: int, *contents: bytes) -> bytes:
    """Lay out one DER value: tag, length in its shortest form, contents (X.690 10.1)."""
    content = b"".join(contents)
    size = len(content)
    if size < LONG:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, LONG | len(length))) + length + content


def attributes(certificate: bytes, root: bytes, digest: bytes) -> bytes:
    """Return the signed attributes as the SET OF that is signed (RFC 5652 5.4, RFC 5035 3).

    They name the root too: nothing else that is signed would cover its bytes.
    """
    around = _attributes(certificate, root)
    return around[: _DIGEST.start] + digest + around[_DIGEST.stop :]


def encode(signed: Signed) -> bytes:
    """Return the one encoding of a detached signature; `value` is the ECDSA signature in DER."""
    content = attributes(signed.certificate, signed.root, signed.digest)
    signer = tlv(
        SEQUENCE,
        VERSION_1,
        _issuer_and_serial(signed.certificate),
        SHA_256,
        bytes((CONTEXT_0,)) + content[1:],
        ECDSA_WITH_SHA_256,
        tlv(OCTETS, signed.value),
    )
    body = tlv(
        SEQUENCE,
        VERSION_1,
        tlv(SET, SHA_256),
        tlv(SEQUENCE, DATA),
        tlv(CONTEXT_0, *sorted((signed.certificate, signed.root))),
        tlv(SET, signer),
    )
    return tlv(SEQUENCE, SIGNED_DATA, tlv(CONTEXT_0, body))


def whole(data: bytes) -> int:
    """Return where the one value ends that `data`, padded or not, begins with."""
    return _span(data, 0)[1]


def decode(data: bytes) -> Signed:
    """Take a signature apart; anything but its one form is `Malformed`.

    What stands around digest and value is known by its bytes: a signer's are all alike.
    """
    digest = data.rfind(_BEFORE_DIGEST) + len(_BEFORE_DIGEST)
    value = data.rfind(_BEFORE_VALUE) + len(_BEFORE_VALUE) + 1
    if not len(_BEFORE_DIGEST) <= digest < digest + 32 < value <= len(data):
        raise Malformed
    around = _framed(data[:digest], data[digest + 32 : value], len(data) - value)
    return Signed(*around, data[digest : digest + 32], data[value:])


def _decoded(data: bytes) -> Signed:
    body = _within(_parts(data, SEQUENCE, 2)[1], CONTEXT_0)
    parts = _parts(body, SEQUENCE, _PARTS + 1)
    certificates = _list(_within(parts[_PARTS - 1], CONTEXT_0))
    signer = _list(_within(_within(parts[_PARTS], SET), SEQUENCE))
    if len(certificates) != CERTIFICATES or len(signer) != _SIGNER_PARTS:
        raise Malformed
    digest = signer[3][_DIGEST]
    value = _within(signer[-1], OCTETS)
    one, other = certificates
    if _issuer_and_serial(one) != signer[1]:
        one, other = other, one
    found = Signed(one, other, digest, value)
    if encode(found) != data:
        raise Malformed
    return found


def size(certificate: bytes, root: bytes, value: int) -> int:
    """Return how many bytes a signature whose ECDSA value has `value` bytes takes."""
    return len(encode(Signed(certificate, root, bytes(32), bytes(value))))


@lru_cache(maxsize=256)
def _attributes(certificate: bytes, root: bytes) -> bytes:
    """Lay out the attributes with a blank digest: their order depends on their lengths alone."""
    found = (
        tlv(SEQUENCE, CONTENT_TYPE, tlv(SET, DATA)),
        tlv(SEQUENCE, MESSAGE_DIGEST, tlv(SET, tlv(OCTETS, bytes(32)))),
        _named(certificate, root),
    )
    return tlv(SET, *sorted(found))


@lru_cache(maxsize=256)
def _framed(before: bytes, between: bytes, size: int) -> tuple[bytes, bytes]:
    """Return certificate and root of a signature whose digest and value stand just there.

    Two fillings prove where they stand: what lies around them does not change with them.
    """
    for filling in (b"\x00", b"\xff"):
        digest, value = filling * 32, filling * size
        found = _decoded(before + digest + between + value)
        if (found.digest, found.value) != (digest, value):
            raise Malformed
    return found.certificate, found.root


@lru_cache(maxsize=256)
def _named(certificate: bytes, root: bytes) -> bytes:
    hashes = (tlv(OCTETS, sha256(one).digest()) for one in (certificate, root))
    known = tlv(SEQUENCE, tlv(SEQUENCE, *(tlv(SEQUENCE, one) for one in hashes)))
    return tlv(SEQUENCE, SIGNING_CERTIFICATE_V2, tlv(SET, known))


@lru_cache(maxsize=256)
def _issuer_and_serial(certificate: bytes) -> bytes:
    fields = _list(_within(_parts(certificate, SEQUENCE, 3)[0], SEQUENCE))
    if len(fields) < _PARTS:
        raise Malformed
    return tlv(SEQUENCE, fields[3], fields[1])  # RFC 5280 4.1: version, serial, algorithm, issuer


def _parts(data: bytes, tag: int, count: int) -> list[bytes]:
    parts = _list(_within(data, tag))
    if len(parts) != count:
        raise Malformed
    return parts


def _within(data: bytes, tag: int) -> bytes:
    """Return the contents of the one value that `data` is."""
    start, end = _span(data, 0)
    if data[0] != tag or end != len(data):
        raise Malformed
    return data[start:end]


def _list(data: bytes) -> list[bytes]:
    """Cut the contents of a value into the values that follow each other in it."""
    found, at = [], 0
    while at < len(data):
        _, end = _span(data, at)
        found.append(data[at:end])
        at = end
    return found


def _span(data: bytes, at: int) -> tuple[int, int]:
    """Return where the contents of the value at `at` begin and end."""
    head = data[at + 1 : at + 2]
    if not head:
        raise Malformed
    start, length = at + 2, head[0]
    if length > LONG:
        start += length - LONG
        length = int.from_bytes(data[at + 2 : start], "big")
    if length == LONG or start + length > len(data):
        raise Malformed
    return start, start + length
