"""What the page of a charity says of keys that ended, and of a raise that has to be told of."""

from __future__ import annotations

from datetime import date

from api.wiring import House
from ledger.domain.funds import Binding
from tests.api.portal import Get
from tests.conftest import USCC
from tests.houses import register

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
