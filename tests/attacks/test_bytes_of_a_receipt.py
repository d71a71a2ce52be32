"""Every byte of a sealed receipt, as they were made first, counts: changed, cut or added."""

from __future__ import annotations

import json
import time

import pytest

from ledger.proof.encoding import canonical
from ledger.proof.jws import seal
from receipts.attachment import stream
from receipts.sealing import LINE, TYP, find_seal, sealed
from receipts.verify import verify
from tests.attacks.forging import (
    CHECK,
    CODE,
    NAME,
    SIGNERS,
    TRUST,
    VALID,
    document,
    judged,
    judgement,
    receipt,
    told,
)
from tests.conftest import OTHER_USCC, USCC

BUNDLE = told().bundle().encode()
RECEIPT = document(BUNDLE)
SEAL = RECEIPT.index(LINE)
PASSING = VALID


def flipped(data: bytes, at: int, bit: int = 1) -> bytes:
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def test_one_bit_changed_anywhere_in_a_bundle_refuses_it() -> None:
    for at in range(0, len(BUNDLE), 7):
        result, step = judged(flipped(BUNDLE, at, 1 << at % 8))
        assert (result, step) != PASSING, f"byte {at}"
        assert result in {"untrusted", "mismatch"}, f"byte {at}"


def test_one_bit_changed_anywhere_in_a_receipts_file_refuses_it() -> None:
    assert judged(RECEIPT) == PASSING
    for at in range(0, SEAL, 97):
        result, step = judged(flipped(RECEIPT, at, 1 << at % 8))
        assert (result, step) != PASSING, f"byte {at}"


def test_one_bit_changed_anywhere_in_the_seal_refuses_it() -> None:
    for at in range(SEAL, len(RECEIPT)):
        assert judged(flipped(RECEIPT, at, 1 << at % 8)) in {
            ("untrusted", "format"),
            ("untrusted", "signature"),
        }, f"byte {at}"


def test_a_byte_of_the_page_changed_is_refused_by_the_seal() -> None:
    at = RECEIPT.index(b"%PDF-1.7") + 6
    assert judged(flipped(RECEIPT, at)) == ("untrusted", "signature")


@pytest.mark.parametrize("cut", [1, 2, 50, 250])
def test_a_file_cut_short_lacks_its_seal(cut: int) -> None:
    assert judged(RECEIPT[:-cut]) == ("untrusted", "signature")
    assert judged(RECEIPT[cut:])[0] == "untrusted"


@pytest.mark.parametrize("more", [b"\n", b" ", b"\x00", b"%%EOF\n", LINE + b"a..b\n", b"x" * 2000])
def test_a_file_added_to_does_not_end_with_its_seal(more: bytes) -> None:
    assert judged(RECEIPT + more)[0] == "untrusted"
    assert judged(RECEIPT + more)[1] == "signature"


def test_an_incremental_update_is_refused_wherever_it_is_put() -> None:
    update = b"9 0 obj\n<< /Type /Page >>\nendobj\nstartxref\n0\n%%EOF\n"
    assert judged(RECEIPT + update) == ("untrusted", "signature")
    assert judged(RECEIPT[:SEAL] + update + RECEIPT[SEAL:]) == ("untrusted", "signature")
    assert judged(RECEIPT + update + RECEIPT[SEAL:]) == ("untrusted", "signature")


def test_a_second_attachment_is_refused_though_its_issuer_sealed_it() -> None:
    two = RECEIPT[:SEAL] + b"9 0 obj\n" + stream(BUNDLE) + b"\nendobj\n"
    verdict = verify(sealed(two, SIGNERS[USCC]), TRUST)
    assert judgement(verdict) == ("untrusted", "format")
    assert "2 proofs" in verdict.steps[-1].says


def test_the_seal_of_another_receipt_does_not_seal_this_one() -> None:
    other = told(receipt={"issued_on": receipt()["gift_on"]}).bundle().encode()
    theirs = document(other)
    assert judged(theirs) == PASSING
    swapped = RECEIPT[:SEAL] + theirs[theirs.index(LINE) :]
    assert judged(swapped) == ("untrusted", "signature")


def test_the_bundle_of_another_receipt_in_this_file_breaks_its_seal() -> None:
    other = told(receipt={"eligible": True, "specimen": False}).bundle().encode()
    assert len(other) == len(BUNDLE) + 2, "false is a letter longer, in base64url two"
    assert judged(RECEIPT.replace(stream(BUNDLE), stream(other))) == ("untrusted", "signature")


