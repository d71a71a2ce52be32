"""Goods: received by lines, moved, issued, recovered, each item on an axis of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.wiring import House
from ledger.domain.events import GoodsReceived
from ledger.domain.funds import BalanceTooSmall
from ledger.domain.gifts import DonorNotIdentified, NoValuationEvidence, PartlyReturned
from ledger.domain.goods import Quantity
from ledger.errors import Refused
from ledger.money import Money
from projections.trace_queries import NotTraceable, place_of, trace_disbursement, trace_gift
from tests.conftest import USCC
from tests.houses import GIFT_DAY, general_fund, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.corrected import (
    CODE,
    GOWNS,
    MASKS,
    balance_of,
    events_of,
    goods,
    issued,
    line,
    settling,
    why,
)


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house, name="抗疫物资")


def issue_goods(house: House, fund: str, *counts: int, from_stock: bool = False) -> list[object]:
    asked = [issued(count) for count in counts]
    return list(
        house.ledger.disbursements.pay_out(
            USCC, fund, asked, "clerk", "reviewer", from_stock=from_stock
        )
    )


def test_each_item_of_a_gift_is_traced_on_its_own(house: House, fund: str) -> None:
    give(house, fund, "10.00")
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(500), line(20, GOWNS))])
    other = general_fund(house, name="县级物资")
    house.ledger.funds.allocate(fund, other, Quantity(300, MASKS), "clerk")
    (paid,) = issue_goods(house, other, 120)
    house.runner.catch_up()

    masks, gowns = trace_gift(house.runner, one)

    assert {masks.unit, gowns.unit} == {MASKS, GOWNS}
    masks, gowns = (masks, gowns) if masks.unit == MASKS else (gowns, masks)
    assert [(s.start, s.end, s.disbursement, s.via) for s in masks.segments] == [
        (0, 120, paid, (other,))
    ]
    assert (masks.amount, masks.unspent) == (500, 380)
    assert (gowns.segments, gowns.unspent) == ((), 20)
    assert trace_disbursement(house.runner, str(paid)).segments == masks.segments
    assert balance_of(house, other, MASKS).transferred_in == 300
    assert balance_of(house, fund).balance == 1000
    with pytest.raises(NotTraceable):
        place_of(house.runner, one, "CNY")
    check_house(house)


def test_goods_are_issued_no_further_than_they_lie_there(house: House, fund: str) -> None:
    house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(100))])

    outcomes = issue_goods(house, fund, 60, 41, 40)

    assert [type(o) for o in outcomes] == [str, BalanceTooSmall, str]
    with pytest.raises(BalanceTooSmall):
        house.ledger.funds.allocate(fund, general_fund(house), Quantity(1, GOWNS), "clerk")
    check_house(house)


def test_goods_that_came_back_are_issued_again_first(house: House, fund: str) -> None:
    one, two = house.ledger.gifts.receive_gifts(
        USCC, fund, [goods(line(100)), goods(line(50), donor=None)]
    )
    (first,) = issue_goods(house, fund, 100)
    house.ledger.disbursements.recover(fund, str(first), Quantity(30, MASKS), GIFT_DAY, why())
    (second,) = issue_goods(house, fund, 40)
    house.runner.catch_up()

    spent = [
        [(s.start, s.end, s.disbursement) for s in trace_gift(house.runner, g)[0].segments]
        for g in (one, two)
    ]

    assert spent == [[(0, 70, first), (70, 100, second)], [(100, 110, second)]]
    with pytest.raises(Refused, match="exceeds"):
        house.ledger.disbursements.recover(fund, str(first), Quantity(71, MASKS), GIFT_DAY, why())
    check_house(house)


def test_money_does_not_come_back_for_goods(house: House, fund: str) -> None:
    give(house, fund, "10.00")
    house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(100))])
    (paid,) = issue_goods(house, fund, 100)
    before = house.recorder.counts()

    with pytest.raises(Refused):
        house.ledger.disbursements.recover(fund, str(paid), Money(50), GIFT_DAY, why())

    assert house.recorder.counts() == before
    check_house(house)


def test_what_a_list_issues_beyond_the_stock_is_taken_in_as_found_in_stock(
    house: House, fund: str
) -> None:
    house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(30))])

    outcomes = issue_goods(house, fund, 50, 7, from_stock=True)

    assert [type(o) for o in outcomes] == [str, str]
    found = [e for e in events_of(house, GoodsReceived.TOPIC) if isinstance(e, GoodsReceived)]
    assert [(e.origin, e.donor is None, e.lines[0].quantity.count) for e in found] == [
        ("donor", False, 30),
        ("stock", True, 20),
        ("stock", True, 7),
    ]
    assert balance_of(house, fund, MASKS).balance == 0
    ready_for_receipts(house)
    stock = found[1].originator_id
    refused = house.ledger.receipts.issue_receipts(USCC, [stock], [CODE], GIFT_DAY)[stock]
    assert isinstance(refused, DonorNotIdentified)
    check_house(house)


def test_stock_that_was_taken_in_for_a_refused_issue_is_not_there_for_the_next(
    house: House, fund: str
) -> None:
    bound = house.ledger.funds.open_fund(USCC, "物资", "project", "防疫", "230100")
    asked = [replace(issued(10), purpose=p, place="230108") for p in ("助学", "防疫")]

    outcomes = house.ledger.disbursements.pay_out(
        USCC, bound, asked, "clerk", "reviewer", from_stock=True
    )

    assert [type(o).__name__ for o in outcomes] == ["OffPurpose", "str"]
    known = balance_of(house, bound, MASKS)
    assert (known.received, known.disbursed, known.balance) == (10, 10, 0)
    check_house(house)


def test_from_stock_makes_no_money(house: House, fund: str) -> None:
    (outcome,) = house.ledger.disbursements.pay_out(
        USCC, fund, [replace(issued(1), amount=Money(1))], "clerk", "reviewer", from_stock=True
    )

    assert isinstance(outcome, BalanceTooSmall)
    check_house(house)


def test_goods_are_receipted_by_their_worth_and_whole(house: House, fund: str) -> None:
    valued, bare, parted = house.ledger.gifts.receive_gifts(
        USCC,
        fund,
        [
            goods(line(100, value="250.00"), line(5, GOWNS, "400.00")),
            goods(line(9, value="9.00"), line(5, GOWNS)),
            goods(line(10, value="20.00")),
        ],
    )
    house.ledger.corrections.return_gift(parted, Quantity(4, MASKS), "donor's wish", "clerk")
    ready_for_receipts(house)

    made = house.ledger.receipts.issue_receipts(USCC, [valued, bare, parted], [CODE], GIFT_DAY)

    assert made[valued] == (CODE, "0000000001")
    assert house.ledger.streams.receipt(CODE, "0000000001").amount == Money.parse("650.00")
    assert isinstance(made[bare], NoValuationEvidence)
    assert isinstance(made[parted], PartlyReturned)
    check_house(house)


def test_of_receipted_goods_a_part_that_goes_back_voids_the_receipt(
    house: House, fund: str
) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(10, value="20.00"))])
    ready_for_receipts(house)
    house.ledger.receipts.issue_receipts(USCC, [one], [CODE], GIFT_DAY)

    done = house.ledger.corrections.return_gift(
        one, Quantity(4, MASKS), "donor's wish", "clerk", settling(replace=True)
    )

    assert (done.red, done.receipt) == ((CODE, "0000000002"), None)
    assert house.ledger.streams.gift(one).receipt is None
    check_house(house)


def test_a_gift_in_kind_is_reversed_in_every_item_and_replaced(house: House, fund: str) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(100), line(5, GOWNS))])

    done = house.ledger.corrections.reverse_gift(
        one, why("wrong-amount", "箱数误作个数"), goods(line(10), line(5, GOWNS))
    )

    assert balance_of(house, fund, MASKS).reversed == 100
    assert [balance_of(house, fund, u).balance for u in (MASKS, GOWNS)] == [10, 5]
    assert [t.reversed for t in trace_gift(house.runner, one)] in ([100, 5], [5, 100])
    assert [t.reversed for t in trace_gift(house.runner, str(done.replaced_by))] == [0, 0]
    check_house(house)
