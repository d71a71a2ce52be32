"""An enterprise's deduction, year after year: 12 % of profit, carried amounts, full gifts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.domain.deduction.amounts import ZERO, share_half_up, total
from ledger.domain.deduction.cases import EnterpriseCase, Gift
from ledger.domain.deduction.classes import GiftClass, classify
from ledger.domain.deduction.table import FULL, LIMITED, NONE, Rule, RuleTable
from ledger.errors import Refused
from ledger.money import Money


class CarriedInTooOld(Refused):
    """An amount is said to be carried in whose time had run out before the first year."""

    def __init__(self, gift_year: int, last_year: int, first: int) -> None:
        super().__init__(
            f"opening_carry_forward: what was given in {gift_year} could be used until "
            f"{last_year}, not in {first}; leave it out"
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A gift and its class."""

    gift: Gift
    given: GiftClass

    def is_full_in(self, year: int) -> bool:
        """Tell whether the return of that year deducts the whole gift outside the limit."""
        return self.given.treatment == FULL or (
            self.given.later is not None and self.given.later.claimed_in == year
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Limited gifts with one fate, or what is left of them.

    `gift_year` is the return they entered, `booked_year` when they were expense, `last_year` the
    last that may use them, `later` a rule that reaches back and takes them whole in its one year.
    """

    gift_year: int
    booked_year: int
    last_year: int
    later: Rule | None
    amount: Money

    @property
    def claim_year(self) -> int | None:
        """The return in which a rule that reaches back takes what is left."""
        return None if self.later is None else self.later.claimed_in

    @property
    def turn(self) -> tuple[int, int, bool, int]:
        """The place in the queue: oldest gifts, shortest life, what can't be claimed later."""
        return self.gift_year, self.last_year, self.later is not None, self.booked_year


@dataclass(frozen=True, slots=True, kw_only=True)
class YearResult:
    """One yearly return.

    `used`, `expired` and `carried_out` are parts with the amount used, lost or left. `claimed_back`
    are earlier parts deducted whole by a rule that reaches back; `revived` says how much of them
    was no longer carried. `lost` is what a limit without carry-forward cut off; `never` holds it.
    """

    year: int
    profit: Money
    rule: Rule
    limit: Money
    gifts: tuple[Judged, ...]
    waiting: tuple[Gift, ...]
    carried_in: tuple[Part, ...]
    claimed_back: tuple[Part, ...]
    revived: Money
    full: Money
    limited: Money
    used: tuple[Part, ...]
    used_now: Money
    lost: Money
    never: Money
    add_back: Money
    subtract: Money
    expired: tuple[Part, ...]
    carried_out: tuple[Part, ...]

    @property
    def used_earlier(self) -> Money:
        """What carried amounts took of the limit."""
        return total(part.amount for part in self.used)

    @property
    def deducted(self) -> Money:
        """All that this return deducts."""
        return self.full + self.used_earlier + self.used_now

    @property
    def given(self) -> Money:
        """All gifts that belong to this return."""
        return total(judged.gift.amount for judged in self.gifts)

    def adds_up(self) -> bool:
        """Tell whether given + carried in = deducted + carried out + expired + never deductible."""
        entered = self.given + total(part.amount for part in self.carried_in) + self.revived
        left = total(part.amount for part in (*self.expired, *self.carried_out))
        return entered == self.deducted + left + self.never


def by_gift_year(parts: Iterable[Part]) -> Mapping[int, Money]:
    """Add parts up by the year of their gifts, oldest first."""
    added: dict[int, Money] = {}
    for part in sorted(parts, key=lambda part: part.gift_year):
        added[part.gift_year] = added.get(part.gift_year, ZERO) + part.amount
    return added


def by_life(parts: Iterable[Part]) -> Mapping[tuple[int, int], Money]:
    """Add parts up by the year of their gifts and the last year that may use them."""
    added: dict[tuple[int, int], Money] = {}
    for part in sorted(parts, key=lambda part: (part.gift_year, part.last_year)):
        life = part.gift_year, part.last_year
        added[life] = added.get(life, ZERO) + part.amount
    return added


def work_out(case: EnterpriseCase, table: RuleTable) -> tuple[YearResult, ...]:
    """Work out every year of a case in order; the last is the one asked for.

    Refuse with `NoRuleKnown` where the table is silent, with `CarriedInTooOld` where an amount
    carried in had run out before.
    """
    judged = tuple(Judged(gift, classify(gift, case.who, table, gift.day)) for gift in case.gifts)
    carried = _opening(case, table)
    revivable: tuple[Part, ...] = ()
    results: list[YearResult] = []
    for year in range(case.first_year, case.year + 1):
        result, revivable = _one_year(case, year, judged, carried, revivable, table)
        assert result.adds_up(), "no fen is lost"
        results.append(result)
        carried = result.carried_out
    return tuple(results)


def _opening(case: EnterpriseCase, table: RuleTable) -> tuple[Part, ...]:
    parts = []
    for year, amount in sorted(case.opening.items()):
        last = year + table.limit_rule(case.who, date(year, 12, 31)).carry_years
        if last < case.first_year:
            raise CarriedInTooOld(year, last, case.first_year)
        if amount != ZERO:
            parts.append(Part(year, year, last, None, amount))
    return tuple(parts)


def _one_year(
    case: EnterpriseCase,
    year: int,
    judged: Sequence[Judged],
    carried: tuple[Part, ...],
    revivable: tuple[Part, ...],
    table: RuleTable,
) -> tuple[YearResult, tuple[Part, ...]]:
    """Apply domain rules 1.2 at the rate in force when the year began.

    Also return what is lost but may be claimed in a later return.
    """
    rule = table.limit_rule(case.who, date(year, 1, 1))
    assert rule.rate is not None, "the rule that bounds a year has a rate"
    limit = share_half_up(max(case.profits[year], ZERO), rule.rate)
    gifts = tuple(j for j in judged if j.gift.year == year)
    back = tuple(p for p in (*carried, *revivable) if p.claim_year == year)
    queue = sorted((p for p in carried if p.claim_year != year), key=lambda part: part.turn)
    current = _parts(year, [j for j in gifts if _is_limited_in(j, year)])
    used, left = _take((*queue, *current), limit)
    lost = [p for p in left if p.last_year == year == p.gift_year]
    expired = [p for p in left if p.last_year == year > p.gift_year]
    used_now = [p for p in used if p.gift_year == year]
    full = [j.gift for j in gifts if j.is_full_in(year)]
    never = total(j.gift.amount for j in gifts if j.given.treatment == NONE)
    deducted_now = total(g.amount for g in full if g.day.year == year) + total(
        p.amount for p in used_now if p.booked_year == year
    )
    booked_now = [j.gift for j in judged if j.gift.day.year == year]
    full_amount = total(gift.amount for gift in full) + total(part.amount for part in back)
    result = YearResult(
        year=year,
        profit=case.profits[year],
        rule=rule,
        limit=limit,
        gifts=gifts,
        waiting=tuple(gift for gift in booked_now if gift.year > year),
        carried_in=carried,
        claimed_back=back,
        revived=total(p.amount for p in revivable if p.claim_year == year),
        full=full_amount,
        limited=total(part.amount for part in current),
        used=tuple(part for part in used if part.gift_year < year),
        used_now=total(part.amount for part in used_now),
        lost=total(part.amount for part in lost),
        never=never + total(part.amount for part in lost),
        add_back=total(gift.amount for gift in booked_now) - deducted_now,
        subtract=full_amount + total(part.amount for part in used) - deducted_now,
        expired=tuple(expired),
        carried_out=tuple(part for part in left if part.last_year > year),
    )
    return result, _revivable(year, (*revivable, *lost, *expired))


def _is_limited_in(judged: Judged, year: int) -> bool:
    return judged.given.treatment == LIMITED and not judged.is_full_in(year)


def _parts(year: int, limited: Sequence[Judged]) -> list[Part]:
    """Add up the limited gifts of a return that share their fate, in the order of their turn."""
    parts: dict[tuple[int, int, Rule | None], Part] = {}
    for judged in limited:
        booked, last = judged.gift.day.year, year + judged.given.carry_years
        key = booked, last, judged.given.later
        part = parts.get(key) or Part(year, *key, ZERO)
        parts[key] = replace(part, amount=part.amount + judged.gift.amount)
    return sorted(parts.values(), key=lambda part: part.turn)


def _take(queue: Iterable[Part], limit: Money) -> tuple[list[Part], list[Part]]:
    """Use a limit up in the order of the queue; return what was used and what is left."""
    used, left, room = [], [], limit
    for part in queue:
        taken = min(part.amount, room)
        room -= taken
        used.append(replace(part, amount=taken))
        left.append(replace(part, amount=part.amount - taken))
    return [p for p in used if p.amount != ZERO], [p for p in left if p.amount != ZERO]


def _revivable(year: int, parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(p for p in parts if p.claim_year is not None and p.claim_year > year)
