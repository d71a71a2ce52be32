"""Whatever is promised, paid, returned, credited and served: the audit finds nothing in between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.wiring import House
from ledger import codec
from ledger.application import Ledger
from ledger.domain.history import History
from ledger.errors import LedgerError
from ledger.money import Money
from projections.credits import credited
from projections.pledges import story
from projections.trace_queries import balances
from tests.conftest import USCC
from tests.houses import general_fund, gift, register
from tests.invariants import check_house
from tests.ledger.corrected import DOCUMENT, why
from tests.ledger.test_application_pledges import TODAY, at, cny, parts
from tests.ledger.test_application_services import VOLUNTEERS

COUNT = st.integers(0, 3)
"""Which of the gifts, promises and credits there are; what is not there is refused or skipped."""

STEP = st.tuples(
    st.sampled_from(
        ["promise", "agree", "receive", "keep", "pay", "undo", "write_off", "give_back", "reverse",
         "credit", "withdraw", "serve"]
    ),
    COUNT, COUNT, st.integers(1, 90),
)  # fmt: skip

MOVES_MONEY = {"receive", "keep", "give_back", "reverse"}


@dataclass
class Walk:
    """One fund's story, what a child remembers of it, and an auditor who reads along."""

    house: House
    ledger: Ledger
    fund: str
    history: History = field(default_factory=History)
    read: int = 0
    gifts: list[str] = field(default_factory=list)
    pledges: list[str] = field(default_factory=list)
    credits: list[tuple[str, str]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    written_off: Counter[str] = field(default_factory=Counter)

    def step(self, what: str, one: int, other: int, fen: int) -> None:
        """Try a command; one that is refused leaves no trace."""
        size, before = self.house.recorder.size(), self.balances()
        try:
            getattr(self, what)(one, other, Money(fen))
        except LedgerError:
            assert self.house.recorder.size() == size
        except IndexError:
            return  # there is none such yet
        if what not in MOVES_MONEY:
            assert self.balances() == before, f"{what} moved money"
        self.check()

    def promise(self, *_: Any) -> None:
        said = parts(("2026-10-31", "0.40"), ("2026-12-31", "0.60"))
        self.pledges.append(self.ledger.pledges.make(USCC, self.fund, "王某某", cny("1.00"), said))

    def agree(self, *_: Any) -> None:
        self.pledges.append(
            self.ledger.pledges.agree(
                USCC, self.fund, "李某某", cny("0.10"), "month", date(2026, 8, 31)
            )
        )

    def receive(self, one: int, other: int, amount: Money) -> None:  # noqa: ARG002 as all steps
        whole = amount + Money(2)
        shares = [("王某某", amount), ("李某某", Money(2))]
        joint = replace(gift(whole.decimal(), None), shares=shares, conduit="示范市红十字会")
        (name,) = self.ledger.gifts.receive_gifts(USCC, self.fund, [joint])
        self.gifts.append(name)
        self.left[name] = whole.minor

    def keep(self, one: int, other: int, amount: Money) -> None:  # noqa: ARG002 as all steps
        received = gift(amount.decimal())
        name = self.ledger.pledges.receive(USCC, self.fund, received, self.pledges[one])
        self.gifts.append(name)
        self.left[name] = amount.minor

    def pay(self, one: int, other: int, amount: Money) -> None:
        self.ledger.pledges.pay(self.pledges[one], self.gifts[other], amount)

    def undo(self, one: int, other: int, amount: Money) -> None:
        self.ledger.pledges.undo(self.pledges[one], self.gifts[other], amount)

    def write_off(self, one: int, other: int, amount: Money) -> None:  # noqa: ARG002 as all steps
        self.ledger.pledges.write_off(self.pledges[one], amount, "hardship", DOCUMENT, "council")
        self.written_off[self.pledges[one]] += amount.minor

    def give_back(self, one: int, other: int, amount: Money) -> None:  # noqa: ARG002 as all steps
        self.ledger.corrections.return_gift(self.gifts[one], amount, "退回", "reviewer")
        self.left[self.gifts[one]] -= amount.minor

    def reverse(self, one: int, *_: Any) -> None:
        self.ledger.corrections.reverse_gift(self.gifts[one], why("duplicate"))
        self.left[self.gifts[one]] = 0

    def credit(self, one: int, other: int, amount: Money) -> None:
        kind, matched = ("matching", self.gifts[other]) if other else ("soft", None)
        name = self.ledger.credits.give(self.gifts[one], kind, "赵某某", amount, matched)
        self.credits.append((self.gifts[one], name))

    def withdraw(self, one: int, *_: Any) -> None:
        self.ledger.credits.withdraw(*self.credits[one], "mistake")

    def serve(self, *_: Any) -> None:
        self.ledger.services.give(USCC, replace(VOLUNTEERS, fund=self.fund))

    def balances(self) -> list[tuple[str, int]]:
        self.house.runner.catch_up()
        return [(b.unit, b.balance) for b in balances(self.house.runner, self.fund)[0]]

    def check(self) -> None:
        """Read what is new as an auditor; then ask whether the sums are what a child counts."""
        origin = self.house.recorder.origin()
        for row in self.house.recorder.log(self.read, self.house.recorder.size()):
            assert row.entry is not None
            self.history.see(row.leaf, codec.read(row.entry, origin)[1])
            self.read = row.leaf + 1
        self.history.close()
        assert self.history.findings == []
        held = sum(self.left.values())
        assert self.balances() == ([("CNY", held)] if self.gifts else [])
        self.check_promises()
        self.check_credits(held)

    def check_promises(self) -> None:
        kept: Counter[str] = Counter()
        for name in self.pledges:
            found = story(self.house.runner, name, TODAY)
            now = found.standing
            assert now.pledged + now.ahead == now.paid + now.written_off + now.outstanding
            assert now.written_off.minor == self.written_off[name]
            assert now.paid.minor == sum(found.pledge.payments.values())
            assert found.pledge == self.ledger.streams.pledge(name), "the view is the stream"
            kept.update(found.pledge.payments)
        assert all(minor <= self.left[name] for name, minor in kept.items())

    def check_credits(self, held: int) -> None:
        found, _ = credited(self.house.runner, USCC, self.fund)
        for one in found:
            assert one.hard.minor == held
            assert all(minor <= one.hard for minor in one.credits.values())


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=4, max_size=16))
def test_promises_credits_and_services_keep_their_sums_and_move_no_money(
    house: House, steps: list[tuple[str, int, int, int]]
) -> None:
    if not house.keys.has(USCC):
        register(house)
    walk = Walk(house, at(house), general_fund(house))

    for opening in ("promise", "agree", "receive", "receive"):
        walk.step(opening, 0, 0, 60)
    for step in steps:
        walk.step(*step)


def test_the_house_of_a_long_walk_is_sound(house: House) -> None:
    register(house)
    walk = Walk(house, at(house), general_fund(house))
    for step in (
        ("promise", 0, 0, 1), ("agree", 0, 0, 1), ("receive", 0, 0, 60), ("receive", 0, 0, 60),
        ("pay", 0, 0, 40), ("pay", 1, 0, 20), ("keep", 0, 0, 30), ("credit", 0, 0, 50),
        ("credit", 0, 1, 60), ("give_back", 0, 0, 30), ("undo", 0, 2, 10), ("write_off", 0, 0, 15),
        ("withdraw", 0, 0, 1), ("serve", 0, 0, 1), ("reverse", 0, 0, 1), ("reverse", 2, 0, 1),
    ):  # fmt: skip
        walk.step(*step)

    assert [walk.left[name] for name in walk.gifts] == [0, 62, 0]
    assert walk.written_off == {walk.pledges[0]: 15}
    check_house(house)
