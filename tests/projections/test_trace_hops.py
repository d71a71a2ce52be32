"""A trace asks once for each step of the way, however many payments lie along it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.wiring import House
from ledger.errors import Refused
from ledger.money import Money
from projections.trace_queries import balances, trace_disbursement, trace_fund, trace_gift
from tests.conftest import USCC
from tests.houses import GIFT_DAY, general_fund, give, pay, payment, register
from tests.invariants import check_house
from tests.ledger.corrected import why


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], int]:
    """Return what counts the statements that an answer takes."""
    counted = [0]
    execute: Callable[..., object] = psycopg.Connection.execute

    def counting(*given: object, **named: object) -> object:
        counted[0] += 1
        return execute(*given, **named)

    monkeypatch.setattr(psycopg.Connection, "execute", counting)

    def of(answer: Callable[[], object]) -> int:
        counted[0] = 0
        answer()
        return counted[0]

    return of


def tiers(house: House, depth: int, payments: int) -> tuple[str, str, str]:
    """Pass a gift through so many tiers, and pay it out there; return gift, last fund, payment."""
    register(house)
    fund = general_fund(house)
    (one,) = give(house, fund, "10.00")
    for _ in range(depth):
        below = general_fund(house)
        for _ in range(2):
            house.ledger.funds.allocate(fund, below, Money(500), "clerk")
        fund = below
    paid = pay(house, fund, *["0.10"] * payments)
    house.runner.catch_up()
    return one, fund, paid[-1]


@pytest.mark.parametrize("payments", [1, 60])
def test_each_tier_costs_one_question_whatever_was_paid(
    payments: int, house: House, asked: Callable[[Callable[[], object]], int]
) -> None:
    costs = []
    for depth in (0, 1, 3):
        one, fund, paid = tiers(house, depth, payments)
        answers = (
            partial(trace_gift, house.runner, one),
            partial(trace_disbursement, house.runner, paid),
            partial(trace_fund, house.runner, fund),
        )
        costs.append([asked(answer) for answer in answers])
        (trace,) = trace_gift(house.runner, one)
        assert len(trace.segments) == payments
    direct, once, thrice = costs
    assert [b - a for a, b in zip(direct, once, strict=True)] == [1, 1, 1]
    assert [b - a for a, b in zip(once, thrice, strict=True)] == [2, 2, 2]
    check_house(house)


ACTS = st.lists(
    st.tuples(st.sampled_from(["give", "pay", "pay", "return"]), st.integers(1, 900)),
    min_size=3,
    max_size=12,
)


class Tiers:
    """The same acts in one fund, or with every payment made through tiers below it."""

    def __init__(self, house: House, depth: int) -> None:
        self.house = house
        self.funds = [general_fund(house) for _ in range(depth + 1)]
        self.gifts: list[str] = []
        self.paid: list[str] = []

    def act(self, kind: str, fen: int) -> bool:
        """Do it; tell whether it was allowed."""
        try:
            {"give": self._give, "pay": self._pay, "return": self._return}[kind](fen)
        except Refused:
            return False
        return True

    def _give(self, fen: int) -> None:
        self.gifts += give(self.house, self.funds[0], Money(fen).decimal())

    def _pay(self, fen: int) -> None:
        for fund, below in zip(self.funds, self.funds[1:], strict=False):
            self.house.ledger.funds.allocate(fund, below, Money(fen), "clerk")
        (outcome,) = self.house.ledger.disbursements.pay_out(
            USCC, self.funds[-1], [payment(Money(fen).decimal())], "clerk", "reviewer"
        )
        if isinstance(outcome, Refused):
            raise outcome
        self.paid.append(outcome)

    def _return(self, fen: int) -> None:
        for one in self.gifts[-1:]:
            self.house.ledger.corrections.return_gift(one, Money(fen), "donor's wish", "clerk")

    def recover(self) -> None:
        """Let the last payee give one fen back."""
        for one in self.paid[-1:]:
            self.house.ledger.disbursements.recover(self.funds[-1], one, Money(1), GIFT_DAY, why())

    def totals(self) -> tuple[int, ...]:
        """Return what the public is told: received, disbursed, returned, recovered, left."""
        self.house.runner.catch_up()
        found = [b for fund in self.funds for b in balances(self.house.runner, fund)[0]]
        names = ("received", "disbursed", "returned", "recovered", "balance")
        return tuple(sum(getattr(b, name) for b in found) for name in names)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS, depth=st.integers(1, 3))
def test_a_tier_put_in_between_changes_no_public_total(
    acts: list[tuple[str, int]], depth: int, house: House
) -> None:
    register(house)
    direct, tiered = Tiers(house, 0), Tiers(house, depth)

    allowed = [[story.act(*act) for act in [("give", 1000), *acts]] for story in (direct, tiered)]
    for story in (direct, tiered):
        story.recover()

    assert allowed[0] == allowed[1]
    assert direct.totals() == tiered.totals()
    check_house(house)
