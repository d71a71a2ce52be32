"""How long a law keeps what was recorded of a person, and by which rule: periods as dated data.

Only records that a law asks for are kept against a person's wish (个人信息保护法 art. 47, last
paragraph); of several periods the longest that binds the holder goes (domain rules 3.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CHARITY, TAX_BUREAU = "charity", "tax bureau"
"""Who holds the record."""

RECEIPT, PAYMENT, CLAIM = "receipt", "payment", "claim"
"""What the record is: a receipt that was made out, a payment that was made, a deduction."""


@dataclass(frozen=True, slots=True)
class Period:
    """How many whole years after its own a record is kept, by which rule, if made since a day."""

    id: str
    holder: str
    records: frozenset[str]
    years: int
    since: date
    source: str


PERIODS = (
    Period("stub-5", CHARITY, frozenset({RECEIPT}), 5, date(1998, 9, 21),
           "财政票据存根保存5年 (财政票据管理办法)"),
    Period("voucher-15", CHARITY, frozenset({RECEIPT, PAYMENT}), 15, date(1999, 1, 1),
           "会计凭证保管15年 (会计档案管理办法, 财会字〔1998〕32号)"),
    Period("taxpayer-10", CHARITY, frozenset({RECEIPT, PAYMENT}), 10, date(2002, 10, 15),
           "涉税资料保存10年 (税收征收管理法实施细则 art. 29)"),
    Period("voucher-30", CHARITY, frozenset({RECEIPT, PAYMENT}), 30, date(2016, 1, 1),
           "会计凭证保管30年 (会计档案管理办法, 财政部 国家档案局令第79号)"),
    Period("taxpayer-10-bureau", TAX_BUREAU, frozenset({CLAIM}), 10, date(2002, 10, 15),
           "涉税资料保存10年 (税收征收管理法实施细则 art. 29)"),
)  # fmt: skip
"""What binds a holder. A person who deducts keeps receipts 5 years (财政部 税务总局公告2019年第99号
art. 10); that binds the donor, not the charity, and stands in no row."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """The last day on which a law keeps a record, and the rule that says so."""

    until: date
    rule: str
    source: str


def keeping(
    record: str, holder: str, on: date, periods: tuple[Period, ...] = PERIODS
) -> Keeping | None:
    """Return how long a record of the day `on` is kept; None if no law asks its holder to.

    A period runs from the end of the record's calendar year; the longest goes.
    """
    bound = [p for p in periods if p.holder == holder and record in p.records and p.since <= on]
    longest = max(bound, key=lambda p: p.years, default=None)
    if longest is None:
        return None
    last_year = min(on.year + longest.years, date.max.year)
    return Keeping(date(last_year, 12, 31), longest.id, longest.source)


def source_of(rule: str) -> str:
    """Return what a rule rests on; a rule that is no longer known is named as it was."""
    return next((p.source for p in PERIODS if p.id == rule), rule)
