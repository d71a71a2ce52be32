"""The verifier names its steps in order, stops at the first that fails, and says it in words."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.errors import Untrusted
from receipts import says
from receipts.bundle import Bundle
from receipts.verify import Step, Verdict, verify
from tests.attacks.forging import (
    NOTICE,
    TRUST,
    document,
    judged,
    receipt,
    told,
)
from tests.conftest import USCC

STEPS = ["format", "checkpoint", "inclusion", "issuer", "number", "gift", "openings", "seal",
         "eligibility"]  # fmt: skip


def test_a_receipts_file_passes_every_step_in_order_and_tells_what_it_says() -> None:
    verdict = verify(document(told().bundle().encode()), TRUST)
    assert [(step.step, step.ok, step.says) for step in verdict.steps] == [
        (step, True, says.PASSED[step]) for step in STEPS
    ]
    assert (verdict.result, verdict.deduction_class) == ("valid", "limited")
    assert verdict.receipt == {
        "code": "23050126",
        "number": "0000000001",
        "check_code": "aB3x9Z",
        "payer": "王某某",
        "issuer": "示例基金会53",
        "issuer_uscc": USCC,
        "amount": "100.00",
        "gift_on": "2026-10-01",
        "issued_on": "2026-11-21",
    }


def test_a_verdict_is_only_as_good_as_what_was_checked() -> None:
    assert Verdict().steps == []
    assert Step("gift", ok=False, says="x") != Step("gift", ok=True, says="x")


def test_a_step_that_fails_is_the_last_and_says_why() -> None:
    verdict = verify(told(receipt={"gift_on": date(2026, 10, 2)}).bundle().encode(), TRUST)
    assert verdict.result == "mismatch"
    assert verdict.deduction_class == "none"
    assert verdict.steps[-1] == Step(
        "gift",
        ok=False,
        says="票据内容与捐赠事件不符 (the day of the gift on the receipt is not the one recorded)",
    )


def test_a_receipt_that_is_not_eligible_still_tells_what_it_says() -> None:
    verdict = verify(told(granted={"last_day": date(2026, 9, 30)}).bundle().encode(), TRUST)
    assert verdict.result == "not_eligible"
    assert verdict.deduction_class == "none"
    assert verdict.receipt["amount"] == "100.00"
    assert "was not eligible on 2026-10-01" in verdict.steps[-1].says


def test_every_step_has_words_for_both_ends() -> None:
    assert set(says.PASSED) == set(says.FAILED) == set(STEPS)
    assert says.failed("seal", "why") == "文件在开具后被改动 (why)"


@pytest.mark.parametrize(
    ("first", "last", "result"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), "valid"),
        (date(2026, 10, 2), date(2026, 12, 31), "not_eligible"),
        (date(2026, 1, 1), date(2026, 9, 30), "not_eligible"),
    ],
)
def test_both_ends_of_a_period_of_eligibility_are_in_it(
    first: date, last: date, result: str
) -> None:
    log = told(granted={"first_day": first, "last_day": last})
    assert judged(log.bundle())[0] == result
    assert receipt()["notice"] == NOTICE


def test_a_bundle_is_read_before_it_is_believed() -> None:
    with pytest.raises(Untrusted):
        Bundle.parse(b"%PDF-")
