"""The signature over a receipt's file: PAdES B-B (ETSI EN 319 142-1), P-256, in one strict form.

Every byte of the file counts: a reader may forgive what was added or written otherwise; `check`
does not. No PDF library is needed for it.
"""

from __future__ import annotations

import re
from binascii import hexlify, unhexlify
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from ledger.errors import Untrusted
from receipts import certificates, cms

ALGORITHM = ec.ECDSA(SHA256(), deterministic_signing=True)
_CHECKING = ec.ECDSA(SHA256())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (FIPS 186-5)."""

VALUE_MAX = 72
"""Bytes of an ECDSA signature by a P-256 key in DER, at most."""

_MARKER = b"\n/ByteRange ["
_RANGE_WIDTH = 48
_RANGE = re.compile(rb"\n/ByteRange \[0 ([1-9]\d{0,9}) ([1-9]\d{0,9}) (0|[1-9]\d{0,9})\] *")
_CONTENTS = b"\n/Contents <"


class SignatureMissing(Untrusted):
    """The file carries no signature of ours."""

    def __init__(self) -> None:
        super().__init__("the file carries no signature: use the receipt as it was issued")


class SignatureDoubled(Untrusted):
    """The file carries more than one signature: something was added by another hand."""

    def __init__(self, found: int) -> None:
        super().__init__(f"the file carries {found} signatures, where one is expected")


class BytesAdded(Untrusted):
    """Something stands after the signed bytes: an incremental update, or bytes appended."""

    def __init__(self, added: int) -> None:
        super().__init__(
            f"{added} bytes were added after the signed ones (an incremental update or an "
            "appendix); what they make of the page was never signed: use the file as it was issued"
        )


class BytesChanged(Untrusted):
    """The file's bytes are not those that were signed."""

    def __init__(self, why: str = "its digest is another") -> None:
        super().__init__(f"the file was changed after it was signed: {why}")


class SignatureBroken(Untrusted):
    """The signature is not laid out in its one form, or does not verify."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the file's signature is broken: {why}")


@dataclass(frozen=True, slots=True)
class Signer:
    """A P-256 key, its certificate (DER), and the root (DER) that issued it."""

    certificate: bytes
    root: bytes
    key: ec.EllipticCurvePrivateKey


def dictionary(signer: Signer, day: date, name: bytes) -> tuple[bytes, bytes]:
    """Return the signature dictionary's text before and after its two blanks (ISO 32000-2 12.8.1).

    `name` is the signer's name as a PDF string. The day is claimed, as the day of issue.
    """
    head = (
        b"<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n"
        b"/Name %b\n/M (D:%b000000Z)\n"
        b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP"
        b" /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]"
    )
    blank = b" " * _RANGE_WIDTH + _CONTENTS + b"0" * (2 * _reserved(signer)) + b">"
    return head % (name, day.strftime("%Y%m%d").encode()) + b"\n/ByteRange ", blank + b"\n>>"


def sign(document: bytearray, at: int, signer: Signer) -> None:
    """Fill in the blanks that follow `/ByteRange ` at `at`, so that all other bytes are signed."""
    hole = at + _RANGE_WIDTH + len(_CONTENTS) - 1
    end = hole + 2 * _reserved(signer) + 2
    span = b"[0 %d %d %d]" % (hole, end, len(document) - end)
    document[at : at + _RANGE_WIDTH] = span.ljust(_RANGE_WIDTH)
    digest = _digest(document, hole, end)
    content = cms.attributes(signer.certificate, signer.root, digest)
    value = _low(signer.key.sign(content, ALGORITHM))
    signed = cms.encode(cms.Signed(signer.certificate, signer.root, digest, value)).hex().encode()
    document[hole + 1 : hole + 1 + len(signed)] = signed


def check(pdf: bytes) -> bytes:
    """Return the signer's certificate (DER) if its key signed every byte of the file (`opened`)."""
    return opened(pdf).certificate


