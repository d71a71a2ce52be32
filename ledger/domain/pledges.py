"""Pledges: what was promised, paid, written off and is still outstanding; nothing is deleted.

A promise is disclosed, never booked (rules 7): no total of money contains one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import assert_never

from ledger.domain.days import day_in_china
from ledger.domain.events.pledge import (
    Instalment,
    PledgeEvent,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringAgreed,
    RecurringChanged,
    RecurringEnded,
)
from ledger.domain.funds import AmountNotPositive, Fund, check_open
from ledger.domain.gifts import LARGEST_MINOR
from ledger.domain.grounds import document, reason
from ledger.domain.schedules import (
    MOST_INSTALMENTS,
    Term,
    TooManyInstalments,
    due_day,
    recurring,
    rhythm,
)
from ledger.domain.values import Party
from ledger.errors import Refused
from ledger.money import CurrenciesDiffer, Money

CHANGED = ("asked-by-donor", "payments-fail", "agreement-renewed")
ENDED = ("asked-by-donor", "payments-fail", "purpose-met", "mistake")


class PledgeTooLarge(Refused):
    """A promise is larger than any gift ever was; its unit was surely misread."""

    def __init__(self, amount: Money) -> None:
        super().__init__(f"a promise of {amount} can't be right; look whether its unit was misread")


class InstalmentsDontAddUp(Refused):
    """The instalments are the promise, to the fen."""

    def __init__(self, added: Money, total: Money) -> None:
        super().__init__(f"the instalments add up to {added}, but {total} is promised")


class InstalmentsOutOfOrder(Refused):
    """Instalments are given in the order of their days, one a day."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the instalment of {day} is not later than the one before it")


class EndsBeforeItBegins(Refused):
    """A recurring gift's last day is not before its first."""

    def __init__(self, first_day: date, last_day: date) -> None:
        super().__init__(f"the last day {last_day} lies before the first day {first_day}")


class NotRecurring(Refused):
    """Only a recurring gift is changed or ended; a fixed promise is paid or written off."""

    def __init__(self, pledge: str) -> None:
        super().__init__(f"{pledge} is a fixed promise; it is paid or written off, not changed")


class ReachesBack(Refused):
    """What has fallen due stays due: a change begins after today, and after the term it ends."""

    def __init__(self, from_day: date, after: date) -> None:
        super().__init__(
            f"a change from {from_day} on reaches back; begin after {after}, and write off "
            "what was due before and will not come"
        )


class RecurringIsOver(Refused):
    """After its last day a recurring gift neither changes nor ends again."""

    def __init__(self, last_day: date) -> None:
        super().__init__(f"nothing falls due after {last_day}; agree on a new recurring gift")


class NothingChanges(Refused):
    """A change changes the amount or the rhythm."""

    def __init__(self, amount: Money, every: str) -> None:
        super().__init__(f"{amount} every {every} is what holds already")


@dataclass(frozen=True, slots=True)
class Due:
    """What of a promise falls due on a day, and what has become of it."""

    due_on: date
    amount: Money
    paid: Money
    written_off: Money
    open: Money
    state: str
    """"paid", "written-off", "open" or "overdue"."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Pledged and ahead are paid, written off and outstanding; ahead is paid before it was due."""

    pledged: Money
    ahead: Money
    paid: Money
    written_off: Money
    outstanding: Money


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise: instalments if it is fixed, terms if it recurs."""

    id: str
    version: int
    organisation: str
    fund: str
    currency: str
    instalments: tuple[Instalment, ...] = ()
    terms: tuple[Term, ...] = ()
    last_day: date | None = None
    payments: Mapping[str, int] = field(default_factory=dict)
    """Minor units, by gift."""
    cuts: Mapping[date, int] = field(default_factory=dict)
    """Minor units written off, by due day."""

    @property
    def paid(self) -> int:
        """Minor units that gifts have paid."""
        return sum(self.payments.values())

    @property
    def written_off(self) -> int:
        """Minor units that nobody waits for any longer."""
        return sum(self.cuts.values())

    def money(self, minor: int) -> Money:
        """Return minor units in the promise's currency."""
        return Money(minor, self.currency)


