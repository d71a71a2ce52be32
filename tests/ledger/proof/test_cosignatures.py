from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import mldsa
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignatures import (
    ED25519,
    MLDSA44,
    TIME_MAX,
    CosignatureMalformed,
    CosignerKey,
    NotCosigned,
    cosign_ed25519,
    cosign_mldsa,
    cosigned,
    cosigned_at,
)
from ledger.proof.ed25519 import SignatureFails
from ledger.proof.encoding import b64, unb64
from tests.ledger.proof.given import LOG_KEY, ORIGIN, one_letter_off, private, vector
from tests.ledger.proof.witnessed import (
    AT,
    cosigned_by,
    cosigner,
    lattice_cosigned_by,
    lattice_cosigner,
    note_of,
    of_another_tree,
    seen_at,
)

TAX = "witness.example/taxbureau"
EXAMPLE = vector("worked_example.json")
WORKED = "\n".join(EXAMPLE["checkpoint"]) + EXAMPLE["witness_line"] + "\n"
WORKED_KEY = CosignerKey.parse(EXAMPLE["witness_vkey"])
LATTICE = lattice_cosigner("audit")
LATTICE_PRIVATE = mldsa.private_key(bytes(32))


def test_the_witness_of_the_worked_example_makes_its_line_byte_for_byte() -> None:
    seen = Checkpoint.parse(WORKED.partition("\n\n")[0] + "\n")
    line = cosign_ed25519(seen, TAX, private(EXAMPLE["witness_seed"]), AT)
    assert line == EXAMPLE["witness_line"] + "\n"
    assert CosignerKey.of_ed25519(TAX, private("wit seed").public_key()) == WORKED_KEY


def test_the_cosignature_of_the_worked_example_tells_its_second() -> None:
    assert cosigned_at(WORKED, WORKED_KEY) == AT


@pytest.mark.parametrize("at", [0, 1, AT, TIME_MAX])
def test_both_kinds_of_cosignature_read_back(at: int) -> None:
    note = lattice_cosigned_by(cosigned_by(note_of(7), "tax", at=at), "audit", at=at)
    assert cosigned(note, (cosigner("tax"), LATTICE)) == {cosigner("tax"): at, LATTICE: at}


def test_an_ml_dsa_message_is_laid_out_as_the_specification_says() -> None:
    line = cosign_mldsa(seen_at(3), "w", LATTICE_PRIVATE, 5)
    payload = unb64(line.split(" ")[2].strip())
    origin = ORIGIN.encode()
    message = (
        b"subtree/v1\n\x00" + b"\x01w" + bytes(7) + b"\x05"
        + bytes([len(origin)]) + origin + bytes(8) + bytes(7) + b"\x03" + seen_at(3).root
    )  # fmt: skip
    assert payload[4:12] == bytes(7) + b"\x05"
    LATTICE_PRIVATE.public_key().verify(payload[12:], message)


@pytest.mark.parametrize("key", [WORKED_KEY, LATTICE])
def test_a_key_of_a_witness_reads_back_and_knows_its_kind(key: CosignerKey) -> None:
    again = CosignerKey.parse(key.line)
    assert (again, again.kind, hash(again)) == (key, key.kind, hash(key))
    assert key.kind == ("ml-dsa-44" if key is LATTICE else "ed25519")
    assert key not in (key.line, cosigner("other"))


def test_a_key_one_letter_off_is_refused_wherever_it_stands() -> None:
    for forged in one_letter_off(WORKED_KEY.line, "AQ+= \n"):
        with pytest.raises(Untrusted):
            CosignerKey.parse(forged)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LOG_KEY.line, "its type is neither"),
        ("name+00000000", "it needs a name"),
        (f"two words+00000000+{b64(ED25519 + bytes(32))}", "it needs a name"),
        (f"{'w' * 256}+00000000+{b64(ED25519 + bytes(32))}", "it needs a name"),
        (LATTICE.line.replace("audit", "edit", 1), "its id does not belong"),
        (f"w+00000000+{b64(MLDSA44 + bytes(32))}", "no ML-DSA-44 public key"),
    ],
)
def test_a_line_that_is_no_key_of_a_witness_says_why(line: str, why: str) -> None:
    with pytest.raises(Untrusted, match=why):
        CosignerKey.parse(line)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "w" * 256, "税" * 86])
