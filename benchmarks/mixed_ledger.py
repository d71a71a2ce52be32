"""A ledger of all sorts of facts for measuring: gifts, payments, receipts, returns, allocations."""

from __future__ import annotations

from datetime import date

from api.wiring import House
from ledger.application import PayOut, ReceiveGift
from ledger.money import Money
from ledger.proof.encoding import b64url

CHARITIES = ("532300000000000198", "53100000500021326D", "53330000501874064B")
FUNDS = 8
"""Funds of each charity."""
GIFTS, PAYMENTS, RECEIPTS = 500, 60, 60
"""What a fund gets in one go: 500 gifts, 60 payments (three facts each), 60 receipts (two)."""
CODE, LOT = "23050126", 9_000_000
PLACES = ("532301100201", "532301100202", "532322101203", "532324102001")
COSTS = ("charitable", "management", "fundraising")


def fill(house: House, events: int) -> int:
    """Record at least so many facts, the same each time; return how many there are."""
    funds = [
        (charity, house.ledger.funds.open_fund(charity, f"资金{n}", "general", None, None))
        for charity in map(_registered, [house] * len(CHARITIES), CHARITIES)
        for n in range(FUNDS)
    ]
    turn = 0
    while house.recorder.size() < events:
        charity, fund = funds[turn % len(funds)]
        _busy_week(house, charity, fund, _neighbour(funds, turn), turn)
        turn += 1
    house.publish()
    return house.recorder.size()


def _registered(house: House, charity: str) -> str:
    house.keys.create(charity)
    signer = house.keys.signer_of(charity)
    public = b64url(signer.public.public_bytes_raw())
    organisations = house.ledger.organisations
    organisations.register_charity(charity, f"示例基金会{charity[-3:]}", signer.kid, public)
    organisations.grant_eligibility(charity, date(2026, 1, 1), date(2028, 12, 31), "示例", 3)
    first = 1 + CHARITIES.index(charity) * LOT
    organisations.allot_numbers(charity, CODE, first, first + LOT - 1)
    return charity


def _busy_week(house: House, charity: str, fund: str, other: str, turn: int) -> None:
    """Record gifts of a fund, and what becomes of some of them."""
    ledger, day = house.ledger, date(2026, 1 + turn % 9, 1 + turn % 28)
    given = [
        ReceiveGift(amount=Money(10_000 + n), donor=f"捐赠人{n}", received_on=day, date_basis="row")
        for n in range(GIFTS)
    ]
    gifts = ledger.gifts.receive_gifts(charity, fund, given)
    asked = [
        PayOut(
            payee=f"示例县第{n % 40}小学", amount=Money(30_000 + n), paid_on=date(2026, 10, 1),
            place=PLACES[n % len(PLACES)], cost_class=COSTS[n % len(COSTS)],
        )
        for n in range(PAYMENTS)
    ]  # fmt: skip
    paid = ledger.disbursements.pay_out(charity, fund, asked, "clerk", "reviewer")
    for one in paid[:5]:
        assert isinstance(one, str), one
        ledger.disbursements.accept(fund, one, ["ab" * 32], date(2026, 10, 2), "accountant")
    ledger.receipts.issue_receipts(charity, gifts[-RECEIPTS:], [CODE], date(2026, 10, 3))
    ledger.corrections.return_gift(gifts[-RECEIPTS - 1], Money(5_000), "捐赠人申请", "council")
    ledger.funds.allocate(fund, other, Money(100_000), "council")


def _neighbour(funds: list[tuple[str, str]], turn: int) -> str:
    """Return another fund of the same charity."""
    here = turn % len(funds)
    return funds[here - here % FUNDS + (here + 1) % FUNDS][1]
