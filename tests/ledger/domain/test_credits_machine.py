"""Credits on gifts that come and go: a child's list agrees, and an auditor finds nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from ledger.domain import credits as gift_credits
from ledger.domain.credits import (
    MATCHING,
    CountedGift,
    CreditExceedsGift,
    CreditUnknown,
    MatchedAlready,
    SharesDontAddUp,
    SharesStatedAlready,
)
from ledger.domain.events.base import Event
from ledger.domain.events.credit import Share
from ledger.domain.events.fund import FundOpened, GiftReturned
from ledger.domain.events.gift import GiftReceived
from ledger.domain.pledge_history import PromiseHistory
from ledger.errors import LedgerError
from ledger.money import Money
from tests.ledger.domain.promises import NOON, fact, party

lengths = st.integers(1, 30)


@dataclass
class Line:
    """A line of the child's list: on which gift, of which kind, how much, matching which gift."""

    gift: str
    kind: str
    minor: int
    matched: str | None


class Credits(RuleBasedStateMachine):
    """Decide with the rules, fold with `evolve`, and let an auditor read along."""

    received = Bundle("gifts")
    given = Bundle("credits")

    def __init__(self) -> None:
        super().__init__()
        self.history, self.findings = PromiseHistory(), list[str]()
        self.gifts: dict[str, CountedGift] = {}
        self.booked: dict[str, int] = {}
        self.kept: dict[str, int] = {}
        self.lines: dict[str, Line] = {}
        self.shared: set[str] = set()
        self.log = 0
        self.record(fact(FundOpened, "fund-1"))

    def record(self, event: Event) -> None:
        self.history.see(event, self.findings.append)
        self.log += 1
        if event.originator_id.startswith("gift-"):
            known = self.gifts.get(event.originator_id)
            self.gifts[event.originator_id] = gift_credits.evolve(known, event)

    def sum_of(self, gift: str, kind: str) -> int:
        return sum(x.minor for x in self.lines.values() if (x.gift, x.kind) == (gift, kind))

    def matched(self, gift: str, other: str) -> bool:
        pairs = {(x.gift, x.matched) for x in self.lines.values()}
        return gift == other or (gift, other) in pairs or (other, gift) in pairs

    @rule(target=received, length=lengths)
    def receive(self, length: int) -> str:
        gift, amount = f"gift-{self.log}", Money(length)
        self.record(fact(GiftReceived, gift, amount=amount, booked=amount))
        self.booked[gift] = self.kept[gift] = length
        return gift

    @rule(target=given, gift=received, kind=st.sampled_from(gift_credits.KINDS), other=received,
          length=lengths)  # fmt: skip
    def give(self, gift: str, kind: str, other: str, length: int) -> str:
        credit = f"credit-{self.log}"
        refusal: type[LedgerError] | None = None
        if kind == MATCHING and self.matched(gift, other):
            refusal = MatchedAlready
        elif self.kept[gift] - self.sum_of(gift, kind) < length:
            refusal = CreditExceedsGift

        def decide() -> Event:
            return gift_credits.give_credit(
                self.gifts[gift], Money(self.kept[gift]), credit, kind, party(credit),
                Money(length), self.gifts[other] if kind == MATCHING else None, (), NOON,
            )  # fmt: skip

        if refusal is not None:
            with pytest.raises(refusal):
                decide()
            return "credit-of-nobody"
        self.record(decide())
        self.lines[credit] = Line(gift, kind, length, other if kind == MATCHING else None)
        return credit

    @rule(credit=given, gift=received)
    def withdraw(self, credit: str, gift: str) -> None:
        line = self.lines.get(credit)
        where = line.gift if line else gift
        if line is None:
            refused: type[LedgerError] = CreditUnknown
            with pytest.raises(refused):
                gift_credits.withdraw_credit(self.gifts[where], credit, "mistake", NOON)
            return
        self.record(gift_credits.withdraw_credit(self.gifts[where], credit, "mistake", NOON))
        del self.lines[credit]

    @rule(gift=received, length=lengths)
    def give_back(self, gift: str, length: int) -> None:
        """A gift goes back in part; credits that no longer fit go with it."""
        length = min(length, self.kept[gift])
        self.kept[gift] -= length
        self.record(fact(GiftReturned, "fund-1", gift=gift, amount=Money(length)))
        gone = gift_credits.credits_too_many(self.gifts[gift], Money(self.kept[gift]))
        for credit in gone:
            over = self.sum_of(gift, self.lines[credit].kind) - self.kept[gift]
            assert over > 0, "no credit goes that still fits"
            known = self.gifts[gift]
            self.record(gift_credits.withdraw_credit(known, credit, "gift-returned", NOON))
            del self.lines[credit]

    @rule(gift=received, parts=st.lists(lengths, min_size=2, max_size=3), fits=st.booleans())
    def share(self, gift: str, parts: list[int], fits: bool) -> None:  # noqa: FBT001 drawn
        if fits and self.booked[gift] > sum(parts[1:]):
            parts = [self.booked[gift] - sum(parts[1:]), *parts[1:]]
        shares = [
            Share(party=party(f"{self.log}-{number}"), amount=Money(part))
            for number, part in enumerate(parts)
        ]
        refusal: type[LedgerError] | None = None
        if gift in self.shared:
            refusal = SharesStatedAlready
        elif sum(parts) != self.booked[gift]:
            refusal = SharesDontAddUp
        if refusal is not None:
            with pytest.raises(refusal):
                gift_credits.state_shares(self.gifts[gift], shares, NOON)
            return
        self.record(gift_credits.state_shares(self.gifts[gift], shares, NOON))
        self.shared.add(gift)

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        self.history.close(self.findings.append)
        assert self.findings == []

    @invariant()
    def credits_are_bounded_by_what_is_kept_and_are_no_money(self) -> None:
        for name, gift in self.gifts.items():
            assert gift.booked.minor == self.booked[name]
            for kind in gift_credits.KINDS:
                assert gift.credited(kind) == self.sum_of(name, kind) <= self.kept[name]
            assert set(gift.credits) == {c for c, x in self.lines.items() if x.gift == name}
            assert bool(gift.shares) == (name in self.shared)


TestCredits = Credits.TestCase
TestCredits.settings = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=50,
    stateful_step_count=40,
)
