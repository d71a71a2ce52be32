"""Keys in the place of others: old trust leads to new keys, a forged proof leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from api.audit import audit_log
from ledger.domain import organisations
from ledger.domain.events import KeyRotated
from ledger.domain.key_rotation import HANDOVER, POSSESSION, statement
from ledger.domain.organisations import AUTHORITY
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer
from tests.attacks.forging import (
    ORIGIN,
    PROVING,
    SIGNERS,
    TRUST,
    VALID,
    Files,
    Log,
    judged,
    public,
    told,
)
from tests.conftest import USCC
from tests.ledger.proof.given import private

NEW = Ed25519Signer(private("the next key"))
THIEF = SIGNERS["stolen"]


def rotation(organisation: str, **lies: Any) -> dict[str, Any]:
    """What a planned rotation to the next key says."""
    old = SIGNERS[organisation]

    def by(signer: Ed25519Signer, use: str) -> str:
        return b64url(signer.sign(statement(use, ORIGIN, organisation, NEW.kid, old.kid)))

    said = {
        "organisation": organisation,
        "kid": NEW.kid,
        "public": public(NEW),
        "replaces": old.kid,
        "ground": "superseded",
        "note": None,
        "custody": "organisation",
        "possession": by(lies.pop("possession_by", NEW), POSSESSION),
        "handover": by(lies.pop("handover_by", old), HANDOVER),
    }
    return {**said, **lies}


def rotated(organisation: str, before: str, **lies: Any) -> dict[str, Any]:
    stream = organisations.stream(organisation)
    event = ("rotated", KeyRotated, stream, AUTHORITY, rotation(organisation, **lies))
    return {f"before_{before}": {"events": [event]}}


def found(log: Log) -> list[str]:
    return audit_log(Files(log.files()), TRUST.log, TRUST.authority).findings


def test_a_receipt_is_proved_through_the_authoritys_next_key_by_who_pinned_the_first() -> None:
    log = told(**rotated(AUTHORITY, "granted"), granted={"signer": NEW}, allotted={"signer": NEW})

    assert judged(log.bundle((*PROVING, "rotated"))) == VALID
    assert found(log) == []
    assert judged(log.bundle()) == ("untrusted", "signers"), "the rotation is part of the proof"


def test_a_receipt_is_proved_with_the_issuers_next_key() -> None:
    signed = {name: {"signer": NEW} for name in ("gift", "drawn", "receipt", "marked")}
    log = told(**rotated(USCC, "gift"), **signed)

    assert judged(log.bundle((*PROVING, "rotated"))) == VALID
    assert found(log) == []


def test_a_replaced_key_in_a_thiefs_hands_makes_no_receipt() -> None:
    log = told(**rotated(USCC, "receipt"), marked={"signer": NEW})

    assert judged(log.bundle((*PROVING, "rotated"))) == ("untrusted", "signers")
    assert any(f"key {SIGNERS[USCC].kid} does not sign for {USCC}" in line for line in found(log))


@pytest.mark.parametrize(
    "lies",
    [
        {"possession_by": THIEF},
        {"handover_by": THIEF},
        {"handover": None},
        {"public": public(THIEF)},
        {"kid": THIEF.kid, "public": public(THIEF)},
        {"ground": "lost"},
        {"replaces": THIEF.kid},
        {"replaces": None, "ground": "first", "handover": None},
    ],
    ids=[
        "possession by another", "handover by another", "no handover", "another key",
        "a key of others", "lost and handed over", "another replaced", "as if it were the first",
    ],
)  # fmt: skip
def test_a_forged_rotation_is_refused_by_receipt_and_audit(lies: dict[str, Any]) -> None:
    log = told(**rotated(USCC, "receipt", **lies), receipt={"signer": NEW}, marked={"signer": NEW})

    assert judged(log.bundle((*PROVING, "rotated"))) == ("untrusted", "signers")
    assert any(line.startswith(f"entry {log.leaves['rotated']}: ") for line in found(log))


def test_a_charity_does_not_rotate_its_key_by_itself() -> None:
    event = ("rotated", KeyRotated, organisations.stream(USCC), USCC, rotation(USCC))
    log = told(before_receipt={"events": [event]}, receipt={"signer": NEW})

    assert judged(log.bundle((*PROVING, "rotated"))) == ("untrusted", "signers")
    assert any("no right to record key-rotated.v1" in line for line in found(log))