def test_a_seal_made_for_another_use_is_no_seal() -> None:
    body, _ = find_seal(RECEIPT)
    made = seal(body, SIGNERS[USCC], "some-other-use")
    verdict = verify(body + LINE + made.encode() + b"\n", TRUST)
    assert judgement(verdict) == ("untrusted", "signature")
    assert TYP in verdict.steps[-1].says


def test_a_stranger_may_seal_a_file_but_not_for_the_issuer() -> None:
    for signer in (SIGNERS["stolen"], SIGNERS[OTHER_USCC]):
        assert judged(document(BUNDLE, signer)) == ("untrusted", "signature")


JUNK = b"[" * 1_000_000
MEMBERS = json.loads(BUNDLE)


def changed(**members: object) -> bytes:
    return canonical({**MEMBERS, **members})


FIRST = MEMBERS["entries"][0]


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\x00",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"%PDF-",
        b"%PDF-1.7\n" + LINE + b"a..b\n",
        JUNK,
        b'{"a":' * 100_000,
        b'"' + b"x" * 10_000_000 + b'"',
        BUNDLE + b" " * 10_000_000,
        BUNDLE + b"\n",
        b" " + BUNDLE,
        b"\xef\xbb\xbf" + BUNDLE,
        b"9" * 100_000,
        changed(format="donation-ledger-bundle.v1"),
        changed(format="donation-ledger-bundle.v3"),
        changed(format=None),
        changed(entries=[]),
        changed(entries=None),
        changed(entries=[None]),
        changed(entries=[{}]),
        changed(entries=[FIRST | {"entry": 1}]),
        changed(entries=[FIRST | {"entry": "中"}]),
        changed(entries=[FIRST | {"proof": []}]),
        changed(entries=[FIRST] * 1001),
        changed(openings=None),
        changed(openings=[None]),
        changed(openings=["x"]),
        changed(openings=["a" * 1_000_000]),
        changed(origin=None),
        changed(extra=1),
        canonical({k: v for k, v in MEMBERS.items() if k != "origin"}),
    ],
    ids=range(34),
)
def test_junk_is_untrusted_at_once_and_never_a_crash(junk: bytes) -> None:
    started = time.monotonic()
    assert judged(junk) == ("untrusted", "format")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("proof", "step"),
    [
        ("", "format"),
        ("index 0", "format"),
        (FIRST["proof"].replace("index 0", "index -1"), "format"),
        (FIRST["proof"].replace("index 0", "index 00"), "format"),
        (FIRST["proof"].replace("index 0", f"index {2**63}"), "format"),
        (FIRST["proof"].replace("index 0", "index " + "9" * 10_000), "format"),
        (FIRST["proof"].replace("index 0", f"index {2**63 - 1}"), "inclusion"),
        (FIRST["proof"].replace("index 0", "index 1"), "inclusion"),
        (FIRST["proof"].replace("\n\n", "\n" + "A" * 43 + "=\n\n", 1), "inclusion"),
    ],
)
def test_a_proof_with_huge_or_odd_numbers_is_refused(proof: str, step: str) -> None:
    entries = [FIRST | {"proof": proof}, *MEMBERS["entries"][1:]]
    assert judged(changed(entries=entries)) == ("untrusted", step)


def test_an_empty_list_of_openings_opens_nothing() -> None:
    assert judged(changed(openings=[])) == ("mismatch", "openings")


def test_what_a_receipt_says_is_told_only_once_it_is_proved() -> None:
    refused = verify(told(receipt={"gift": "gift-2"}).bundle().encode(), TRUST)
    assert refused.receipt == {}
    told_now = verify(RECEIPT, TRUST)
    assert told_now.receipt["payer"] == NAME.value
    assert told_now.receipt["check_code"] == CHECK.value
    assert told_now.receipt["code"] == CODE
    assert told_now.receipt["amount"] == "100.00"


def test_of_a_bundle_alone_neither_seal_nor_page_is_asked() -> None:
    unasked = {step.step for step in verify(BUNDLE, TRUST).steps if not step.asked}
    assert unasked - {step.step for step in verify(RECEIPT, TRUST).steps if not step.asked} == {
        "signature",
        "page",
    }
