"""What an auditor works out by itself on names: what a rule asks for, and who may approve."""

from __future__ import annotations

from datetime import date

from ledger.domain.credit_codes import credit_code
from ledger.domain.events.naming import NamingRule
from ledger.errors import Refused
from ledger.money import Money

WHOLE = 10_000


def needed_by(rule: NamingRule, cost: Money | None, day: date) -> Money | None:
    """Return what a rule asks of a cost on a day; None when it can't be asked then."""
    if not rule.from_day <= day <= (rule.to_day or date.max):
        return None
    asked = [rule.least] if rule.least else []
    if rule.share_basis_points is not None:
        if cost is None or not 0 < rule.share_basis_points <= WHOLE:
            return None
        parts, rest = divmod(cost.minor * rule.share_basis_points, WHOLE)
        asked.append(Money(parts + (rest > 0), cost.currency))
    if len({one.currency for one in asked}) != 1 or any(one.minor <= 0 for one in asked):
        return None
    return max(asked, key=lambda one: one.minor)


def share_received(received: Money, cost: Money | None) -> int | None:
    """Return the whole basis points of the cost that were received; None without a cost."""
    if cost is None or cost.minor <= 0 or cost.currency != received.currency:
        return None
    return received.minor * WHOLE // cost.minor


def reaches(received: Money, needed: Money | None) -> bool:
    """Tell whether an amount is enough; in another currency it is not."""
    if needed is None or needed.currency != received.currency:
        return False
    return received.minor >= needed.minor


def of_county_or_above(authority: str, level: str) -> bool:
    """Tell whether a body is a government organ of county, city, province or state."""
    try:
        organ = credit_code(authority)[:2] == "11"
    except Refused:
        return False
    return organ and level in {"county", "city", "province", "state"}
