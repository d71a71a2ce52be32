"""The page of a gift in kind speaks of things, and that of a gift of money of money."""

from __future__ import annotations

from dataclasses import replace

from api.wiring import House
from tests.api.portal import Get, words
from tests.conftest import USCC
from tests.houses import general_fund, give, pay, payment, register
from tests.ledger.corrected import MASKS, goods, line


def test_what_lies_where_is_counted_in_things_or_in_fen(house: House, get: Get) -> None:
    register(house)
    fund = general_fund(house)
    (money,) = give(house, fund, "5.00")
    (things,) = house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(200))])
    pay(house, fund, "5.00")
    issued = replace(payment("1.00"), amount=line(50, MASKS).quantity)
    house.ledger.disbursements.pay_out(USCC, fund, [issued], "clerk", "reviewer")
    house.publish()

    in_kind, in_money = (words(get(f"/trace/gift/{one}").text) for one in (things, money))
    assert "每一件的位置" in in_kind
    assert "以件数计" in in_kind
    assert "分钱" not in in_kind
    assert "每一分钱的位置" in in_money
    assert "以最小单位（分）计" in in_money
