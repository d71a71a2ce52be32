"""Receipts in a whole house that a tax officer may mark as deducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.wiring import House
from ledger.application.claims import ClaimReceipt
from ledger.domain.events import ReceiptNumber
from ledger.money import Money
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.ledger.corrected import why

CODE = "23050126"
FIRST, SECOND = "0000000001", "0000000002"
PAYER = "王某某"
"""Who `tests.houses.give` says gave it."""

PERSON = "11010519491231002X"
OTHER_PERSON = "440308199901101512"
OFFICER = "tax-officer-1"
ISSUED_ON = date(2026, 11, 21)
PAPER = ReceiptNumber(code="23052126", number="0000000007")


def receipted(house: House, *yuan: str) -> list[str]:
    """Let a charity receive gifts and make out a receipt for each; return the gifts."""
    register(house)
    gifts = give(house, general_fund(house), *yuan)
    ready_for_receipts(house)
    house.ledger.receipts.issue_receipts(USCC, gifts, [CODE], ISSUED_ON)
    return gifts


def asked(yuan: str = "50.00", **others: Any) -> ClaimReceipt:
    """Ask for a deduction in 2026, by the payer; anything can be said otherwise."""
    members: dict[str, Any] = {
        "taxpayer": PERSON, "name": PAYER, "year": 2026, "amount": Money.parse(yuan),
        "officer": OFFICER, **others,
    }  # fmt: skip
    return ClaimReceipt(**members)


def claim(house: House, yuan: str = "50.00", number: str = FIRST, **others: Any) -> str:
    """Claim a receipt; return the claim's id."""
    return house.ledger.claims.claim(CODE, number, asked(yuan, **others))


def make_red(house: House, number: str = FIRST) -> tuple[str, str]:
    """Let the charity void a receipt; return the number of the red one."""
    return house.ledger.receipts.reverse(CODE, number, [CODE], ISSUED_ON, why())
