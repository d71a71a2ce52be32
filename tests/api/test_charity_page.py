"""What the page of a charity says of keys that ended, and of a raise that has to be told of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from api.times import today
from api.wiring import House
from ledger.domain.funds import Binding
from tests.api.portal import Get
from tests.conftest import USCC
from tests.houses import general_fund, gift, pay, register

PLAN = f"{USCC}A26001"


def test_a_key_that_ended_stays_listed_with_its_ground(house: House, get: Get) -> None:
    register(house)
    kid = house.keys.signer_of(USCC).kid
    house.ledger.organisations.revoke_key(USCC, kid, "不再使用")
    house.publish()

    (key,) = get(f"/api/v1/charities/{USCC}").json()["keys"]
    assert (key["kid"], key["gone"], key["ground"]) == (kid, "withdrawn", "ceased")
    assert key["until"] is not None
    page = get(f"/charities/{USCC}").text
    assert "停用" in page
    assert "ceased" in page


def test_a_long_raise_without_a_close_is_flagged_as_overdue(house: House, get: Get) -> None:
    register(house)
    binding = Binding(
        basis="public-raise", plan=PLAN, first_day=date(2026, 1, 1), last_day=date(2026, 7, 31)
    )
    fund = house.ledger.funds.open_fund(USCC, "助学募捐", "project", "助学", None, binding)
    house.publish()

    found = get(f"/api/v1/charities/{USCC}").json()["disclosures"]
    told = [(one["duty"], one["about"], one["due"]) for one in found if one["about"] == fund]
    assert told == [
        ("quarterly", fund, "2026-04-01"),
        ("quarterly", fund, "2026-07-01"),
        ("final", fund, "2026-10-31"),
    ]
    assert {one["state"] for one in found if one["about"] == fund} == {"overdue"}
    assert get(f"/charities/{USCC}?lang=en").text.count("⚑") == 3
    assert get("/data/notes?lang=en").text.count("⚑") == 3


def test_months_are_told_in_a_table_without_money_held_for_others(house: House, get: Get) -> None:
    fund = general_fund(house, register(house))
    held = house.ledger.funds.open_fund(
        USCC, "代管资金", "agency", None, None, Binding(recipient="示范县第一小学")
    )
    given = [replace(gift(yuan), received_on=today()) for yuan in ("100.00", "20.00")]
    house.ledger.gifts.receive_gifts(USCC, fund, given)
    house.ledger.gifts.receive_gifts(USCC, held, given[:1])
    pay(house, fund, "30.00")
    house.publish()
    before = house.recorder.size()
    house.ledger.gifts.receive_gifts(USCC, fund, given[1:])
    house.publish()

    page = get(f"/charities/{USCC}?lang=en").text
    rows = re.findall(r'<tr><th scope="row" class="d">(\d{4}-\d\d)</th>(.*?)</tr>', page)
    assert [re.findall(r">([^<>]+)</td>", row) for _, row in rows] == [["CNY 140.00", "CNY 30.00"]]
    assert "By month" not in get(f"/charities/{USCC}?lang=en&as_of={before}").text
