"""Whether what was received carries a name: only money that came in and stayed counts."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.events.naming import NamingFundingTested, NamingRule
from ledger.domain.naming_grant import WHOLE, NamingGrant
from ledger.domain.naming_refusals import CostUnknown, RuleMalformed, RuleNotInForce, ShareMalformed
from ledger.domain.naming_steps import head, not_entered, once, positive, screened, wished
from ledger.money import CurrenciesDiffer, Money


def funding_test(
    grant: NamingGrant,
    gifts: tuple[str, ...],
    received: Money,
    cost: Money | None,
    rule: NamingRule,
    tested_on: date,
    at: datetime,
) -> NamingFundingTested:
    """Decide whether what was received from these gifts carries the name.

    `received` is what they hold: booked, less what was returned or reversed; a pledge is nothing.
    A test that fails may be done again when more has come in. A name in force is tested again
    only under review.
    """
    if not grant.under_review:
        not_entered(grant, "tested")
    wished(grant)
    screened(grant)
    positive(cost)
    needed = threshold(rule, cost, tested_on)
    return NamingFundingTested(
        **head(grant, grant.organisation, at),
        gifts=once(gifts),
        received=received,
        cost=cost,
        rule=rule,
        tested_on=tested_on,
        needed=needed,
        share=share_of(received, cost) if cost else None,
        met=needed <= received,
    )


def share_of(received: Money, cost: Money) -> int:
    """Return which share of the cost was received, in basis points, rounded down."""
    if received.currency != cost.currency:
        raise CurrenciesDiffer(received.currency, cost.currency)
    return received.minor * WHOLE // cost.minor


def threshold(rule: NamingRule, cost: Money | None, day: date) -> Money:
    """Return what a rule asks on a day: its share of the cost, rounded up, or its least amount.

    Where it names both, the greater counts.
    """
    if day < rule.from_day or (rule.to_day is not None and rule.to_day < day):
        raise RuleNotInForce(rule.id, day)
    if rule.least is not None and rule.least.minor <= 0:
        raise RuleMalformed(rule.id, "its least amount is not above zero")
    asked = [one for one in (rule.least, _share(rule, cost)) if one is not None]
    if not asked:
        raise RuleMalformed(rule.id, "it asks for neither a share nor a least amount")
    return max(asked)


def _share(rule: NamingRule, cost: Money | None) -> Money | None:
    if rule.share_basis_points is None:
        return None
    if not 0 < rule.share_basis_points <= WHOLE:
        raise ShareMalformed(rule.share_basis_points)
    if cost is None:
        raise CostUnknown(rule.id)
    return Money(-(-cost.minor * rule.share_basis_points // WHOLE), cost.currency)
