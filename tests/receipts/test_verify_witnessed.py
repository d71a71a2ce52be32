"""A receipt is good under a checkpoint that as many witnesses have seen as the trust asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.proof import ed25519
from ledger.proof.policy import Policy
from receipts.trust import Trust
from receipts.verdict import Verdict
from receipts.verify import Verifier, verify
from tests.attacks.forging import TRUST, VALID, judgement
from tests.ledger.proof.given import private
from tests.ledger.proof.witnessed import (
    cosigned_by,
    cosigner,
    lattice_cosigned_by,
    lattice_cosigner,
)
from tests.receipts.made_out import Story
from tests.receipts.verified import step

NAMES = ("audit", "press", "tax")
POLICY = Policy.parse(
    f"log {TRUST.log.line}\n"
    + "".join(f"witness {name} {cosigner(name).line}\n" for name in NAMES)
    + f"witness tax-pq {lattice_cosigner('tax').line}\n"
    + "group tax-bureau any tax tax-pq\ngroup two 2 audit press tax-bureau\nquorum two\n"
)
WITNESSED = Trust(TRUST.log, TRUST.authority, POLICY)


def with_checkpoint(change: Callable[[str], str]) -> bytes:
    """Write the bundle of a receipt with another note in every proof."""
    bundle = Story().bundle()
    note = change(bundle.entries[0].proof.checkpoint)
    entries = [replace(e, proof=replace(e.proof, checkpoint=note)) for e in bundle.entries]
    return replace(bundle, entries=tuple(entries)).encode()


def cosigned_receipt(*names: str) -> bytes:
    return with_checkpoint(lambda note: cosigned_by(note, *names))


def refused(verdict: Verdict) -> str:
    assert judgement(verdict) == ("untrusted", "checkpoint")
    return step(verdict, "checkpoint").says


@pytest.mark.parametrize("names", [(), ("tax",), ("press",), ("stranger", "press")])
def test_a_receipt_with_too_few_cosignatures_is_untrusted_and_says_whose_are_missing(
    names: tuple[str, ...],
) -> None:
    said = refused(verify(cosigned_receipt(*names), WITNESSED))
    here = [name for name in NAMES if name in names]
    assert said.startswith("账本检查点不可信 (见证签名不足：须有 2 of (audit, press, 1 of (tax, ")
    assert f"已签 {'、'.join(here) or '无'}；" in said
    missing = [name for name in (*NAMES, "tax-pq") if name not in here]
    assert said.endswith(f"not yet: {', '.join(missing)}))")


def test_a_receipt_with_enough_cosignatures_is_good_and_without_a_policy_needs_none() -> None:
    for names in (("audit", "tax"), NAMES, ("stranger", "audit", "press")):
        assert judgement(verify(cosigned_receipt(*names), WITNESSED)) == VALID
        assert judgement(verify(cosigned_receipt(*names), TRUST)) == VALID
    assert judgement(verify(Story().encode(), TRUST)) == VALID


def test_a_cosignature_of_either_kind_counts() -> None:
    data = with_checkpoint(lambda note: lattice_cosigned_by(cosigned_by(note, "press"), "tax"))
    assert judgement(verify(data, WITNESSED)) == VALID


def test_a_cosignature_of_another_checkpoint_refuses_the_receipt() -> None:
    def moved(note: str) -> str:
        other = Story(openings=()).log.note(size=3)
        return cosigned_by(note, "audit", "tax") + cosigned_by(other, "press").removeprefix(other)

    assert "press" in refused(verify(with_checkpoint(moved), WITNESSED))


def test_a_quorum_does_not_replace_the_signature_of_the_log() -> None:
    other = Story().log.note(private("thief"))
    data = with_checkpoint(lambda _: cosigned_by(other, *NAMES))
    assert "no signature by the key" in refused(verify(data, WITNESSED))


def test_a_checkpoint_is_verified_once_for_a_folder_of_receipts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked: list[str] = []

    def counting(public: object, signature: bytes, message: bytes, *, what: str) -> None:
        checked.append(what)

    data, verifier = cosigned_receipt("audit", "tax"), Verifier(WITNESSED)
    monkeypatch.setattr(ed25519, "check_signature", counting)
    for _ in range(3):
        assert judgement(verifier.verify(data)) == VALID
    assert sorted(checked) == ["cosignature of 'audit'", "cosignature of 'tax'"]
