"""A receipt's file is signed: changed, added to, taken apart or put together anew it is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from ledger.domain.events import DocumentKeyRegistered, DocumentKeyRevoked
from ledger.domain.organisations import AUTHORITY, stream
from ledger.money import Money
from ledger.proof.notes import VerifierKey
from receipts import attachment, certificates
from receipts.status_issuers import DocumentKey
from receipts.trust import Trust
from receipts.verify import verify
from tests.attacks.forging import ORIGIN, SIGNERS, TRUST, VALID, judged, judgement
from tests.conftest import OTHER_USCC, USCC
from tests.ledger.proof.given import private
from tests.receipts.made_out import Story, line, made_out
from tests.receipts.signed import document, printed, register, registration, signer, told
from tests.receipts.verified import ISSUER, listed, step

HONEST = told()
BUNDLE = HONEST.encode()
FILE = document(BUNDLE, printed(HONEST))
OTHER = told(receipt=made_out([line(fen=50_00)]))
AFTER_BUNDLE = FILE.index(attachment.stream(BUNDLE)) + len(attachment.stream(BUNDLE))


def flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def test_the_honest_file_is_valid_page_and_all() -> None:
    verdict = verify(FILE, TRUST, listed())
    assert judgement(verdict) == VALID
    assert step(verdict, "signature").asked
    assert step(verdict, "page").asked


def test_one_bit_changed_in_any_byte_of_the_bundle_is_never_valid() -> None:
    for at in range(len(BUNDLE)):
        result, name = judged(flipped(BUNDLE, at, 1 << at % 8))
        assert result in {"untrusted", "mismatch"}, f"byte {at}"
        assert name in {
            "form", "format", "checkpoint", "inclusion", "signers", "openings", "number", "gift",
        }, f"byte {at}"  # fmt: skip


def test_one_bit_changed_after_the_bundle_is_refused_by_the_signature() -> None:
    for at in range(AFTER_BUNDLE, len(FILE)):
        found = judged(flipped(FILE, at, 1 << at % 8))
        assert found[0] == "untrusted", f"byte {at}"
        assert found[1] in {"signature", "format"}, f"byte {at}"


def test_a_bundle_changed_inside_the_file_is_refused_whichever_step_sees_it_first() -> None:
    for at in range(0, AFTER_BUNDLE, 97):
        assert judged(flipped(FILE, at, 1 << at % 8))[0] in {"untrusted", "mismatch"}, f"byte {at}"


@pytest.mark.parametrize(
    "more",
    [
        b"\n",
        b"\x00",
        b"%%EOF\n",
        b"9 0 obj\n<< /Type /Page >>\nendobj\nstartxref\n0\n%%EOF\n",
        b"x" * 5000,
    ],
    ids=range(5),
)
def test_what_is_added_after_the_signature_was_never_signed(more: bytes) -> None:
    verdict = verify(FILE + more, TRUST)
    assert judgement(verdict) == ("untrusted", "signature")
    assert f"{len(more)} bytes were added" in verdict.steps[-1].says


def test_a_file_that_lost_its_end_or_its_signature_is_refused() -> None:
    assert judged(FILE[:-1]) == ("untrusted", "signature")
    bare = re.sub(rb"/ByteRange", b"/ByteRonge", FILE)
    assert judged(bare) == ("untrusted", "signature")


def test_the_attachment_of_another_receipt_does_not_fit_under_this_signature() -> None:
    theirs = OTHER.encode()
    swapped = FILE.replace(attachment.stream(BUNDLE), attachment.stream(theirs))
    assert judged(swapped) == ("untrusted", "signature")


def test_a_second_attachment_is_refused_though_the_issuer_signed_it() -> None:
    two = document(BUNDLE, attachment.stream(OTHER.encode()))
    assert judged(two) == ("untrusted", "format")


def test_the_page_of_one_receipt_with_the_proof_of_another_is_named() -> None:
    crossed = document(BUNDLE, printed(OTHER, amount=Money(50_00)))
    verdict = verify(crossed, TRUST)
    assert judgement(verdict) == ("mismatch", "page")
    assert set(verdict.fields) == {"amount", "leaf"}


@pytest.mark.parametrize(
    ("name", "lie"),
    [
        ("amount", Money(900_00)),
        ("number", "0000000002"),
        ("check_code", "zzzzzz"),
        ("issued_on", date(2026, 11, 22)),
        ("issuer", OTHER_USCC),
    ],
)
def test_an_operator_that_prints_another_element_is_named_by_it(name: str, lie: object) -> None:
    verdict = verify(document(BUNDLE, printed(HONEST, **{name: lie})), TRUST)
    assert judgement(verdict) == ("mismatch", "page")
    assert verdict.fields == (name,)


def test_a_printed_code_that_is_none_is_no_page_of_a_receipt() -> None:
    assert judged(document(BUNDLE, b"(DLR2|x)")) == ("mismatch", "page")
    assert judged(document(BUNDLE, b"(DLR2|\xff)")) == ("mismatch", "page")


def test_a_page_that_no_program_can_read_is_left_to_the_eye() -> None:
    verdict = verify(document(BUNDLE), TRUST)
    assert judgement(verdict) == VALID
    assert "by eye" in step(verdict, "page").says


def test_a_stranger_with_a_certificate_of_the_same_name_signs_nothing() -> None:
    assert judged(document(BUNDLE, by=signer(2))) == ("untrusted", "signature")


def test_another_root_beside_the_signers_certificate_is_refused() -> None:
    story = Story()
    register(story, signer())
    verdict = verify(document(story.encode()), TRUST)
    assert judgement(verdict) == ("untrusted", "signature")
    assert "registered for the authority" in verdict.steps[-1].says


def test_the_certificate_of_another_organisation_signs_no_file_of_this_one() -> None:
    story, theirs = told(), signer(3, OTHER_USCC)
    story.proving += ["other", "other_key"]
    story.tell("theirs", DocumentKeyRegistered, stream(OTHER_USCC), AUTHORITY,
               organisation=OTHER_USCC, **registration(theirs))  # fmt: skip
    assert judged(story.encode()) == VALID
    assert judged(document(story.encode(), by=theirs)) == ("untrusted", "signature")


def revoked(story: Story) -> Story:
    fingerprint = certificates.fingerprint(signer().certificate)
    story.of_issuer("gone", DocumentKeyRevoked, fingerprint=fingerprint, reason="lost")
    return story


def test_a_certificate_that_the_files_own_proof_shows_revoked_signed_it_too_late() -> None:
    late = revoked(told())
    assert judged(late.encode()) == VALID, "the receipt itself stands"
    verdict = verify(document(late.encode(), printed(late)), TRUST)
    assert judgement(verdict) == ("untrusted", "signature")
    assert "revoked before the file was made" in verdict.steps[-1].says


def key_until(leaf: int | None) -> DocumentKey:
    known = registration(signer())
    return DocumentKey(known["fingerprint"], known["certificate"], 3, leaf)


def test_a_certificate_revoked_after_the_file_was_made_is_told_of_and_changes_nothing() -> None:
    later = replace(ISSUER, documents=(key_until(500),))
    verdict = verify(FILE, TRUST, listed(issuer=later))
    assert judgement(verdict) == VALID
    assert "revoked later" in step(verdict, "signature").says
    working = verify(FILE, TRUST, listed(issuer=replace(ISSUER, documents=(key_until(None),))))
    assert "revoked later" not in step(working, "signature").says


def test_a_revocation_left_out_of_the_files_proof_is_seen_in_the_lists_directory() -> None:
    hidden = replace(ISSUER, documents=(key_until(4),))
    verdict = verify(FILE, TRUST, listed(issuer=hidden))
    assert judgement(verdict) == ("untrusted", "signature")


def test_an_authority_of_the_same_names_is_not_the_pinned_one() -> None:
    thief = SIGNERS["stolen"]
    lookalike = Trust(TRUST.log, thief.kid)
    verdict = verify(FILE, lookalike)
    assert judgement(verdict) == ("untrusted", "signers")
    assert "not the trusted one" in verdict.steps[-1].says
    same_name = Trust(VerifierKey.of(ORIGIN, private("another log").public_key()), TRUST.authority)
    assert judged(FILE, same_name) == ("untrusted", "checkpoint")


def test_the_issuer_is_named_by_its_own_code_whatever_the_certificate_says() -> None:
    assert step(verify(FILE, TRUST), "issuer").says.endswith(USCC)
