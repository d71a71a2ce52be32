"""The working of an enterprise's return, step by step: every figure with the rule behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeAlias

from ledger.domain.deduction.amounts import ZERO, total
from ledger.domain.deduction.enterprise import Judged, YearResult, by_gift_year, by_life
from ledger.domain.deduction.steps import Step, step
from ledger.domain.deduction.table import FULL, NONE, Rule, RuleTable

WHO = "enterprise"

Named: TypeAlias = Callable[[str], Rule]
"""Finds a rule by name, in force at the end of the year."""


def steps_of(results: Iterable[YearResult], table: RuleTable) -> tuple[Step, ...]:
    """Return the steps of all years in order."""
    return tuple(step for result in results for step in _year(result, table))


def _year(result: YearResult, table: RuleTable) -> Iterator[Step]:
    def rule(name: str) -> Rule:
        return table.named(name, WHO, date(result.year, 12, 31))

    for judged in result.gifts:
        yield _gift(judged, result.year)
    for gift in result.waiting:
        yield step(
            "founder_waits", rule("ORG-27-12"), year=result.year, gift=gift.id,
            amount=gift.amount, deduct_year=gift.year,
        )  # fmt: skip
    yield _limit(result)
    yield from _whole(result, rule)
    yield from _inside(result, rule)
    yield from _left(result, rule)
    yield from _return(result, rule("CIT-RETURN"))


def _gift(judged: Judged, year: int) -> Step:
    given, gift = judged.given, judged.gift
    rule, reason, kind = given.rule, given.reason, "gift_limited"
    if given.treatment == NONE:
        kind = "gift_none"
    elif judged.is_full_in(year):
        kind = "gift_full"
        if given.treatment != FULL and given.later is not None:
            rule, reason = given.later, given.later.reason
    return step(kind, rule, year=year, gift=gift.id, day=gift.day.isoformat(), amount=gift.amount,
                reason=reason)  # fmt: skip


def _limit(result: YearResult) -> Step:
    kind = "limit" if result.profit.minor > 0 else "no_limit"
    return step(kind, result.rule, year=result.year, profit=result.profit,
                rate=str(result.rule.rate), limit=result.limit)  # fmt: skip


def _whole(result: YearResult, rule: Named) -> Iterator[Step]:
    for part in result.claimed_back:
        assert part.later is not None, "only a rule that reaches back claims a part"
        yield step(
            "claimed_back", part.later, year=result.year, gift_year=part.gift_year,
            amount=part.amount,
        )  # fmt: skip
    if result.full != ZERO:
        yield step("full", rule("CIT-OUTSIDE"), year=result.year, amount=result.full)


def _inside(result: YearResult, rule: Named) -> Iterator[Step]:
    """Tell how the limit is used up: earlier years in their order, then the year's own gifts."""
    year, room = result.year, result.limit
    carried = by_gift_year(part for part in result.carried_in if part.claim_year != year)
    used = by_gift_year(result.used)
    for gift_year, amount in carried.items():
        taken = used.get(gift_year, ZERO)
        room -= taken
        yield step(
            "used_earlier", rule("CIT-ORDER"), year=year, gift_year=gift_year, carried=amount,
            amount=taken, room=room,
        )  # fmt: skip
    if result.limited != ZERO:
        kind, ground = ("used_now", rule("CIT-ORDER")) if carried else ("used_only", result.rule)
        yield step(
            kind, ground, year=year, limited=result.limited, room=room, amount=result.used_now
        )


def _left(result: YearResult, rule: Named) -> Iterator[Step]:
    year = result.year
    if result.lost != ZERO:
        yield step("lost_at_once", result.rule, year=year, amount=result.lost)
    for gift_year, amount in by_gift_year(result.expired).items():
        three_years = rule("CIT-THREE-YEARS")
        yield step("expired", three_years, year=year, gift_year=gift_year, amount=amount)
    for (gift_year, last_year), amount in by_life(result.carried_out).items():
        yield step(
            "carried_out", rule("CIT-THREE-YEARS"), year=year, gift_year=gift_year, amount=amount,
            last_year=last_year,
        )  # fmt: skip


def _return(result: YearResult, rule: Rule) -> Iterator[Step]:
    year = result.year
    yield step("deducted", rule, year=year, full=result.full, earlier=result.used_earlier,
               now=result.used_now, amount=result.deducted)  # fmt: skip
    yield step("add_back", rule, year=year, amount=result.add_back, never=result.never)
    yield step("subtract", rule, year=year, amount=result.subtract)
    yield step(
        "adds_up", rule, year=year, given=result.given,
        carried_in=total(part.amount for part in result.carried_in) + result.revived,
        deducted=result.deducted, carried_out=total(part.amount for part in result.carried_out),
        expired=total(part.amount for part in result.expired), never=result.never,
    )  # fmt: skip
