"""Four funds of two charities, whatever is asked of them: every unit has its owners."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from ledger.domain.events import (
    AllocationTakenBack,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    Event,
    FundsAllocated,
    GiftReturned,
)
from ledger.domain.goods import amount_of
from tests.ledger.domain.funds_model import BOUND, HOLDERS, House, Step, play
from tests.ledger.domain.given import COATS, RICE, UNHURRIED, fact

fund_ids = st.sampled_from(["fund-1", "fund-1", "fund-1", "fund-2", "fund-2", "fund-3", "fund-4"])
units = st.sampled_from(["CNY", "CNY", "CNY", "CNY", "USD", RICE, COATS])
lengths = st.integers(1, 20)
persons = st.sampled_from(["clerk", "reviewer"])
"""Most steps meet in a few places: what goes wrong goes wrong where histories cross."""


class Funds(RuleBasedStateMachine):
    """Every step is decided by the rules and foretold by the model, refusals too."""

    received = Bundle("gifts")
    asked = Bundle("disbursements")
    moved = Bundle("allocations")

    def __init__(self) -> None:
        super().__init__()
        self.house = House()

    @initialize(target=received)
    def begin(self) -> Any:
        return multiple(
            self.house.receive("fund-1", 30, "CNY"),
            self.house.receive("fund-2", 10, "CNY"),
            self.house.receive_goods("fund-1", {RICE: 20, COATS: 10}),
        )

    @rule(target=received, fund=fund_ids, length=lengths, unit=st.sampled_from(["CNY", "USD"]))
    def receive(self, fund: str, length: int, unit: str) -> Any:
        gift = self.house.receive(fund, length, unit)
        return gift if gift in self.house.gifts else multiple()

    @rule(target=received, fund=fund_ids, rice=lengths, coats=st.none() | lengths)
    def receive_goods(self, fund: str, rice: int, coats: int | None) -> Any:
        gift = self.house.receive_goods(fund, {RICE: rice} | ({COATS: coats} if coats else {}))
        return gift if gift in self.house.gifts else multiple()

    @rule(gift=received, length=lengths, which=st.integers(0, 1))
    def return_gift(self, gift: str, length: int, which: int) -> None:
        units = self.house.gifts[gift][1]
        self.house.return_gift(gift, units[which % len(units)], length)

    @rule(gift=received)
    def return_all_that_is_left(self, gift: str) -> None:
        fund, units = self.house.gifts[gift]
        for unit in units:
            left = len(self.house.free(fund, unit, gift))
            self.house.return_gift(gift, unit, left or 1)

    @rule(gift=received)
    def reverse_gift(self, gift: str) -> None:
        self.house.reverse_gift(gift)

    @rule(target=moved, fund=fund_ids, to_fund=fund_ids, length=lengths, unit=units)
    def allocate(self, fund: str, to_fund: str, length: int, unit: str) -> Any:
        done = self.house.allocate(fund, to_fund, length, unit)
        return len(self.house.moved) - 1 if done else multiple()

    @rule(allocation=moved)
    def take_back(self, allocation: int) -> None:
        self.house.take_back(allocation)

    @rule(
        target=asked,
        allocation=moved,
        share=st.integers(1, 4),
        recovered=st.booleans(),
        taken_back=st.booleans(),
    )
    def spend_of_an_allocation(
        self, allocation: int, share: int, *, recovered: bool, taken_back: bool
    ) -> Any:
        """Pay just so much that the last of it is from the allocation; then undo it, or try."""
        made = self.house.moved[allocation]
        unspent = self.house.free(made.to_fund, made.amount.unit)
        before = [cell.inflow == made.key for cell in unspent]
        length = (before.index(True) if any(before) else 0) + 1 + made.amount.units // share
        paid = self.house.pay_out(made.to_fund, length, made.amount.unit)
        if paid and recovered:
            self.house.recover(paid, length)
        if taken_back:
            self.house.take_back(allocation)
        return paid or multiple()

    @rule(target=asked, fund=fund_ids, length=lengths, unit=units, by=persons)
    def propose(self, fund: str, length: int, unit: str, by: str) -> Any:
        disbursement = self.house.propose(fund, length, unit, by)
        return disbursement if disbursement in self.house.asked else multiple()

    @rule(target=asked, fund=fund_ids, length=lengths, unit=units)
    def pay_out(self, fund: str, length: int, unit: str) -> Any:
        return self.house.pay_out(fund, length, unit) or multiple()

    @rule(disbursement=asked, by=persons, stray=st.none() | fund_ids)
    def approve(self, disbursement: str, by: str, stray: str | None) -> None:
        self.house.approve(disbursement, by, stray)

    @rule(disbursement=asked)
    def pay(self, disbursement: str) -> None:
        self.house.pay(disbursement)

    @rule(disbursement=asked)
    def withdraw(self, disbursement: str) -> None:
        self.house.withdraw(disbursement)

    @rule(disbursement=asked, by=persons)
    def accept(self, disbursement: str, by: str) -> None:
        self.house.accept(disbursement, by)

    @rule(disbursement=asked, length=lengths)
    def recover(self, disbursement: str, length: int) -> None:
        self.house.recover(disbursement, length)

    @rule(disbursement=asked)
    def recover_all(self, disbursement: str) -> None:
        one = self.house.asked[disbursement]
        held = len(self.house.held(one.fund, one.amount.unit, disbursement))
        self.house.recover(disbursement, held or 1)

    @rule(fund=st.sampled_from(sorted(HOLDERS)))
    def close(self, fund: str) -> None:
        if fund in ("fund-3", "fund-4") or self.house.leaf > 40:
            self.house.close(fund)

    @invariant()
    def every_unit_has_one_inflow_and_at_most_one_outflow_and_the_auditor_agrees(self) -> None:
        self.house.check()

    def teardown(self) -> None:
        self.house.history.close()
        assert self.house.history.findings == []


TestFunds = Funds.TestCase
TestFunds.settings = settings(UNHURRIED, max_examples=60, stateful_step_count=50)


# A forged event at the end of any honest history is found.

words = ["receive", "receive goods", "allocate", "pay out", "recover", "return", "reverse",
         "take back"]  # fmt: skip
histories = st.lists(
    st.tuples(
        st.sampled_from(words),
        st.integers(0, 7),
        st.integers(0, 7),
        lengths,
        st.integers(0, 3),
    ),
    max_size=20,
)
few = settings(UNHURRIED, max_examples=40)


def lived(steps: list[Step]) -> House:
    """Let a house live through steps that are all honest."""
    house = House()
    for _ in play(house, steps):
        pass
    house.check()
    return house


def forged(house: House, cls: type[Event], fund: str, **said: object) -> list[str]:
    """Return what the auditor finds in a forged event that is the next of its fund."""
    known = house.funds[fund]
    event = fact(cls, fund, known.version + 1, known.organisation, **said)
    house.history.see(house.leaf, event)
    house.history.close()
    return house.history.findings


@given(histories, fund_ids, units, st.integers(1, 9))
@few
def test_an_overspent_fund_is_found(steps: list[Step], fund: str, unit: str, more: int) -> None:
    house = lived(steps)
    amount = amount_of(len(house.free(fund, unit)) + more, unit)
    to_fund = "fund-4" if fund != "fund-4" else "fund-1"

    found = forged(house, FundsAllocated, fund, to_fund=to_fund, amount=amount)

    assert f"pays {amount} and is left with -{more}" in "".join(found)


@given(histories, fund_ids, units)
@few
def test_a_return_of_spent_units_is_found(steps: list[Step], fund: str, unit: str) -> None:
    house = lived(steps)
    unit = unit if unit in ("CNY", "USD") else "CNY"
    gift = house.receive(fund, 5, unit)
    everything = len(house.free(fund, unit))
    house.pay_out(fund, everything, unit)
    assume(house.available(fund, unit) == 0)
    span = house.inflows.place_of(gift, unit).span

    found = forged(
        house, GiftReturned, fund, gift=gift, amount=amount_of(3, unit), start=span.end - 3,
        end=span.end,
    )  # fmt: skip

    assert f"is not from what is left of {gift}" in found[0]


@given(histories, fund_ids, st.integers(1, 9), st.integers(0, 9))
@few
def test_a_recovery_above_what_the_payee_holds_is_found(
    steps: list[Step], fund: str, more: int, back: int
) -> None:
    house = lived(steps)
    house.receive(fund, 10, "CNY")
    paid = house.pay_out(fund, 10, "CNY")
    assert paid is not None
    if back:
        house.recover(paid, back)

    found = forged(
        house,
        DisbursementRecovered,
        fund,
        disbursement=paid,
        amount=amount_of(10 - back + more, "CNY"),
    )

    assert f"came back of {paid}, which holds {10 - back} units" in found[0]


@given(histories, units)
@few
def test_an_allocation_that_is_taken_back_twice_is_found(steps: list[Step], unit: str) -> None:
    house = lived(steps)
    unit = unit if unit in ("CNY", "USD") else "CNY"
    house.receive("fund-1", 10, unit)
    house.allocate("fund-1", "fund-2", 10, unit)
    assert house.take_back(len(house.moved) - 1)
    made = house.moved[-1]

    found = forged(
        house,
        AllocationTakenBack,
        "fund-1",
        allocation=made.version,
        to_fund="fund-2",
        amount=made.amount,
    )

    assert found[0].endswith(f"allocation {made.version} of fund-1 does not stand")


@given(histories, lengths)
@few
def test_an_allocation_that_is_taken_back_on_one_side_only_is_found(
    steps: list[Step], length: int
) -> None:
    house = lived(steps)
    house.receive("fund-1", length, "CNY")
    house.allocate("fund-1", "fund-2", length, "CNY")
    made = house.moved[-1]

    found = forged(
        house,
        AllocationTakenBack,
        "fund-1",
        allocation=made.version,
        to_fund="fund-2",
        amount=made.amount,
    )

    assert found == [
        f"allocation {made.version} of fund-1 is taken back, but not all of it left fund-2"
    ]


@given(histories, st.sampled_from(["办公", None]), lengths)
@few
def test_a_use_off_purpose_is_found(steps: list[Step], purpose: str | None, length: int) -> None:
    house = lived(steps)
    (bound,) = BOUND
    house.receive(bound, length, "CNY")

    found = forged(
        house,
        DisbursementProposed,
        bound,
        disbursement="disbursement-forged",
        amount=amount_of(length, "CNY"),
        purpose=purpose,
        place=None,
    )

    assert found[0].endswith(f"disbursement-forged is not what {bound} is bound to")


@given(histories, fund_ids, units, lengths)
@few
def test_a_payment_without_approval_is_found(
    steps: list[Step], fund: str, unit: str, length: int
) -> None:
    house = lived(steps)

    found = forged(
        house,
        DisbursementPaid,
        fund,
        disbursement="disbursement-forged",
        amount=amount_of(length, unit),
    )

    assert found[0].endswith("disbursement-forged was paid without a matching approval")


# One more tier.

plain = ["receive", "receive goods", "allocate", "pay out", "recover", "return"]
TIER = "fund-9"


class Tiered(House):
    """A house in which every allocation goes through one more fund."""

    def __init__(self) -> None:
        super().__init__({**HOLDERS, TIER: HOLDERS["fund-2"]})

    def allocate(self, fund: str, to_fund: str, length: int, unit: str) -> bool:
        if fund in BOUND or fund == to_fund:
            return super().allocate(fund, to_fund, length, unit)
        return super().allocate(fund, TIER, length, unit) and super().allocate(
            TIER, to_fund, length, unit
        )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(plain),
            st.integers(0, 3),
            st.integers(0, 3),
            lengths,
            st.integers(0, 3),
        ),
        max_size=30,
    )
)
@settings(UNHURRIED, max_examples=60)
def test_one_more_tier_changes_no_public_total_and_no_giver_of_any_payment(
    steps: list[Step],
) -> None:
    short, long = House(), Tiered()
    names: dict[str, str] = {}
    for _ in zip(play(short, steps), play(long, steps), strict=True):
        names = dict(zip(long.gifts, short.gifts, strict=True))
        assert short.totals() == long.totals()
        short.check()
        long.check()

    told = [sorted(counted.items()) for counted in short.givers().values()]
    tiered = [
        sorted((names[gift], n) for gift, n in counted.items())
        for counted in long.givers().values()
    ]
    assert sorted(told) == sorted(tiered)
    assert not long.free(TIER, "CNY")
