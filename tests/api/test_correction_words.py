"""A correction is told in one sentence that a citizen understands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.correction_words import BECAME, COSTS, KINDS, REASONS, in_words
from ledger.domain.corrections import REASONS as TYPED
from ledger.domain.disbursements import COST_CLASSES
from projections.journal_queries import Correction

REVERSAL = Correction(
    leaf=9, organisation="53100000500021326D", fund="fund-1", kind="reversal", id="gift-1",
    unit="CNY", amount=123456, day=date(2026, 11, 3), booked_on=date(2026, 11, 3), late=False,
    corrects=4, reason="duplicate", note="同一回单登记两次", was=None, became="gift-2",
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            REVERSAL,
            "2026年11月3日，冲销误记的捐赠 gift-1；1,234.56 CNY；原因：重复登记；"
            "说明：同一回单登记两次；改记为 gift-2。",
        ),
        (
            replace(REVERSAL, kind="return", reason="捐赠人申请", note=None, became=None,
                    unit="goods:棉被||床", amount=3),
            "2026年11月3日，向捐赠人退回捐赠 gift-1；3 棉被 床；原因：捐赠人申请。",
        ),
        (
            replace(REVERSAL, kind="classification", id="disbursement-1", unit=None, amount=None,
                    reason=None, note=None, was="management", became="charitable"),
            "2026年11月3日，更正费用类别 disbursement-1；原为管理费用；改为 慈善活动支出。",
        ),
        (
            replace(REVERSAL, kind="use-change", id="fund-1", unit=None, amount=None,
                    reason="filing", note="备案号1", became="助医"),
            "2026年11月3日，变更资金用途；原因：已向民政部门备案；依据：备案号1；"
            "增加用途或地区 助医。",
        ),
        (
            replace(REVERSAL, kind="recovery", note=None, became=None, late=True,
                    day=date(2026, 10, 30), booked_on=date(2026, 11, 1)),
            "2026年10月30日，收回或更正支出 gift-1；1,234.56 CNY；原因：重复登记；"
            "原账期已结，记入2026-11-01起的账期。",
        ),
    ],
)  # fmt: skip
def test_a_correction_is_told_in_one_sentence(found: Correction, said: str) -> None:
    assert in_words(found) == said


def test_every_typed_reason_and_cost_class_has_its_words() -> None:
    assert set(TYPED) <= set(REASONS)
    assert set(COSTS) == set(COST_CLASSES)
    assert set(BECAME) <= set(KINDS)
