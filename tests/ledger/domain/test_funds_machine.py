"""Three funds, whatever is asked of them: money is conserved, and an auditor finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from ledger.domain import funds, gifts
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementProposed,
    Event,
    FundEvent,
    FundOpened,
    GiftReceived,
)
from ledger.domain.funds import (
    BalanceTooSmall,
    DisbursementUnknown,
    Fund,
    NothingLeftOfGift,
    SameFund,
    SamePerson,
    WrongMoment,
)
from ledger.domain.history import History
from ledger.errors import LedgerError
from ledger.money import Money
from tests.ledger.domain.given import (
    CHARITY,
    DONOR,
    GIFT_DAY,
    NOON,
    OTHER,
    PAYEE,
    UNHURRIED,
    Inflows,
)

HOLDERS = {"fund-1": CHARITY, "fund-2": CHARITY, "fund-3": OTHER}
UNITS = ("CNY", "USD")
MOVED = "moved"

fund_ids = st.sampled_from(sorted(HOLDERS))
lengths = st.integers(1, 40)
units = st.sampled_from(UNITS)
persons = st.sampled_from(["clerk", "reviewer"])


class Model:
    """What a child would do: a row of coins for each fund and unit, each marked with its gift."""

    def __init__(self) -> None:
        self.coins: dict[tuple[str, str], list[str]] = {
            (fund, unit): [] for fund in HOLDERS for unit in UNITS
        }
        self.given = dict.fromkeys(UNITS, 0)
        self.gone = dict.fromkeys(UNITS, 0)
        self.asked: dict[str, tuple[str, Money, str, str]] = {}

    def reserved(self, fund: str, unit: str) -> int:
        return sum(
            amount.minor
            for where, amount, status, _ in self.asked.values()
            if (where, amount.currency, status) == (fund, unit, "approved")
        )

    def available(self, fund: str, unit: str) -> int:
        return len(self.coins[fund, unit]) - self.reserved(fund, unit)

    def spend(self, fund: str, amount: Money) -> None:
        del self.coins[fund, amount.currency][: amount.minor]
        self.gone[amount.currency] += amount.minor


class Funds(RuleBasedStateMachine):
    """Decide with the rules, fold with `evolve`, and let an auditor read along."""

    received = Bundle("gifts")
    asked = Bundle("disbursements")

    def __init__(self) -> None:
        super().__init__()
        self.model, self.inflows, self.history = Model(), Inflows(), History()
        self.funds: dict[str, Fund] = {}
        self.leaf = 0
        for fund, holder in HOLDERS.items():
            opened = funds.open_fund(fund, holder, "资金", "general", None, None, NOON)
            self.record(opened)

    def record(self, event: FundEvent | GiftReceived) -> None:
        """Take a fact in everywhere."""
        seen: Event = event
        self.history.see(self.leaf, seen)
        self.inflows.see(seen)
        self.leaf += 1
        if not isinstance(event, GiftReceived):
            known = None if isinstance(event, FundOpened) else self.funds[event.originator_id]
            self.funds[event.originator_id] = funds.evolve(known, event)

    def attempt(
        self, decide: Callable[[], FundEvent], refusals: list[type[LedgerError]]
    ) -> FundEvent | None:
        """Record a decision, or see it refused just when the model says so, changing nothing."""
        if refusals:
            before = dict(self.funds), dict(self.inflows.totals)
            with pytest.raises(tuple(refusals)):
                decide()
            assert before == (self.funds, self.inflows.totals)
            return None
        event = decide()
        self.record(event)
        return event

    @rule(target=received, fund=fund_ids, length=lengths, unit=units)
    def receive(self, fund: str, length: int, unit: str) -> str:
        gift, amount = f"gift-{self.leaf}", Money(length, unit)
        known = self.funds[fund]
        self.record(
            gifts.receive(
                gift, known, known.organisation, amount, None, DONOR, GIFT_DAY, "row", None, (),
                NOON,
            )
        )  # fmt: skip
        self.model.coins[fund, unit] += [gift] * length
        self.model.given[unit] += length
        return gift

    @rule(fund=fund_ids, to_fund=fund_ids, length=lengths, unit=units)
    def allocate(self, fund: str, to_fund: str, length: int, unit: str) -> None:
        amount, refusals = Money(length, unit), list[type[LedgerError]]()
        if fund == to_fund:
            refusals.append(SameFund)
        elif self.model.available(fund, unit) < length:
            refusals.append(BalanceTooSmall)
        known, target = self.funds[fund], self.funds[to_fund]
        if self.attempt(
            lambda: funds.allocate(known, self.inflows, target, amount, "council", NOON), refusals
        ):
            del self.model.coins[fund, unit][:length]
            self.model.coins[to_fund, unit] += [MOVED] * length

    @rule(target=asked, fund=fund_ids, length=lengths, unit=units, by=persons)
    def propose(self, fund: str, length: int, unit: str, by: str) -> str:
        disbursement, amount = f"disbursement-{self.leaf}-{fund}", Money(length, unit)
        short = self.model.available(fund, unit) < length
        event = self.attempt(
            lambda: funds.propose(
                self.funds[fund], self.inflows, disbursement, PAYEE, amount, None, None, by, None,
                NOON,
            ),
            [BalanceTooSmall] if short else [],
        )  # fmt: skip
        if event is None:
            return "disbursement-of-nobody"
        assert isinstance(event, DisbursementProposed)
        self.model.asked[disbursement] = (fund, amount, "proposed", by)
        return disbursement

    @rule(disbursement=asked, by=persons, stray=st.none() | fund_ids)
    def approve(self, disbursement: str, by: str, stray: str | None) -> None:
        fund, amount, status, proposed_by = self.model.asked.get(
            disbursement, ("", Money(0), "unknown", "")
        )
        where = stray or fund or "fund-1"
        refusals: list[type[LedgerError]] = []
        if where != fund or status in ("unknown", "paid"):
            refusals.append(DisbursementUnknown)
        elif status != "proposed":
            refusals.append(WrongMoment)
        elif proposed_by == by:
            refusals.append(SamePerson)
        elif self.model.available(fund, amount.currency) < amount.minor:
            refusals.append(BalanceTooSmall)
        event = self.attempt(
            lambda: funds.approve(self.funds[where], self.inflows, disbursement, by, NOON),
            refusals,
        )
        if event is not None:
            assert isinstance(event, DisbursementApproved)
            self.model.asked[disbursement] = (fund, amount, "approved", proposed_by)

    @rule(disbursement=asked)
    def pay(self, disbursement: str) -> None:
        fund, amount, status, by = self.model.asked.get(
            disbursement, ("fund-1", Money(0), "unknown", "")
        )
        refusals: list[type[LedgerError]] = []
        if status in ("unknown", "paid"):
            refusals.append(DisbursementUnknown)
        elif status == "proposed":
            refusals.append(WrongMoment)
        if self.attempt(
            lambda: funds.pay(self.funds[fund], disbursement, date(2026, 11, 1), NOON), refusals
        ):
            self.model.asked[disbursement] = (fund, amount, "paid", by)
            self.model.spend(fund, amount)

    @rule(target=asked, fund=fund_ids, length=lengths)
    def pay_at_once(self, fund: str, length: int) -> str:
        disbursement = str(self.propose(fund, length, "CNY", "clerk"))
        self.approve(disbursement, "reviewer", None)
        self.pay(disbursement)
        return disbursement

    @rule(gift=received, length=lengths)
    def return_gift(self, gift: str, length: int) -> None:
        place = self.inflows.place_of(gift)
        amount = Money(length, place.unit)
        coins = self.model.coins[place.fund, place.unit]
        refusals: list[type[LedgerError]] = []
        if coins.count(gift) < length:
            refusals.append(NothingLeftOfGift)
        elif self.model.available(place.fund, place.unit) < length:
            refusals.append(BalanceTooSmall)
        known = self.funds[place.fund]
        if self.attempt(
            lambda: funds.return_gift(known, self.inflows, gift, amount, "退回", "council", NOON),
            refusals,
        ):
            end = len(coins) - coins[::-1].index(gift)
            del coins[end - length : end]
            self.model.gone[place.unit] += length

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        assert self.history.findings == []
        assert self.history.money_conserved

    @invariant()
    def every_balance_is_what_a_child_counts_and_never_below_zero(self) -> None:
        for (fund, unit), coins in self.model.coins.items():
            account = self.history.accounts[fund, unit]
            received = self.inflows.received(fund, unit)
            assert account.balance == len(coins) >= 0
            assert account.received == received
            known = self.funds[fund]
            assert known.axis(unit) == account.axis
            assert known.available(unit, received).minor == self.model.available(fund, unit) >= 0

    @invariant()
    def what_was_given_is_gone_or_still_here(self) -> None:
        for unit in UNITS:
            here = sum(len(self.model.coins[fund, unit]) for fund in HOLDERS)
            accounts = [self.history.accounts[fund, unit] for fund in HOLDERS]
            assert self.model.given[unit] == here + self.model.gone[unit]
            assert self.model.given[unit] == sum(a.gifts for a in accounts)
            assert self.model.gone[unit] == sum(a.disbursed + a.returned for a in accounts)
            assert sum(a.allocated_in for a in accounts) == sum(a.allocated_out for a in accounts)


TestFunds = Funds.TestCase
TestFunds.settings = settings(UNHURRIED, max_examples=60, stateful_step_count=40)
