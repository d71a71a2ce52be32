"""The class of a gift: full, limited or none, by the law of the day it was really made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.deduction.cases import Gift
from ledger.domain.deduction.table import (
    CLOSED,
    FULL,
    HOSPITAL,
    LIMITED,
    LISTED,
    NONE,
    Admission,
    Rule,
    RuleTable,
)

AREA_NOT_NAMED = "receipt does not name the target area"
HOSPITAL_NOT_GOODS = "direct hospital gift other than goods with an acceptance letter"
RECEIPT_TOO_LATE = "no donation receipt within the days allowed"


@dataclass(frozen=True, slots=True)
class GiftClass:
    """What a gift is: its treatment, the rule behind it, and why, in the words of the format.

    `carry_years` is how long an unused part may wait; `later` is a rule that lets the part not yet
    deducted be claimed whole in one year's return.
    """

    treatment: str
    rule: Rule
    reason: str
    carry_years: int = 0
    later: Rule | None = None

    @property
    def word(self) -> str:
        """The class as the format of cases writes it."""
        if self.treatment != LIMITED:
            return self.treatment
        return "limited_cf" if self.carry_years else "limited_nocf"


def classify(gift: Gift, who: str, table: RuleTable, judged_on: date) -> GiftClass:
    """Give a gift its class; a gift on a bank slip is judged by what had come on `judged_on`.

    In this order: a benefit in return makes it no gift; the way it went; the eligibility of the
    body on the day; the voucher; then full rules before limited ones.
    """
    admission = table.admission(who, gift.day)
    route = admission.routes.get(gift.channel, CLOSED)
    if gift.benefit:
        return _none(gift, who, table, "CIT-SPONSOR")
    if route == HOSPITAL:
        return _straight_to_hospital(gift, who, table)
    if route == CLOSED:
        return _none(gift, who, table, "CIT-CHANNEL")
    if route == LISTED and not gift.eligible:
        return _none(gift, who, table, "ELIG")
    refused = _voucher_fault(gift, admission, judged_on)
    if refused is not None:
        return _none(gift, who, table, "RECEIPT", refused)
    return _admitted(gift, who, table)


def _none(gift: Gift, who: str, table: RuleTable, name: str, reason: str = "") -> GiftClass:
    rule = table.named(name, who, gift.day)
    return GiftClass(NONE, rule, reason or rule.reason)


def _straight_to_hospital(gift: Gift, who: str, table: RuleTable) -> GiftClass:
    """Only a full rule that names this way takes it (公告2020年第9号 art. 2: goods)."""
    rule = table.rule_for(who, gift.day, gift.facts)
    if rule.treatment == FULL:
        return GiftClass(FULL, rule, rule.reason)
    return _none(gift, who, table, "CIT-CHANNEL", HOSPITAL_NOT_GOODS)


def _voucher_fault(gift: Gift, admission: Admission, judged_on: date) -> str | None:
    """Return why the voucher proves nothing; None if it does; "" for the rule's own reason.

    An interim voucher serves until the receipt is due (公告2019年第99号 art. 9), and after that if
    the receipt came in time.
    """
    if gift.voucher in admission.vouchers:
        return None
    if gift.voucher not in admission.interim_vouchers:
        return ""
    seen = gift.receipt_day or judged_on
    return None if seen <= receipt_due(gift, admission) else RECEIPT_TOO_LATE


def receipt_due(gift: Gift, admission: Admission) -> date:
    """Return the last day for the receipt of a gift that was proved by a bank slip first."""
    return gift.day + timedelta(days=admission.receipt_days)


def _admitted(gift: Gift, who: str, table: RuleTable) -> GiftClass:
    rule = table.rule_for(who, gift.day, gift.facts)
    if rule.treatment == FULL:
        return GiftClass(FULL, rule, rule.reason)
    cited, reason = rule, rule.reason
    if gift.founder:
        cited = table.named("ORG-27-12", who, date(gift.year, 12, 31))
        reason = cited.reason
    elif not gift.names_area and _would_be_full(gift, who, table):
        reason = AREA_NOT_NAMED
    later = table.reaching_back(who, gift.day, gift.facts)
    return GiftClass(LIMITED, cited, reason, rule.carry_years, later)


def _would_be_full(gift: Gift, who: str, table: RuleTable) -> bool:
    """Tell whether naming the area on the receipt would have made the gift fully deductible."""
    named = {**gift.facts, "names_area": "yes"}
    back = table.reaching_back(who, gift.day, named)
    return back is not None or table.rule_for(who, gift.day, named).treatment == FULL