def opened(pdf: bytes) -> cms.Signed:
    """Return certificate, root, digest and value if that key signed every byte of the file.

    1. The file has one signature, and it covers all but its own hex digits, to the last byte.
    2. The hex digits are the one encoding of certificates, digest and signature value.
    3. The digest is that of the covered bytes, and the certificate's key signed it.
    Raise `SignatureMissing`, `SignatureDoubled`, `BytesAdded`, `BytesChanged` or `SignatureBroken`.
    Whose certificate it is, and whether it is to be trusted, is the caller's question.
    """
    signed = covering(pdf)
    check_value(signed)
    return signed


def covering(pdf: bytes) -> cms.Signed:
    """Do all of `opened` but for its last half step, `check_value`: no key is asked here."""
    hole, end = _covered(pdf)  # 1
    signed = _decoded(pdf[hole + 1 : end - 1])  # 2
    if signed.digest != _digest(pdf, hole, end):  # 3
        raise BytesChanged
    return signed


def _covered(pdf: bytes) -> tuple[int, int]:
    at = pdf.find(_MARKER)
    if at < 0:
        raise SignatureMissing
    if pdf.rfind(_MARKER) != at:
        raise SignatureDoubled(pdf.count(_MARKER))
    span = _RANGE.match(pdf, at)
    if span is None:
        raise SignatureBroken("its byte range is not written in its one form")
    hole, end, rest = map(int, span.groups())
    first = span.start() + len(_MARKER) - 1
    if span.end() != first + _RANGE_WIDTH or hole != span.end() + len(_CONTENTS) - 1:
        raise SignatureBroken("its byte range does not lead to its contents")
    if pdf[span.end() : hole + 1] != _CONTENTS or pdf[end - 1 : end] != b">" or end <= hole:
        raise SignatureBroken("its contents are not where its byte range says")
    if end + rest != len(pdf):
        _refuse_length(len(pdf) - end - rest)
    return hole, end


def _refuse_length(added: int) -> None:
    if added > 0:
        raise BytesAdded(added)
    raise BytesChanged(f"{-added} bytes are missing at its end")


def _digest(document: bytes | bytearray, hole: int, end: int) -> bytes:
    view = memoryview(document)
    running = sha256(view[:hole])
    running.update(view[end:])
    return running.digest()


def _decoded(digits: bytes) -> cms.Signed:
    try:
        padded = unhexlify(digits)
        size = cms.whole(padded)
        signed = cms.decode(padded[:size])
        expected = _reserved_for(signed.certificate, signed.root)
    except (cms.Malformed, ValueError):
        raise SignatureBroken("its contents are not in their one form") from None
    if hexlify(padded[:size]).ljust(2 * expected, b"0") != digits:
        raise SignatureBroken("its contents are not in their one form")
    return signed


def check_value(signed: cms.Signed) -> None:
    """Return quietly if the certificate's key signed that digest; else raise `SignatureBroken`."""
    try:
        r, s = decode_dss_signature(signed.value)
    except ValueError:
        raise SignatureBroken("its value is not in its one form") from None
    if encode_dss_signature(r, s) != signed.value or s > ORDER // 2:
        raise SignatureBroken("its value is not in its one form")
    content = cms.attributes(signed.certificate, signed.root, signed.digest)
    try:
        _public(signed.certificate).verify(signed.value, content, _CHECKING)
    except InvalidSignature:
        raise SignatureBroken("it was not made by the key of its certificate") from None


@lru_cache(maxsize=256)
def _public(certificate: bytes) -> ec.EllipticCurvePublicKey:
    return certificates.public_of(certificate)


@lru_cache(maxsize=256)
def _reserved_for(certificate: bytes, root: bytes) -> int:
    return cms.size(certificate, root, VALUE_MAX)


def _reserved(signer: Signer) -> int:
    return _reserved_for(signer.certificate, signer.root)


def _low(value: bytes) -> bytes:
    """Choose the lower of the two equal values of s, so that nobody can write the other."""
    r, s = decode_dss_signature(value)
    return encode_dss_signature(r, min(s, ORDER - s))
