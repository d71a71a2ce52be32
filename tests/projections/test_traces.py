"""Traces agree with a ledger kept fen by fen, both ways, rebuilt and in batches of any size."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.settings import Settings
from api.wiring import House
from ledger.application import ReceiveGift
from ledger.domain.corrections import NothingLeftOfGift
from ledger.domain.funds import BalanceTooSmall
from ledger.money import Money
from projections import runner as running
from projections.trace_queries import (
    NotTraceable,
    Segment,
    balances,
    received,
    trace_disbursement,
    trace_fund,
    trace_gift,
    trace_place,
)
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, give, pay, payment, ready_for_receipts, register
from tests.invariants import check_house

UNITS = ("CNY", "USD")
Fen = tuple[str, int]
"""One fen: the gift it came with, and its number within that gift."""


@dataclass
class Naive:
    """A ledger that moves single fen: what lies in each fund, and where each fen went."""

    funds: dict[tuple[str, str], list[tuple[Fen, tuple[str, ...]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By fund and unit, first in first out: the fen, and the funds it came through."""
    gifts: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    paid: dict[str, list[tuple[Fen, tuple[str, ...]]]] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def give(self, gift_id: str, fund: str, unit: str, fen: int) -> None:
        self.gifts[gift_id] = (fund, unit, fen)
        self.funds[fund, unit] += [((gift_id, n), ()) for n in range(fen)]

    def _take(self, fund: str, unit: str, fen: int) -> list[tuple[Fen, tuple[str, ...]]]:
        lying = self.funds[fund, unit]
        taken, self.funds[fund, unit] = lying[:fen], lying[fen:]
        return taken

    def pay(self, disbursement: str, fund: str, unit: str, fen: int) -> None:
        self.paid[disbursement] = self._take(fund, unit, fen)

    def move(self, fund: str, to_fund: str, unit: str, fen: int) -> None:
        moved = [(one, (*via, to_fund)) for one, via in self._take(fund, unit, fen)]
        self.funds[to_fund, unit] += moved

    def give_back(self, gift_id: str, fen: int) -> None:
        fund, unit, _ = self.gifts[gift_id]
        mine = [o for o in self.funds[fund, unit] if o[0][0] == gift_id and not o[1]]
        gone = mine[len(mine) - fen :]
        self.funds[fund, unit] = [o for o in self.funds[fund, unit] if o not in gone]
        self.returned[gift_id] += fen


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(0, 2), st.sampled_from(UNITS), st.integers(1, 9)),
        st.tuples(st.just("pay"), st.integers(0, 2), st.sampled_from(UNITS), st.integers(1, 12)),
        st.tuples(st.just("move"), st.integers(0, 2), st.sampled_from(UNITS), st.integers(1, 9)),
        st.tuples(st.just("back"), st.integers(0, 9), st.just("CNY"), st.integers(1, 6)),
    ),
    min_size=4,
    max_size=24,
)


