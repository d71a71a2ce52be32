from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import notes
from ledger.proof.ed25519 import KeyUnusable, SignatureFails
from ledger.proof.encoding import b64
from ledger.proof.notes import NoteMalformed, NoteUnsigned, VerifierKey, VerifierKeyMalformed
from tests.ledger.proof.given import LOG, LOG_KEY, ORIGIN, one_letter_off, private, vector

TEXT = "善款账本\n\nsecond paragraph\n"
NOTE = notes.sign(TEXT, ORIGIN, LOG)
OTHER = private("other seed")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n"))


def line(name: str, signed: bytes) -> str:
    return f"— {name} {b64(signed)}\n"


@settings(deadline=None)
@given(TEXTS)
def test_a_note_reads_back(text: str) -> None:
    assert notes.open_note(notes.sign(text + "\n", ORIGIN, LOG), LOG_KEY) == text + "\n"


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("—\n +A= x", max_size=30))
def test_any_other_text_is_untrusted_never_another_error(text: str) -> None:
    with pytest.raises(Untrusted):
        notes.open_note(text, LOG_KEY)
    with pytest.raises(Untrusted):
        VerifierKey.parse(text)


def test_a_note_one_letter_off_is_refused_wherever_it_stands() -> None:
    for forged in one_letter_off(NOTE, "AQ—+= \n\r\u2028"):
        with pytest.raises(Untrusted):
            notes.open_note(forged, LOG_KEY)


def test_signatures_by_unknown_keys_are_ignored() -> None:
    witness = vector("worked_example.json")["witness_line"] + "\n"
    namesake = line(ORIGIN, bytes(4) + bytes(64))
    same_id = line("other.example", LOG_KEY.key_id + bytes(64))
    for others in (witness, namesake, same_id, witness * 15):
        assert notes.open_note(NOTE + others, LOG_KEY) == TEXT


def test_a_note_without_our_signature_is_refused() -> None:
    with pytest.raises(NoteUnsigned, match="no signature by the key 'donations"):
        notes.open_note(notes.sign(TEXT, ORIGIN, OTHER), LOG_KEY)


def test_a_known_key_that_fails_refuses_the_note() -> None:
    forged = NOTE.replace("second", "third")
    with pytest.raises(SignatureFails, match="signature of this note fails"):
        notes.open_note(forged, LOG_KEY)


def test_a_known_key_signs_once_and_with_64_bytes() -> None:
    text, _, signature = NOTE.rpartition("\n\n")
    with pytest.raises(NoteMalformed, match="must sign once"):
        notes.open_note(f"{NOTE}{signature}", LOG_KEY)
    with pytest.raises(NoteMalformed, match="must sign once"):
        notes.open_note(f"{text}\n\n{line(ORIGIN, LOG_KEY.key_id + bytes(63))}", LOG_KEY)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "\n\n— a AAAAAAA=",
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "x\n",
        NOTE + "— a b c\n",
        NOTE + "- a AAAAAAA=\n",
        NOTE + "— a+b AAAAAAA=\n",
        NOTE + "— a\u00a0b AAAAAAA=\n",
        NOTE + "— a AAAAAA==\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("善", "\x00"),
        NOTE.replace("善", "\ud800"),
        "x" * notes.NOTE_MAX + NOTE,
    ],
)
def test_a_note_out_of_form_is_refused(note: str) -> None:
    with pytest.raises(NoteMalformed):
        notes.open_note(note, LOG_KEY)


def test_as_many_signatures_are_read_as_the_bound_and_no_more() -> None:
    other = line("witness.example", bytes(5))
    assert notes.open_note(NOTE + other * 63, LOG_KEY) == TEXT
    with pytest.raises(NoteMalformed, match="more than 64 signatures"):
        notes.open_note(NOTE + other * 64, LOG_KEY)


@pytest.mark.parametrize("text", ["", "no end", "a\r\n", "a\tb\n", "a\x00\n", "a\ud800\n"])
def test_signing_a_text_that_makes_no_note_is_our_own_mistake(text: str) -> None:
    with pytest.raises(ValueError, match="a note's text"):
        notes.sign(text, ORIGIN, LOG)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\ud800"])
def test_a_name_that_can_not_stand_in_a_note_is_our_own_mistake(name: str) -> None:
    with pytest.raises(ValueError, match="can't name a key"):
        VerifierKey.of(name, LOG.public_key())


def test_a_verifier_key_reads_back_and_compares_by_its_line() -> None:
    expected = vector("worked_example.json")["log_vkey"]
    key = VerifierKey.parse(expected)
    assert key == LOG_KEY
    assert hash(key) == hash(LOG_KEY)
    assert key.line == expected
    assert key.key_id.hex() == "99b03e1f"
    assert key != VerifierKey.of(ORIGIN, OTHER.public_key())
    assert key != expected


def test_a_verifier_key_one_letter_off_is_refused() -> None:
    for forged in one_letter_off(LOG_KEY.line, "aAQ+= \n"):
        with pytest.raises(Untrusted):
            VerifierKey.parse(forged)


def test_a_verifier_key_of_another_type_is_refused() -> None:
    with pytest.raises(VerifierKeyMalformed, match="not Ed25519"):
        VerifierKey.parse(vector("worked_example.json")["witness_vkey"])


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000", "+00000000+AQ==", "a b+00000000+AQ=="]
)
def test_a_verifier_key_has_three_parts(text: str) -> None:
    with pytest.raises(VerifierKeyMalformed, match="needs a name, an id and a key"):
        VerifierKey.parse(text)


def test_a_verifier_key_with_a_weak_key_is_refused() -> None:
    with pytest.raises(KeyUnusable):
        VerifierKey.parse(f"name+00000000+{b64(notes.ED25519 + bytes(32))}")


def test_the_id_in_a_verifier_key_must_be_its_own() -> None:
    with pytest.raises(VerifierKeyMalformed, match="its id does not belong"):
        VerifierKey.parse(LOG_KEY.line.replace("99b03e1f", "99B03E1F"))
