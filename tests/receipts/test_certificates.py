"""Certificates of receipts' signers are the same bytes for the same key, name and day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from receipts import certificates
from receipts.certificates import CertificateBroken, NameUncertifiable
from tests.conftest import USCC
from tests.receipts.signing import FIRST_DAY, SIGNER, key, signer


def test_the_same_content_is_the_same_certificate() -> None:
    again = signer()

    assert (again.certificate, again.root) == (SIGNER.certificate, SIGNER.root)
    assert len(certificates.fingerprint(SIGNER.certificate)) == 64


@pytest.mark.parametrize(
    "other",
    [
        certificates.root(key(12345), "示例主管机关二", FIRST_DAY),
        certificates.root(key(12345), "示例主管机关", date(2026, 1, 2)),
        certificates.root(key(12346), "示例主管机关", FIRST_DAY),
    ],
)
def test_another_name_day_or_key_has_another_serial(other: bytes) -> None:
    serials = {x509.load_der_x509_certificate(c).serial_number for c in (other, SIGNER.root)}

    assert len(serials) == 2
    assert all(0 < serial < 2**159 for serial in serials)


def test_the_leaf_names_the_organisation_and_never_ends() -> None:
    leaf = x509.load_der_x509_certificate(SIGNER.certificate)
    named = {part.oid: part.value for part in leaf.subject}

    assert named[NameOID.ORGANIZATION_NAME] == named[NameOID.COMMON_NAME] == "某某慈善基金会"
    assert named[NameOID.ORGANIZATION_IDENTIFIER] == f"NTRCN-{USCC}"
    assert leaf.not_valid_before_utc == datetime(2026, 1, 1, tzinfo=UTC)
    assert leaf.not_valid_after_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_root_signs_certificates_and_a_leaf_signs_documents() -> None:
    root, leaf = map(x509.load_der_x509_certificate, (SIGNER.root, SIGNER.certificate))
    may_root = root.extensions.get_extension_for_class(x509.KeyUsage).value
    may_leaf = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    constraints = root.extensions.get_extension_for_class(x509.BasicConstraints)

    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    assert (may_root.key_cert_sign, may_root.digital_signature) == (True, False)
    assert (may_leaf.digital_signature, may_leaf.content_commitment) == (True, True)
    assert not may_leaf.key_cert_sign


def test_a_leaf_is_issued_by_its_root_alone() -> None:
    leaf, root, look_alike = map(
        x509.load_der_x509_certificate,
        (SIGNER.certificate, SIGNER.root, signer(root_number=777).root),
    )

    leaf.verify_directly_issued_by(root)
    with pytest.raises(InvalidSignature):
        leaf.verify_directly_issued_by(look_alike)


def test_the_public_key_is_the_one_certified() -> None:
    assert certificates.public_of(SIGNER.certificate) == SIGNER.key.public_key()


@pytest.mark.parametrize("name", ["善" * 21, "善" * 22, "善" * 64, "A" * 64])
def test_a_long_name_stands_whole_as_the_organisations(name: str) -> None:
    root = x509.load_der_x509_certificate(certificates.root(key(1), name, FIRST_DAY))
    named = {part.oid: part.value for part in root.subject}

    assert named[NameOID.ORGANIZATION_NAME] == name
    assert named[NameOID.COMMON_NAME] == (name if name.isascii() else "善" * 21)


@pytest.mark.parametrize("name", ["", "善" * 65])
def test_a_name_that_no_certificate_holds_is_refused(name: str) -> None:
    with pytest.raises(NameUncertifiable, match=f"not {len(name)}"):
        certificates.root(key(1), name, FIRST_DAY)


def _self_signed(private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, private.public_key(), 1, day, day)
    algorithm = SHA256() if isinstance(private, ec.EllipticCurvePrivateKey) else None
    return built.sign(private, algorithm).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    "certificate",
    [
        b"",
        SIGNER.certificate[:-1],
        _self_signed(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))),
        _self_signed(ec.derive_private_key(5, ec.SECP384R1())),
    ],
    ids=["empty", "cut", "ed25519", "p384"],
)
def test_a_certificate_of_another_kind_of_key_is_not_trusted(certificate: bytes) -> None:
    with pytest.raises(CertificateBroken):
        certificates.public_of(certificate)
