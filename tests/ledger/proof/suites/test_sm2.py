"""SM2 with SM3: the standard's own example, another library's signatures, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gmalg
import pytest
from cryptography.hazmat.primitives import hashes

from ledger.errors import Untrusted
from ledger.proof.checkpoint import Checkpoint, open_signed, sign
from ledger.proof.encoding import b64, b64url
from ledger.proof.notes import NoteMalformed, NoteUnsigned, VerifierKey
from ledger.proof.suites import sm2
from ledger.proof.suites.sm2 import (
    ORDER,
    TYPE,
    Sm2Key,
    Sm2KeyUnusable,
    Sm2Missing,
    Sm2SignatureFails,
    Sm2Signer,
    check_signature,
    sm3,
    usable,
)
from tests.ledger.proof.given import private

# GB/T 32918.5-2017 (GM/T 0003.5-2012) annex A.2: private key, nonce, public key, signature.
PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
PUBLIC = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
SIGNER = Sm2Signer((PRIVATE - 1).to_bytes(32, "big"))
KEY = Sm2Key("witness.example/sm2", SIGNER.public)
LOG = private("the log")
NOTE = sign(Checkpoint("donations.example/ledger", 3, bytes(32)), LOG)


def test_the_standards_example_is_signed_and_checked_to_the_bit() -> None:
    assert SIGNER.public == PUBLIC
    check_signature(PUBLIC, SIGNATURE, b"message digest", what="test")

    SIGNER._core = gmalg.SM2(PRIVATE.to_bytes(32, "big"), sm2.USER_ID, rnd_fn=lambda _bits: NONCE)
    try:
        assert SIGNER.sign(b"message digest") == SIGNATURE
    finally:
        SIGNER._core = Sm2Signer((PRIVATE - 1).to_bytes(32, "big"))._core


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_the_digests_of_the_standards_examples_are_met(message: bytes, digest: str) -> None:
    assert sm3(message).hex() == digest  # GB/T 32905-2016 annex A


def test_digests_agree_with_an_independent_library() -> None:
    for size in (0, 1, 55, 56, 64, 1000):
        hashing = hashes.Hash(hashes.SM3())
        hashing.update(bytes(size))
        assert sm3(bytes(size)) == hashing.finalize()


def test_what_is_signed_here_an_independent_program_verifies(tmp_path: Path) -> None:
    """OpenSSL, from its command line, with the standard's identifier."""
    message, signature, key = (tmp_path / name for name in ("message", "signature", "key.pem"))
    message.write_bytes(b"said")
    made = SIGNER.sign(b"said")
    parts = [part.lstrip(b"\0") for part in (made[:32], made[32:])]
    whole = b"".join(_der(2, b"\0" + p if p[0] & 0x80 else p) for p in parts)
    signature.write_bytes(_der(0x30, whole))
    curve = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
    spki = _der(0x30, curve + _der(3, b"\0" + PUBLIC))
    key.write_text(f"-----BEGIN PUBLIC KEY-----\n{b64(spki)}\n-----END PUBLIC KEY-----\n")
    words = ["openssl", "dgst", "-sm3", "-verify", str(key), "-sigopt",
             "distid:1234567812345678", "-signature", str(signature), str(message)]  # fmt: skip

    assert subprocess.run(words, check=True, capture_output=True).stdout == b"Verified OK\n"
    message.write_bytes(b"said otherwise")
    assert subprocess.run(words, check=False, capture_output=True).returncode == 1


def _der(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE[:-1],
        SIGNATURE + b"\0",
        bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:],
        bytes(32) + SIGNATURE[32:],
        SIGNATURE[:32] + bytes(32),
        SIGNATURE[:32] + ORDER.to_bytes(32, "big"),
        SIGNATURE[32:] + SIGNATURE[:32],
    ],
)
def test_another_signature_fails(signature: bytes) -> None:
    with pytest.raises(Sm2SignatureFails, match="other bytes, or another key"):
        check_signature(PUBLIC, signature, b"message digest", what="test")


def test_a_signature_that_leads_to_no_point_fails_and_nothing_else() -> None:
    r = 7
    s = -r * PRIVATE * pow(1 + PRIVATE, -1, ORDER) % ORDER  # then s G + (r + s) P is infinity
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")

    with pytest.raises(Sm2SignatureFails):
        check_signature(PUBLIC, signature, b"said", what="test")


@pytest.mark.parametrize(
    ("public", "why"),
    [
        (PUBLIC[:-1], "not 04 and two coordinates"),
        (b"\x02" + PUBLIC[1:], "not 04 and two coordinates"),
        (PUBLIC[:-1] + b"\x14", "does not lie on the curve"),
        (b"\x04" + bytes(64), "does not lie on the curve"),
    ],
)
def test_a_key_off_the_curve_is_none(public: bytes, why: str) -> None:
    with pytest.raises(Sm2KeyUnusable, match=why):
        usable(public)


# Under a checkpoint.


def test_a_checkpoint_bears_a_second_signature_that_others_pass_over() -> None:
    signed = KEY.cosign(NOTE, SIGNER)

    KEY.check(signed)
    log = VerifierKey.of("donations.example/ledger", LOG.public_key())
    assert open_signed(signed, log) == open_signed(NOTE, log)
    again = KEY.cosign(signed, SIGNER)
    assert again.count("witness.example/sm2") == 1
    KEY.check(again)


def test_a_checkpoint_altered_or_unsigned_is_refused() -> None:
    signed = KEY.cosign(NOTE, SIGNER)

    with pytest.raises(Sm2SignatureFails, match="this note fails"):
        KEY.check(signed.replace("\n3\n", "\n4\n"))
    with pytest.raises(NoteUnsigned, match=r"witness\.example/sm2"):
        KEY.check(NOTE)
    other = Sm2Key(KEY.name, Sm2Signer(bytes(32)).public)
    with pytest.raises(NoteUnsigned):
        other.check(signed)
    for text in ("", "said\n", NOTE.rstrip("\n"), NOTE + "more\n"):
        with pytest.raises(NoteMalformed):
            KEY.check(text)


def test_a_key_has_one_line() -> None:
    assert Sm2Key.parse(KEY.line) == KEY
    assert KEY.line.startswith("witness.example/sm2+")
    name, number, raw = KEY.line.split("+", 2)

    for line in (
        f"{name}+{number}",
        f"a b+{number}+{raw}",
        f"{name}+00000000+{raw}",
        f"{name}+{number}+{b64(PUBLIC)}",
        f"{name}+{number}+{b64(b'x' + TYPE + PUBLIC)}",
        f"{name}+{number}+!",
    ):
        with pytest.raises(Untrusted):
            Sm2Key.parse(line)


def test_the_name_of_a_key_is_the_sm3_of_its_point() -> None:
    hashing = hashes.Hash(hashes.SM3())
    hashing.update(PUBLIC)
    assert SIGNER.kid == b64url(hashing.finalize())


def test_without_the_optional_part_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gmalg", None)

    with pytest.raises(Sm2Missing, match=r"donation-ledger\[sm\]"):
        sm3(b"")
