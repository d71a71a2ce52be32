"""Promises, credits and services of every sort, for tests that need rows in all their tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from api.wiring import House
from ledger.application import GiveService
from ledger.domain.events.pledge import Instalment
from ledger.money import Money
from tests.conftest import USCC
from tests.houses import gift

DOCUMENT = "cd" * 32
"""A SHA-256, in form."""


def promise_and_serve(house: House, fund: str) -> None:
    """Make and keep promises, share and credit a gift, record help and correct it."""
    yuan, pledges = Money(1_00), house.ledger.pledges
    parts = [Instalment(due_on=date(2026, month, 1), amount=yuan) for month in (1, 2, 3)]
    fixed = pledges.make(USCC, fund, "王某某", Money(3_00), parts, DOCUMENT)
    pledges.write_off(fixed, yuan, "court", DOCUMENT, "council")
    again = pledges.agree(USCC, fund, "李某某", yuan, "month", date(2026, 1, 31))
    pledges.change(again, Money(2_00), None, date(2090, 1, 1), "asked-by-donor")
    pledges.end(again, date(2091, 1, 1), "purpose-met")
    paying = pledges.receive(USCC, fund, gift("1.00"), again)
    pledges.undo(again, paying, Money(40))
    shares = [("王某某", Money(60)), ("李某某", Money(40))]
    joint = replace(gift("1.00"), conduit="示范市红十字会", shares=shares)
    (given,) = house.ledger.gifts.receive_gifts(USCC, fund, [joint])
    credit = house.ledger.credits.give(given, "soft", "赵某某", yuan)
    house.ledger.credits.withdraw(given, credit, "mistake")
    house.ledger.credits.give(given, "matching", "赵某某", yuan, paying)
    helped = GiveService(
        kind="professional", people=2, minutes=90, given_on=date(2026, 10, 1),
        until=date(2026, 10, 2), fund=fund, project="示范县义诊", place="230108",
        value=Money(800_00), basis="invoice", evidence=DOCUMENT, provider="示范县人民医院",
    )  # fmt: skip
    wrong, right = (house.ledger.services.give(USCC, helped) for _ in range(2))
    house.ledger.services.correct(wrong, "duplicate", right)
