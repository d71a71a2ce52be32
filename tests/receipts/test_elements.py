"""Five elements, typed or read off the printed code, are checked against a status list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ledger.money import Money
from receipts import qr
from receipts.elements import Five, Payers, check_code, check_five
from receipts.qr import Elements
from receipts.status_issuers import WorkingKey
from tests.attacks.forging import (
    CHECK,
    CODE,
    NOTICE,
    NUMBER,
    SIGNERS,
    VALID,
    judgement,
    public,
)
from tests.conftest import OTHER_USCC, USCC
from tests.receipts.made_out import ISSUED_ON
from tests.receipts.verified import ISSUER, listed, other_receipt, step

FIVE = Five(
    code=CODE, number=NUMBER, check_code=CHECK.value, issued_on=ISSUED_ON, amount=Money(100_00)
)
SAID = Elements(
    code=CODE,
    number=NUMBER,
    check_code=CHECK.value,
    issued_on=ISSUED_ON,
    amount=Money(100_00),
    issuer=USCC,
    leaf=bytes(32),
)
SIGNER = SIGNERS[USCC]
TEXT = qr.payload(SAID, SIGNER)


def test_five_elements_that_the_list_has_just_so_are_valid_as_far_as_they_go() -> None:
    verdict = check_five(FIVE, listed(claimed=40_00))
    assert judgement(verdict) == VALID
    assert verdict.deduction_class == "limited"
    checks = [each.check for each in verdict.steps]
    assert checks == sorted(checks)
    assert set(checks) == set(range(1, 11))
    assert verdict.receipt == {
        "code": CODE,
        "number": NUMBER,
        "check_code": CHECK.value,
        "kind": "single",
        "issuer": ISSUER.name,
        "issuer_uscc": USCC,
        "amount": "100.00",
        "issued_on": "2026-11-21",
        "claimed": "40.00",
        "remaining": "60.00",
    }
    assert NOTICE in step(verdict, "eligibility").says


def test_what_only_the_file_can_prove_is_left_open() -> None:
    verdict = check_five(FIVE, listed())
    needed = {each.step for each in verdict.steps if "needs the receipt's file" in each.says}
    assert needed == {"payer", "amounts", "class", "in_kind"}
    assert not any(each.asked for each in verdict.steps if each.step in needed)


def test_of_a_taxpayer_that_was_named_it_is_said_that_only_the_file_tells() -> None:
    said = step(check_five(FIVE, listed(), payers=Payers("王某某")), "payer")
    assert not said.asked
    assert "can only be compared with the file" in said.says
    assert "no taxpayer was named" not in said.says
    code = step(check_code(TEXT, listed(), payers=Payers("王某某")), "payer")
    assert code.says == said.says
    assert "no taxpayer was named" in step(check_five(FIVE, listed()), "payer").says


PERSON = "11010519491231002X"


@pytest.mark.parametrize(
    ("payers", "holds"),
    [
        (Payers("王 某某", "王某某"), True),
        (Payers("李某某", "王某某"), False),
        (Payers(USCC.lower(), USCC), True),
        (Payers(PERSON, USCC), False),
        (Payers(PERSON, "王某某"), True),
        (Payers("王某某", PERSON), True),
        (Payers("李某某", ""), True),
        (Payers(None, "王某某"), True),
    ],
)
def test_who_claims_is_who_is_written_down_as_the_payer(
    payers: Payers,
    holds: bool,  # noqa: FBT001 pytest hands it in by name
) -> None:
    verdict = check_five(FIVE, listed(), payers=payers)
    assert judgement(verdict) == (VALID if holds else ("mismatch", "payer"))
    assert verdict.fields == (() if holds else ("payer",))
    assert verdict.deduction_class == ("limited" if holds else "none")


@pytest.mark.parametrize("held", ["anonymous", "declined"])
def test_a_receipt_kept_on_file_stands_but_nobody_deducts_it(held: str) -> None:
    verdict = check_five(FIVE, listed(held=held))
    assert judgement(verdict) == VALID
    assert (verdict.deduction_class, verdict.receipt["remaining"]) == ("none", "0.00")
    for name in ("class", "claims"):
        assert "nobody can deduct it" in step(verdict, name).says
        assert held in step(verdict, name).says
    assert "kept on file" not in step(check_five(FIVE, listed()), "claims").says


@pytest.mark.parametrize(
    "fate",
    [
        {"red": (CODE, "0000000002")},
        {"red": (CODE, "0000000002"), "replaced_by": (CODE, "0000000009")},
        {"paper": ("23052126", "0000000007")},
    ],
)
def test_nothing_is_left_of_what_is_reversed_replaced_or_exchanged(fate: dict[str, Any]) -> None:
    verdict = check_five(FIVE, listed(other_receipt(), claimed=40_00, **fate))
    assert verdict.result in {"reversed", "replaced"}
    assert (verdict.receipt["claimed"], verdict.receipt["remaining"]) == ("40.00", "0.00")
    assert "40.00" in step(verdict, "claims").says
    assert "nobody can deduct with it" in step(verdict, "claims").says


@pytest.mark.parametrize(("claimed", "left"), [(10_00, "20.00"), (40_00, "0.00")])
def test_no_more_is_left_than_was_eligible(claimed: int, left: str) -> None:
    verdict = check_five(FIVE, listed(eligible=30_00, claimed=claimed))
    assert judgement(verdict) == ("not_eligible", "eligibility")
    assert verdict.receipt["remaining"] == left


@pytest.mark.parametrize(
    ("five", "fields"),
    [
        (replace(FIVE, amount=Money(100_01)), ("amount",)),
        (replace(FIVE, issued_on=date(2026, 11, 20)), ("issued_on",)),
        (replace(FIVE, check_code="ab3x9z"), ("check_code",)),
        (replace(FIVE, issuer=OTHER_USCC), ("issuer",)),
    ],
)
def test_an_element_that_differs_is_named(five: Five, fields: tuple[str, ...]) -> None:
    verdict = check_five(five, listed())
    assert judgement(verdict) == ("mismatch", "status")
    assert set(fields) <= set(verdict.fields)
    assert verdict.receipt == {}
    assert verdict.deduction_class == "none"


@pytest.mark.parametrize(
    "five",
    [
        replace(FIVE, code="23060126"),
        replace(FIVE, number="1"),
        replace(FIVE, check_code="x"),
        replace(FIVE, issued_on=date(2024, 1, 1)),
    ],
)
def test_what_can_be_no_receipts_number_is_not_looked_up(five: Five) -> None:
    verdict = check_five(five, listed())
    assert judgement(verdict) == ("mismatch", "form")
    assert len(verdict.steps) == 1


def test_what_became_of_a_receipt_is_told_with_what_it_was() -> None:
    voided = check_five(FIVE, listed(red=(CODE, "0000000002")))
    assert judgement(voided) == ("reversed", "status")
    assert voided.receipt["amount"] == "100.00"
    by = listed(other_receipt(), red=(CODE, "0000000002"), replaced_by=(CODE, "0000000009"))
    assert judgement(check_five(FIVE, by)) == ("replaced", "status")
    assert judgement(check_five(FIVE, listed(eligible=0))) == ("not_eligible", "eligibility")


def test_a_number_that_is_not_listed_is_not_found_and_no_more_is_said() -> None:
    verdict = check_five(replace(FIVE, number="0000000099"), listed())
    assert judgement(verdict) == ("not_found", "status")
    assert "伪" not in verdict.steps[-1].says
    assert "forg" not in verdict.steps[-1].says


def test_the_number_of_a_red_receipt_says_what_it_reverses() -> None:
    verdict = check_five(replace(FIVE, number="0000000002"), listed(red=(CODE, "0000000002")))
    assert verdict.result == "not_found"
    assert f"冲红 {CODE} {NUMBER}" in verdict.steps[-1].says


def test_the_lists_age_is_said() -> None:
    assert "stale" in step(check_five(FIVE, listed(), date(2027, 9, 1)), "status").says


def test_an_issuer_that_may_not_issue_is_refused() -> None:
    village = listed(issuer=replace(ISSUER, kind="village"))
    assert judgement(check_five(FIVE, village)) == ("mismatch", "issuer")


def test_a_code_read_off_paper_is_valid_by_the_issuers_key_in_the_list() -> None:
    verdict = check_code(TEXT, listed())
    assert judgement(verdict) == VALID
    assert step(verdict, "code").ok


def test_a_code_whose_key_was_revoked_later_says_so() -> None:
    later = replace(ISSUER, keys=(WorkingKey(SIGNER.kid, public(SIGNER), 2, 500),))
    verdict = check_code(TEXT, listed(issuer=later))
    assert judgement(verdict) == VALID
    assert "revoked later" in step(verdict, "code").says


@pytest.mark.parametrize(
    "text", ["", "hello", "DLR1|23050126|0000000001", TEXT.replace("100.00", "900.00"), TEXT[:-1]]
)
def test_a_text_that_the_issuer_did_not_sign_is_untrusted(text: str) -> None:
    assert judgement(check_code(text, listed())) == ("untrusted", "code")


def test_another_organisations_key_signs_no_code_of_this_one() -> None:
    theirs = qr.payload(SAID, SIGNERS[OTHER_USCC])
    assert judgement(check_code(theirs, listed())) == ("untrusted", "code")
    nobody = qr.payload(replace(SAID, issuer=OTHER_USCC), SIGNERS[OTHER_USCC])
    assert judgement(check_code(nobody, listed())) == ("untrusted", "code")


def test_a_signed_code_of_another_amount_differs_from_the_list() -> None:
    lie = qr.payload(replace(SAID, amount=Money(900_00)), SIGNER)
    verdict = check_code(lie, listed())
    assert judgement(verdict) == ("mismatch", "status")
    assert "amount" in verdict.fields


def test_a_signed_code_of_no_possible_number_ends_at_its_form() -> None:
    odd = qr.payload(replace(SAID, code="23060126"), SIGNER)
    verdict = check_code(odd, listed())
    assert judgement(verdict) == ("mismatch", "form")