def promised(pledge: Pledge, until: date) -> tuple[Instalment, ...]:
    """Return the whole of a fixed promise, or what recurs up to a day, that day included."""
    return pledge.instalments or recurring(pledge.terms, pledge.last_day, until)


def due(pledge: Pledge, until: date) -> tuple[Due, ...]:
    """Return what falls due, in order; payments fill the oldest first.

    Overdue is what is open and was due before `until`.
    """
    left, found = pledge.paid, []
    for one in promised(pledge, until):
        cut = pledge.cuts.get(one.due_on, 0)
        paid = min(left, one.amount.minor - cut)
        left -= paid
        rest = one.amount.minor - cut - paid
        settled = "paid" if paid else "written-off"
        state = settled if not rest else "overdue" if one.due_on < until else "open"
        found.append(
            Due(
                due_on=one.due_on,
                amount=one.amount,
                paid=pledge.money(paid),
                written_off=pledge.money(cut),
                open=pledge.money(rest),
                state=state,
            )
        )
    return tuple(found)


def standing(pledge: Pledge, until: date) -> Standing:
    """Return how a promise stands: pledged + ahead = paid + written off + outstanding."""
    dues = due(pledge, until)
    pledged = sum(one.amount.minor for one in dues)
    outstanding = sum(one.open.minor for one in dues)
    settled = pledge.paid + pledge.written_off
    return Standing(
        pledged=pledge.money(pledged),
        ahead=pledge.money(settled + outstanding - pledged),
        paid=pledge.money(pledge.paid),
        written_off=pledge.money(pledge.written_off),
        outstanding=pledge.money(outstanding),
    )


def make(
    pledge: str,
    fund: Fund,
    donor: Party,
    total: Money,
    instalments: Sequence[Instalment],
    agreement: str | None,
    at: datetime,
) -> PledgeMade:
    """Decide a fixed promise, whose instalments add up to it."""
    check_open(fund)
    _sensible(total)
    if not 1 <= len(instalments) <= MOST_INSTALMENTS:
        raise TooManyInstalments(len(instalments))
    for one, following in pairwise(instalments):
        if following.due_on <= one.due_on:
            raise InstalmentsOutOfOrder(following.due_on)
    added = Money(0, total.currency)
    for one in instalments:
        due_day(one.due_on)
        _sensible(one.amount)
        added += one.amount
    if added != total:
        raise InstalmentsDontAddUp(added, total)
    return PledgeMade(
        originator_id=pledge,
        originator_version=1,
        timestamp=at,
        actor=fund.organisation,
        organisation=fund.organisation,
        fund=fund.id,
        donor=donor,
        total=total,
        instalments=tuple(instalments),
        agreement=document(agreement),
    )


def agree(
    pledge: str,
    fund: Fund,
    donor: Party,
    amount: Money,
    every: str,
    first_day: date,
    last_day: date | None,
    at: datetime,
) -> RecurringAgreed:
    """Decide a recurring gift, with or without a last day."""
    check_open(fund)
    _sensible(amount)
    if last_day is not None and last_day < first_day:
        raise EndsBeforeItBegins(first_day, last_day)
    return RecurringAgreed(
        originator_id=pledge,
        originator_version=1,
        timestamp=at,
        actor=fund.organisation,
        organisation=fund.organisation,
        fund=fund.id,
        donor=donor,
        amount=amount,
        every=rhythm(every),
        first_day=due_day(first_day),
        last_day=due_day(last_day) if last_day else None,
    )


