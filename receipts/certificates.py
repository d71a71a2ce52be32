"""Certificates for keys that sign receipts' files: a root of the authority, and its leaves.

The same arguments give the same bytes: serials come from the content, signatures follow RFC 6979.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from ledger.errors import Refused, Untrusted

NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""No end of validity is known (RFC 5280 4.1.2.5): keys are revoked in the log."""

NAME_MAX = 64
"""Characters of a name (RFC 5280 appendix A.1, ub-common-name, ub-organization-name)."""

COMMON_NAME_BYTES = 64
"""So many bytes of a name every reader takes as the common name: 21 ideographs."""

_SERIAL_BYTES = 16
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


class NameUncertifiable(Refused):
    """A name is empty or longer than a certificate holds."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a certificate's name has 1 to {NAME_MAX} characters, not {len(name)}: shorten it"
        )


class CertificateBroken(Untrusted):
    """Bytes are no certificate for a P-256 key."""

    def __init__(self) -> None:
        super().__init__("this is no certificate of a P-256 key: use the one that was registered")


def root(key: ec.EllipticCurvePrivateKey, name: str, first_day: date) -> bytes:
    """Return a self-signed certificate (DER) that may sign leaves and nothing else."""
    subject = _name(name)
    builder = _certificate(subject, subject, key.public_key(), key.public_key(), first_day)
    extended = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return _signed(extended.add_extension(_usage("key_cert_sign"), critical=True), key)


def leaf(
    issuer: bytes,
    root_key: ec.EllipticCurvePrivateKey,
    public_key: ec.EllipticCurvePublicKey,
    organisation: str,
    name: str,
    first_day: date,
) -> bytes:
    """Return a certificate (DER) by which `organisation`, a credit code, signs documents.

    The credit code stands in organizationIdentifier (ETSI EN 319 412-1 5.1.4), the whole name in
    organizationName; of a long one the common name is the beginning. No extended usage
    is named: readers that do not know the one for documents (RFC 9336) would refuse it.
    """
    subject = _name(name, organisation)
    signer = x509.load_der_x509_certificate(issuer).subject
    builder = _certificate(subject, signer, public_key, root_key.public_key(), first_day)
    usage = _usage("digital_signature", "content_commitment")
    extended = builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    return _signed(extended.add_extension(usage, critical=True), root_key)


def public_of(certificate: bytes) -> ec.EllipticCurvePublicKey:
    """Return the P-256 key of a certificate; raise `CertificateBroken` for anything else."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except ValueError:
        raise CertificateBroken from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CertificateBroken
    return key


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER) in hex, as the log names it."""
    return sha256(certificate).hexdigest()


def _name(name: str, organisation: str | None = None) -> x509.Name:
    if not 0 < len(name) <= NAME_MAX:
        raise NameUncertifiable(name)
    parts = {NameOID.COUNTRY_NAME: "CN", NameOID.ORGANIZATION_NAME: name}
    if organisation:
        parts[NameOID.ORGANIZATION_IDENTIFIER] = f"NTRCN-{organisation}"
    parts[NameOID.COMMON_NAME] = name.encode()[:COMMON_NAME_BYTES].decode(errors="ignore")
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items()])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    signing_key: ec.EllipticCurvePublicKey,
    first_day: date,
) -> x509.CertificateBuilder:
    begin = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
    described = subject.public_bytes() + issuer.public_bytes() + first_day.isoformat().encode()
    serial = sha256(_spki(public_key) + _spki(signing_key) + described).digest()[:_SERIAL_BYTES]
    signer = x509.SubjectKeyIdentifier.from_public_key(signing_key)
    return (
        x509.CertificateBuilder(issuer, subject, public_key, 1 + int.from_bytes(serial, "big"))
        .not_valid_before(begin)
        .not_valid_after(NEVER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signer), critical=False
        )
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return builder.sign(key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in _USAGES})


def _spki(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
