"""Whatever is given, moved, paid and taken back: every unit is traced alike from both ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from api.wiring import House
from ledger.application import PayOut, ReceiveGoods
from ledger.domain.corrections import NothingLeftOfGift, ReversedAlready, SpentAlready
from ledger.domain.funds import BalanceTooSmall
from ledger.domain.goods import amount_of
from ledger.errors import Refused
from ledger.money import Money
from projections.trace_queries import (
    Trace,
    balances,
    trace_disbursement,
    trace_fund,
    trace_gift,
    trace_place,
)
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, general_fund, gift, register
from tests.invariants import check_house
from tests.ledger.corrected import GOWNS, MASKS, goods, line, why
from tests.projections.fen_by_fen import FenByFen

HOLDERS = (USCC, USCC, OTHER_USCC)
UNITS = ("CNY", MASKS)
FUND = st.integers(0, 2)
UNIT = st.sampled_from(UNITS)
COUNT = st.integers(1, 9)
WHICH = st.integers(0, 30)
BUSY = 40
"""Acts at the beginning of each example."""


class Ways(RuleBasedStateMachine):
    """Acts on three funds of one house that lives through all examples; each has new funds."""

    house: ClassVar[House]
    told: ClassVar[int] = 0

    @initialize(seed=st.integers(0, 2**32))
    def open_funds(self, seed: int) -> None:
        """Open three funds of two charities, in a county of their own, and act on them at random.

        Left alone, Hypothesis mostly gives; what it adds comes after a busy beginning.
        """
        Ways.told += 1
        self.county = f"{2300 + Ways.told // 99}{Ways.told % 99 + 1:02d}"
        self.funds = [general_fund(self.house, holder) for holder in HOLDERS]
        self.model = FenByFen()
        chance = Random(seed)  # noqa: S311 a game, no secret
        for fund in range(3):
            self.give(fund, 9)
            self.give_goods(fund, 9, fund)
        for _ in range(BUSY):
            fund, count, which = chance.randrange(3), chance.randint(1, 6), chance.randrange(31)
            unit, village = chance.choice(UNITS), chance.choice([None, "001", "002"])
            chance.choice(
                [
                    partial(self.give, fund, count),
                    partial(self.pay, fund, unit, count, village),
                    partial(self.pay, fund, unit, count, village),
                    partial(self.allocate, fund, chance.randint(1, 2), unit, count),
                    partial(self.recover, which, count),
                    partial(self.take_back, which),
                    partial(self.return_gift, which, min(count, 3)),
                    partial(self.reverse_gift, which),
                ]
            )()

    def _refused(self, command: Callable[[], object], *families: type[Refused]) -> None:
        before = self.house.recorder.size()
        with pytest.raises(families):
            command()
        assert self.house.recorder.size() == before

    @rule(fund=FUND, count=COUNT)
    def give(self, fund: int, count: int) -> None:
        """Give money."""
        one = replace(gift("0.01"), amount=Money(count))
        (found,) = self.house.ledger.gifts.receive_gifts(HOLDERS[fund], self.funds[fund], [one])
        self.model.give(found, self.funds[fund], "CNY", count)

    @rule(fund=FUND, masks=COUNT, gowns=st.integers(0, 3))
    def give_goods(self, fund: int, masks: int, gowns: int) -> None:
        """Give goods of one item or two."""
        lines = {MASKS: masks} | ({GOWNS: gowns} if gowns else {})
        one: ReceiveGoods = goods(*(line(n, unit) for unit, n in lines.items()))
        (found,) = self.house.ledger.gifts.receive_gifts(HOLDERS[fund], self.funds[fund], [one])
        for unit, n in lines.items():
            self.model.give(found, self.funds[fund], unit, n)

    @rule(fund=FUND, unit=UNIT, count=COUNT, village=st.sampled_from([None, "001", "002"]))
    def pay(self, fund: int, unit: str, count: int, village: str | None) -> None:
        """Pay money or issue goods, for a village or for none."""
        axis = self.funds[fund], unit
        place = self.county + village if village else None
        asked = PayOut(
            payee="示范县第一小学", amount=amount_of(count, unit), paid_on=GIFT_DAY, place=place
        )
        (outcome,) = self.house.ledger.disbursements.pay_out(
            HOLDERS[fund], self.funds[fund], [asked], "clerk", "reviewer"
        )
        fits = len(self.model.lying(axis)) >= count
        assert isinstance(outcome, str if fits else BalanceTooSmall)
        if isinstance(outcome, str):
            self.model.pay(outcome, axis, count, place)

    @rule(which=WHICH, count=COUNT)
    def recover(self, which: int, count: int) -> None:
        """Let a payee give back some or all of a payment."""
        if not self.model.paid:
            return
        one = list(self.model.paid)[which % len(self.model.paid)]
        (fund, unit), _ = self.model.paid[one]
        held = len(self.model.spent_on(one))

        def command() -> None:
            self.house.ledger.disbursements.recover(
                fund, one, amount_of(count, unit), GIFT_DAY, why()
            )

        if held < count:
            self._refused(command, Refused)
            return
        command()
        self.model.recover(one, count)

    @rule(fund=FUND, step=st.integers(1, 2), unit=UNIT, count=COUNT)
    def allocate(self, fund: int, step: int, unit: str, count: int) -> None:
        """Move money or goods to either of the other funds."""
        source, target = self.funds[fund], self.funds[(fund + step) % 3]
        amount = amount_of(count, unit)

        def command() -> int:
            return self.house.ledger.funds.allocate(source, target, amount, "clerk")

        if len(self.model.lying((source, unit))) < count:
            self._refused(command, BalanceTooSmall)
            return
        self.model.move((source, unit), target, count, command())

    @rule(which=WHICH)
    def take_back(self, which: int) -> None:
        """Undo an allocation, if all of it still lies there."""
        if not self.model.moved:
            return
        fund, number = list(self.model.moved)[which % len(self.model.moved)]

        def command() -> None:
            self.house.ledger.funds.take_back(fund, number, why("wrong-fund"))

        if not self.model.can_take_back(fund, number):
            self._refused(command, SpentAlready, BalanceTooSmall)
            return
        command()
        self.model.take_back(fund, number)

    @rule(which=WHICH, count=COUNT)
    def return_gift(self, which: int, count: int) -> None:
        """Give unspent units of a gift back to its donor."""
        if not self.model.gifts:
            return
        one = list(self.model.gifts)[which % len(self.model.gifts)]
        unit = list(self.model.gifts[one])[which % len(self.model.gifts[one])]

        def command() -> None:
            self.house.ledger.corrections.return_gift(
                one, amount_of(count, unit), "donor's wish", "clerk"
            )

        if len(self.model.returnable(one, unit)) < count:
            self._refused(command, NothingLeftOfGift)
            return
        command()
        self.model.give_back(one, unit, count)

    @rule(which=WHICH)
    def reverse_gift(self, which: int) -> None:
        """Reverse a gift that was a mistake, if nothing of it is spent or moved on."""
        if not self.model.gifts:
            return
        one = list(self.model.gifts)[which % len(self.model.gifts)]

        def command() -> None:
            self.house.ledger.corrections.reverse_gift(one, why("duplicate"))

        if not self.model.can_reverse(one):
            self._refused(command, SpentAlready, ReversedAlready)
            return
        command()
        self.model.reverse(one)

    def teardown(self) -> None:
        """Compare every balance and every trace, from every end."""
        self.house.runner.catch_up()
        for fund in self.funds:
            self._check_fund(fund)
        forward = {way for one in self.model.gifts for way in self._check_gift(one)}
        back = {way for one in self.model.paid for way in self._check_paid(one)}
        assert forward == back == self.model.ways(self.model.paid)
        self._check_place()

    def _check_fund(self, fund: str) -> None:
        found = {b.unit: b for b in balances(self.house.runner, fund)[0]}
        for unit in (*UNITS, GOWNS):
            lying = len(self.model.lying((fund, unit)))
            assert (found[unit].balance if unit in found else 0) == lying
            if unit in found:
                b = found[unit]
                assert b.balance == (
                    b.received + b.transferred_in - b.transferred_out - b.disbursed - b.returned
                )
        for trace in trace_fund(self.house.runner, fund) if found else ():
            paid = [d for d, (axis, _) in self.model.paid.items() if axis == (fund, trace.unit)]
            assert self._ways([trace]) == self.model.ways(paid)
            assert trace.unspent == found[trace.unit].balance

    def _check_gift(self, one: str) -> set[tuple[str, int, tuple[str, ...], str]]:
        traces = trace_gift(self.house.runner, one)
        assert {t.unit: t.fund for t in traces} == self.model.gifts[one]
        for trace in traces:
            assert trace.amount == len(self.model.own(one, trace.unit))
            assert trace.unspent == self.model.unspent(one, trace.unit)
            assert trace.returned == self.model.gone(one, trace.unit, "returned")
            assert trace.reversed == self.model.gone(one, trace.unit, "reversed")
            paid = sum(s.end - s.start for s in trace.segments)
            assert trace.amount == paid + trace.unspent + trace.returned + trace.reversed
            assert [(s.start, s.end) for s in trace.segments] == sorted(
                (s.start, s.end) for s in trace.segments
            )
        return self._ways(traces)

    def _check_paid(self, one: str) -> set[tuple[str, int, tuple[str, ...], str]]:
        trace = trace_disbursement(self.house.runner, one)
        assert trace.amount == len(self.model.spent_on(one))
        found = self._ways([trace])
        assert found == self.model.ways([one])
        return found

    def _check_place(self) -> None:
        for place in (self.county, f"{self.county}001", f"{self.county}002"):
            paid = [d for d, (_, at) in self.model.paid.items() if (at or "").startswith(place)]
            traces = trace_place(self.house.runner, place) if paid else []
            assert self._ways(traces) == self.model.ways(paid)

    def _ways(self, traces: list[Trace]) -> set[tuple[str, int, tuple[str, ...], str]]:
        """Spread segments into units; none may be there twice."""
        found = [
            (s.gift, n, s.via, s.disbursement)
            for trace in traces
            for s in trace.segments
            for n in range(s.start, s.end)
        ]
        assert len(set(found)) == len(found)
        return set(found)


def test_every_unit_is_traced_alike_from_both_ends_whatever_is_corrected(house: House) -> None:
    register(house)
    register(house, OTHER_USCC, "另一基金会")
    Ways.house, Ways.told = house, 0
    run_state_machine_as_test(
        Ways,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    check_house(house)
    assert all(rebuilt.equal for rebuilt in house.runner.rebuild(keep=True))
