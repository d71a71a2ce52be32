"""Payees, places reached and sums of payments are kept as they change, however events are cut."""

from __future__ import annotations

from datetime import date

from api.wiring import House
from ledger.application import Correction, PayOut
from ledger.money import Money
from projections import fund_page
from projections.fund_page import Paid, Reached, Room, Told
from projections.traces import TRACES
from tests.conftest import USCC
from tests.houses import general_fund, give, register

SCHOOL, PERSON = "示范县第一小学", "钱某某私名"
VILLAGE, COUNTY = "230231100201", "230231"
BACK = Correction(reason="refund", note="退回", decided_by="reviewer")


def told(house: House, fund: str, payees: int = 5) -> Told:
    house.runner.catch_up()
    story, _ = fund_page.opening(house.runner, fund)
    assert story is not None
    return fund_page.told(house.runner, story, "CNY", Room(payees, 1, 1, 1, 1, 1))


def paid_out(house: House, fund: str, payee: str, place: str | None, yuan: str) -> str:
    asked = PayOut(
        payee=payee,
        amount=Money.parse(yuan),
        paid_on=date(2026, 11, 2),
        purpose="助学",
        place=place,
    )
    (done,) = house.ledger.disbursements.pay_out(USCC, fund, [asked], "clerk", "reviewer")
    house.runner.follow(TRACES)
    return str(done)


def taken_back(house: House, fund: str, payment: str, yuan: str) -> None:
    day = date(2026, 11, 6)
    house.ledger.disbursements.recover(fund, payment, Money.parse(yuan), day, BACK)
    house.runner.follow(TRACES)


def test_what_came_back_takes_its_payee_and_its_places_out_again(house: House) -> None:
    register(house)
    fund, other = general_fund(house), general_fund(house, name="另一资金")
    give(house, fund, "100.00")
    give(house, other, "10.00")
    assert told(house, fund).reached == Reached(0, 0, 0)

    first = paid_out(house, fund, SCHOOL, VILLAGE, "7.00")
    second = paid_out(house, fund, SCHOOL, VILLAGE, "5.00")
    assert told(house, fund).reached == Reached(villages=1, counties=1, unplaced=0)
    house.ledger.disbursements.accept(fund, first, ["ab" * 32], date(2026, 11, 5), "inspector")
    taken_back(house, fund, second, "5.00")
    assert told(house, fund).reached == Reached(villages=1, counties=1, unplaced=0)
    assert told(house, fund).paid == [Paid(SCHOOL, "CNY", 2, 700, 700)]

    unplaced = paid_out(house, other, SCHOOL, None, "3.00")
    assert told(house, other).reached == Reached(0, 0, 1)
    taken_back(house, fund, first, "7.00")
    taken_back(house, other, unplaced, "3.00")
    for one in (fund, other):
        assert told(house, one).reached == Reached(0, 0, 0)
        assert told(house, one).paid == []
    assert all(rebuilt.equal for rebuilt in house.runner.rebuild(keep=False))


def test_payments_to_persons_are_one_payee_and_are_counted_by_county_alone(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "100.00")
    for payee, place in ((PERSON, VILLAGE), ("孙某某私名", COUNTY)):
        paid_out(house, fund, payee, place, "2.00")
    paid_out(house, fund, SCHOOL, COUNTY, "1.00")
    paid_out(house, fund, "示范卫生院", COUNTY, "0.50")

    assert told(house, fund).reached == Reached(villages=0, counties=1, unplaced=0)
    most = told(house, fund, 2).paid
    assert most == [
        Paid(None, "CNY", 2, 400, 0),
        Paid(SCHOOL, "CNY", 1, 100, 0),
        Paid("", "CNY", 1, 50, 0),
    ]
    with house.runner.reading(TRACES) as (connection, _):
        kept = connection.execute("SELECT * FROM places, payees").fetchall()
    assert {row["place"] for row in kept} == {COUNTY}
    assert PERSON not in str(kept)