def change(
    pledge: Pledge, amount: Money, every: str, from_day: date, why: str, at: datetime
) -> RecurringChanged:
    """Decide that another amount or rhythm holds from a day on."""
    current = _running(pledge, from_day, at)
    _sensible(amount)
    if amount.currency != pledge.currency:
        raise CurrenciesDiffer(pledge.currency, amount.currency)
    if (amount, rhythm(every)) == (current.amount, current.every):
        raise NothingChanges(amount, every)
    return RecurringChanged(
        originator_id=pledge.id,
        originator_version=pledge.version + 1,
        timestamp=at,
        actor=pledge.organisation,
        previous_amount=current.amount,
        previous_every=current.every,
        amount=amount,
        every=every,
        from_day=due_day(from_day),
        reason=reason(why, CHANGED),
    )


def end(pledge: Pledge, from_day: date, why: str, at: datetime) -> RecurringEnded:
    """Decide that nothing more falls due from a day on."""
    _running(pledge, from_day, at)
    return RecurringEnded(
        originator_id=pledge.id,
        originator_version=pledge.version + 1,
        timestamp=at,
        actor=pledge.organisation,
        from_day=due_day(from_day),
        reason=reason(why, ENDED),
    )


def _sensible(amount: Money) -> None:
    if amount.minor <= 0:
        raise AmountNotPositive(amount)
    if amount.minor > LARGEST_MINOR:
        raise PledgeTooLarge(amount)


def _running(pledge: Pledge, from_day: date, at: datetime) -> Term:
    """Return the last term, if it can be changed or ended from this day on."""
    if not pledge.terms:
        raise NotRecurring(pledge.id)
    after = max(day_in_china(at), pledge.terms[-1].first_day)
    if from_day <= after:
        raise ReachesBack(from_day, after)
    if pledge.last_day is not None and pledge.last_day < from_day:
        raise RecurringIsOver(pledge.last_day)
    return pledge.terms[-1]


def evolve(pledge: Pledge | None, event: PledgeEvent) -> Pledge:
    """Apply one fact."""
    match event:
        case PledgeMade():
            return Pledge(
                event.originator_id, event.originator_version, event.organisation, event.fund,
                event.total.currency, instalments=event.instalments,
            )  # fmt: skip
        case RecurringAgreed():
            return Pledge(
                event.originator_id, event.originator_version, event.organisation, event.fund,
                event.amount.currency, last_day=event.last_day,
                terms=(Term(event.first_day, event.amount, event.every),),
            )  # fmt: skip
        case _:
            assert pledge is not None, "only a promise can open a pledge's story"
            return _evolve(replace(pledge, version=event.originator_version), event)


def _evolve(
    pledge: Pledge,
    event: RecurringChanged | RecurringEnded | PledgePaid | PledgePaymentUndone | PledgeWrittenOff,
) -> Pledge:
    match event:
        case RecurringChanged():
            term = Term(event.from_day, event.amount, event.every)
            return replace(pledge, terms=(*pledge.terms, term))
        case RecurringEnded():
            return replace(pledge, last_day=event.from_day - timedelta(days=1))
        case PledgePaid():
            return _paid(pledge, event.gift, event.amount.minor)
        case PledgePaymentUndone():
            return _paid(pledge, event.gift, -event.amount.minor)
        case PledgeWrittenOff():
            return _cut(pledge, event.amount.minor, day_in_china(event.timestamp))
        case _:
            assert_never(event)


def _paid(pledge: Pledge, gift: str, more: int) -> Pledge:
    now = pledge.payments.get(gift, 0) + more
    return replace(pledge, payments={**pledge.payments, gift: now})


def _cut(pledge: Pledge, minor: int, day: date) -> Pledge:
    """Cut what is written off from what is open, the latest due day first."""
    cuts = dict(pledge.cuts)
    for one in reversed(due(pledge, day)):
        part = min(minor, one.open.minor)
        if part:
            cuts[one.due_on] = cuts.get(one.due_on, 0) + part
            minor -= part
    return replace(pledge, cuts=cuts)
