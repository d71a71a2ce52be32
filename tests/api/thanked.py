"""A charity with names given in thanks and promises at every stage, for tests of public pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from api.times import today
from api.wiring import House
from ledger.domain.events.pledge import Instalment
from ledger.money import Money
from tests.conftest import OTHER_USCC, USCC
from tests.houses import gift, give, register
from tests.ledger.domain.naming_given import COUNTY
from tests.ledger.named import APPROVAL, PAPER, Named, named

DONOR = "孙某某私名"
AGREEMENT = "cd" * 32
ON = date(2026, 11, 21)


@dataclass(frozen=True)
class Thanked:
    """What was recorded, and the size at which it was published half-way."""

    house: House
    stands: Named
    others: dict[str, str]
    """Names by how they ended, or how far they came."""
    half: int


def thanked(house: House) -> Thanked:
    """Record names at every stage; publish in between."""
    register(house)
    register(house, OTHER_USCC, "另一慈善总会")
    stands = named(house, "600.00")
    stands.approved()
    house.publish()
    half = house.recorder.size()
    stands.enter()
    others = {how: _other(house, how) for how in ENDS}
    house.publish()
    return Thanked(house, stands, others, half)


ENDS = ("proposed", "rejected", "revoked", "declined", "withdrawn", "many", "suspended")


def _other(house: House, how: str) -> str:
    """Propose another name and lead it to an end."""
    yuan = ("200.00",) * 3 if how == "many" else ("600.00",)
    one = named(house, *yuan, text=f"示范{ENDS.index(how) + 2}号楼")
    naming = house.ledger.naming
    if how == "declined":
        naming.record_wish(one.name, "no", PAPER, publish=False)
    elif how == "rejected":
        one.test()
        naming.submit(one.name, COUNTY, "county", "clerk")
        naming.reject(one.name, COUNTY, "与地名规划不符", "officer", "director")
    elif how == "many":
        one.test()
    elif how != "proposed":
        _approve(one, how)
        one.enter()
        _ended(one, how)
    return one.name


def _approve(one: Named, how: str) -> None:
    one.test()
    naming = one.ledger.naming
    naming.submit(one.name, COUNTY, "county", "clerk")
    said = replace(APPROVAL, text=f"示范{ENDS.index(how) + 2}号楼", number=f"示政函〔2026〕{how}号")
    naming.approve(one.name, said)


def _ended(one: Named, how: str) -> None:
    naming = one.ledger.naming
    match how:
        case "revoked":
            naming.revoke(one.name, "工程撤销", "reviewer")
        case "suspended":
            naming.suspend(one.name, "核查中", "reviewer")
        case _:
            naming.withdraw(one.name, "donor", PAPER)


def promised(house: House, fund: str) -> tuple[dict[str, str], int]:
    """Record promises at every stage; return them, and the size at which one was published."""
    pledges = {"fixed": fixed(house, fund)}
    house.publish()
    half = house.recorder.size()
    pledges |= {
        "recurring": recurring(house, fund), "kept": kept(house, fund),
        "ended": ended(house, fund), "ahead": ahead(house, fund),
    }  # fmt: skip
    ledger = house.ledger.pledges
    ledger.pay(pledges["fixed"], give(house, fund, "25.00")[0], Money(2500))
    ledger.write_off(pledges["fixed"], Money(1000), "uncollectable", None, "council")
    house.publish()
    return pledges, half


def fixed(house: House, fund: str) -> str:
    """Promise 100 yuan, 40 of them overdue."""
    parts = [
        Instalment(due_on=today() - timedelta(days=30), amount=Money(4000)),
        Instalment(due_on=today() + timedelta(days=30), amount=Money(6000)),
    ]
    return house.ledger.pledges.make(USCC, fund, DONOR, Money(10000), parts, AGREEMENT)


def recurring(house: House, fund: str) -> str:
    """Agree on 5 yuan a month, since three months ago, all of it kept; then change it."""
    ledger = house.ledger.pledges
    since = today() - timedelta(days=95)
    made = ledger.agree(USCC, fund, DONOR, Money(500), "month", since)
    for _ in range(4):
        ledger.receive(USCC, fund, gift("5.00"), made)
    ledger.change(made, Money(900), "quarter", today() + timedelta(days=2), "asked-by-donor")
    return made


def kept(house: House, fund: str) -> str:
    """Promise 7 yuan, and keep the promise."""
    ledger = house.ledger.pledges
    part = Instalment(due_on=today(), amount=Money(700))
    made = ledger.make(USCC, fund, DONOR, Money(700), [part])
    ledger.receive(USCC, fund, gift("7.00"), made)
    return made


def ended(house: House, fund: str) -> str:
    """Agree on 2 yuan on one day of last year, and keep it."""
    ledger, day = house.ledger.pledges, today() - timedelta(days=400)
    made = ledger.agree(USCC, fund, DONOR, Money(200), "year", day, day)
    ledger.receive(USCC, fund, gift("2.00"), made)
    return made


def ahead(house: House, fund: str) -> str:
    """Agree on 3 yuan a year from next year on, and give the first now."""
    ledger, day = house.ledger.pledges, today() + timedelta(days=300)
    last = today() + timedelta(days=800)
    made = ledger.agree(USCC, fund, DONOR, Money(300), "year", day, last)
    ledger.receive(USCC, fund, gift("3.00"), made)
    return made
