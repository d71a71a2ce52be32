"""A root, a certificate and a signer for tests: their keys are no secret."""

from __future__ import annotations

from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec

from receipts import certificates
from receipts.pades import Signer
from tests.conftest import USCC

FIRST_DAY = date(2026, 1, 1)


def key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, ec.SECP256R1())


def signer(number: int = 54321, root_number: int = 12345) -> Signer:
    root_key = key(root_number)
    root = certificates.root(root_key, "示例主管机关", FIRST_DAY)
    public = key(number).public_key()
    leaf = certificates.leaf(root, root_key, public, USCC, "某某慈善基金会", FIRST_DAY)
    return Signer(leaf, root, key(number))


SIGNER = signer()
