"""Every movement has two accounts, a correction has those of what it corrects, turned round."""

from __future__ import annotations

import pytest

from ledger.domain.disbursements import COST_CLASSES
from ledger.domain.funds import KINDS
from projections.postings import COSTS, FAMILIES, MONEY, QUANTITY, VALUE, entry, nature

FORMS = (MONEY, QUANTITY, VALUE)


@pytest.mark.parametrize(
    ("kind", "fund_kind", "debit", "credit"),
    [
        ("gift", "general", "货币资金", "捐赠收入—非限定性"),
        ("gift", "named", "货币资金", "捐赠收入—限定性"),
        ("gift", "agency", "受托代理资产", "受托代理负债"),
        ("reversal", "project", "捐赠收入—限定性", "货币资金"),
        ("return", "general", "其他费用—退赠", "货币资金"),
        ("allocation-out", "general", "拨付往来", "货币资金"),
        ("allocation-in", "project", "货币资金", "拨付往来"),
        ("disbursement", "agency", "受托代理负债", "受托代理资产"),
    ],
)
def test_money_is_booked_on_these_accounts(
    kind: str, fund_kind: str, debit: str, credit: str
) -> None:
    assert entry(kind, fund_kind) == (debit, credit)


def test_a_payment_is_a_cost_of_its_class_and_what_nobody_classed_waits() -> None:
    assert set(COSTS) == {*COST_CLASSES, None}
    assert entry("disbursement", "general", MONEY, "management") == ("管理费用", "货币资金")
    assert entry("disbursement", "general") == ("待分类支出", "货币资金")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fund_kind", KINDS)
@pytest.mark.parametrize(
    ("kind", "correction"),
    [
        ("gift", "reversal"), ("goods", "reversal"), ("disbursement", "recovery"),
        ("allocation-out", "take-back"), ("allocation-in", "given-back"),
    ],
)  # fmt: skip
def test_a_correction_turns_the_entry_round(
    kind: str, correction: str, fund_kind: str, form: str
) -> None:
    assert entry(correction, fund_kind, form) == entry(kind, fund_kind, form)[::-1]


def test_money_quantities_and_values_never_meet_on_one_account() -> None:
    booked = {
        form: {a for kind in FAMILIES for of in KINDS for a in entry(kind, of, form)}
        for form in FORMS
    }

    assert not booked[MONEY] & booked[QUANTITY]
    assert not booked[MONEY] & booked[VALUE]


@pytest.mark.parametrize(
    ("fund_kind", "said"),
    [("general", "非限定性"), ("agency", "受托代理"), ("project", "限定性"), ("brand", "限定性")],
)
def test_what_binds_the_money_of_a_fund_follows_from_its_kind(fund_kind: str, said: str) -> None:
    assert nature(fund_kind) == said
