"""Which two accounts a movement is booked on: debit and credit, by a small table.

Names follow 民间非营利组织会计制度 (财会〔2024〕25号; domain rules 7). Agency funds (受托代理)
book an agency asset and an agency liability, and no income. Goods are booked by quantity, outside
the money accounts; where their value is proved, the value is booked too, on accounts of its own.
What goods cost when they are issued is the charity's own choice of method, not presumed here.
"""

from __future__ import annotations

INTO = frozenset({"gift", "goods", "allocation-in", "recovery", "take-back"})
"""Movements that bring something into the fund; all others take it out."""

MONEY, QUANTITY, VALUE = "money", "quantity", "value"
"""What is booked: money, a number of things, or what they are worth."""

COSTS = {
    "charitable": "业务活动成本",
    "management": "管理费用",
    "fundraising": "筹资费用",
    "other": "其他费用",
    None: "待分类支出",
}
"""Accounts of the cost classes (民发〔2016〕189号); a payment that nobody has classed waits."""

CASH = "货币资金"
TRANSFERS = "拨付往来"
RETURNS = "其他费用—退赠"
AGENCY_ASSET, AGENCY_LIABILITY = "受托代理资产", "受托代理负债"
INCOME, RESTRICTED_INCOME = "捐赠收入—非限定性", "捐赠收入—限定性"
IN_KIND = "（非货币）"
QUANTITIES = {
    "gift": "备查—受赠物资",
    "return": "备查—退赠物资",
    "payment": "备查—发放物资",
    "allocation": "备查—调拨物资",
}
STOCK = "备查—在库物资"

FAMILIES = {
    "gift": "gift",
    "goods": "gift",
    "reversal": "gift",
    "return": "return",
    "disbursement": "payment",
    "recovery": "payment",
    "allocation-out": "allocation",
    "allocation-in": "allocation",
    "take-back": "allocation",
    "given-back": "allocation",
}
"""A correction is booked on the accounts of what it corrects, the other way round."""


def entry(
    kind: str, fund_kind: str, form: str = MONEY, cost_class: str | None = None
) -> tuple[str, str]:
    """Return the accounts that a movement of this kind debits and credits."""
    asset, other = _asset(fund_kind, form), _other(FAMILIES[kind], fund_kind, form, cost_class)
    return (asset, other) if kind in INTO else (other, asset)


def nature(fund_kind: str) -> str:
    """Say what binds the money of such a fund: 非限定性, 限定性 or 受托代理."""
    return {"general": "非限定性", "agency": "受托代理"}.get(fund_kind, "限定性")


def _asset(fund_kind: str, form: str) -> str:
    if fund_kind == "agency":
        return AGENCY_ASSET if form == MONEY else AGENCY_ASSET + IN_KIND
    return {MONEY: CASH, QUANTITY: STOCK, VALUE: "存货等" + IN_KIND}[form]


def _other(family: str, fund_kind: str, form: str, cost_class: str | None) -> str:
    if fund_kind == "agency":
        return AGENCY_LIABILITY if form == MONEY else AGENCY_LIABILITY + IN_KIND
    if form == QUANTITY:
        return QUANTITIES[family]
    accounts = {
        "gift": INCOME if fund_kind == "general" else RESTRICTED_INCOME,
        "return": RETURNS,
        "payment": COSTS[cost_class],
        "allocation": TRANSFERS,
    }
    return accounts[family] + (IN_KIND if form == VALUE else "")
