"""Two of three questions never mixed: may it issue receipts, was it eligible on the gift's day.

The third, which deduction class a gift has, is asked of the gift (`ledger.domain.deduction`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.events import EligibilityGranted, EligibilityListed
from ledger.domain.kinds import ISSUING_RULE, KINDS
from ledger.domain.organisations import EligibilityPeriod, Organisation

ISSUING = {
    "public-benefit": "public-benefit organisations issue receipts for the gifts they take",
    "institution": "public institutions issue receipts for gifts to public purposes",
    "government": "government of county level and above issues receipts in natural disasters, or "
    "when the donor asks",
}
LISTED_RULES = {"charity": "公告2020年第27号", "mass-organisation": "公告2021年第20号"}
GOVERNMENT_RULE = "企业所得税法实施条例 art. 51"


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no to one question, with the reason and where it is written.

    `period` holds the days for which a yes on eligibility is good.
    """

    yes: bool
    reason: str
    source: str
    period: EligibilityPeriod | None = None


def may_issue(organisation: Organisation) -> Answer:
    """Tell whether an organisation may issue donation receipts: by its kind, on any day."""
    kind = KINDS.get(organisation.kind)
    if kind is None:
        reason = f"an organisation of kind {organisation.kind} issues no donation receipts"
        return Answer(yes=False, reason=reason, source=ISSUING_RULE)
    return Answer(yes=True, reason=ISSUING[kind.issuing], source=ISSUING_RULE)


def eligible_by(organisation: Organisation, day: date) -> EligibilityPeriod | None:
    """Return the days for which `eligible_on` says yes to one of them; None where it says no."""
    kind = KINDS.get(organisation.kind)
    return None if kind is None or kind.listing == "never" else organisation.eligible_on(day)


def eligible_on(organisation: Organisation, day: date) -> Answer:
    """Tell whether gifts of that day to an organisation can be deducted, by day, not by today."""
    kind = KINDS.get(organisation.kind)
    if kind is None or kind.listing == "never":
        reason = f"an organisation of kind {organisation.kind} is never listed, whatever it issues"
        return Answer(yes=False, reason=reason, source=GOVERNMENT_RULE)
    period = organisation.eligible_on(day)
    if kind.listing == "always":
        reason = "government of county level and above needs no list"
        return Answer(yes=True, reason=reason, source=GOVERNMENT_RULE, period=period)
    source = LISTED_RULES[organisation.kind]
    if period is None:
        reason = f"no list makes it eligible on {day}{_ended(organisation, day)}"
        return Answer(yes=False, reason=reason, source=source)
    reason = f"listed from {period.first_day} to {period.last_day}: {period.notice}"
    after = period.last_day + timedelta(days=1) if period.last_day < date.max else period.last_day
    reason += _ended(organisation, after)
    return Answer(yes=True, reason=reason, source=source, period=period)


def _ended(organisation: Organisation, day: date) -> str:
    """Say which notice took a day that had been granted; nothing if none did."""
    covered, said = False, ""
    for fact in organisation.eligibility_facts:
        if isinstance(fact, EligibilityGranted | EligibilityListed):
            covered = covered or fact.first_day <= day <= fact.last_day
        elif covered and fact.effective <= day:
            covered = False
            said = f"; ended from {fact.effective} by the notice of {fact.notice_date}"
    return said