class Story:
    """Runs acts against a house and against the naive ledger, which must agree on refusals."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.naive = Naive()
        register(house)
        register(house, OTHER_USCC, "另一基金会")
        self.holders = (USCC, USCC, OTHER_USCC)
        self.funds = [general_fund(house, holder) for holder in self.holders]

    def act(self, kind: str, which: int, unit: str, fen: int) -> None:
        acts: dict[str, Callable[[int, str, int], None]] = {
            "give": self._give,
            "pay": self._pay,
            "move": self._move,
            "back": self._back,
        }
        acts[kind](which, unit, fen)

    def _give(self, which: int, unit: str, fen: int) -> None:
        fund, given = self.funds[which], replace(gift("0.01"), amount=Money(fen, unit))
        (one,) = self.house.ledger.gifts.receive_gifts(self.holders[which], fund, [given])
        self.naive.give(one, fund, unit, fen)

    def _pay(self, which: int, unit: str, fen: int) -> None:
        fund, asked = self.funds[which], replace(payment("0.01"), amount=Money(fen, unit))
        (outcome,) = self.house.ledger.disbursements.pay_out(
            self.holders[which], fund, [asked], "clerk", "reviewer"
        )
        if len(self.naive.funds[fund, unit]) < fen:
            assert isinstance(outcome, BalanceTooSmall)
            return
        assert isinstance(outcome, str)
        self.naive.pay(outcome, fund, unit, fen)

    def _move(self, which: int, unit: str, fen: int) -> None:
        fund, to_fund = self.funds[which], self.funds[(which + 1) % 3]
        if len(self.naive.funds[fund, unit]) < fen:
            with pytest.raises(BalanceTooSmall):
                self.house.ledger.funds.allocate(fund, to_fund, Money(fen, unit), "clerk")
            return
        self.house.ledger.funds.allocate(fund, to_fund, Money(fen, unit), "clerk")
        self.naive.move(fund, to_fund, unit, fen)

    def _back(self, which: int, _unit: str, fen: int) -> None:
        if not self.naive.gifts:
            return
        one = list(self.naive.gifts)[which % len(self.naive.gifts)]
        fund, unit, _ = self.naive.gifts[one]
        lying = self.naive.funds[fund, unit]
        mine = [o for o, via in lying if o[0] == one and not via]
        if len(mine) < fen:
            with pytest.raises(NothingLeftOfGift):
                self.house.ledger.corrections.return_gift(
                    one, Money(fen, unit), "donor's wish", "clerk"
                )
            return
        self.house.ledger.corrections.return_gift(one, Money(fen, unit), "donor's wish", "clerk")
        self.naive.give_back(one, fen)

    def check(self) -> None:
        """Assert that balances and traces are those of the naive ledger."""
        self.house.runner.catch_up()
        found, _ = balances(self.house.runner)
        assert {(b.fund, b.unit): b.balance for b in found if b.balance} == {
            key: len(lying) for key, lying in self.naive.funds.items() if lying
        }
        for balance in found:
            assert balance.balance == (
                balance.received
                + balance.transferred_in
                - balance.transferred_out
                - balance.disbursed
                - balance.returned
            )
        forward = [segment for one in self.naive.gifts for segment in self._check_gift(one)]
        back = [s for one, fen in self.naive.paid.items() for s in self._check_paid(one, fen)]
        assert len(set(forward)) == len(forward)
        assert set(forward) == set(back)
        assert len(back) == len(forward)

    def _check_gift(self, one: str) -> Sequence[Segment]:
        (trace,) = trace_gift(self.house.runner, one)
        fund, unit, fen = self.naive.gifts[one]
        assert (trace.fund, trace.unit, trace.amount) == (fund, unit, fen)
        paid = sum(s.end - s.start for s in trace.segments)
        assert paid + trace.returned + trace.unspent == fen
        assert trace.returned == self.naive.returned[one]
        lying = [o for fens in self.naive.funds.values() for o, _ in fens if o[0] == one]
        assert trace.unspent == len(lying)
        return trace.segments

    def _check_paid(
        self, disbursement: str, fens: list[tuple[Fen, tuple[str, ...]]]
    ) -> list[Segment]:
        trace = trace_disbursement(self.house.runner, disbursement)
        assert sum(s.end - s.start for s in trace.segments) == trace.amount == len(fens)
        starts = {
            s.gift: trace_gift(self.house.runner, s.gift)[0].start or 0 for s in trace.segments
        }
        spread = [
            ((s.gift, n - starts[s.gift]), s.via)
            for s in trace.segments
            for n in range(s.start, s.end)
        ]
        assert spread == fens
        return list(trace.segments)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_every_history_is_traced_fen_by_fen(
    acts: list[tuple[str, int, str, int]],
    database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    name = f"t_{uuid.uuid4().hex[:16]}"
    folder = tmp_path_factory.mktemp("house")
    house = House(Settings(data=folder, database_url=database_url, schema=name), create=True)
    try:
        story = Story(house)
        for act in acts:
            story.act(*act)
        story.check()
        check_house(house)
        assert all(rebuilt.equal for rebuilt in house.runner.rebuild(keep=True))
        story.act("give", 0, "CNY", 5)
        story.act("pay", 0, "CNY", 4)
        story.check()
    finally:
        house.close()


def test_batches_of_any_size_make_the_same_rows(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(house)
    for fund in (0, 1, 2):
        for kind, which, unit, fen in (
            ("give", fund, "CNY", 9), ("give", fund, "USD", 7), ("move", fund, "CNY", 5),
            ("back", fund, "CNY", 2), ("pay", fund, "CNY", 3), ("pay", fund, "USD", 6),
            ("give", fund, "CNY", 4), ("back", fund + 2, "CNY", 1), ("move", fund, "CNY", 4),
        ):  # fmt: skip
            story.act(kind, which, unit, fen)
    (suspense,) = house.ledger.gifts.receive_gifts(USCC, story.funds[0], [gift("1.00", donor=None)])
    house.ledger.gifts.identify_donor(suspense, "王某某", "slip")
    ready_for_receipts(house)
    house.ledger.receipts.issue_receipts(USCC, [suspense], ["23050126"], date(2026, 11, 1))
    story.naive.give(suspense, story.funds[0], "CNY", 100)
    story.check()
    digests = set()
    for size in (1, 2, 3, 5000):
        monkeypatch.setattr(running, "BATCH", size)
        rebuilt = house.runner.rebuild(keep=True)
        assert all(one.equal for one in rebuilt)
        digests.add(tuple(one.digest for one in rebuilt))
    assert len(digests) == 1
    check_house(house)


def test_a_hole_that_a_return_leaves_is_stepped_over(house: House) -> None:
    register(house)
    fund = general_fund(house)
    one, two, three = give(house, fund, "1.00", "1.00", "1.00")
    house.ledger.corrections.return_gift(two, Money(60), "donor's wish", "clerk")
    (paid,) = pay(house, fund, "2.00")
    house.runner.catch_up()

    segments = trace_disbursement(house.runner, paid).segments

    assert [(s.gift, s.start, s.end) for s in segments] == [
        (one, 0, 100),
        (two, 100, 140),
        (three, 200, 260),
    ]
    check_house(house)


def test_a_trace_names_the_funds_on_the_way(house: House) -> None:
    register(house)
    register(house, OTHER_USCC, "另一基金会")
    first, second = general_fund(house), general_fund(house, name="省级资金")
    third = general_fund(house, OTHER_USCC, "县级资金")
    (one,) = give(house, first, "1.00")
    house.ledger.funds.allocate(first, second, Money(80), "clerk")
    house.ledger.funds.allocate(second, third, Money(60), "clerk")
    (paid,) = pay(house, third, "0.50", uscc=OTHER_USCC)
    house.runner.catch_up()

    (trace,) = trace_gift(house.runner, one)

    (segment,) = trace.segments
    assert (segment.via, segment.start, segment.end) == ((second, third), 0, 50)
    assert segment.disbursement == paid
    assert segment.day == date(2026, 11, 1)
    assert trace.unspent == 50
    assert trace_disbursement(house.runner, paid).segments == trace.segments
    check_house(house)


def test_a_fund_is_traced_unit_by_unit_to_its_end(house: House) -> None:
    register(house)
    fund = general_fund(house)
    given: list[ReceiveGift] = [gift("1.00"), gift("2.00", currency="USD"), gift("3.00")]
    one, _, three = house.ledger.gifts.receive_gifts(USCC, fund, given)
    house.ledger.corrections.return_gift(three, Money(100), "donor's wish", "clerk")
    pay(house, fund, "1.50")
    house.ledger.disbursements.propose(fund, payment("0.10"), "clerk")
    house.runner.catch_up()

    yuan, dollars = trace_fund(house.runner, fund)

    assert (yuan.unit, yuan.start, yuan.end, yuan.amount) == ("CNY", 0, 400, 400)
    assert (yuan.unspent, yuan.returned) == (150, 100)
    assert [(s.gift, s.end - s.start) for s in yuan.segments] == [(one, 100), (three, 50)]
    assert (dollars.unit, dollars.unspent, dollars.segments) == ("USD", 200, ())
    assert received(house.runner, fund, "USD") == 200
    assert received(house.runner, fund, "EUR") == 0
    check_house(house)


def test_payments_to_a_place_and_to_places_within_it_are_traced(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "9.00")
    paid = [payment("1.00", place=p) for p in ("230108", "230108001", "230200", "440000")]
    house.ledger.disbursements.pay_out(USCC, fund, paid, "clerk", "reviewer")
    house.runner.catch_up()

    def to(place: str) -> int:
        return sum(trace.amount for trace in trace_place(house.runner, place))

    assert [to(p) for p in ("230000", "230100", "230108", "230108001", "440000")] == [
        300, 200, 200, 100, 100,
    ]  # fmt: skip
    check_house(house)


def test_what_is_not_there_is_not_traced(house: House) -> None:
    register(house)
    fund = general_fund(house)
    for ask, what in (
        (trace_gift, "gift-none"),
        (trace_disbursement, "disbursement-none"),
        (trace_fund, fund),
        (trace_place, "230108"),
    ):
        with pytest.raises(NotTraceable, match=what):
            ask(house.runner, what)
    assert balances(house.runner, fund)[0] == []


def test_a_payment_that_is_only_approved_has_no_segments_yet(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")
    asked = house.ledger.disbursements.propose(fund, payment("1.00"), "clerk")
    house.runner.catch_up()
    house.ledger.disbursements.approve(fund, asked, "reviewer")
    house.runner.catch_up()

    trace = trace_disbursement(house.runner, asked)
    assert (trace.amount, trace.segments) == (0, ())
    house.ledger.disbursements.pay(fund, asked, None)
    house.runner.catch_up()
    assert trace_disbursement(house.runner, asked).amount == 100
    check_house(house)
