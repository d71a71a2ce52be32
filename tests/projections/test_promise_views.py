"""Read models of promises, credits and services: in no total of money, rebuilt to the same rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from psycopg import sql

from api.wiring import House
from ledger.domain.funds import Binding
from ledger.money import Money
from projections import services as service_totals
from projections.credits import credited, entries, new_money
from projections.pledges import PLEDGES, dues, story
from projections.runner import ViewStuck
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, give, register
from tests.invariants import check_house
from tests.ledger.corrected import DOCUMENT, goods, line, why
from tests.ledger.test_application_pledges import TODAY, at, cny, parts, promise
from tests.ledger.test_application_services import LAWYERS, VOLUNTEERS


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def listed(house: House, until: date = TODAY, **of: str | None) -> list[tuple[str, str, str, str]]:
    house.runner.catch_up()
    found, _ = dues(house.runner, of.get("organisation"), of.get("fund"), until, TODAY)
    return [(d.pledge, str(d.due.due_on), d.due.open.decimal(), d.due.state) for d in found]


def test_what_is_due_is_listed_from_the_oldest_on_and_what_is_settled_is_not(
    house: House, fund: str
) -> None:
    ledger = at(house)
    settled, let_go = promise(ledger, fund), promise(ledger, fund)
    fixed = promise(ledger, fund)
    again = ledger.pledges.agree(USCC, fund, "王某某", cny("10.00"), "month", date(2026, 10, 15))
    ledger.pledges.receive(USCC, fund, gift("100.00"), settled)
    ledger.pledges.write_off(let_go, cny("100.00"), "court", DOCUMENT, "council")
    ledger.pledges.receive(USCC, fund, gift("10.00"), fixed)

    overdue = [
        (again, "2026-10-15", "10.00", "overdue"), (fixed, "2026-10-31", "30.00", "overdue"),
        (again, "2026-11-15", "10.00", "overdue"),
    ]  # fmt: skip
    assert listed(house) == overdue
    later = [(again, "2026-12-15", "10.00", "open"), (fixed, "2026-12-31", "60.00", "open")]
    assert listed(house, date(2026, 12, 31)) == overdue + later
    assert listed(house, date(2026, 10, 30)) == overdue[:1]
    check_house(house)


def test_dues_are_listed_by_charity_and_fund(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    other = general_fund(house, OTHER_USCC)
    ledger = at(house)
    mine = promise(ledger, fund)
    ledger.pledges.make(OTHER_USCC, other, "李某某", cny("5.00"), parts(("2026-11-01", "5.00")))

    assert [d[0] for d in listed(house, organisation=USCC)] == [mine]
    assert [d[2] for d in listed(house, fund=other)] == ["5.00"]
    assert listed(house, organisation=USCC, fund=other) == []
    assert len(listed(house)) == 2


def test_a_promise_that_lost_its_row_stops_its_view_until_a_rebuild(
    house: House, fund: str
) -> None:
    ledger = at(house)
    pledge = promise(ledger, fund)
    house.runner.catch_up()
    table = sql.Identifier(house.runner.schema(PLEDGES), "pledges")
    with house.database.writing() as connection:
        connection.execute(sql.SQL("DELETE FROM {}").format(table))
    ledger.pledges.write_off(pledge, cny("1.00"), "uncollectable", None, "council")

    with pytest.raises(ViewStuck, match=f"the row of {pledge} is gone"):
        house.runner.follow(PLEDGES)
    house.runner.rebuild(keep=True)
    house.runner.catch_up()
    assert story(house.runner, pledge, TODAY).standing.written_off == cny("1.00")
    check_house(house)


def test_credits_stand_beside_hard_money_and_go_with_it(house: House, fund: str) -> None:
    first, second = give(house, fund, "100.00", "50.00")
    give_credit = house.ledger.credits.give
    soft = give_credit(first, "soft", "李某某", cny("100.00"))
    give_credit(second, "matching", "王某某", cny("50.00"), first)
    gone = give_credit(second, "soft", "赵某某", cny("20.00"))
    house.ledger.credits.withdraw(second, gone, "asked-by-donor")
    house.ledger.corrections.return_gift(second, cny("5.00"), "捐赠人申请退回", "reviewer")
    house.runner.catch_up()

    (one,), _ = credited(house.runner, USCC)
    assert one.hard == cny("145.00"), "a credit is never added to money"
    assert one.credits == {
        "soft": cny("100.00"), "matching": cny("0.00"), "on-behalf": cny("0.00"),
    }  # fmt: skip
    listed = [(e.kind, e.amount.decimal(), e.withdrawn) for e in entries(house.runner, None, fund)]
    assert listed == [
        ("soft", "100.00", None), ("matching", "50.00", "gift-returned"),
        ("soft", "20.00", "asked-by-donor"),
    ]  # fmt: skip
    assert entries(house.runner)[0].credit == soft
    assert credited(house.runner, OTHER_USCC)[0] == []
    check_house(house)


def test_what_others_counted_and_agency_money_is_no_new_money(house: House, fund: str) -> None:
    agency = house.ledger.funds.open_fund(
        USCC, "代管资金", "agency", None, None, Binding(recipient="示范县第一小学")
    )
    passed = replace(gift("40.00", None), conduit="示范市红十字会")
    named = replace(gift("8.00"), conduit="示范市红十字会")
    receive = house.ledger.gifts.receive_gifts
    (back, *_) = receive(USCC, fund, [passed, passed, named, gift("100.00")])
    receive(USCC, fund, [gift("3.00", currency="USD"), goods(line(5))])
    receive(USCC, agency, [gift("7.00"), passed])
    house.ledger.corrections.return_gift(back, cny("15.00"), "退回", "reviewer")
    house.runner.catch_up()

    yuan, dollars = new_money(house.runner, USCC)
    assert (yuan.received, yuan.agency, yuan.passed_on, yuan.new) == (
        cny("220.00"), cny("47.00"), cny("65.00"), cny("108.00"),
    )  # fmt: skip
    assert dollars.new == dollars.received == Money(300, "USD")
    assert new_money(house.runner, USCC, agency)[0].new == cny("0.00")
    house.ledger.corrections.reverse_gift(back, why("duplicate"))
    house.runner.catch_up()
    assert new_money(house.runner)[0].passed_on == cny("40.00")
    check_house(house)


def test_services_are_summed_by_kind_and_place_and_their_worth_apart(
    house: House, fund: str
) -> None:
    give_service = house.ledger.services.give
    wrong = give_service(USCC, replace(VOLUNTEERS, minutes=999))
    give_service(USCC, VOLUNTEERS)
    give_service(USCC, replace(VOLUNTEERS, place=None, people=1, minutes=60))
    give_service(USCC, LAWYERS)
    give_service(USCC, replace(LAWYERS, value=Money(500, "USD")))
    give_service(USCC, replace(LAWYERS, value=None, basis=None, evidence=None))
    house.ledger.services.correct(wrong, "did-not-happen")
    house.runner.catch_up()

    found, _ = service_totals.totals(house.runner, USCC)
    assert [(t.kind, t.place, t.records, t.people, t.minutes, t.worth) for t in found] == [
        ("professional", "230108", 3, 9, 1350, (Money(100000), Money(500, "USD"))),
        ("volunteer", "230108", 1, 3, 450, ()),
        ("volunteer", None, 1, 1, 60, ()),
    ]
    records, _ = service_totals.services(house.runner, None)
    assert [(r.minutes, r.corrected) for r in records][:2] == [(999, "did-not-happen"), (450, None)]
    assert [r.value for r in records][-3:] == [Money(100000), Money(500, "USD"), None]
    assert service_totals.totals(house.runner, OTHER_USCC)[0] == []
    check_house(house)
