"""One changed, added or missing byte anywhere in a signed receipt refuses it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from receipts import certificates, cms, pades
from receipts.certificates import CertificateBroken
from receipts.pades import (
    BytesAdded,
    BytesChanged,
    SignatureBroken,
    SignatureDoubled,
    SignatureMissing,
    Signer,
    check,
)
from receipts.pdf import render
from tests.conftest import USCC
from tests.receipts.pages import LONG, SHORT
from tests.receipts.signing import FIRST_DAY, SIGNER, key, signer

ROOT = Path(__file__).parents[2]
BUNDLE = b'{"receipt":"\xe5\x96\x84","proof":[]}'
FILE = render(SHORT, BUNDLE, SIGNER)
RANGE = FILE.index(b"\n/ByteRange [")
HOLE = FILE.index(b"/Contents <", RANGE) + len(b"/Contents ")
END = FILE.index(b">", HOLE) + 1
DIGITS = FILE[HOLE + 1 : END - 1]
PADDED = bytes.fromhex(DIGITS.decode())
SIGNED = cms.decode(PADDED[: cms.whole(PADDED)])
DIGEST = (
    "import hashlib\n"
    "from tests.receipts.pages import LONG\n"
    "from tests.receipts.signing import SIGNER\n"
    "from receipts.pdf import render\n"
    "print(hashlib.sha256(render(LONG, b'{}', SIGNER)).hexdigest())\n"
)


def flipped(at: int, bit: int = 1) -> bytes:
    return FILE[:at] + bytes([FILE[at] ^ bit]) + FILE[at + 1 :]


def with_digits(digits: bytes) -> bytes:
    return FILE[: HOLE + 1] + digits + FILE[END - 1 :]


def with_signed(**lies: bytes) -> bytes:
    return with_digits(cms.encode(SIGNED._replace(**lies)).hex().encode().ljust(len(DIGITS), b"0"))


def test_a_signed_receipt_gives_its_signers_certificate() -> None:
    assert check(FILE) == SIGNER.certificate


def test_a_value_that_only_ends_with_the_signature_is_refused() -> None:
    hidden = cms.ECDSA_WITH_SHA_256 + bytes((cms.OCTETS, len(SIGNED.value))) + SIGNED.value
    data = cms.encode(SIGNED._replace(value=b"junk" + hidden))
    assert check(FILE) == SIGNER.certificate
    with pytest.raises(cms.Malformed):
        cms.decode(data)


def test_the_signed_receipt_is_the_same_bytes_in_any_process() -> None:
    here = hashlib.sha256(render(LONG, b"{}", SIGNER)).hexdigest()
    for seed in ("0", "1", "4242"):
        elsewhere = subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": "UTC-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert elsewhere.stdout.strip() == here


def test_one_bit_changed_anywhere_is_found() -> None:
    for at in range(0, len(FILE), 101):
        with pytest.raises(Untrusted):
            check(flipped(at, 1 << at % 8))


def test_one_bit_changed_anywhere_in_the_signature_is_found() -> None:
    for at in range(RANGE, END + 2):
        for bit in (1, 0x20):
            with pytest.raises(Untrusted):
                check(flipped(at, bit))


def test_a_changed_byte_of_the_page_is_told_as_a_change() -> None:
    with pytest.raises(BytesChanged, match="changed after it was signed"):
        check(flipped(FILE.index(b"/Author") + 12))


@pytest.mark.parametrize("more", [b"\n", b"\x00", b"%%EOF\n", b"x" * 2000])
def test_appended_bytes_are_told_as_such(more: bytes) -> None:
    with pytest.raises(BytesAdded, match=f"^{len(more)} bytes were added after the signed ones"):
        check(FILE + more)


def test_an_incremental_update_is_told_as_such() -> None:
    update = b"2 0 obj\n<< /Type /Page >>\nendobj\nxref\n0 0\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"
    with pytest.raises(BytesAdded, match="incremental update"):
        check(FILE + update)


@pytest.mark.parametrize("cut", [1, 50, 4000])
def test_a_file_cut_short_is_told_as_such(cut: int) -> None:
    with pytest.raises(BytesChanged, match=f"{cut} bytes are missing"):
        check(FILE[:-cut])


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", render(SHORT, BUNDLE)])
def test_a_file_without_a_signature_is_not_trusted(data: bytes) -> None:
    with pytest.raises(SignatureMissing):
        check(data)


def test_a_second_signature_is_not_trusted() -> None:
    with pytest.raises(SignatureDoubled, match="2 signatures"):
        check(FILE + FILE[RANGE : END + 3])


def test_the_signature_of_another_receipt_does_not_sign_this_one() -> None:
    other = render(replace(SHORT, number="0000000043"), BUNDLE, SIGNER)
    theirs = other[other.index(b"/Contents <") + 11 :][: len(DIGITS)]

    with pytest.raises(BytesChanged):
        check(with_digits(theirs))


def test_a_look_alike_signs_under_another_certificate() -> None:
    look_alike = signer(number=666, root_number=777)

    assert check(render(SHORT, BUNDLE, look_alike)) == look_alike.certificate
    assert look_alike.certificate != SIGNER.certificate


@pytest.mark.parametrize(
    "digits",
    [
        DIGITS.upper(),
        DIGITS[:-1] + b"1",
        DIGITS + b"00",
        b" " + DIGITS[1:],
        b"\n" + DIGITS[:-1],
        b"0" * len(DIGITS),
        b"30" + b"f" * (len(DIGITS) - 2),
        b"3080" + DIGITS[4:],
        DIGITS[:-2] + b"zz",
    ],
    ids=["upper case", "padding", "longer", "space", "line", "noughts", "length", "open", "no hex"],
)
def test_the_same_signature_written_otherwise_is_not_trusted(digits: bytes) -> None:
    with pytest.raises(SignatureBroken):
        check(with_digits(digits))


def test_the_other_equal_value_of_the_signature_is_not_trusted() -> None:
    r, s = decode_dss_signature(SIGNED.value)

    with pytest.raises(SignatureBroken, match="one form"):
        check(with_signed(value=encode_dss_signature(r, pades.ORDER - s)))


@pytest.mark.parametrize("value", [b"", b"\x30\x00", SIGNED.value + b"\x00", bytes(72)])
def test_a_value_that_is_no_pair_of_numbers_is_not_trusted(value: bytes) -> None:
    with pytest.raises(SignatureBroken):
        check(with_signed(value=value))


def test_another_signature_by_another_key_is_not_trusted() -> None:
    r, s = decode_dss_signature(SIGNED.value)

    with pytest.raises(SignatureBroken, match="not made by the key"):
        check(with_signed(value=encode_dss_signature(r, s - 1)))


def test_another_certificate_put_beside_the_signature_is_not_trusted() -> None:
    theirs = signer(number=666)

    with pytest.raises(SignatureBroken):
        check(with_signed(certificate=theirs.certificate))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/ByteRange [0 ", b"/ByteRange [1 "),
        (b"/ByteRange [0 ", b"/ByteRange [00"),
        (b"]  ", b"] /"),
    ],
)
def test_a_byte_range_written_otherwise_is_not_trusted(old: bytes, new: bytes) -> None:
    at = FILE.index(old, RANGE)
    with pytest.raises(SignatureBroken, match="byte range"):
        check(FILE[:at] + new + FILE[at + len(old) :])


def test_a_byte_range_that_leaves_more_out_than_the_signature_is_not_trusted() -> None:
    rest = len(FILE) - END
    wider = b"[0 %d %d %d]" % (HOLE, END + 100, rest - 100)

    with pytest.raises(SignatureBroken):
        check(FILE[: RANGE + 12] + wider.ljust(48) + FILE[RANGE + 60 :])
    earlier = b"[0 %d %d %d]" % (HOLE - 100, END, rest)
    with pytest.raises(SignatureBroken):
        check(FILE[: RANGE + 12] + earlier.ljust(48) + FILE[RANGE + 60 :])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120))
def test_no_bytes_of_a_stranger_break_the_checker(data: bytes) -> None:
    digits = data.hex().encode().ljust(len(DIGITS), b"0")
    with pytest.raises(Untrusted):
        check(with_digits(digits[: len(DIGITS)]))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(PADDED) - 1), st.integers(0, 255))
def test_no_changed_byte_of_the_signature_breaks_the_checker(at: int, byte: int) -> None:
    changed = PADDED[:at] + bytes([byte]) + PADDED[at + 1 :]
    if changed == PADDED:
        return
    with pytest.raises((SignatureBroken, BytesChanged, CertificateBroken)):
        check(with_digits(changed.hex().encode()))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_signature_with_fewer_or_more_certificates_is_malformed(count: int) -> None:
    both = cms.tlv(cms.CONTEXT_0, *sorted((SIGNER.certificate, SIGNER.root)))
    data = cms.encode(SIGNED)
    some = cms.tlv(cms.CONTEXT_0, *[SIGNER.certificate] * count)

    with pytest.raises(cms.Malformed):
        cms.decode(data.replace(both, some))
    with pytest.raises(cms.Malformed):
        cms.decode(cms.tlv(cms.SEQUENCE, cms.SIGNED_DATA))


def test_a_signature_around_what_is_no_certificate_is_not_trusted() -> None:
    empty = cms.tlv(cms.SEQUENCE, cms.tlv(cms.SEQUENCE), cms.tlv(cms.SEQUENCE), b"\x05\x00")
    both = cms.tlv(cms.CONTEXT_0, *sorted((SIGNER.certificate, SIGNER.root)))
    lied = cms.tlv(cms.CONTEXT_0, *sorted((empty, SIGNER.root)))
    body = cms.encode(SIGNED)
    parts = cms._parts(cms._within(cms._parts(body, cms.SEQUENCE, 2)[1], cms.CONTEXT_0), 0x30, 5)
    assert parts[3] == both
    parts[3] = lied
    data = cms.tlv(0x30, cms.SIGNED_DATA, cms.tlv(cms.CONTEXT_0, cms.tlv(0x30, *parts)))

    with pytest.raises(cms.Malformed):
        cms.decode(data)


def test_it_does_not_matter_which_of_the_two_certificates_comes_first() -> None:
    root_key, leaf_key = key(3), key(4)
    root = certificates.root(root_key, "主" * 60, FIRST_DAY)
    leaf = certificates.leaf(root, root_key, leaf_key.public_key(), USCC, "某", FIRST_DAY)
    short = certificates.root(leaf_key, "某", FIRST_DAY)

    for first, second in ((leaf, root), (short, root), (root, short)):
        signing = leaf_key if first != root else root_key
        assert check(render(SHORT, BUNDLE, Signer(first, second, signing))) == first


def test_every_day_is_claimed_as_it_was_given() -> None:
    file = render(replace(SHORT, issued_on=date(2025, 12, 31)), b"{}", SIGNER)

    assert b"/M (D:20251231000000Z)" in file
    assert check(file) == SIGNER.certificate
