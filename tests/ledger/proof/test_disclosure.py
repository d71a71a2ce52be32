from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof.disclosure import RESERVED, Opening, OpeningMalformed, digest
from ledger.proof.encoding import b64url, canonical
from tests.ledger.proof.given import one_letter_off, vector

SALT = b64url(bytes(range(16)))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = TEXTS.filter(lambda name: bool(name) and name not in RESERVED)


def test_digests_are_those_of_rfc_9901() -> None:
    for encoded, expected in vector("rfc9901.json")["digests"].items():
        assert digest(encoded) == expected


def test_an_opening_is_written_as_rfc_9901_writes_it_without_blanks() -> None:
    rfc = vector("rfc9901.json")["without_blanks"]
    assert Opening(rfc["salt"], rfc["name"], rfc["value"]).encoded == rfc["encoded"]


@pytest.mark.parametrize("encoded", vector("rfc9901.json")["digests"])
def test_a_disclosure_with_blanks_is_no_opening_of_ours(encoded: str) -> None:
    with pytest.raises(Untrusted, match="another spelling"):
        Opening.parse(encoded)


@settings(deadline=None)
@given(st.binary(min_size=16, max_size=16), NAMES, TEXTS)
def test_an_opening_reads_back(salt: bytes, name: str, value: str) -> None:
    opening = Opening(b64url(salt), name, value)
    assert Opening.parse(opening.encoded) == opening


def test_an_opening_one_letter_off_is_refused_or_has_another_digest() -> None:
    opening = Opening(SALT, "donor", "王**")
    for forged in one_letter_off(opening.encoded, "AQg-_.= \n"):
        with contextlib.suppress(Untrusted):
            assert Opening.parse(forged).digest != opening.digest


@pytest.mark.parametrize(
    "value",
    [
        [],
        [SALT, "donor"],
        [SALT, "donor", "x", "y"],
        [SALT, "donor", 1],
        [SALT, None, "x"],
        [1, "donor", "x"],
        {"salt": SALT},
        [b64url(bytes(15)), "donor", "x"],
        [b64url(bytes(17)), "donor", "x"],
        [SALT, "", "x"],
        [SALT, "_sd", "x"],
        [SALT, "...", "x"],
    ],
)
def test_an_opening_is_a_salt_a_name_and_a_value(value: object) -> None:
    with pytest.raises(OpeningMalformed):
        Opening.parse(b64url(canonical(value)))


def test_a_salt_has_one_spelling() -> None:
    with pytest.raises(Untrusted):
        Opening.parse(b64url(canonical([SALT[:-1] + "x", "donor", "x"])))


def test_an_opening_never_prints_its_salt_or_value() -> None:
    assert repr(Opening(SALT, "donor", "王**")) == "Opening(name='donor')"
