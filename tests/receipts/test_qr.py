"""The code printed on a receipt: one line, signed by its issuer, read off paper by anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.money import MINOR_MAX, Money
from ledger.proof.ed25519 import SignatureFails
from receipts import qr
from receipts.qr import Elements, QrMalformed
from tests.attacks.forging import SIGNERS
from tests.conftest import OTHER_USCC, USCC

SAID = Elements(
    code="23050126",
    number="0000000042",
    check_code="aB3x9Z",
    issued_on=date(2026, 11, 21),
    amount=Money(18_800_50),
    issuer=USCC,
    leaf=bytes(range(32)),
)
SIGNER = SIGNERS[USCC]
TEXT = qr.payload(SAID, SIGNER)
VECTOR = json.loads(Path("tests/vectors/qr-v2.json").read_text())


def test_the_stored_code_is_still_written_and_read_just_so() -> None:
    assert VECTOR["payload"] == TEXT
    assert qr.check(qr.parse(VECTOR["payload"]), SIGNER.public) == SAID


@settings(max_examples=30)
@given(
    st.integers(0, 10**8 - 1),
    st.integers(0, 10**10 - 1),
    st.from_regex(r"[0-9A-Za-z]{6}", fullmatch=True),
    st.dates(min_value=date(1000, 1, 1)),
    st.integers(0, MINOR_MAX),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_written_reads_back_as_it_was(
    code: int, number: int, check: str, day: date, fen: int, leaf: bytes
) -> None:
    said = Elements(
        code=f"{code:08d}",
        number=f"{number:010d}",
        check_code=check,
        issued_on=day,
        amount=Money(fen),
        issuer=USCC,
        leaf=leaf,
    )
    text = qr.payload(said, SIGNER)
    assert text.isascii()
    assert len(text) <= 217
    assert qr.check(qr.parse(text), SIGNER.public) == said


def test_a_telephone_reads_it_off_a_code_of_version_ten_at_most() -> None:
    dear = qr.payload(replace(SAID, amount=Money(999_999_999_99)), SIGNER)
    code = segno.make_qr(dear, error="m", boost_error=False)
    assert int(code.version) <= 10


def test_every_character_counts() -> None:
    for at, found in enumerate(TEXT):
        other = "B" if found != "B" else "C"
        with pytest.raises(Untrusted):
            qr.check(qr.parse(TEXT[:at] + other + TEXT[at + 1 :]), SIGNER.public)


def test_another_key_did_not_sign_it() -> None:
    with pytest.raises(SignatureFails):
        qr.check(qr.parse(TEXT), SIGNERS[OTHER_USCC].public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DLR2|",
        TEXT + " ",
        TEXT + "|",
        TEXT[:-1],
        TEXT.replace("DLR2", "DLR1"),
        TEXT.replace("18800.50", "18800.5"),
        TEXT.replace("18800.50", "018800.50"),
        TEXT.replace("18800.50", "-18800.50"),
        TEXT.replace("18800.50", "9999999999999999.99"),
        TEXT.replace("20261121", "20261131"),
        TEXT.replace("23050126", "２３０５０１２６"),
        "DLR2|" * 100_000,
    ],
    ids=range(13),
)
def test_what_is_written_another_way_is_no_code(text: str) -> None:
    with pytest.raises(QrMalformed, match="scan the one printed on it"):
        qr.parse(text)


def test_a_code_says_which_key_signed_it() -> None:
    assert SIGNER.kid.startswith(qr.parse(TEXT).kid)
    assert len(qr.parse(TEXT).kid) == qr.KID_CHARACTERS