def test_a_witness_is_named_without_blanks_in_at_most_255_bytes(name: str) -> None:
    with pytest.raises(ValueError, match="can't name a witness"):
        CosignerKey.of_ed25519(name, private("x").public_key())
    with pytest.raises(Untrusted):
        CosignerKey.parse(f"{name}+00000000+{b64(ED25519 + bytes(32))}")


def test_a_log_of_too_long_a_name_can_be_cosigned_with_ed25519_alone() -> None:
    seen = replace(seen_at(3), origin="o" * 256)
    assert cosign_ed25519(seen, "w", private("w"), AT)
    with pytest.raises(CosignatureMalformed, match="longer than 255 bytes"):
        cosign_mldsa(seen, "w", LATTICE_PRIVATE, AT)


def test_signatures_by_unknown_witnesses_are_ignored() -> None:
    note = cosigned_by(note_of(7), "press")
    assert cosigned(note, (cosigner("tax"), LATTICE)) == {}
    with pytest.raises(NotCosigned, match="no cosignature by the witness 'tax'"):
        cosigned_at(note, cosigner("tax"))


def test_another_witness_of_the_same_name_is_another_witness() -> None:
    namesake = CosignerKey.of_ed25519("tax", private("namesake").public_key())
    with pytest.raises(NotCosigned):
        cosigned_at(cosigned_by(note_of(7), "tax"), namesake)


def test_a_line_under_another_name_is_by_somebody_else_though_its_id_is_known() -> None:
    renamed = cosigned_by(note_of(7), "tax").replace("— tax ", "— fax ")
    with pytest.raises(NotCosigned):
        cosigned_at(renamed, cosigner("tax"))


def test_a_known_witness_that_fails_refuses_the_checkpoint() -> None:
    for other in (note_of(8), of_another_tree(7)):
        for signed, key in (
            (cosigned_by(note_of(7), "tax"), cosigner("tax")),
            (lattice_cosigned_by(note_of(7), "audit"), LATTICE),
        ):
            moved = other + signed.removeprefix(note_of(7))
            with pytest.raises(SignatureFails, match=f"cosignature of '{key.name}'"):
                cosigned_at(moved, key)


@pytest.mark.parametrize("key", [cosigner("tax"), LATTICE])
def test_the_second_of_a_cosignature_can_not_be_moved(key: CosignerKey) -> None:
    make = cosigned_by if key.kind == "ed25519" else lattice_cosigned_by
    signed = make(note_of(7), key.name)
    line = signed.removeprefix(note_of(7))
    payload = bytearray(unb64(line.split(" ")[2].strip()))
    payload[11] ^= 1
    moved = note_of(7) + f"— {key.name} {b64(bytes(payload))}\n"
    with pytest.raises(SignatureFails):
        cosigned_at(moved, key)


def test_an_ml_dsa_cosignature_commits_to_the_name_of_its_witness() -> None:
    line = cosign_mldsa(seen_at(3), "w", LATTICE_PRIVATE, AT)
    other = CosignerKey.of_mldsa("v", LATTICE_PRIVATE.public_key())
    payload = other.key_id + unb64(line.split(" ")[2].strip())[4:]
    with pytest.raises(SignatureFails):
        cosigned_at(f"{note_of(3)}— v {b64(payload)}\n", other)


def test_a_witness_cosigns_once() -> None:
    twice = cosigned_by(note_of(7), "tax", "tax")
    with pytest.raises(CosignatureMalformed, match="more than one"):
        cosigned_at(twice, cosigner("tax"))


@pytest.mark.parametrize("key", [cosigner("tax"), LATTICE])
@pytest.mark.parametrize("length", [1, 7, 8, 8 + 63, 8 + 65, 8 + 2419, 8 + 2421])
def test_a_cosignature_of_another_length_is_refused(key: CosignerKey, length: int) -> None:
    note = note_of(7) + f"— {key.name} {b64(key.key_id + bytes(length))}\n"
    with pytest.raises(CosignatureMalformed, match="it is a time and"):
        cosigned_at(note, key)


def test_a_time_beyond_all_times_is_refused() -> None:
    payload = cosigner("tax").key_id + b"\x80" + bytes(7 + 64)
    with pytest.raises(CosignatureMalformed, match="beyond all times"):
        cosigned_at(f"{note_of(7)}— tax {b64(payload)}\n", cosigner("tax"))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=60))
def test_any_other_text_is_untrusted_never_another_error(text: str) -> None:
    with pytest.raises(Untrusted):
        cosigned_at(text, WORKED_KEY)
    with pytest.raises(Untrusted):
        CosignerKey.parse(text)
