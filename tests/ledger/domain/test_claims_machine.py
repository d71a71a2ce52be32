"""Deductions that come and go: a plain list agrees, and none goes beyond its receipt."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledger.domain import claims
from ledger.domain.claim_refusals import (
    AlreadyClaimed,
    ClaimExceedsReceipt,
    ClaimExceedsShare,
    ClaimUnknown,
    NoticeStillOpen,
    NoticeUnknown,
    ReceiptIsVoid,
)
from ledger.domain.events import ReceiptEvent, RedReceiptMadeOut
from ledger.domain.receipt_life import evolve
from ledger.errors import LedgerError
from ledger.money import Money
from tests.ledger.domain.claiming import OFFICER, claim, receipt, said
from tests.ledger.domain.given import NOON
from tests.ledger.domain.receipted import RED

AMOUNT = 8000
SHARES = {"a": None, "b": None, "c": Money(1500)}
"""What bounds a taxpayer beside the receipt itself."""


@dataclass
class Line:
    """A line of the plain list: who, in which year, how many fen, whether to be corrected."""

    who: str
    year: int
    fen: int
    notice: bool = False


class Claims(RuleBasedStateMachine):
    """Decide with the rules, fold with `evolve`, and keep a plain list beside."""

    def __init__(self) -> None:
        super().__init__()
        self.known = receipt()
        self.lines: dict[str, Line] = {}
        self.facts = 0
        self.void = False

    def record(self, event: ReceiptEvent) -> None:
        assert event.originator_version == self.known.version + 1
        self.known = evolve(self.known, event)
        self.facts += 1

    def total(self, who: str | None = None) -> int:
        return sum(x.fen for x in self.lines.values() if who in (None, x.who))

    def refusal(self, who: str, year: int, fen: int) -> type[LedgerError] | None:
        share = SHARES[who]
        if self.void:
            return ReceiptIsVoid
        if any((x.who, x.year) == (who, year) for x in self.lines.values()):
            return AlreadyClaimed
        if self.total() + fen > AMOUNT:
            return ClaimExceedsReceipt
        if share is not None and self.total(who) + fen > share.minor:
            return ClaimExceedsShare
        return None

    @rule(who=st.sampled_from(sorted(SHARES)), year=st.sampled_from((2025, 2026)),
          fen=st.one_of(st.integers(1, 2000), st.integers(1, AMOUNT + 1)))  # fmt: skip
    def claim(self, who: str, year: int, fen: int) -> None:
        name = f"claim-{self.facts}"
        asked = {"token": who, "year": year, "claim_id": name, "share": SHARES[who]}
        refusal = self.refusal(who, year, fen)
        if refusal is not None:
            with pytest.raises(refusal):
                claim(self.known, Money(fen), **asked)
            return
        self.record(claim(self.known, Money(fen), **asked))
        self.lines[name] = Line(who, year, fen)

    @rule(number=st.integers(0, 40))
    def release(self, number: int) -> None:
        name = f"claim-{number}"
        line = self.lines.get(name)
        if line is None or line.notice:
            with pytest.raises(NoticeStillOpen if line else ClaimUnknown):
                claims.release(self.known, name, "申报更正", OFFICER, NOON)
            return
        self.record(claims.release(self.known, name, "申报更正", OFFICER, NOON))
        del self.lines[name]

    @precondition(lambda self: not self.void and self.facts > 4)
    @rule(before=st.booleans())
    def red(self, before: bool) -> None:  # noqa: FBT001 drawn
        """The receipt becomes void, with a notice on each claim, decided before or after."""
        early = claims.notices(self.known, RED, "refund", NOON)
        self.record(said(RedReceiptMadeOut, self.known.version + 1))
        late = claims.notices(self.known, RED, "refund", NOON)
        assert early == late
        for notice in early if before else late:
            self.record(notice)
            self.lines[notice.claim].notice = True
        self.void = True

    @rule(number=st.integers(0, 40))
    def settle(self, number: int) -> None:
        name = f"claim-{number}"
        line = self.lines.get(name)
        if line is None or not line.notice:
            with pytest.raises(NoticeUnknown):
                claims.settle_notice(self.known, name, "已更正申报", OFFICER, NOON)
            return
        self.record(claims.settle_notice(self.known, name, "已更正申报", OFFICER, NOON))
        del self.lines[name]

    @invariant()
    def the_plain_list_agrees(self) -> None:
        assert {c.id: (c.token, c.year, c.amount.minor) for c in self.known.claims} == {
            name: (x.who, x.year, x.fen) for name, x in self.lines.items()
        }
        assert set(self.known.notices) == {name for name, x in self.lines.items() if x.notice}

    @invariant()
    def no_sum_passes_the_receipt_or_a_share(self) -> None:
        assert claims.claimed(self.known).minor == self.total() <= AMOUNT
        for who, share in SHARES.items():
            assert share is None or claims.claimed(self.known, who) <= share

    @invariant()
    def every_claim_on_a_void_receipt_has_a_notice(self) -> None:
        assert not self.void or all(line.notice for line in self.lines.values())


TestClaims = Claims.TestCase
TestClaims.settings = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=60,
    stateful_step_count=40,
)
