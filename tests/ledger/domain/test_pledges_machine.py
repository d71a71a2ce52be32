"""Two promises and the gifts that keep them, day by day: a child's count agrees, an auditor too."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from ledger.domain import credits as gift_credits
from ledger.domain import pledge_payments, pledges
from ledger.domain.credits import CountedGift
from ledger.domain.events.base import Event
from ledger.domain.events.fund import FundOpened, GiftReturned
from ledger.domain.events.gift import GiftReceived
from ledger.domain.events.pledge import Instalment
from ledger.domain.pledge_history import PromiseHistory
from ledger.domain.pledge_payments import GiftUsedUp, MoreThanOutstanding, NotPaidByGift
from ledger.domain.pledges import NothingChanges, Pledge, ReachesBack, RecurringIsOver
from ledger.errors import Refused
from ledger.money import Money
from tests.ledger.domain.promises import DOCUMENT, fact, fund, party

FIRST = date(2026, 1, 31)
FIXED, RECURRING = "pledge-fixed", "pledge-recurring"
EVERY = {"month": 1, "quarter": 3, "year": 12}

lengths = st.integers(1, 30)
names = st.sampled_from([FIXED, RECURRING])


class Row:
    """What falls due on a day: fen that are open, or cut off."""

    def __init__(self, amount: int) -> None:
        self.amount, self.cut = amount, 0


class Child:
    """Counts with a calendar and coins: every morning it looks whether something falls due."""

    def __init__(self, instalments: tuple[Instalment, ...]) -> None:
        self.rows = {FIXED: {i.due_on: Row(i.amount.minor) for i in instalments}, RECURRING: {}}
        self.paid: Counter[tuple[str, str]] = Counter()
        self.kept: Counter[str] = Counter()
        self.plan: list[tuple[date, int, str]] = [(FIRST, 10, "month")]
        self.end = date.max

    def wake(self, day: date) -> None:
        """See whether the recurring gift falls due today."""
        start, amount, every = max(one for one in self.plan if one[0] <= day)
        months = (day.year - start.year) * 12 + day.month - start.month
        last = monthrange(day.year, day.month)[1]
        if months % EVERY[every] == 0 and day.day == min(start.day, last) and day < self.end:
            self.rows[RECURRING][day] = Row(amount)

    def opened(self, pledge: str) -> dict[date, int]:
        """Put all that was paid on the oldest days first; return what stays open."""
        purse, still = self.paid_to(pledge), {}
        for day, row in sorted(self.rows[pledge].items()):
            coins = min(purse, row.amount - row.cut)
            purse -= coins
            still[day] = row.amount - row.cut - coins
        return still

    def paid_to(self, pledge: str) -> int:
        return sum(minor for (where, _), minor in self.paid.items() if where == pledge)

    def used(self, gift: str) -> int:
        return sum(minor for (_, by), minor in self.paid.items() if by == gift)

    def cut(self, pledge: str, length: int) -> None:
        """Cut coin by coin, from the latest day that still has one."""
        for _ in range(length):
            latest = max(day for day, coins in self.opened(pledge).items() if coins)
            self.rows[pledge][latest].cut += 1


class Promises(RuleBasedStateMachine):
    """Decide with the rules, fold with `evolve`, and let an auditor read along."""

    received = Bundle("gifts")

    def __init__(self) -> None:
        super().__init__()
        self.today = FIRST
        self.findings: list[str] = []
        self.history = PromiseHistory()
        self.pledges: dict[str, Pledge] = {}
        self.gifts: dict[str, CountedGift] = {}
        self.log = 0
        instalments = tuple(
            Instalment(due_on=date(2026, month, 15), amount=Money(minor))
            for month, minor in ((2, 40), (5, 35), (12, 25))
        )
        self.child = Child(instalments)
        self.record(fact(FundOpened, "fund-1"))
        self.record(
            pledges.make(FIXED, fund(), party("a"), Money(100), instalments, None, self.now)
        )
        self.record(
            pledges.agree(RECURRING, fund(), party("b"), Money(10), "month", FIRST, None, self.now)
        )
        self.child.wake(self.today)

    @property
    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 4, tzinfo=UTC)

    def record(self, *events: Any) -> None:
        for event in events:
            seen: Event = event
            self.history.see(seen, self.findings.append)
            self.log += 1
            stream = seen.originator_id
            if stream.startswith("pledge-"):
                self.pledges[stream] = pledges.evolve(self.pledges.get(stream), event)
            elif stream.startswith("gift-"):
                self.gifts[stream] = gift_credits.evolve(self.gifts.get(stream), seen)

    def attempt(self, decide: Callable[[], Any], refusal: type[Refused] | None) -> bool:
        """Record a decision, or see it refused just when the child says so."""
        if refusal is not None:
            with pytest.raises(refusal):
                decide()
            return False
        made = decide()
        self.record(*(made if isinstance(made, tuple) else (made,)))
        return True

    @rule(days=st.integers(1, 70))
    def sleep(self, days: int) -> None:
        for _ in range(days):
            self.today += timedelta(days=1)
            self.child.wake(self.today)

    @rule(target=received, length=lengths)
    def receive(self, length: int) -> str:
        gift, amount = f"gift-{self.log}", Money(length)
        self.record(fact(GiftReceived, gift, amount=amount, booked=amount, timestamp=self.now))
        self.child.kept[gift] = length
        return gift

    @rule(gift=received, name=names, length=lengths)
    def pay(self, gift: str, name: str, length: int) -> None:
        child = self.child
        refusal: type[Refused] | None = None
        if child.kept[gift] - child.used(gift) < length:
            refusal = GiftUsedUp
        elif name == FIXED and sum(child.opened(FIXED).values()) < length:
            refusal = MoreThanOutstanding
        known, by, kept = self.pledges[name], self.gifts[gift], Money(child.kept[gift])
        if self.attempt(
            lambda: pledge_payments.pay(known, by, kept, Money(length), self.now), refusal
        ):
            child.paid[name, gift] += length

    @rule(target=received, name=names, length=lengths)
    def pay_at_once(self, name: str, length: int) -> str:
        gift = str(self.receive(length))
        self.pay(gift, name, length)
        return gift

    @rule(gift=received, name=names, length=lengths)
    def undo(self, gift: str, name: str, length: int) -> None:
        refusal = NotPaidByGift if self.child.paid[name, gift] < length else None
        known, by = self.pledges[name], self.gifts[gift]
        if self.attempt(
            lambda: pledge_payments.undo(known, by, Money(length), "other-promise", self.now),
            refusal,
        ):
            self.child.paid[name, gift] -= length

    @rule(gift=received, length=lengths)
    def give_back(self, gift: str, length: int) -> None:
        """A gift goes back in part, and frees what it kept with that part."""
        length = min(length, self.child.kept[gift])
        self.child.kept[gift] -= length
        self.record(fact(GiftReturned, "fund-1", gift=gift, amount=Money(length)))
        over = self.child.used(gift) - self.child.kept[gift]
        by, kept = self.gifts[gift], Money(self.child.kept[gift])
        undone = pledge_payments.payments_too_many(by, kept)
        assert sum(amount.minor for amount in undone.values()) == max(over, 0)
        for name, amount in undone.items():
            known, by = self.pledges[name], self.gifts[gift]
            self.record(*pledge_payments.undo(known, by, amount, "gift-returned", self.now))
            self.child.paid[name, gift] -= amount.minor

    @rule(name=names, length=lengths)
    def write_off(self, name: str, length: int) -> None:
        short = sum(self.child.opened(name).values()) < length
        known, amount = self.pledges[name], Money(length)
        if self.attempt(
            lambda: pledge_payments.write_off(
                known, amount, "hardship", DOCUMENT, "council", self.now
            ),
            MoreThanOutstanding if short else None,
        ):
            self.child.cut(name, length)

    @rule(
        amount=st.sampled_from([10, 20]),
        every=st.sampled_from(list(EVERY)),
        days=st.integers(-5, 60),
    )
    def change(self, amount: int, every: str, days: int) -> None:
        day, last = self.today + timedelta(days=days), self.child.plan[-1]
        refusal: type[Refused] | None = None
        if day <= max(self.today, last[0]):
            refusal = ReachesBack
        elif day >= self.child.end:
            refusal = RecurringIsOver
        elif (amount, every) == last[1:]:
            refusal = NothingChanges
        known = self.pledges[RECURRING]
        if self.attempt(
            lambda: pledges.change(known, Money(amount), every, day, "agreement-renewed", self.now),
            refusal,
        ):
            self.child.plan.append((day, amount, every))

    @rule(days=st.integers(-5, 400))
    def end(self, days: int) -> None:
        day = self.today + timedelta(days=days)
        refusal: type[Refused] | None = None
        if day <= max(self.today, self.child.plan[-1][0]):
            refusal = ReachesBack
        elif day >= self.child.end:
            refusal = RecurringIsOver
        known = self.pledges[RECURRING]
        if self.attempt(lambda: pledges.end(known, day, "purpose-met", self.now), refusal):
            self.child.end = day

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        self.history.close(self.findings.append)
        assert self.findings == []
        assert self.history.pledges == self.pledges

    @invariant()
    def every_due_day_is_what_a_child_counts(self) -> None:
        for name, known in self.pledges.items():
            found = pledges.due(known, self.today)
            rows = self.child.rows[name]
            assert {d.due_on: d.open.minor for d in found} == self.child.opened(name)
            assert [(d.amount.minor, d.written_off.minor) for d in found] == [
                (rows[d.due_on].amount, rows[d.due_on].cut) for d in found
            ]
            for d in found:
                assert d.paid + d.written_off + d.open == d.amount
                assert (d.state in ("paid", "written-off")) == (d.open.minor == 0)
                assert (d.state == "overdue") == (d.open.minor > 0 and d.due_on < self.today)

    @invariant()
    def pledged_is_paid_and_written_off_and_outstanding(self) -> None:
        for name, known in self.pledges.items():
            found = pledges.standing(known, self.today)
            assert found.pledged + found.ahead == (
                found.paid + found.written_off + found.outstanding
            )
            assert found.paid.minor == self.child.paid_to(name)
            assert found.written_off.minor == sum(r.cut for r in self.child.rows[name].values())
            assert found.ahead.minor == 0 or (name == RECURRING and found.outstanding.minor == 0)


TestPromises = Promises.TestCase
TestPromises.settings = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=50,
    stateful_step_count=40,
)
