"""The deduction class of what a receipt says of a gift, by the rules of the day of the gift."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ledger.domain.deduction.cases import Gift, Window
from ledger.domain.deduction.classes import GiftClass, classify
from ledger.domain.deduction.table import RuleTable
from ledger.domain.deduction.target_areas import TargetAreas
from ledger.money import Money

KEPT = 4096


class Facts(NamedTuple):
    """What the class of an eligible gift hangs on; `who` is "enterprise" or a kind of person."""

    who: str
    day: date
    area_named: bool
    government: bool
    goods: bool
    issued_on: date


class DeductionClasses:
    """Answers by a rule table, and knows the target counties; remembers what it has answered."""

    def __init__(self, table: RuleTable, areas: TargetAreas) -> None:
        self._table = table
        self._areas = areas
        self.of = lru_cache(KEPT)(self._of)

    def _of(self, facts: Facts) -> GiftClass:
        """Return the class, with its rule; raise `NoRuleKnown`."""
        gift = Gift(
            id="gift",
            day=facts.day,
            amount=Money(1),
            use="target_area" if facts.area_named else "other",
            channel="government" if facts.government else "eligible_org",
            voucher="donation_receipt",
            eligibility=(Window(facts.day, facts.day),),
            names_area=facts.area_named,
            asset="goods" if facts.goods else "cash",
            receipt_day=facts.issued_on,
        )
        return classify(gift, facts.who, self._table, facts.issued_on)

    def county(self, area: str) -> str | None:
        """Return the name of the target county that an area lies in; None proves nothing."""
        found = self._areas.find(area)
        return None if found is None else found.name
