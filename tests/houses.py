"""A charity with funds, gifts and payments, for tests that need a whole house."""

from __future__ import annotations

from datetime import date

from api.wiring import House
from ledger.application import PayOut, ReceiveGift
from ledger.money import Money
from ledger.proof.encoding import b64url
from tests.conftest import USCC

GIFT_DAY = date(2026, 10, 1)


def register(house: House, uscc: str = USCC, name: str = "示范基金会") -> str:
    """Register a charity with a key of its own; return its credit code."""
    house.keys.create(uscc)
    signer = house.keys.signer_of(uscc)
    public = b64url(signer.public.public_bytes_raw())
    house.ledger.organisations.register_charity(uscc, name, signer.kid, public)
    return uscc


def general_fund(house: House, uscc: str = USCC, name: str = "扶贫济困资金") -> str:
    """Open a general fund."""
    return house.ledger.funds.open_fund(uscc, name, "general", None, None)


def gift(yuan: str, donor: str | None = "王某某", currency: str = "CNY") -> ReceiveGift:
    """Describe a gift of money."""
    return ReceiveGift(
        amount=Money.parse(yuan, currency),
        donor=donor,
        received_on=GIFT_DAY,
        date_basis="row",
    )


def payment(yuan: str, payee: str = "示范县第一小学", place: str | None = None) -> PayOut:
    """Describe a payment that was made."""
    return PayOut(payee=payee, amount=Money.parse(yuan), paid_on=date(2026, 11, 1), place=place)


def give(house: House, fund: str, *yuan: str, uscc: str = USCC) -> list[str]:
    """Record gifts of these amounts; return their ids."""
    return house.ledger.gifts.receive_gifts(uscc, fund, [gift(y) for y in yuan])


def pay(house: House, fund: str, *yuan: str, uscc: str = USCC) -> list[str]:
    """Record payments of these amounts; return the disbursements' ids."""
    outcomes = house.ledger.disbursements.pay_out(
        uscc, fund, [payment(y) for y in yuan], "clerk", "reviewer"
    )
    assert all(isinstance(o, str) for o in outcomes), outcomes
    return [str(o) for o in outcomes]


def ready_for_receipts(house: House, uscc: str = USCC, numbers: int = 100) -> None:
    """Grant eligibility for 2026 to 2028 and allot receipt numbers."""
    house.ledger.organisations.grant_eligibility(
        uscc, date(2026, 1, 1), date(2028, 12, 31), "公告示例1号", 3
    )
    house.ledger.organisations.allot_numbers(uscc, "23050126", 1, numbers)
    house.publish()
