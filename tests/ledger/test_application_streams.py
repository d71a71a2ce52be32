"""Funds kept in memory: each ledger sees what others recorded, and keeps only a few."""

from __future__ import annotations

import pytest
from psycopg import sql

from api.audit import audit_database
from api.wiring import House
from ledger.application import streams
from ledger.domain.funds import BalanceTooSmall, FundIsClosed
from ledger.errors import Untrusted
from ledger.money import Money
from ledger.store.recorder import EVENTS
from tests.conftest import USCC
from tests.houses import GIFT_DAY, general_fund, give, pay, payment, register
from tests.invariants import check_house
from tests.ledger.corrected import why


def test_two_ledgers_on_one_fund_see_each_others_facts(house: House) -> None:
    register(house)
    fund, target = general_fund(house), general_fund(house, name="助学资金")
    give(house, fund, "10.00")
    other = House(house.settings)
    try:
        (first,) = pay(house, fund, "3.00")
        (second,) = pay(other, fund, "3.00")
        house.ledger.disbursements.recover(fund, second, Money(100), GIFT_DAY, why())
        other.ledger.disbursements.recover(fund, first, Money(200), GIFT_DAY, why())
        house.ledger.funds.allocate(fund, target, Money(500), "clerk")
        (refused,) = other.ledger.disbursements.pay_out(
            USCC, fund, [payment("2.01")], "clerk", "reviewer"
        )
        assert isinstance(refused, BalanceTooSmall)
        pay(other, fund, "2.00")
        assert other.ledger.streams.fund(fund) == house.ledger.streams.fund(fund)
    finally:
        other.close()
    check_house(house)


def test_a_fund_that_is_kept_equals_one_read_from_its_first_day(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (one,) = give(house, fund, "10.00")
    paid = pay(house, fund, "1.00", "2.00", "3.00")
    house.ledger.disbursements.recover(fund, paid[0], Money(60), GIFT_DAY, why())
    house.ledger.corrections.return_gift(one, Money(100), "donor's wish", "clerk")
    kept = house.ledger.streams.fund(fund)

    fresh = streams.Streams(house.ledger.funds._desk._engine)

    assert fresh.fund(fund) == kept
    check_house(house)


def test_a_row_altered_after_it_was_read_is_still_found_by_the_audit(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")
    pay(house, fund, "3.00")
    house.publish()
    house.ledger.streams.fund(fund)
    with house.database.writing() as connection:
        query = sql.SQL(
            "UPDATE {} SET state = set_byte(state, 90, get_byte(state, 90) # 1)"
            " WHERE topic = 'disbursement-paid.v1'"
        )
        connection.execute(query.format(house.database.table(EVENTS)))

    assert house.ledger.streams.fund(fund).version == 4
    assert audit_database(house).findings
    fresh = House(house.settings)
    try:
        with pytest.raises(Untrusted):
            fresh.ledger.streams.fund(fund)
    finally:
        fresh.close()


def test_the_funds_used_last_are_kept_and_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.ledger.streams._funds, "_room", 3)
    register(house)
    funds = [general_fund(house, name=f"资金{n}") for n in range(5)]
    for fund in funds:
        give(house, fund, "10.00")
        pay(house, fund, "4.00")
    known = house.ledger.streams
    assert list(known._funds._kept) == funds[2:]

    known.fund(funds[2])
    pay(house, funds[0], "4.00")

    assert list(known._funds._kept) == [funds[4], funds[2], funds[0]]
    outcomes = house.ledger.disbursements.pay_out(
        USCC, funds[0], [payment("2.01"), payment("2.00")], "clerk", "reviewer"
    )
    assert [type(o) for o in outcomes] == [BalanceTooSmall, str]
    check_house(house)


def test_a_gift_into_a_fund_that_another_process_closed_is_refused_for_that(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")
    pay(house, fund, "10.00")
    give(house, fund, "1.00")
    other = House(house.settings)
    try:
        pay(other, fund, "1.00")
        give(house, fund, "1.00")
        pay(other, fund, "1.00")
        other.ledger.funds.close_fund(fund, "none", "note", "council")
    finally:
        other.close()
    size = house.recorder.size()
    with pytest.raises(FundIsClosed):
        give(house, fund, "1.00")
    assert house.recorder.size() == size
    check_house(house)
